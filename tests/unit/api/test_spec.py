"""The public documentation as facts: names, signatures, kinds, and every example as printed."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import shutil
from abc import ABC
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import SAMPLE

from dfs_desktop import api
from dfs_desktop.api import (
    AsyncDataForceClient,
    AsyncModelArtifactResource,
    DataForceClient,
    ModelArtifact,
    ModelArtifactResource,
    ModelArtifactResourceBase,
    ModelArtifactStatus,
)
from dfs_desktop.server import Address, LocalRegistry

# name: (parameters after self, return annotation). "*" as in a signature.
SIGNATURES = {
    "get": ("model_value: str, *, collection_id: str | None = None", "ModelArtifact | None"),
    "list": ("*, collection_id: str | None = None", "list[ModelArtifact]"),
    "download_url": ("model_id: str, *, collection_id: str | None = None", "dict"),
    "delete_url": ("model_id: str, *, collection_id: str | None = None", "dict"),
    "upload": (
        "file_path: str, model_name: str, description: str | None = None, "
        "tags: builtins.list[str] | None = None, *, collection_id: str | None = None",
        "ModelArtifact",
    ),
    "download": (
        "model_id: str, file_path: str | None = None, *, collection_id: str | None = None",
        "None",
    ),
    "create": (
        "collection_id: str | None, file_name: str, metrics: dict, manifest: dict, "
        "file_hash: str, file_index: dict[str, tuple[int, int]], size: int, "
        "model_name: str | None = None, description: str | None = None, "
        "tags: builtins.list[str] | None = None",
        "dict[str, str | ModelArtifact]",
    ),
    "update": (
        "model_id: str, file_name: str | None = None, model_name: str | None = None, "
        "description: str | None = None, tags: builtins.list[str] | None = None, "
        "status: ModelArtifactStatus | None = None, *, collection_id: str | None = None",
        "ModelArtifact",
    ),
    "delete": ("model_id: str, *, collection_id: str | None = None", "None"),
}
FACES = {ModelArtifactResource: False, AsyncModelArtifactResource: True}


def written(function: Any) -> tuple[str, str]:
    """A signature in the documentation's words; what a dict holds is said there less precisely."""
    signature = inspect.signature(function)
    parameters = [p for name, p in signature.parameters.items() if name != "self"]
    text = str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))
    result = str(signature.return_annotation).replace("builtins.list[Model", "list[Model")
    text = text[1:-1].replace("'", "").replace("dict[str, Any]", "dict")
    return text, "dict" if result == "dict[str, str]" else result


@pytest.mark.parametrize("resource", FACES)
def test_the_methods_are_exactly_these(resource: type) -> None:
    public = {n for n, _ in inspect.getmembers(resource, callable) if not n.startswith("_")}
    assert public == {*SIGNATURES, "pages", "copy", "move"}  # three that the page does not know


@pytest.mark.parametrize("resource", FACES)
@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(resource: type, name: str) -> None:
    method = getattr(resource, name)
    assert written(method) == SIGNATURES[name]
    assert inspect.iscoroutinefunction(method) is FACES[resource]
    assert method.__name__ == name
    assert hasattr(method, "__wrapped__"), "decorated with validate_collection"


@pytest.mark.parametrize("name", SIGNATURES)
def test_both_faces_say_the_same(name: str) -> None:
    sync, awaiting = (getattr(resource, name) for resource in FACES)
    assert inspect.signature(sync) == inspect.signature(awaiting)
    assert sync.__doc__ == awaiting.__doc__
    for section in ("Arguments:", "Returns:", "Raises:", "ConfigurationError", "Example:"):
        if section != "Arguments:" or "(*, coll" not in str(inspect.signature(sync)):
            assert section in sync.__doc__


def test_the_base_is_abstract() -> None:
    assert issubclass(ModelArtifactResourceBase, ABC)
    assert ModelArtifactResourceBase.__abstractmethods__ == set(SIGNATURES)
    with pytest.raises(TypeError):
        ModelArtifactResourceBase()  # type: ignore[abstract]


def test_the_module_of_the_page() -> None:
    module = importlib.import_module("dfs_desktop.api.resources.model_artifacts")
    for name in (
        "ModelArtifactResourceBase",
        "ModelArtifactResource",
        "AsyncModelArtifactResource",
        "validate_collection",
    ):
        assert getattr(module, name) is getattr(api, name)
    for name in api.__all__:
        assert getattr(api, name) is not None


def test_exceptions() -> None:
    for name in (
        "ConfigurationError",
        "MultipleResourcesFoundError",
        "NotFoundError",
        "FileError",
        "FileUploadError",
        "BadRequestError",
        "AuthenticationError",
        "PermissionDeniedError",
        "ConflictError",
        "UnprocessableEntityError",
        "ServerError",
    ):
        assert issubclass(getattr(api, name), api.DataForceError)
    assert issubclass(api.ArtifactNotFoundError, ValueError)
    error = api.ConfigurationError("A title", "a detail")
    assert (error.title, error.detail, str(error)) == ("A title", "a detail", "A title: a detail")


def test_the_artifacts_of_the_page() -> None:
    """The two objects that the page prints can be built, compared and printed."""
    first = ModelArtifact(
        id="0199c455-21ee-74c6-b747-19a82f1a1e67",
        model_name="my_model",
        file_name="model.fnnx",
        description="Trained model",
        collection_id="0199c455-21ee-74c6-b747-19a82f1a1e75",
        status=ModelArtifactStatus.UPLOADED,
        tags=["ml", "production"],
        created_at="2025-01-15T10:30:00.123456Z",
        updated_at=None,
    )
    second = ModelArtifact(
        id="0199c455-21ee-74c6-b747-19a82f1a1e67",
        collection_id="0199c455-21ee-74c6-b747-19a82f1a1e75",
        file_name="output.dfs",
        model_name="500mb",
        description=None,
        metrics={"F1": 0.9598319029897976, "ACC": 0.9600000000000002},
        manifest={"variant": "pipeline", "name": None, "producer_version": "0.8.0"},
        file_hash="b128c34757114835c4bf690a87e7cbe",
        size=524062720,
        unique_identifier="b31fa3cb54aa453d9ca625aa24617e7a",
        status=ModelArtifactStatus.UPLOADED,
        tags=None,
        created_at="2025-08-25T09:15:15.524206Z",
        updated_at="2025-08-25T09:16:05.816506Z",
    )
    assert first != second
    assert second.manifest["variant"] == "pipeline"
    names = {"ModelArtifact": ModelArtifact}
    shown = repr(second).replace(repr(second.status), "None")
    assert eval(shown, names).metrics == second.metrics


def test_a_status_of_the_future() -> None:
    status = ModelArtifactStatus("frozen")
    assert (status, status.value, str(status)) == ("frozen", "frozen", "frozen")
    assert status == ModelArtifactStatus("frozen")
    assert status not in list(ModelArtifactStatus)


class Page:
    """A registry with what the page's examples need, under the page's names."""

    def __init__(self, address: Address, folder: Path) -> None:
        self.address, self.folder = address, folder
        self.file = str(shutil.copy(SAMPLE, folder / "model.fnnx"))
        with DataForceClient(address.url, address.api_key) as client:
            self.organization = client.organizations.list()[0].id
            self.orbit = client.orbits.list()[0].id
            self.collection = client.collections.list()[0].id
            self.model = client.model_artifacts.upload(self.file, "my_model").id


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    registry = LocalRegistry(tmp_path / "registry")
    address = registry.start()
    monkeypatch.setenv("DFS_BASE_URL", address.url)
    monkeypatch.chdir(tmp_path)
    yield Page(address, tmp_path)
    registry.stop()


def test_the_examples_run(page: Page) -> None:
    dfs = DataForceClient(
        api_key=page.address.api_key,
        organization=page.organization,
        orbit=page.orbit,
        collection=page.collection,
    )
    model_by_name = dfs.model_artifacts.get("my_model")
    model_by_id = dfs.model_artifacts.get(page.model)
    assert model_by_name is not None
    assert model_by_name == model_by_id
    assert dfs.model_artifacts.list() == [model_by_id]
    url_info = dfs.model_artifacts.download_url(page.model)
    assert url_info["url"].startswith("http")
    model = dfs.model_artifacts.upload(
        file_path=page.file,
        model_name="Production Model",
        description="Trained on latest dataset",
        tags=["ml", "production"],
        collection_id=page.collection,
    )
    assert (model.status, model.tags) == (ModelArtifactStatus.UPLOADED, ["ml", "production"])
    dfs.model_artifacts.download(page.model)
    dfs.model_artifacts.download(
        page.model,
        file_path=str(page.folder / "downloaded_model.fnnx"),
        collection_id=page.collection,
    )
    for name in ("model.fnnx", "downloaded_model.fnnx"):
        assert (page.folder / name).read_bytes() == SAMPLE.read_bytes()
    result = dfs.model_artifacts.create(
        file_name="model.fnnx",
        metrics={"accuracy": 0.95},
        manifest={"version": "1.0"},
        file_hash="abc123",
        file_index={"layer1": (0, 1024)},
        size=1048576,
        model_name="Test Model",
    )
    upload_url, created = result["url"], result["model"]
    assert isinstance(upload_url, str)
    assert isinstance(created, ModelArtifact)
    model = dfs.model_artifacts.update(
        page.model, model_name="Updated Model", status=ModelArtifactStatus.UPLOADED
    )
    assert model.model_name == "Updated Model"
    url_info = dfs.model_artifacts.delete_url(page.model)
    assert set(url_info) == {"url"}
    dfs.model_artifacts.delete(page.model)
    assert dfs.model_artifacts.get(page.model) is None
    dfs.close()


def test_the_async_examples_run(page: Page) -> None:
    dfs = AsyncDataForceClient(api_key=page.address.api_key)
    dfs.setup_config(organization=page.organization, orbit=page.orbit, collection=page.collection)

    async def main() -> None:
        model_by_name = await dfs.model_artifacts.get("my_model")
        model_by_id = await dfs.model_artifacts.get(page.model)
        assert model_by_name == model_by_id
        assert await dfs.model_artifacts.list() == [model_by_id]
        await dfs.model_artifacts.download_url(page.model)
        model = await dfs.model_artifacts.upload(
            file_path=page.file,
            model_name="Production Model",
            description="Trained on latest dataset",
            tags=["ml", "production"],
            collection_id=page.collection,
        )
        assert model.status == ModelArtifactStatus.UPLOADED
        await dfs.model_artifacts.download(page.model)
        await dfs.model_artifacts.download(
            page.model,
            file_path=str(page.folder / "downloaded_model.fnnx"),
            collection_id=page.collection,
        )
        result = await dfs.model_artifacts.create(
            file_name="model.fnnx",
            metrics={"accuracy": 0.95},
            manifest={"version": "1.0"},
            file_hash="abc123",
            file_index={"layer1": (0, 1024)},
            size=1048576,
            model_name="Test Model",
        )
        assert set(result) == {"url", "model"}
        model = await dfs.model_artifacts.update(
            page.model, model_name="Updated Model", status=ModelArtifactStatus.UPLOADED
        )
        assert model.model_name == "Updated Model"
        await dfs.model_artifacts.delete_url(page.model)
        await dfs.model_artifacts.delete(page.model)
        await dfs.aclose()

    asyncio.run(main())
    assert (page.folder / "downloaded_model.fnnx").read_bytes() == SAMPLE.read_bytes()
