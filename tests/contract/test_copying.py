"""Copies between collections and servers of both generations, by both faces of the client."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE

from dfs_desktop.api import (
    AsyncDataForceClient,
    ChecksumError,
    DataForceClient,
    FileDownloadError,
    FileError,
    ModelArtifact,
    ModelArtifactStatus,
    NotFoundError,
)
from dfs_desktop.server import LocalRegistry

HASH = hashlib.sha256(SAMPLE.read_bytes()).hexdigest()


class Pair:
    """Two servers, of the first and of the newest generation, and one face to reach them."""

    def __init__(self, folder: Path, face: str) -> None:
        self.face = face
        self.folder = folder
        self.registries = [LocalRegistry(folder / "a"), LocalRegistry(folder / "g")]
        self._options = [
            {"base_url": each.url, "api_key": each.api_key, "generation": generation}
            for each, generation in zip(
                [registry.start() for registry in self.registries], "AG", strict=True
            )
        ]
        self.old = DataForceClient(**self._options[0])  # type: ignore[arg-type]
        self.new = DataForceClient(**self._options[1])  # type: ignore[arg-type]

    def stop(self) -> None:
        self.old.close()
        self.new.close()
        for registry in self.registries:
            registry.stop()

    def do(self, name: str, key: str, *, back: bool = False, **where: Any) -> ModelArtifact:
        """One method of the first server (or, going back, of the other) towards the other one."""
        first, second = self._options[::-1] if back else self._options

        async def run() -> Any:
            async with (
                AsyncDataForceClient(**first) as here,  # type: ignore[arg-type]
                AsyncDataForceClient(**second) as there,  # type: ignore[arg-type]
            ):
                target = {} if "to_collection" in where else {"to": there}
                return await getattr(here.model_artifacts, name)(key, **target, **where)

        def blocking() -> Any:
            with (
                DataForceClient(**first) as here,  # type: ignore[arg-type]
                DataForceClient(**second) as there,  # type: ignore[arg-type]
            ):
                target = {} if "to_collection" in where else {"to": there}
                return getattr(here.model_artifacts, name)(key, **target, **where)

        found: ModelArtifact = blocking() if self.face == "sync" else asyncio.run(run())
        return found


@pytest.fixture(params=FACES)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    both = Pair(tmp_path, request.param)
    yield both
    both.stop()


@pytest.fixture(autouse=True)
def way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where files pass through: nothing stays there."""
    folder = tmp_path / "way"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def upload(client: DataForceClient) -> ModelArtifact:
    return client.model_artifacts.upload(str(SAMPLE), "resnet", "a note", ["prod", "v3"])


def pending(client: DataForceClient, name: str, manifest: dict[str, Any]) -> ModelArtifact:
    home = client.collections.list()[0].id
    made = client.model_artifacts.create(home, name, {}, manifest, "0" * 64, {}, 5)["model"]
    assert isinstance(made, ModelArtifact)
    return made


def test_a_copy_has_the_bytes_and_the_record_of_the_original_and_a_move_leaves_one(
    pair: Pair,
) -> None:
    original = upload(pair.old)
    pair.old.model_artifacts.update(original.id, model_name="renamed", tags=["other"])
    copy = pair.do("copy", original.id)
    told = pair.new.model_artifacts.get(copy.id)
    assert told is not None
    assert (told.status, told.model_name, told.tags) == ("uploaded", "renamed", ["other"])
    assert (told.description, told.file_name) == ("a note", original.file_name)
    assert (told.size, told.file_hash) == (original.size, HASH)
    assert (told.metrics, told.file_index) == (original.metrics, original.file_index)
    back = pair.do("copy", copy.id, back=True)  # from the newest generation to the first
    assert {each.id for each in pair.old.model_artifacts.list()} == {original.id, back.id}
    home, other = original.collection_id, pair.old.collections.create("Archive", "")
    moved = pair.do("move", original.id, collection_id=home, to_collection="Archive")
    assert moved.collection_id == other.id
    assert {each.id for each in pair.old.model_artifacts.list(collection_id=home)} == {back.id}
    (left,) = pair.old.model_artifacts.list(collection_id=other.id)
    assert (left.id, left.file_hash, left.tags) == (moved.id, HASH, ["other"])


def test_what_cannot_be_copied_is_said_and_leaves_nothing_at_the_target(pair: Pair) -> None:
    fileless = pending(pair.old, "m.fnnx", {})
    with pytest.raises(FileDownloadError, match="has no file"):
        pair.do("copy", fileless.id)
    with pytest.raises(NotFoundError):
        pair.do("copy", "00000000-0000-4000-8000-000000000000")
    newer = pending(pair.new, "m.luml", {"artifact_type": "model", "payload": {}})
    pair.new.model_artifacts.update(newer.id, status=ModelArtifactStatus.UPLOADED)
    with pytest.raises(FileError, match="not one of the formats"):
        pair.do("copy", newer.id, back=True)
    spoiled = upload(pair.old)
    (stored,) = (
        path
        for path in (pair.folder / "a").rglob("*")
        if path.is_file() and path.stat().st_size == spoiled.size
    )
    stored.write_bytes(bytes(spoiled.size))
    with pytest.raises(ChecksumError):
        pair.do("move", spoiled.id)
    assert [each.id for each in pair.new.model_artifacts.list()] == [newer.id]
    assert {each.id for each in pair.old.model_artifacts.list()} == {fileless.id, spoiled.id}
