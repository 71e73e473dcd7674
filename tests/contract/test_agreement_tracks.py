"""Both faces of the client against the tracks of the local registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, through

from dfs_desktop.api import (
    BadRequestError,
    ConflictError,
    DataForceClient,
    MultipleResourcesFoundError,
    NotFoundError,
)
from dfs_desktop.server import Address, LocalRegistry


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    registry = LocalRegistry(tmp_path / "registry")
    yield registry.start()
    registry.stop()


def _fill(client: DataForceClient, count: int) -> list[str]:
    made = [
        client.model_artifacts.create(
            file_name=f"{n}.fnnx", metrics={"acc": n / 10}, manifest={"version": "1"},
            file_hash="", file_index={}, size=n, model_name=f"m{n}",
        )["model"]
        for n in range(count)
    ]  # fmt: skip
    return [getattr(each, "id", "") for each in made]


@pytest.mark.parametrize("face", FACES)
def test_a_track_from_its_making_to_its_end(face: str, address: Address) -> None:
    def do(operation: Any) -> Any:
        return through(face, operation, base_url=address.url, api_key=address.api_key)

    with DataForceClient(address.url, address.api_key) as client:
        first, second, third = _fill(client, 3)
        (models,) = client.collections.list()
    track = do(lambda c: c.tracks.create("Release", stages=["staging", "prod"], tags=["a"]))
    assert [stage.name for stage in track.stages] == ["staging", "prod"]
    one = do(lambda c: c.tracks.add("Release", first, "prod"))
    two = do(lambda c: c.tracks.add(track.id, second))
    assert (one.version, one.stage_name, two.version, two.stage_id) == (1, "prod", 2, None)
    with pytest.raises(ConflictError, match="already an entry"):
        do(lambda c: c.tracks.add(track.id, second))
    with pytest.raises(ConflictError, match="assigned to v1"):
        do(lambda c: c.tracks.set_stage(track.id, two.id, "prod"))
    moved = do(lambda c: c.tracks.set_stage(track.id, two.id, "prod", force=True))
    assert moved.stage_name == "prod"
    before = do(lambda c: c.tracks.entries(track.id))
    assert [(each.version, each.artifact_name, each.stage_name) for each in before] == [
        (1, "m0", None), (2, "m1", "prod"),
    ]  # fmt: skip

    # An artifact in a track cannot be deleted, and says where it is.
    found = do(lambda c: c.model_artifacts.get(second))
    assert [each["name"] for each in found.tracks] == ["Release"]
    with pytest.raises(ConflictError, match="Release"):
        do(lambda c: c.model_artifacts.delete(second))

    # Stages: one that is held stays; others come, go and get new names.
    with pytest.raises(ConflictError, match="'prod'"):
        do(lambda c: c.tracks.update(track.id, stages=["staging"]))
    changed = do(lambda c: c.tracks.update(track.id, name="R2", stages=["prod", "shadow"]))
    assert (changed.name, {stage.name for stage in changed.stages}) == ("R2", {"prod", "shadow"})
    assert do(lambda c: c.tracks.entries("R2"))[1].stage_name == "prod"

    # A number is never given again; who is taken out can be deleted.
    do(lambda c: c.tracks.remove(track.id, two.id))
    assert do(lambda c: c.tracks.add(track.id, third)).version == 3
    do(lambda c: c.model_artifacts.delete(second))
    do(lambda c: c.tracks.delete("R2"))
    assert do(lambda c: c.tracks.list()) == []
    assert len(do(lambda c: c.model_artifacts.list(collection_id=models.id))) == 2


def test_what_a_track_does_not_take(address: Address) -> None:
    with DataForceClient(address.url, address.api_key) as client:
        (model,) = _fill(client, 1)
        data = client.tracks.create("Data", "dataset", stages=["x"])
        with pytest.raises(BadRequestError, match="does not match"):
            client.tracks.add(data.id, model)
        with pytest.raises(NotFoundError):
            client.tracks.add(data.id, data.id)
        with pytest.raises(ConflictError, match="Duplicate"):
            client.tracks.create("Twice", stages=["a", "a"])
        client.tracks.create("Data", "model")
        with pytest.raises(MultipleResourcesFoundError):
            client.tracks.entries("Data")
        assert client.tracks.get("Nowhere") is None


def test_many_versions_come_page_by_page_in_their_order(address: Address) -> None:
    with DataForceClient(address.url, address.api_key) as client:
        ids = _fill(client, 205)
        track = client.tracks.create("Long")
        for each in ids:
            client.tracks.add(track.id, each)
        found = client.tracks.entries(track.id)
    assert [each.artifact_id for each in found] == ids
    assert [each.version for each in found] == list(range(1, 206))
