"""Looking inside without a window: what is offered, what is read, and when it ends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import artifact_makers as make
import pytest
from looking_room import connect, live, make_all, member_of, record_of
from registry_room import Room
from ui_room import open_workspace

from dfs_desktop.api import ConfigurationError, ModelArtifact
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.opened import OpenArtifact
from dfs_desktop.artifact.source import CachedSource
from dfs_desktop.workspace.inspecting import LOOKS, Look, hash_of_file, whole
from dfs_desktop.workspace.workspace import Workspace

SECTIONS = {
    "pipeline": "overview interface graph files safety manifest",
    "pyfunc": "overview interface graph environment files card experiment weights safety "
    "metadata manifest",
    "experiment": "overview files experiment safety manifest",
    "dataset": "overview files safety manifest",
}


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_all(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path) as space:
        yield space


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Room(tmp_path / "registry") as room:
        yield room


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_file_offers_what_it_has_and_nothing_else(
    workspace: Workspace, artifacts: dict[str, Path], kind: str
) -> None:
    async def work() -> Look:
        look = workspace.inspecting.look_at_file(artifacts[kind])
        await look.open()
        return look

    look = live(workspace, work)
    assert list(look.sections) == SECTIONS[kind].split()


def test_a_record_is_looked_into_by_ranges_and_not_before_somebody_reads(
    workspace: Workspace, room: Room, artifacts: dict[str, Path]
) -> None:
    async def work() -> None:
        record = record_of(room, artifacts["pyfunc"])
        look = workspace.inspecting.look(record)
        assert "weights" in look.sections, "known by the index, though there is no connection"
        assert workspace.inspecting.look(record) is look
        with pytest.raises(ConfigurationError):
            await look.read(lambda opened: opened.manifest())
        connect(workspace, room)
        source = look.opened.source if look.opened else None
        assert isinstance(source, CachedSource)
        assert source.requests == 0
        manifest = await look.read(lambda opened: opened.manifest())
        assert manifest.value["version"] == "2", "patches are applied"
        await look.read(lambda opened: (opened.metadata(), opened.environment(), opened.ops()))
        assert source.requests <= 2, "documents come together"
        name = "variant_artifacts/extra_files/w.safetensors"
        before = source.fetched
        data = await look.read(lambda opened: whole(opened.slice(name)).read(0, 8))
        size = look.opened.member(name).size if look.opened else 0
        assert data == member_of(artifacts["pyfunc"], name)[:8]
        assert source.fetched - before <= size + 64 * 1024

    live(workspace, work)


def test_moving_on_ends_what_is_read_and_coming_back_reads_again(
    workspace: Workspace, room: Room, artifacts: dict[str, Path]
) -> None:
    async def work() -> None:
        connect(workspace, room)
        first = workspace.inspecting.look(record_of(room, artifacts["pyfunc"]))
        reached, told = asyncio.Event(), []
        loop = asyncio.get_running_loop()

        def endless(opened: OpenArtifact) -> None:
            """Reads beyond what is remembered until it is refused."""
            place = 0
            try:
                while True:
                    opened.source.read(place % opened.source.size, 1)
                    loop.call_soon_threadsafe(reached.set)
                    place += 32 * 1024
                    opened.source._extents.clear()  # type: ignore[attr-defined]
            except ArtifactError as error:
                told.append(error.title)
                raise

        task = asyncio.ensure_future(first.read(endless))
        await asyncio.wait_for(reached.wait(), 10)
        workspace.inspecting.look(record_of(room, artifacts["dataset"]))
        with pytest.raises(ArtifactError):
            await task
        assert told == ["Reading was stopped"]
        manifest = await first.read(lambda opened: opened.manifest())
        assert manifest.value["version"] == "2"

    live(workspace, work)


def test_the_end_of_the_program_ends_reads(
    workspace: Workspace, room: Room, artifacts: dict[str, Path]
) -> None:
    ended: list[str] = []

    async def work() -> None:
        connect(workspace, room)
        look = workspace.inspecting.look(record_of(room, artifacts["pyfunc"]))
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def endless(opened: OpenArtifact) -> None:
            try:
                while True:
                    opened.source._extents.clear()  # type: ignore[attr-defined]
                    opened.source.read(0, 1)
                    loop.call_soon_threadsafe(begun.set)
            except ArtifactError:
                ended.append("stopped")

        workspace.tasks.start(look.read(endless), "read for ever")
        await asyncio.wait_for(begun.wait(), 10)

    live(workspace, work)
    assert ended == ["stopped"]


def test_only_the_latest_artifacts_are_remembered(workspace: Workspace) -> None:
    async def work() -> None:
        records = [ModelArtifact(id=f"{n}", file_name="a.fnnx", size=10) for n in range(LOOKS + 3)]
        looks = [workspace.inspecting.look(record) for record in records]
        assert len(workspace.inspecting._looks) == LOOKS
        assert workspace.inspecting.look(records[-1]) is looks[-1]
        assert workspace.inspecting.look(records[0]) is not looks[0]
        changed = ModelArtifact(id=f"{LOOKS + 2}", file_name="a.fnnx", size=11)
        assert workspace.inspecting.look(changed) is not looks[-1], "other bytes, another look"

    live(workspace, work)


def test_an_upload_under_way_is_not_read(workspace: Workspace) -> None:
    async def work() -> None:
        record = ModelArtifact(
            id="job:1", file_name="a.fnnx", size=1024, file_index={"a": (512, 3)}
        )
        look = workspace.inspecting.look(record)
        assert look.provisional
        assert await look.think(lambda opened: list(opened.index)) == ["a"]
        with pytest.raises(ArtifactError, match="on its way"):
            await look.read(lambda opened: opened.manifest())

    live(workspace, work)


def test_a_file_that_changes_says_so_and_can_be_tried_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = make.make_pipeline(tmp_path / "a.fnnx")

    async def work() -> None:
        look = workspace.inspecting.look_at_file(path)
        await look.read(lambda opened: opened.manifest())
        make.make_pipeline(path, ops__json="[]")
        os.utime(path, ns=(1, 1))
        with pytest.raises(ArtifactError, match="changed"):
            await look.read(lambda opened: opened.read("ops_artifacts/first/model.onnx"))
        look.renew()
        assert await look.read(lambda opened: opened.ops()) == []

    live(workspace, work)


def test_a_file_is_let_go_when_something_else_is_looked_at(
    workspace: Workspace, artifacts: dict[str, Path]
) -> None:
    async def work() -> None:
        look = workspace.inspecting.look_at_file(artifacts["pipeline"])
        opened = await look.open()
        assert workspace.inspecting.look_at_file(artifacts["pipeline"]) is look
        workspace.inspecting.leave()
        with pytest.raises(ArtifactError, match="closed"):
            opened.source.read(0, 1)

    live(workspace, work)


def test_an_index_of_many_is_looked_through_beside_the_loop(workspace: Workspace) -> None:
    async def work() -> None:
        index = {f"extra/{n}.bin": (512 * n, 100) for n in range(5000)}
        record = ModelArtifact(id="1", file_name="a.fnnx", size=10**7, file_index=index)
        look = workspace.inspecting.look(record)
        assert look.opened is None
        await look.open()
        assert look.sections == ("overview", "files", "safety", "manifest")

    live(workspace, work)


def test_the_hash_of_a_file_can_be_stopped(artifacts: dict[str, Path]) -> None:
    assert len(hash_of_file(artifacts["pipeline"], lambda: None)) == 64

    def stop() -> None:
        raise ArtifactError("Stopped", "now")

    with pytest.raises(ArtifactError, match="Stopped"):
        hash_of_file(artifacts["pipeline"], stop)


def test_the_address_of_the_storage_is_in_no_error(
    workspace: Workspace, room: Room, artifacts: dict[str, Path]
) -> None:
    async def work() -> str:
        connect(workspace, room)
        record = record_of(room, artifacts["pipeline"])
        gone = ModelArtifact(
            id="01a2b3c4-0000-4000-8000-000000000000",
            collection_id=record.collection_id,
            file_name="a.fnnx",
            size=record.size,
            file_index=record.file_index,
        )
        look = workspace.inspecting.look(gone)
        with pytest.raises(ArtifactError) as caught:
            await look.read(lambda opened: opened.read("manifest.json"))
        return str(caught.value)

    said = live(workspace, work)
    assert urlsplit(room.address.url).netloc not in said
    assert "Signature" not in said
