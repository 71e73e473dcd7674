"""Both faces against the local registry's newest routes: the same store, the second dialect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE, through
from support.registries.luml_recordings import gathered

from dfs_desktop.api import (
    ConflictError,
    DataForceClient,
    ModelArtifact,
    ModelArtifactStatus,
    MultipleResourcesFoundError,
    NotFoundError,
    UnprocessableEntityError,
)
from dfs_desktop.server import Address, LocalRegistry, Rules

NOBODY = "00000000-0000-4000-8000-000000000000"
SMALL_PARTS = Rules(
    multipart_above=8000, part_sizes=((1 << 40, 3000),), smallest_part=1, artifacts_limit=300
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    registry = LocalRegistry(tmp_path / "registry", rules=SMALL_PARTS)
    yield registry.start()
    registry.stop()


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def do(face: str, address: Address, operation: Any, **options: Any) -> Any:
    return through(
        face, operation, **{"base_url": address.url, "api_key": address.api_key, **options}
    )


def fill(address: Address, count: int, name: str = "number") -> list[ModelArtifact]:
    with DataForceClient(address.url, address.api_key) as client:
        return [
            client.model_artifacts.create(
                file_name=f"{n}.fnnx",
                metrics={"n": n},
                manifest={"version": "1"},
                file_hash="",
                file_index={},
                size=n,
                model_name=f"{name} {n}",
            )["model"]
            for n in range(count)
        ]


def test_the_newest_routes_are_found(face: str, address: Address) -> None:
    with DataForceClient(address.url, address.api_key) as client:
        client.organizations.list()
        assert client.generation == "G"
    assert do(face, address, lambda c: c.collections.get()).name == "Models"


def test_there_and_back_in_parts(face: str, address: Address, tmp_path: Path) -> None:
    record = do(face, address, lambda c: c.model_artifacts.upload(str(SAMPLE), "m", "d", ["t"]))
    assert (record.status, record.type) == (ModelArtifactStatus.UPLOADED, "model")
    assert (record.model_name, record.description, record.tags) == ("m", "d", ["t"])
    do(face, address, lambda c: c.model_artifacts.download(record.id, str(tmp_path / "x")))
    assert (tmp_path / "x").read_bytes() == SAMPLE.read_bytes()
    do(face, address, lambda c: c.model_artifacts.delete(record.id))
    assert do(face, address, lambda c: c.model_artifacts.list()) == []


def test_both_dialects_tell_the_same(face: str, address: Address) -> None:
    do(face, address, lambda c: c.model_artifacts.upload(str(SAMPLE), "m", "d", ["t"]))
    new, old = (
        do(face, address, lambda c: c.model_artifacts.list(), generation=generation)[0]
        for generation in "GA"
    )
    for field in old.__struct_fields__:
        if field not in ("type", "collection_name"):
            assert getattr(new, field) == getattr(old, field), field
    assert (new.type, new.collection_name) == ("model", "Models")


def test_a_long_list(face: str, address: Address) -> None:
    made = fill(address, 230)
    found = do(face, address, lambda c: c.model_artifacts.list())
    assert [item.id for item in found] == [item.id for item in made]
    newest_first = do(face, address, lambda c: gathered(c.model_artifacts.pages()))
    assert [item.id for item in newest_first] == [item.id for item in reversed(made)]
    for value in ("number 3", "3.fnnx", made[3].id):
        record = do(face, address, lambda c, v=value: c.model_artifacts.get(v))
        assert record.id == made[3].id
    assert do(face, address, lambda c: c.model_artifacts.get("number")) is None


def test_a_search_across_the_orbit(face: str, address: Address) -> None:
    fill(address, 3)
    other = do(face, address, lambda c: c.collections.create("Other", "", "mixed"))
    with DataForceClient(address.url, address.api_key, collection=other.id) as client:
        client.model_artifacts.upload(str(SAMPLE), "Number % nine")
    place = {"collection": "Models"}
    for search, count in (("NUMBER", 4), ("r %", 1), ("_", 0), ("", 4)):
        for generation in "GA":
            found = do(
                face,
                address,
                lambda c, s=search: gathered(c.model_artifacts.pages(search=s, whole_orbit=True)),
                generation=generation,
                **place,
            )
            assert len(found) == count, (search, generation)


def test_a_name_that_is_there_twice(face: str, address: Address) -> None:
    with DataForceClient(address.url, address.api_key) as client:
        for _ in range(2):
            client.model_artifacts.upload(str(SAMPLE), "twin")
    with pytest.raises(MultipleResourcesFoundError):
        do(face, address, lambda c: c.model_artifacts.get("twin"))


def test_collections(face: str, address: Address) -> None:
    made = do(face, address, lambda c: c.collections.create("New", "words", "experiment", ["t"]))
    assert (made.type, made.total_artifacts) == ("experiment", 0)
    renamed = do(face, address, lambda c: c.collections.update(made.id, "Newer"))
    assert (renamed.name, renamed.description, renamed.tags) == ("Newer", "words", ["t"])
    for value in (made.id, "Newer"):
        assert do(face, address, lambda c, v=value: c.collections.get(v)).id == made.id
    assert do(face, address, lambda c: c.collections.get(NOBODY)) is None
    do(face, address, lambda c: c.collections.delete(made.id))
    with pytest.raises(NotFoundError):
        do(face, address, lambda c: c.collections.update(made.id, "x"))
    with pytest.raises(UnprocessableEntityError, match="type"):
        do(face, address, lambda c: c.collections.create("x", "", "nonsense"))


def test_refusals(face: str, address: Address) -> None:
    record = do(face, address, lambda c: c.model_artifacts.upload(str(SAMPLE), "m"))
    with pytest.raises(ConflictError):
        do(face, address, lambda c: c.collections.delete(record.collection_id))
    for name in ("download_url", "delete_url", "delete"):
        with pytest.raises(NotFoundError):
            do(face, address, lambda c, n=name: getattr(c.model_artifacts, n)(NOBODY))
    assert do(face, address, lambda c: c.model_artifacts.get(NOBODY)) is None
