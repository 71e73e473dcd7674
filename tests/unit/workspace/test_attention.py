"""What needs attention, against a real registry: found, explained, and only ever touched on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.artifacts import model_files
from support.registries.workspace import Room, connected

from dfs_desktop.api import (
    AuthenticationError,
    ChecksumError,
    Ledger,
    ModelArtifact,
    Scope,
    StorageAddressError,
    UnconfirmedUploadError,
    UploadExpiredError,
    UploadRecord,
)
from dfs_desktop.settings import Settings
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.workspace.attention.items import Item, Step, of_job
from dfs_desktop.workspace.registry.clients import origin
from dfs_desktop.workspace.registry.connections import ServerForm
from dfs_desktop.workspace.session import Session

Journey = Callable[[Room], Awaitable[None]]
MB = 10**6


def run(folder: Path, journey: Journey, settings: Settings | None = None) -> None:
    async def whole() -> None:
        async with connected(folder, settings) as room:
            room.workspace.deleter.seconds = 0.0
            await journey(room)

    asyncio.run(asyncio.wait_for(whole(), 60))


def only(room: Room) -> Item:
    (item,) = room.workspace.attention.items()
    return item


async def statuses(room: Room) -> list[str]:
    return sorted(record.status.value for record in await room.list())


STUCK = {
    "pending_upload": ([Step.MARK_FAILED, Step.REMOVE_RECORD, Step.LET_GO, Step.DISMISS], False),
    "upload_failed": ([Step.REMOVE_RECORD, Step.LET_GO, Step.DISMISS], False),
    "pending_deletion": ([Step.FINISH_DELETION, Step.LET_GO, Step.DISMISS], True),
    "deletion_failed": ([Step.FINISH_DELETION, Step.LET_GO, Step.DISMISS], True),
}


def test_every_stuck_record_is_explained_and_none_is_touched(tmp_path: Path) -> None:
    """In the open collection from its list; elsewhere in the orbit after a look at it."""

    async def journey(room: Room) -> None:
        attention, session = room.workspace.attention, room.workspace.session
        other = await room.here.collections.create("Other", "")
        for status in STUCK:
            await room.stuck(status, f"here {status}")
        await room.stuck("deletion_failed", "elsewhere", other.id)
        await room.refresh()
        items = {item.title: item for item in attention.items()}
        assert len(items) == 4
        for status, (steps, urgent) in STUCK.items():
            item = items[f"here {status}"]
            assert [offer.step for offer in item.offers] == steps
            assert item.quiet is not urgent
            assert item.matter.endswith(".")
            assert all(offer.effect.endswith(".") for offer in item.offers)
            assert item.place == f"In “{session.collection.name}” · 12 MB"  # type: ignore[union-attr]
        assert attention.urgent() == 2
        await attention._look()
        assert {i.title for i in attention.items()} - items.keys() == {"elsewhere"}
        assert await statuses(room) == sorted(STUCK)

    run(tmp_path, journey)


def test_a_record_that_a_transfer_owns_is_not_stuck(tmp_path: Path) -> None:
    async def journey(room: Room) -> None:
        model = model_files.write(tmp_path, "bert", weights=4 * MB)
        job = await room.upload(model)
        await room.until(lambda: job.artifact_id)
        room.workspace.queue.pause(job)
        await room.until(lambda: job.state is State.PAUSED)
        await room.refresh()
        assert await statuses(room) == ["pending_upload"]
        assert room.workspace.attention.items() == []
        room.workspace.queue.cancel(job)
        await room.until(lambda: job.state is State.CANCELLED)
        await room.refresh()
        assert await statuses(room) == [], "it was given up on purpose: nothing is left of it"
        assert room.workspace.attention.items() == []

    run(tmp_path, journey, Settings(upload_limit=MB))


def test_marking_as_failed_then_removing_the_record(tmp_path: Path) -> None:
    async def journey(room: Room) -> None:
        attention = room.workspace.attention
        await room.stuck("pending_upload")
        await room.refresh()
        attention.take(only(room), Step.MARK_FAILED)
        await room.until(lambda: not attention.acting)
        assert await statuses(room) == ["upload_failed"]
        attention.take(only(room), Step.REMOVE_RECORD)
        await room.until(lambda: not attention.items(), "the item to go")
        await room.until(lambda: not room.workspace.deleter.waiting)
        await room.until_empty()

    run(tmp_path, journey)


@pytest.mark.parametrize("status", ["pending_deletion", "deletion_failed"])
def test_a_begun_deletion_is_finished(tmp_path: Path, status: str) -> None:
    async def journey(room: Room) -> None:
        attention = room.workspace.attention
        await room.stuck(status)
        await room.refresh()
        attention.take(only(room), Step.FINISH_DELETION)
        await room.until(lambda: not attention.items() and not attention.acting)
        await room.until_empty()

    run(tmp_path, journey)


@pytest.mark.parametrize("step", [Step.MARK_FAILED, Step.REMOVE_RECORD])
def test_what_somebody_finished_meanwhile_is_left_alone(tmp_path: Path, step: Step) -> None:
    """The row on the screen is old: the status is read again before anything is changed."""

    async def journey(room: Room) -> None:
        attention = room.workspace.attention
        record = await room.stuck("pending_upload")
        await room.refresh()
        item = only(room)
        await room.here.model_artifacts.update(record.id, status="uploaded")  # type: ignore[arg-type]
        attention.take(item, step)
        await room.until(lambda: not attention.acting)
        assert await statuses(room) == ["uploaded"]
        assert attention.items() == []
        assert [n.title for n in room.said] == ["“resnet” is uploaded now"]

    run(tmp_path, journey)


def test_what_the_role_does_not_allow_is_refused_with_the_reason(tmp_path: Path) -> None:
    async def journey(room: Room) -> None:
        session, attention = room.workspace.session, room.workspace.attention
        await room.stuck("pending_upload")
        await room.refresh()
        assert session.orbit is not None
        session.orbits = [replace(session.orbit, permissions={"model": ["read", "update"]})]
        item = only(room)
        assert item.offer(Step.MARK_FAILED).refusal == ""  # type: ignore[union-attr]
        assert "Orbit members cannot delete" in item.offer(Step.REMOVE_RECORD).refusal  # type: ignore[union-attr]
        attention.take(item, Step.REMOVE_RECORD)
        await asyncio.sleep(0.05)
        assert not attention.acting
        assert await statuses(room) == ["pending_upload"]

    run(tmp_path, journey)


def test_dismissed_stays_away_until_something_else_is_the_matter(tmp_path: Path) -> None:
    async def journey(room: Room) -> None:
        attention = room.workspace.attention
        record = await room.stuck("pending_upload")
        await room.refresh()
        attention.take(only(room), Step.DISMISS)
        assert attention.items() == []
        await room.refresh()
        assert attention.items() == []
        await room.here.model_artifacts.update(record.id, status="upload_failed")  # type: ignore[arg-type]
        await room.refresh()
        assert only(room).failed

    run(tmp_path, journey)
    kept = (tmp_path / "settings.json").read_text("utf-8")
    assert "attention:dismissed" in kept


async def uploaded(room: Room, folder: Path) -> ModelArtifact:
    job = await room.upload(model_files.write(folder, "bert", weights=300_000))
    await room.until(lambda: job.state.ended)
    assert job.artifact is not None
    return job.artifact


async def fetched(room: Room, artifact: ModelArtifact) -> Job:
    (job,) = await room.workspace.downloads.fetch([artifact])
    await room.until(lambda: job.state.ended)
    return job


def spoil(path: Path) -> bytes:
    """Flip one byte; returns what was there before."""
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    return good


@pytest.mark.fault("D-08")
def test_d08_wrong_bytes_are_kept_beside_the_target(tmp_path: Path) -> None:
    """Under a free name, with nothing overwritten and nothing under the target's name."""

    async def journey(room: Room) -> None:
        artifact = await uploaded(room, tmp_path)
        spoil(room.object_of(artifact))
        job = await fetched(room, artifact)
        assert isinstance(job.error, ChecksumError)
        folder = room.workspace.downloads.folder
        (folder / "bert.fnnx.corrupt").write_text("of an earlier time")
        item = only(room)
        assert [o.step for o in item.offers] == [Step.GO_ON, Step.KEEP_BYTES, Step.DISCARD]
        room.workspace.attention.take(item, Step.KEEP_BYTES)
        await room.until(lambda: job.state is State.CANCELLED)
        names = sorted(path.name for path in folder.iterdir())
        assert len(names) == 2
        assert "bert.fnnx" not in names
        assert (folder / "bert.fnnx.corrupt").read_text() == "of an earlier time"
        (kept,) = set(names) - {"bert.fnnx.corrupt"}
        assert (folder / kept).stat().st_size == artifact.size
        assert room.said[-1].title == f"The wrong bytes were kept as {kept}"
        assert room.workspace.attention.items() == []

    run(tmp_path, journey)


@pytest.mark.fault("D-08")
def test_d08_wrong_bytes_are_fetched_anew_on_demand(tmp_path: Path) -> None:
    async def journey(room: Room) -> None:
        artifact = await uploaded(room, tmp_path)
        stored = room.object_of(artifact)
        good = spoil(stored)
        job = await fetched(room, artifact)
        assert job.state is State.FAILED
        stored.write_bytes(good)
        room.workspace.attention.take(only(room), Step.GO_ON)
        await room.until(lambda: job.state.ended)
        assert job.state is State.DONE
        assert job.path.read_bytes() == good

    run(tmp_path, journey)


def test_a_missing_object_and_the_record_without_it(tmp_path: Path) -> None:
    async def journey(room: Room) -> None:
        artifact = await uploaded(room, tmp_path)
        room.object_of(artifact).unlink()
        job = await fetched(room, artifact)
        item = only(room)
        assert [o.step for o in item.offers] == [Step.GO_ON, Step.REMOVE_RECORD, Step.DISCARD]
        room.workspace.attention.take(item, Step.REMOVE_RECORD)
        await room.until(lambda: job.state is State.CANCELLED)
        await room.until_empty()
        assert list(room.workspace.downloads.folder.iterdir()) == []

    run(tmp_path, journey)


def failed(error: BaseException, state: State) -> Item:
    record = UploadRecord("/models/bert.fnnx", "bert", Scope("o", "b", "c"))
    job = Job("bert", Ledger(record))
    job.state, job.error = state, error
    item = of_job(job, Session(profile=None))  # type: ignore[arg-type]
    assert item is not None
    return item


@pytest.mark.fault("U-06", "U-13", "U-14")
def test_u06_u13_u14_each_error_has_its_own_way_on() -> None:
    for error, state, text, effect in (
        (
            UploadExpiredError("Too old."),
            State.ATTENTION,
            "Start again",
            "registered and sent anew",
        ),
        (AuthenticationError("Replaced."), State.ATTENTION, "Go on", "Enter a valid key first"),
        (StorageAddressError("10.0.0.7"), State.ATTENTION, "Approve 10.0.0.7", "remembered"),
        (
            UnconfirmedUploadError("Refused.", reason=AuthenticationError("Replaced.")),
            State.ATTENTION,
            "Confirm again",
            "only the registry is told",
        ),
        (OSError(5, "Input/output error"), State.FAILED, "Try again", "what has arrived"),
    ):
        first, discard = failed(error, state).offers
        assert first.text == text
        assert effect in first.effect
        assert discard.step is Step.DISCARD
        assert "lifecycle rule" in discard.effect


@pytest.mark.fault("U-14")
def test_u14_a_new_key_lets_what_waited_for_it_go_on(tmp_path: Path) -> None:
    async def journey(room: Room) -> None:
        workspace = room.workspace
        address = workspace.clients.start_local()
        form = ServerForm("Elsewhere", address.url, address.api_key, session_only=True)
        profile = await workspace.connections.add(form)
        workspace.credentials.remember(profile.id, origin(profile.base_url), "dfs_revoked")
        workspace.clients.open.pop(profile.id, None)
        workspace.session.profile = profile
        job = await room.upload(model_files.write(tmp_path, "bert", weights=1000))
        await room.until(lambda: job.state is State.ATTENTION)
        item = only(room)
        assert item.offers[0].effect.startswith("Enter a valid key first")
        await workspace.connections.add(form, profile.id)
        await room.until(lambda: job.state is State.DONE)

    run(tmp_path, journey)
