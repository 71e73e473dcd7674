"""L-01, A-01, A-02: a journal that is damaged, newer, full or not to be written; deletions."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from support.registries.faults import apply_then_drop, drop, status
from support.stores.faults import refused

from dfs_desktop.api import DataForceError, FileDeletionError
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.journal import JournalError
from dfs_desktop.transfers.unfinished_deletions import Deletions
from fault_injection.cloud import MULTI, PARTS, SINGLE, Cloud
from fault_injection.engine import Engine

from .test_parts_broken import SENT_BEFORE, begin

pytestmark = pytest.mark.any_connection


def zero(path: Path) -> None:
    path.write_bytes(b"")


def zeros(path: Path) -> None:
    path.write_bytes(b"\0" * 8192)


def text(path: Path) -> None:
    path.write_bytes(b"this is no database\n" * 500)


def torn(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def spoiled(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4096))


def newer(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


def older_tables(path: Path) -> None:
    """A foreign database of the right version."""
    path.unlink()
    db = sqlite3.connect(path)
    db.executescript("CREATE TABLE job(name TEXT); PRAGMA user_version = 1;")
    db.close()


DAMAGES = [zeros, text, torn, spoiled, newer]


@pytest.mark.fault("L-01")
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_l01_a_journal_that_cannot_be_read_is_put_aside(cloud: Cloud, damage: Any) -> None:
    path = cloud.artifact(MULTI)
    begin(cloud, path)
    journal = cloud.folder / "engine" / "journal.sqlite3"
    damage(journal)
    broken = journal.read_bytes()

    async def journey(engine: Engine) -> None:
        assert await engine.restore() == []
        assert engine.journal.notice
        job = engine.upload(path)
        assert await engine.reach(job) is State.DONE

    cloud.play(journey)
    (aside,) = [
        each
        for each in journal.parent.glob("journal.sqlite3.*")
        if each.name.startswith(("journal.sqlite3.bad-", "journal.sqlite3.newer-"))
        and not each.name.endswith(("-wal", "-shm"))
    ]
    assert aside.read_bytes() == broken
    # What the lost journal knew is only shown, never touched.
    assert cloud.statuses() == ["pending_upload", "uploaded"]


@pytest.mark.fault("L-01")
def test_l01_an_empty_journal_is_a_new_one(cloud: Cloud) -> None:
    path = cloud.artifact(SINGLE)
    (cloud.folder / "engine").mkdir()
    zero(cloud.folder / "engine" / "journal.sqlite3")

    async def journey(engine: Engine) -> None:
        assert await engine.reach(engine.upload(path)) is State.DONE
        assert engine.journal.notice == ""

    cloud.play(journey)


@pytest.mark.fault("L-01")
def test_l01_a_place_that_cannot_be_written_costs_the_memory_only(cloud: Cloud) -> None:
    path = cloud.artifact(SINGLE)
    (cloud.folder / "engine" / "journal.sqlite3").mkdir(parents=True)
    (cloud.folder / "engine" / "journal.sqlite3" / "full").touch()

    async def journey(engine: Engine) -> None:
        assert await engine.reach(engine.upload(path)) is State.DONE
        assert engine.journal.notice

    cloud.play(journey)


@pytest.mark.fault("L-01")
def test_l01_a_linked_journal_is_not_followed(cloud: Cloud) -> None:
    path, victim = cloud.artifact(SINGLE), cloud.folder / "victim"
    victim.write_bytes(b"precious")
    (cloud.folder / "engine").mkdir()
    (cloud.folder / "engine" / "journal.sqlite3").symlink_to(victim)

    async def journey(engine: Engine) -> None:
        assert await engine.reach(engine.upload(path)) is State.DONE

    cloud.play(journey)
    assert victim.read_bytes() == b"precious"


@pytest.mark.fault("L-01")
def test_l01_a_journal_that_is_full_stops_what_it_cannot_note(cloud: Cloud) -> None:
    """Nothing happens in the world that is not written down; with room again it goes on."""
    path = cloud.artifact(MULTI)

    async def journey(engine: Engine) -> None:
        await engine.restore()
        pages = await on_writer(engine, "PRAGMA page_count")
        await on_writer(engine, f"PRAGMA max_page_count = {pages}")
        job = engine.upload(path, name="x" * 5000)
        await engine.until(lambda: job.error is not None or job.state is State.DONE)
        assert isinstance(job.error, JournalError)
        assert cloud.front.audit == []
        await on_writer(engine, "PRAGMA max_page_count = 1000000")
        if not job.state.busy:
            engine.queue.resume(job)
        assert await engine.reach(job) is State.DONE, job.error

    cloud.play(journey)


async def on_writer(engine: Engine, sql: str) -> Any:
    """The first value that SQLite says, on the journal's own thread."""
    work = engine.journal._writer.submit(lambda: engine.journal._db.execute(sql).fetchone())
    return (await asyncio.wrap_future(work) or [None])[0]


@pytest.mark.fault("L-03")
def test_l03_a_disk_without_shared_memory_keeps_the_journal_another_way(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's dot-file locking has no shared memory, like some network shares: no WAL there."""
    connect = sqlite3.connect

    def without_shared_memory(path: Any, **options: Any) -> sqlite3.Connection:
        return connect(f"file:{path}?vfs=unix-dotfile", **{**options, "uri": True})

    monkeypatch.setattr(sqlite3, "connect", without_shared_memory)
    begin(cloud, cloud.artifact(MULTI))

    async def go_on(engine: Engine) -> Job:
        assert await on_writer(engine, "PRAGMA journal_mode") == "delete"
        assert engine.journal.notice == ""
        (job,) = await engine.restore()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    assert cloud.play(go_on).state is State.DONE
    assert cloud.store.count("part") == PARTS - SENT_BEFORE


@pytest.mark.fault("X-14")
def test_a_finished_transfer_leaves_no_link_in_the_journal_or_its_log(cloud: Cloud) -> None:
    path = cloud.artifact(MULTI)
    begin(cloud, path)
    journal = cloud.folder / "engine" / "journal.sqlite3"
    log = journal.with_name("journal.sqlite3-wal")

    async def go_on(engine: Engine) -> None:
        (job,) = await engine.restore()
        engine.queue.resume(job)
        assert await engine.reach(job) is State.DONE
        engine.queue.remove(job)
        await on_writer(engine, "SELECT 1")
        for each in (journal, log):
            assert b"X-Amz-Signature" not in each.read_bytes(), each.name

    cloud.play(go_on)


@pytest.mark.fault("L-01")
def test_l01_parts_and_links_survive_as_they_were(cloud: Cloud) -> None:
    """What the journal gives back is what was written: a run that only looks changes nothing."""
    begin(cloud, cloud.artifact(MULTI))

    async def look(engine: Engine) -> Any:
        (job,) = await engine.restore(paused=True)
        assert job.ledger is not None
        return job.ledger.record

    first, second = cloud.play(look), cloud.play(look)
    assert first == second
    assert len(first.parts) == SENT_BEFORE

    async def go_on(engine: Engine) -> Job:
        (job,) = await engine.restore()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    assert cloud.play(go_on).state is State.DONE
    assert cloud.store.count("part") == PARTS - SENT_BEFORE


def delete(cloud: Cloud, artifact_id: str) -> DataForceError | None:
    """Delete as the window does; the error, if there was one."""

    async def journey(engine: Engine) -> DataForceError | None:
        deletions = Deletions(engine.journal)
        try:
            await deletions.delete(engine.client, artifact_id, engine.place, "", "it")
        except DataForceError as error:
            return error
        return None

    return cloud.play(journey)


@pytest.mark.fault("A-01")
@pytest.mark.parametrize("step", ["delete_url", "forget"])
@pytest.mark.parametrize("fault", [apply_then_drop, drop])
def test_a01_a_lost_answer_does_not_stop_a_deletion(cloud: Cloud, step: str, fault: Any) -> None:
    record = cloud.filed(SINGLE)
    cloud.front.script(step, fault)
    error = delete(cloud, record.id)
    if error is not None:  # then it is asked for again
        assert error.retryable
        assert delete(cloud, record.id) is None
    assert cloud.statuses() == []
    assert cloud.store.stored(record.bucket_location) is None


@pytest.mark.fault("A-01")
@pytest.mark.parametrize("fault", [apply_then_drop, drop, status(404), status(503)])
def test_a01_an_object_that_may_be_gone_is_deleted_again(cloud: Cloud, fault: Any) -> None:
    record = cloud.filed(SINGLE)
    cloud.store.script("delete", fault)
    assert delete(cloud, record.id) is None
    assert cloud.statuses() == []


@pytest.mark.fault("A-01")
def test_a01_a_pending_deletion_of_somebody_else_is_left_alone(cloud: Cloud) -> None:
    record = cloud.filed(SINGLE)
    base = cloud.service.artifacts
    cloud.service.api.get(f"{base}/{record.id}/delete-url")

    async def journey(engine: Engine) -> int:
        await engine.restore()
        return len(await Deletions(engine.journal).unfinished())

    assert cloud.play(journey) == 0
    assert cloud.statuses() == ["pending_deletion"]


@pytest.mark.fault("A-02")
@pytest.mark.parametrize("code", [403, 400])
def test_a02_an_object_that_stays_keeps_its_record(cloud: Cloud, code: int) -> None:
    record = cloud.filed(SINGLE)
    cloud.store.script("delete", refused(code, "AccessDenied"))
    error = delete(cloud, record.id)
    assert isinstance(error, FileDeletionError)
    assert cloud.statuses() == ["deletion_failed"]
    assert cloud.front.count("forget") == 0
    assert delete(cloud, record.id) is None
    assert cloud.statuses() == []
