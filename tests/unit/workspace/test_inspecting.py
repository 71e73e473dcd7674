"""Looking inside without a window: what is offered, what is read, and when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from support.artifacts import makers as make
from support.artifacts.inspected import connect, live, member_in, record_of
from support.qt.widgets import until
from support.registries.local import Room

from dfs_desktop.api import AsyncTransferResource, ConfigurationError, ModelArtifact
from dfs_desktop.api.flows.context import MOST_LINKS, KeptLinks
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.workers.reader import operations as looks
from dfs_desktop.workspace.inspection.inspector import LOOKS, Inspection, hash_of_file
from dfs_desktop.workspace.workspace import Workspace

SECTIONS = {
    "pipeline": "overview interface graph files safety manifest",
    "pyfunc": "overview interface graph environment files card experiment weights safety "
    "metadata manifest",
    "experiment": "overview files experiment safety manifest",
    "dataset": "overview files safety manifest",
}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Room(tmp_path / "registry") as room:
        yield room


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_file_offers_what_it_has_and_nothing_else(
    workspace: Workspace, artifacts: dict[str, Path], kind: str
) -> None:
    async def work() -> Inspection:
        look = workspace.inspector.look_at_file(artifacts[kind])
        await look.open()
        return look

    look = live(workspace, work)
    assert list(look.sections) == SECTIONS[kind].split()


def test_a_record_is_looked_into_by_ranges_and_not_before_somebody_reads(
    workspace: Workspace, room: Room, artifacts: dict[str, Path]
) -> None:
    async def work() -> None:
        record = record_of(room, artifacts["pyfunc"])
        look = workspace.inspector.look(record)
        assert "weights" in look.sections, "known by the index, though there is no connection"
        assert workspace.inspector.look(record) is look
        with pytest.raises(ConfigurationError):
            await look.read(looks.manifest)
        connect(workspace, room)
        assert await look.think(looks.members)
        found = await look.read(looks.manifest)
        assert '"version": "2"' in found.effective, "patches are applied"
        assert not found.from_registry
        assert (await look.read(looks.metadata)).entries
        member = await member_in(look, "variant_artifacts/extra_files/w.safetensors")
        assert (await look.read(looks.preview, member)).view == "weights"

    live(workspace, work)


def test_a_link_that_expired_is_asked_for_again(
    workspace: Workspace, room: Room, artifacts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = AsyncTransferResource.link, []

    async def link(self: AsyncTransferResource, artifact: ModelArtifact) -> str:
        asked.append(await real(self, artifact))
        spoiled = re.sub("Expires=[0-9]+", "Expires=1", asked[-1])
        return spoiled if len(asked) == 1 else asked[-1]

    monkeypatch.setattr(AsyncTransferResource, "link", link)

    async def work() -> None:
        connect(workspace, room)
        look = workspace.inspector.look(record_of(room, artifacts["pyfunc"]))
        assert (await look.read(looks.metadata)).entries
        assert len(asked) == 2

    live(workspace, work)


def test_a_link_is_kept_for_the_next_look_and_one_that_is_refused_is_replaced(
    workspace: Workspace, room: Room, artifacts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = AsyncTransferResource.link, []

    async def link(self: AsyncTransferResource, artifact: ModelArtifact) -> str:
        asked.append(await real(self, artifact))
        return asked[-1]

    monkeypatch.setattr(AsyncTransferResource, "link", link)

    async def work() -> None:
        connect(workspace, room)
        record = record_of(room, artifacts["pyfunc"])
        assert (await workspace.inspector.look(record).read(looks.metadata)).entries
        for more in (0, 1):  # a look that forgot what it had read
            workspace.inspector._looks.clear()
            look = workspace.inspector.look(record)
            assert (await look.read(looks.environment)).machine
            assert len(asked) == 1 + more
            assert workspace.state.session.client is not None
            links = workspace.state.session.client._context.links
            spoiled = links.find(record.id, 0.0).replace("Signature=", "Signature=0")
            links.keep(record.id, spoiled, math.inf)

    live(workspace, work)


def test_a_link_is_asked_for_ahead_where_there_is_one_to_ask_for(
    workspace: Workspace, room: Room, artifacts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = AsyncTransferResource.link, []

    async def link(self: AsyncTransferResource, artifact: ModelArtifact) -> str:
        asked.append(artifact.id)
        return await real(self, artifact)

    monkeypatch.setattr(AsyncTransferResource, "link", link)

    async def work() -> None:
        record = record_of(room, artifacts["pyfunc"])
        look = workspace.inspector.look(record)
        look.ask_ahead()  # there is no connection yet
        connect(workspace, room)
        workspace.inspector.look_beside_file(artifacts["pyfunc"]).ask_ahead()
        coming = msgspec.structs.replace(record, id="job:1")
        workspace.inspector.look_beside(coming).ask_ahead()
        await asyncio.sleep(0)
        assert asked == []
        for _ in range(2):
            look.ask_ahead()
        await until(lambda: workspace.state.session.client._context.links.find(record.id, 0.0))
        look.ask_ahead()
        assert (await look.read(looks.metadata)).entries
        assert asked == [record.id]

    live(workspace, work)


def test_links_are_kept_until_shortly_before_they_end_and_not_without_bounds() -> None:
    links = KeptLinks()
    for number in range(100):
        links.keep(str(number), f"link {number}", 1000.0)
    assert [links.find(str(number), 960.0) != "" for number in range(100)].count(True) == MOST_LINKS
    assert links.find("99", 980.0) == ""
    links.keep("99", "a link that does not say when it ends", None)
    assert links.find("99", 0.0) == ""
    assert "link 98" not in repr(links)


def test_a_look_that_is_left_ends_and_coming_back_reads_again(
    workspace: Workspace, room: Room, artifacts: dict[str, Path]
) -> None:
    async def work() -> None:
        connect(workspace, room)
        first = workspace.inspector.look(record_of(room, artifacts["pyfunc"]))
        task = asyncio.ensure_future(first.read(looks.manifest))
        await asyncio.sleep(0)
        task.cancel()
        workspace.inspector.look(record_of(room, artifacts["dataset"]))
        assert "Searcher" in (await first.read(looks.manifest)).effective

    live(workspace, work)


def test_only_the_latest_artifacts_are_remembered(workspace: Workspace) -> None:
    async def work() -> None:
        records = [ModelArtifact(id=f"{n}", file_name="a.fnnx", size=10) for n in range(LOOKS + 3)]
        looks = [workspace.inspector.look(record) for record in records]
        assert len(workspace.inspector._looks) == LOOKS
        assert workspace.inspector.look(records[-1]) is looks[-1]
        assert workspace.inspector.look(records[0]) is not looks[0]
        changed = ModelArtifact(id=f"{LOOKS + 2}", file_name="a.fnnx", size=11)
        assert workspace.inspector.look(changed) is not looks[-1], "other bytes, another look"

    live(workspace, work)


def test_an_upload_under_way_is_not_read(workspace: Workspace) -> None:
    async def work() -> None:
        record = ModelArtifact(
            id="job:1", file_name="a.fnnx", size=1024, file_index={"a": (512, 3)}
        )
        look = workspace.inspector.look(record)
        assert look.provisional
        assert [each.name for each in await look.think(looks.members)] == ["a"]
        with pytest.raises(ArtifactError, match="on its way"):
            await look.read(looks.manifest)

    live(workspace, work)


def test_a_file_that_changes_says_so_and_can_be_tried_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = make.make_pipeline(tmp_path / "a.fnnx")

    async def work() -> None:
        look = workspace.inspector.look_at_file(path)
        await look.read(looks.manifest)
        member = await member_in(look, "ops_artifacts/first/model.onnx")
        make.make_pipeline(path, ops__json="[]")
        os.utime(path, ns=(1, 1))
        with pytest.raises(ArtifactError, match="changed"):
            await look.read(looks.preview, member)
        look.begin_anew()
        assert (await look.read(looks.graph)).graph.ops == ()

    live(workspace, work)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="who has what open")
def test_a_file_is_let_go_when_something_else_is_looked_at(
    workspace: Workspace, artifacts: dict[str, Path]
) -> None:
    async def work() -> None:
        look = workspace.inspector.look_at_file(artifacts["pipeline"])
        await look.open()
        assert workspace.inspector.look_at_file(artifacts["pipeline"]) is look
        folder = Path(f"/proc/{workspace.reader.pid}/fd")

        def is_open() -> bool:
            for each in folder.iterdir():
                with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                    if each.readlink().name == artifacts["pipeline"].name:
                        return True
            return False

        assert is_open()
        workspace.inspector.leave()
        await until(lambda: not is_open())

    live(workspace, work)


def test_an_index_of_many_is_looked_through_beside_the_loop(workspace: Workspace) -> None:
    async def work() -> None:
        index = {f"extra/{n}.bin": (512 * n, 100) for n in range(5000)}
        record = ModelArtifact(id="1", file_name="a.fnnx", size=10**7, file_index=index)
        look = workspace.inspector.look(record)
        assert look.sections == ()
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
        look = workspace.inspector.look(gone)
        with pytest.raises(ArtifactError) as caught:
            await look.read(looks.manifest)
        return str(caught.value)

    said = live(workspace, work)
    assert urlsplit(room.address.url).netloc not in said
    assert "Signature" not in said
