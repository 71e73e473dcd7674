"""Both faces against the local registry: where calls go, and what a picker needs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.registries.client_faces import FACES, SAMPLE, through

from dfs_desktop.api import (
    AsyncDataForceClient,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    DataForceClient,
    MultipleResourcesFoundError,
    NotFoundError,
    PermissionDeniedError,
    UnprocessableEntityError,
)
from dfs_desktop.server import Address, LocalRegistry

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    registry = LocalRegistry(tmp_path / "registry")
    yield registry.start()
    registry.stop()


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def do(face: str, address: Address, operation: Any, **options: Any) -> Any:
    return through(
        face,
        operation,
        **{"base_url": address.url, "api_key": address.api_key, "generation": "A", **options},
    )


def test_what_a_picker_shows(face: str, address: Address) -> None:
    organizations = do(face, address, lambda c: c.organizations.list())
    assert [item.name for item in organizations] == ["My organization"]
    orbits = do(face, address, lambda c: c.orbits.list(organizations[0].id))
    assert [item.name for item in orbits] == ["Main orbit"]
    assert "create" in orbits[0].permissions["collection"]
    collections = do(face, address, lambda c: c.collections.list(orbit_id=orbits[0].id))
    assert [(item.name, item.total_artifacts) for item in collections] == [("Models", 0)]
    secrets = do(face, address, lambda c: c.bucket_secrets.list())
    assert [secret.id for secret in secrets] == [orbits[0].bucket_secret_id]


@pytest.mark.parametrize("what", ["organizations", "orbits", "collections"])
def test_get(face: str, address: Address, what: str) -> None:
    default = do(face, address, lambda c: getattr(c, what).get())
    for value in (default.id, default.name):
        assert do(face, address, lambda c, v=value: getattr(c, what).get(v)).id == default.id
    for value in (NOBODY, default.name.lower(), default.name[:3]):
        assert do(face, address, lambda c, v=value: getattr(c, what).get(v)) is None


def test_collections_live(face: str, address: Address) -> None:
    made = do(face, address, lambda c: c.collections.create("New", "words", "dataset", ["t"]))
    assert (made.type, made.tags) == ("dataset", ["t"])
    renamed = do(face, address, lambda c: c.collections.update(made.id, "Newer"))
    assert (renamed.name, renamed.description, renamed.tags) == ("Newer", "words", ["t"])
    cleared = do(face, address, lambda c: c.collections.update(made.id, description="", tags=[]))
    assert (cleared.name, cleared.description, cleared.tags) == ("Newer", "", [])
    do(face, address, lambda c: c.collections.delete(made.id))
    with pytest.raises(NotFoundError):
        do(face, address, lambda c: c.collections.delete(made.id))
    with pytest.raises(NotFoundError):
        do(face, address, lambda c: c.collections.update(made.id, "x"))


def test_refusals(face: str, address: Address) -> None:
    do(face, address, lambda c: c.model_artifacts.upload(str(SAMPLE), "in it"))
    full = do(face, address, lambda c: c.collections.get("Models"))
    with pytest.raises(ConflictError):
        do(face, address, lambda c: c.collections.delete(full.id))
    with pytest.raises(UnprocessableEntityError, match="collection_type"):
        do(face, address, lambda c: c.collections.create("x", "", "nonsense"))
    with pytest.raises(AuthenticationError):
        do(face, address, lambda c: c.organizations.list(), api_key="dfs_" + "x" * 43)
    with pytest.raises(PermissionDeniedError):
        do(face, address, lambda c: c.orbits.list(NOBODY))
    with pytest.raises(NotFoundError):
        do(face, address, lambda c: c.collections.list(orbit_id=NOBODY))
    with pytest.raises(UnprocessableEntityError, match="NUL"):
        do(face, address, lambda c: c.collections.create("nul \0"))


def test_orbits_live(face: str, address: Address) -> None:
    bucket = do(face, address, lambda c: c.bucket_secrets.list())[0].id
    made = do(face, address, lambda c: c.orbits.create("Second", bucket))
    assert made.name == "Second"
    with pytest.raises(ConfigurationError, match=r"Main orbit.*Second|Second.*Main orbit"):
        do(face, address, lambda c: c.collections.list())
    assert do(face, address, lambda c: c.collections.list(), orbit="Second") == []
    renamed = do(face, address, lambda c: c.orbits.update(made.id, "Third"))
    assert (renamed.name, renamed.bucket_secret_id) == ("Third", bucket)
    assert do(face, address, lambda c: c.orbits.delete(made.id)) is None
    assert do(face, address, lambda c: c.orbits.get(made.id)) is None


def test_names_are_exact(face: str, address: Address) -> None:
    do(face, address, lambda c: c.collections.create("Classifiers"))
    with pytest.raises(ConfigurationError, match=r"Classifiers.*Models|Models.*Classifiers"):
        do(face, address, lambda c: c.model_artifacts.list())
    for wrong in ("lass", "classifiers", "nothing"):
        with pytest.raises(ConfigurationError, match="Classifiers"):
            do(face, address, lambda c: c.model_artifacts.list(), collection=wrong)
    assert do(face, address, lambda c: c.model_artifacts.list(), collection="Models") == []
    do(face, address, lambda c: c.collections.create("Models"))
    with pytest.raises(MultipleResourcesFoundError):
        do(face, address, lambda c: c.model_artifacts.list(), collection="Models")


def test_an_empty_collection_id_is_refused(face: str, address: Address) -> None:
    with pytest.raises(ConfigurationError):
        do(face, address, lambda c: c.model_artifacts.list(collection_id=" "))


def test_views_of_other_places(face: str, address: Address) -> None:
    other = do(face, address, lambda c: c.collections.create("Other"))
    here = {"organization": "My organization", "orbit": "Main orbit", "collection": "Models"}

    if face == "sync":
        with DataForceClient(address.url, address.api_key, generation="A", **here) as client:
            place = client.orbits.list()[0]
            view = client.at(place.organization_id, place.id, other.id)
            view.model_artifacts.upload(str(SAMPLE), "there")
            view.close()
            assert client.model_artifacts.list() == []
            assert len(view.model_artifacts.list()) == 1
        return

    async def run() -> None:
        async with AsyncDataForceClient(
            address.url, address.api_key, generation="A", **here
        ) as client:
            place = (await client.orbits.list())[0]
            view = client.at(place.organization_id, place.id, other.id)
            await view.model_artifacts.upload(str(SAMPLE), "there")
            await view.aclose()
            assert await client.model_artifacts.list() == []
            assert len(await view.model_artifacts.list()) == 1

    asyncio.run(run())


class Counting(httpx.AsyncHTTPTransport):
    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        return await super().handle_async_request(request)


def test_setup_config_with_and_without_await(address: Address) -> None:
    async def run() -> None:
        counting = Counting()
        async with AsyncDataForceClient(
            address.url, address.api_key, generation="A", transport=counting
        ) as client:
            await client.setup_config(collection="Models")
            asked = len(counting.paths)
            assert asked == 3
            await client.setup_config()
            client.setup_config(organization=NOBODY, orbit=NOBODY, collection=NOBODY)
            await client.setup_config(organization=NOBODY)
            assert len(counting.paths) == asked  # ids take effect without a question
            with pytest.raises(PermissionDeniedError):
                await client.model_artifacts.list()
            with pytest.raises(ConfigurationError):
                await client.setup_config(organization="nobody")

    asyncio.run(run())


def test_first_uses_at_once_ask_once(address: Address) -> None:
    async def run() -> list[str]:
        counting = Counting()
        async with AsyncDataForceClient(
            address.url, address.api_key, generation="A", transport=counting
        ) as client:
            lists = await asyncio.gather(*(client.model_artifacts.list() for _ in range(12)))
            assert lists == [[]] * 12
        return counting.paths

    paths = asyncio.run(run())
    assert paths.count("/users/me/organizations") == 1
    assert len(paths) == 3 + 12


def test_threads_share_a_client(address: Address) -> None:
    results: list[Any] = []
    with DataForceClient(address.url, address.api_key, generation="A") as client:
        threads = [
            threading.Thread(target=lambda: results.append(client.model_artifacts.list()))
            for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [[]] * 12


def test_one_client_in_two_loops(address: Address) -> None:
    client = AsyncDataForceClient(address.url, address.api_key, generation="A")
    assert asyncio.run(client.model_artifacts.list()) == []  # type: ignore[arg-type]
    assert asyncio.run(client.model_artifacts.list()) == []  # type: ignore[arg-type]
    asyncio.run(client.aclose())
