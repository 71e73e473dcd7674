"""Both faces against the local registry over sockets: everything that can be done with artifacts."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE, through

from dfs_desktop.api import (
    BadRequestError,
    ConflictError,
    FileUploadError,
    Meter,
    ModelArtifact,
    ModelArtifactStatus,
    MultipleResourcesFoundError,
    NotFoundError,
    Phase,
    UnprocessableEntityError,
    metered,
)
from dfs_desktop.server import LocalRegistry, Rules

NOBODY = "00000000-0000-4000-8000-000000000000"
SMALL_PARTS = Rules(
    multipart_above=8000, part_sizes=((1 << 40, 3000),), smallest_part=1, artifacts_limit=3
)


class Registry:
    """A running registry and one face to reach it."""

    def __init__(self, folder: Path, face: str, rules: Rules | None = None) -> None:
        self._registry = LocalRegistry(folder, rules=rules)
        self._address = self._registry.start()
        self._face = face

    def do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """One method of ``model_artifacts``."""
        return through(
            self._face,
            lambda client: getattr(client.model_artifacts, name)(*args, **kwargs),
            base_url=self._address.url,
            api_key=self._address.api_key,
            generation="A",
        )

    def stop(self) -> None:
        self._registry.stop()


@pytest.fixture(params=FACES)
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    rules = SMALL_PARTS if "parts" in request.node.name else None
    running = Registry(tmp_path / "registry", request.param, rules)
    yield running
    running.stop()


def body(**changes: Any) -> dict[str, Any]:
    return {
        "file_name": "model.fnnx",
        "metrics": {},
        "manifest": {},
        "file_hash": "abc123",
        "file_index": {},
        "size": 10,
        **changes,
    }


def test_there_and_back(registry: Registry, tmp_path: Path) -> None:
    meter = Meter()
    with metered(meter):
        record = registry.do("upload", str(SAMPLE), "first", "words", ["a"])
    progress = meter.snapshot()
    assert (progress.phase, progress.artifact_id) == (Phase.FINISHED, record.id)
    assert progress.done == progress.total == SAMPLE.stat().st_size
    assert registry.do("list") == [record]
    assert (record.description, record.tags) == ("words", ["a"])
    assert record.metrics
    assert record.manifest["producer_name"]
    registry.do("download", record.id, str(tmp_path / "back.fnnx"))
    assert (tmp_path / "back.fnnx").read_bytes() == SAMPLE.read_bytes()


def test_in_parts(registry: Registry, tmp_path: Path) -> None:
    record = registry.do("upload", str(SAMPLE), "in parts")
    registry.do("download", record.id, str(tmp_path / "back.fnnx"))
    assert (tmp_path / "back.fnnx").read_bytes() == SAMPLE.read_bytes()
    created = registry.do("create", **body(size=9000))
    assert set(created) == {"url", "parts", "model"}


def test_limit_of_parts_registry(registry: Registry) -> None:
    for _ in range(3):
        registry.do("create", **body())
    with pytest.raises(ConflictError):
        registry.do("upload", str(SAMPLE), "one too many")


def test_finding(registry: Registry) -> None:
    first = registry.do("upload", str(SAMPLE), "one")
    assert registry.do("get", first.id) == first
    assert registry.do("get", first.id.upper()) == first
    assert registry.do("get", "one") == first
    assert registry.do("get", SAMPLE.name) == first
    assert registry.do("get", "ONE") is None
    assert registry.do("get", "on") is None
    assert registry.do("get", NOBODY) is None
    registry.do("upload", str(SAMPLE), "two")
    with pytest.raises(MultipleResourcesFoundError, match=first.id):
        registry.do("get", SAMPLE.name)


def test_changing(registry: Registry) -> None:
    record = registry.do("upload", str(SAMPLE), "one", "words", ["a"])
    renamed = registry.do("update", record.id, model_name="two")
    assert (renamed.model_name, renamed.description, renamed.tags) == ("two", "words", ["a"])
    cleared = registry.do("update", record.id, description="", tags=[])
    assert (cleared.description, cleared.tags) == ("", [])
    assert registry.do("update", record.id, "other.fnnx").file_name == "other.fnnx"
    with pytest.raises(NotFoundError):
        registry.do("update", NOBODY, model_name="x")


def test_statuses(registry: Registry) -> None:
    created = registry.do("create", **body(model_name="by hand"))
    model = created["model"]
    assert isinstance(model, ModelArtifact)
    pending, uploaded = ModelArtifactStatus.PENDING_UPLOAD, ModelArtifactStatus.UPLOADED
    assert registry.do("update", model.id, status=pending).status == pending
    assert registry.do("update", model.id, status=uploaded).status == uploaded
    again = registry.do("update", model.id, description="d", status=uploaded)
    assert (again.status, again.description) == (uploaded, "d")
    with pytest.raises(BadRequestError):
        registry.do("update", model.id, status=ModelArtifactStatus.UPLOAD_FAILED)
    with pytest.raises(UnprocessableEntityError):
        registry.do("update", model.id, status=pending)


def test_creating(registry: Registry) -> None:
    created = registry.do("create", **body(file_name="a.b.fnnx"))
    assert created["model"].model_name == "a.b"
    assert created["model"].status == ModelArtifactStatus.PENDING_UPLOAD
    with pytest.raises(UnprocessableEntityError, match="file_name"):
        registry.do("create", **body(file_name="no extension"))
    with pytest.raises(UnprocessableEntityError):
        registry.do("create", **body(size=6 * 2**40))
    with pytest.raises(NotFoundError):
        registry.do("create", NOBODY, **body())
    assert len(registry.do("list")) == 1


def test_deleting(registry: Registry) -> None:
    record = registry.do("upload", str(SAMPLE), "one")
    url = registry.do("download_url", record.id)["url"]
    with urllib.request.urlopen(url) as answer:
        assert answer.status == 200
    registry.do("delete", record.id)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url)
    assert registry.do("list") == []
    for name in ("delete", "download_url", "delete_url"):
        with pytest.raises(NotFoundError):
            registry.do(name, record.id)
    with pytest.raises(ValueError, match="no model artifact"):
        registry.do("download", record.id)


def test_a_deletion_left_half_way_can_be_finished(registry: Registry) -> None:
    record = registry.do("upload", str(SAMPLE), "one")
    registry.do("delete_url", record.id)
    assert registry.do("get", record.id).status == ModelArtifactStatus.PENDING_DELETION
    failed = registry.do("update", record.id, status=ModelArtifactStatus.DELETION_FAILED)
    assert failed.status == ModelArtifactStatus.DELETION_FAILED
    registry.do("delete", record.id)
    assert registry.do("list") == []


def test_a_file_that_shrinks_leaves_no_false_record(registry: Registry, tmp_path: Path) -> None:
    copy = tmp_path / "copy.fnnx"
    copy.write_bytes(SAMPLE.read_bytes())

    class Shrinks(Meter):
        def enter(self, phase: Phase, total: int | None = None) -> None:
            super().enter(phase, total)
            if phase is Phase.SENDING:
                copy.write_bytes(SAMPLE.read_bytes()[:5000])

    with metered(Shrinks()), pytest.raises(FileUploadError, match="changed"):
        registry.do("upload", str(copy), "shrinks")
    assert [item.status for item in registry.do("list")] == [ModelArtifactStatus.UPLOAD_FAILED]
