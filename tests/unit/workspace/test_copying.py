"""Copies and moves as transfers: between two servers, through stops, restarts and faults."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from support.artifacts import model_files
from support.registries.client_faces import SAMPLE
from support.registries.workspace import Room, connected

from dfs_desktop.api import DataForceClient, DownloadStep, ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.server import LocalRegistry
from dfs_desktop.settings import Profile
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.workspace.copies.copied_from import CopiedFrom, CopyRecords
from dfs_desktop.workspace.copies.destinations import Target, target_here
from dfs_desktop.workspace.registry.clients import origin


class Team:
    """A second server, which the workspace knows."""

    def __init__(self, folder: Path) -> None:
        self.registry = LocalRegistry(folder / "team")
        address = self.registry.start()
        self.client = DataForceClient(base_url=address.url, api_key=address.api_key)
        self.profile = Profile(id="team", name="Team", base_url=address.url, allow_http=True)
        self.key = address.api_key

    def stop(self) -> None:
        self.client.close()
        self.registry.stop()

    async def list(self) -> list[ModelArtifact]:
        return await asyncio.to_thread(self.client.model_artifacts.list)


async def team_target(room: Room, team: Team) -> Target:
    """The first collection of the team, which the workspace gets to know."""
    workspace = room.workspace
    workspace.settings.profiles = [team.profile]
    workspace.credentials.remember(team.profile.id, origin(team.profile.base_url), team.key)
    places = workspace.copies.destinations
    (organization,) = await places.organizations(team.profile)
    (orbit,) = await places.orbits(team.profile, organization)
    collection = (await places.collections(team.profile, organization, orbit))[0]
    return Target(team.profile, organization, orbit, collection)


@asynccontextmanager
async def two_servers(folder: Path) -> AsyncIterator[tuple[Room, Team, Target]]:
    team = await asyncio.to_thread(Team, folder)
    try:
        async with connected(folder) as room:
            yield room, team, await team_target(room, team)
    finally:
        await asyncio.to_thread(team.stop)


async def begun(
    room: Room, target: Target, *, move: bool = False, again: bool = False
) -> list[Job]:
    """What a person does who selects all rows and accepts the dialog."""
    copies = room.workspace.copies
    plan = copies.plan(await room.list(), move=move)
    assert plan is not None
    return copies.submit(plan, target, await copies.judge(plan, target), again=again)


async def uploaded(room: Room) -> ModelArtifact:
    await room.here.model_artifacts.upload(str(SAMPLE), "resnet", "a note", ["prod"])
    await room.refresh()
    (artifact,) = await room.list()
    return artifact


def test_a_copy_is_a_transfer_that_tells_where_it_came_from_and_is_not_made_twice(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with two_servers(tmp_path) as (room, team, target):
            artifact = await uploaded(room)
            (job,) = await begun(room, target)
            assert job.word == "copy"
            await room.until(lambda: job.state is State.DONE)
            (copy,) = await team.list()
            assert (copy.model_name, copy.tags, copy.file_hash) == (
                "resnet",
                ["prod"],
                artifact.file_hash,
            )
            records = room.workspace.copies.records
            told = records.of(copy.id)
            assert told is not None
            assert told.original == artifact.id
            assert told.where.startswith("On this computer › ")
            assert list((tmp_path / "copies").iterdir()) == []
            assert await begun(room, target) == []  # it is there already
            (again,) = await begun(room, target, again=True)
            await room.until(lambda: again.state is State.DONE)
            assert len(await team.list()) == 2
            assert len(await room.list()) == 1
        reread = type(records)(tmp_path / "copies.sqlite3")
        reread.load()
        assert reread.of(copy.id) == told

    asyncio.run(run())


def test_a_move_deletes_the_original_when_its_time_is_up_and_not_before(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with two_servers(tmp_path) as (room, team, target):
            await uploaded(room)
            (job,) = await begun(room, target, move=True)
            await room.until(lambda: room.workspace.deleter.waiting)
            assert job.state is State.DONE
            assert len(await room.list()) == len(await team.list()) == 1
            (deletion,) = room.workspace.deleter.waiting
            room.workspace.deleter.undo(deletion)
            assert len(await room.list()) == 1
            (again,) = await begun(room, target, move=True, again=True)
            await room.until(lambda: again.state is State.DONE and room.workspace.deleter.waiting)
            room.workspace.deleter.delete_now()
            await room.until_empty()
            assert len(await team.list()) == 2

    asyncio.run(run())


def test_a_source_that_is_gone_fails_and_leaves_nothing_at_the_target(tmp_path: Path) -> None:
    async def run() -> None:
        async with two_servers(tmp_path) as (room, team, target):
            artifact = await uploaded(room)
            copies = room.workspace.copies
            plan = copies.plan([artifact], move=True)
            assert plan is not None
            verdicts = await copies.judge(plan, target)
            await room.here.model_artifacts.delete(artifact.id)
            (job,) = copies.submit(plan, target, verdicts)
            await room.until(lambda: job.state is State.FAILED)
            assert await team.list() == []
            assert room.said[-1].title == "Could not copy resnet"
            assert room.said[-1].detail.endswith("Nothing of it is at the target.")
            room.workspace.queue.cancel(job)
            await room.until(lambda: job.state is State.CANCELLED)
            assert not room.workspace.deleter.waiting

    asyncio.run(run())


def test_a_copy_that_was_half_fetched_goes_on_at_the_next_start(tmp_path: Path) -> None:
    model = model_files.write(tmp_path / "models", "large", weights=3_000_000)

    async def run(team: Team) -> None:
        async with connected(tmp_path) as room:
            await room.here.model_artifacts.upload(str(model), "large")
            room.workspace.queue.set_rate(Kind.UPLOAD, 400_000)
            (job,) = await begun(room, await team_target(room, team))
            await room.until(lambda: job.meter.snapshot().done > 100_000, "bytes")
        assert job.source is not None
        assert job.source.fetch.step is DownloadStep.FETCHING
        assert len(list((tmp_path / "copies").iterdir())) == 1
        async with connected(tmp_path) as room:
            await team_target(room, team)
            (restored,) = await room.workspace.transfers.resume_all()
            await room.workspace.copies.resume()
            assert restored.word == "copy"
            await room.until(lambda: restored.state is State.DONE)
            (copy,) = await team.list()
            assert copy.size == model.stat().st_size
            assert room.workspace.copies.records.of(copy.id) is not None
            assert list((tmp_path / "copies").iterdir()) == []

    team = Team(tmp_path)
    try:
        asyncio.run(run(team))
    finally:
        team.stop()


def test_copies_that_were_begun_together_are_taken_back_together(tmp_path: Path) -> None:
    async def run() -> None:
        async with two_servers(tmp_path) as (room, team, target):
            await room.here.model_artifacts.upload(str(SAMPLE), "resnet")
            await room.here.model_artifacts.upload(str(SAMPLE), "resnet too")
            workspace, undo_list = room.workspace, room.workspace.undo_list
            plan = workspace.copies.plan(await room.list())
            assert plan is not None
            verdicts = await workspace.copies.judge(plan, target)
            jobs = workspace.copies.submit(plan, target, verdicts, undo_list=undo_list)
            assert undo_list.latest is None
            await room.until(lambda: all(job.state is State.DONE for job in jobs))
            assert undo_list.latest is not None
            assert undo_list.latest.text == "Copy of 2 Artifacts"
            (told,) = [said for said in room.said if said.title == "2 artifacts were copied"]
            assert told.detail == f"To Team › {visible(target.collection.name)}."
            assert undo_list.undo()
            (deletion,) = workspace.deleter.waiting
            assert {each.id for each in deletion.artifacts} == {job.artifact_id for job in jobs}
            workspace.deleter.delete_now()
            await workspace.deleter.finished()
            assert await team.list() == []
            assert len(await room.list()) == 2

    asyncio.run(run())


def test_show_on_the_notice_of_a_copy_goes_to_the_copy_at_its_server(tmp_path: Path) -> None:
    async def run() -> None:
        async with two_servers(tmp_path) as (room, team, target):
            await uploaded(room)
            workspace = room.workspace
            plan = workspace.copies.plan(await room.list())
            assert plan is not None
            verdicts = await workspace.copies.judge(plan, target)
            (job,) = workspace.copies.submit(plan, target, verdicts, undo_list=workspace.undo_list)
            await room.until(lambda: job.state is State.DONE)
            told = next(said for said in room.said if said.title == "“resnet” was copied")
            assert told.action is not None
            selected: list[str] = []
            workspace.finder.found.connect(selected.extend)
            told.action.run()
            await room.until(lambda: selected == [job.artifact_id])
            assert workspace.session.profile.id == team.profile.id
            assert workspace.session.place == target.place

    asyncio.run(run())


def test_what_the_target_says_is_known_beforehand(tmp_path: Path) -> None:
    async def run() -> None:
        async with two_servers(tmp_path) as (room, _team, target):
            await room.stuck("pending_upload")
            copies = room.workspace.copies
            plan = copies.plan(await room.list())
            assert plan is not None
            (verdict,) = await copies.judge(plan, target)
            assert verdict.refused
            assert "no file" in verdict.findings[0].title
            here = target_here(room.workspace.session)
            assert here is not None
            move = copies.plan(await room.list(), move=True)
            assert move is not None
            (verdict,) = await copies.judge(move, here)
            assert verdict.findings[0].title.startswith("It is in “")

    asyncio.run(run())


def test_where_copies_of_earlier_versions_came_from_is_still_known(tmp_path: Path) -> None:
    path = tmp_path / "copies.sqlite3"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TABLE copied(artifact TEXT PRIMARY KEY, place TEXT NOT NULL, original TEXT NOT "
            "NULL, at REAL NOT NULL) WITHOUT ROWID"
        )
        db.execute("INSERT INTO copied VALUES ('a', 'Team › Models', 'b', 5.0)")
    records = CopyRecords(path)
    records.load()
    assert records.of("a") == CopiedFrom("Team › Models", "b", 5.0)
    records.write("c", records.note("c", "Here", "d", "team", "o/r/c"))
    again = CopyRecords(path)
    again.load()
    assert again.of("c") == records.of("c")
