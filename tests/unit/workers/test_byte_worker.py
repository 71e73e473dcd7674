"""Bytes move in a process of their own: what it brings is the same, and its end loses nothing."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from support.artifacts import model_files
from support.registries.workspace import Room, connected

from dfs_desktop.api.errors import (
    APITimeoutError,
    DataForceError,
    DiskFullError,
    FileUploadError,
    StorageAddressError,
)
from dfs_desktop.api.storage import effect_handlers as work_here
from dfs_desktop.server import Rules
from dfs_desktop.settings import Settings
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.workers.byte_worker import caller
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workers.byte_worker.orders import Raised
from dfs_desktop.workers.process.messages import pack, unpack

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
MB = 10**6
SLOW = {"upload_limit": 6 * MB, "download_limit": 6 * MB}
PARTS = Rules(generations=("G",), multipart_above=1 << 20, part_sizes=((1 << 40, 5 << 20),))


def live(
    folder: Path,
    work: Callable[[Room, ByteWorker], Awaitable[None]],
    rules: Rules | None = None,
    **settings: object,
) -> None:
    async def run() -> None:
        worker = ByteWorker()
        kept = Settings(**settings)  # type: ignore[arg-type]
        async with connected(folder, kept, rules, worker) as room:
            room.workspace.downloads.use_folder(folder)
            await asyncio.wait_for(work(room, worker), 90)
            pid = worker.pid
        assert pid
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    asyncio.run(run())


async def ended(room: Room, job: Job) -> None:
    await room.until(lambda: job.state.ended, job.title, seconds=60)
    assert job.state is State.DONE, job.error


async def uploaded(room: Room, path: Path) -> Job:
    job = await room.upload(path)
    await ended(room, job)
    return job


async def fetched(room: Room, upload: Job) -> Job:
    assert upload.artifact is not None
    (job,) = await room.workspace.downloads.fetch([upload.artifact])
    return job


def model(folder: Path, size: int) -> Path:
    (folder / "models").mkdir(exist_ok=True)
    return model_files.write(folder / "models", "big", weights=size)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def arrived(folder: Path) -> Path:
    (path,) = folder.glob("*.fnnx")
    return path


@pytest.mark.fault("X-04")
@pytest.mark.parametrize("rules", [None, PARTS], ids=["whole", "parts"])
def test_what_goes_up_and_comes_down_through_the_child_is_the_same_file(
    tmp_path: Path, rules: Rules | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_here, "read_contents", None)  # the window's process opens no file

    async def work(room: Room, worker: ByteWorker) -> None:
        path = model(tmp_path, 30 * MB)
        job = await uploaded(room, path)
        child = worker.pid
        await ended(room, await fetched(room, job))
        assert worker.pid == child
        assert digest(arrived(tmp_path)) == digest(path)

    live(tmp_path, work, rules)


@pytest.mark.parametrize("rules", [None, PARTS], ids=["whole", "parts"])
def test_an_upload_whose_child_is_killed_goes_on_in_another_and_says_nothing(
    tmp_path: Path, rules: Rules | None
) -> None:
    async def work(room: Room, worker: ByteWorker) -> None:
        path = model(tmp_path, 20 * MB)
        job = await room.upload(path)
        await room.until(lambda: job.meter.phase == "sending" and job.meter.done > 7 * MB)
        first = worker.pid
        os.kill(first, signal.SIGKILL)
        room.workspace.queue.set_rate(Kind.UPLOAD, None)
        await ended(room, job)
        assert worker.pid != first
        assert job.attempts == 0
        assert not [notice for notice in room.said if notice.level.name in ("WARNING", "ERROR")]
        assert job.meter.done == path.stat().st_size
        room.workspace.queue.set_rate(Kind.DOWNLOAD, None)
        await ended(room, await fetched(room, job))
        assert digest(arrived(tmp_path)) == digest(path)

    live(tmp_path, work, rules, **SLOW)


def test_a_download_whose_child_is_killed_goes_on_in_another(tmp_path: Path) -> None:
    async def work(room: Room, worker: ByteWorker) -> None:
        path = model(tmp_path, 20 * MB)
        upload = await uploaded(room, path)
        job = await fetched(room, upload)
        await room.until(lambda: job.meter.phase == "receiving" and job.meter.done > 7 * MB)
        os.kill(worker.pid, signal.SIGKILL)
        room.workspace.queue.set_rate(Kind.DOWNLOAD, None)
        await ended(room, job)
        assert job.attempts == 0
        assert digest(arrived(tmp_path)) == digest(path)

    live(tmp_path, work, download_limit=6 * MB)


def test_a_child_that_dies_again_within_a_minute_is_told_and_the_transfer_still_goes_on(
    tmp_path: Path,
) -> None:
    async def work(room: Room, worker: ByteWorker) -> None:
        path = model(tmp_path, 20 * MB)
        job = await room.upload(path)
        await room.until(lambda: job.meter.phase == "sending" and job.meter.done > 0)
        first = worker.pid
        os.kill(first, signal.SIGKILL)
        await room.until(lambda: worker.pid not in (0, first) and worker._run and worker._run.heard)
        os.kill(worker.pid, signal.SIGKILL)
        await room.until(lambda: job.error is not None)
        assert isinstance(job.error, DataForceError)
        assert job.error.title == "The transfer was interrupted"
        room.workspace.queue.set_rate(Kind.UPLOAD, None)
        await ended(room, job)

    live(tmp_path, work, **SLOW)


def test_a_pause_and_a_cancel_reach_the_child_at_once(tmp_path: Path) -> None:
    async def work(room: Room, worker: ByteWorker) -> None:
        queue = room.workspace.queue
        job = await room.upload(model(tmp_path, 20 * MB))
        await room.until(lambda: job.meter.phase == "sending" and job.meter.done > 0)
        child, began = worker.pid, time.monotonic()
        queue.pause(job)
        await room.until(lambda: job.state is State.PAUSED)
        queue.resume(job)
        await room.until(lambda: job.state is State.RUNNING and job.meter.phase == "sending")
        queue.cancel(job)
        await room.until(lambda: job.state is State.CANCELLED)
        assert time.monotonic() - began < 6
        assert worker.pid == child
        await room.until_empty()

    live(tmp_path, work, **SLOW)


def test_a_child_that_does_not_stop_is_ended_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "PATIENCE", 0.5)

    async def work(room: Room, worker: ByteWorker) -> None:
        queue, path = room.workspace.queue, model(tmp_path, 20 * MB)
        other = model_files.write(tmp_path / "models", "other", weights=8 * MB)
        job, stays = await room.upload(path), await room.upload(other)
        await room.until(lambda: stays.meter.phase == "sending" and job.meter.phase == "sending")
        os.kill(worker.pid, signal.SIGSTOP)
        queue.cancel(job)
        await room.until(lambda: job.state is State.CANCELLED)
        await ended(room, stays)

    live(tmp_path, work, **SLOW)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
@pytest.mark.own_start
def test_the_child_has_no_key_and_a_low_priority(tmp_path: Path) -> None:
    async def work(room: Room, worker: ByteWorker) -> None:
        await uploaded(room, model(tmp_path, MB))
        assert room.workspace.local is not None
        key = room.workspace.local.api_key.encode()
        process = Path("/proc") / str(worker.pid)
        seen = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        assert key not in seen
        assert b"DFS_API_KEY" not in seen
        assert os.getpriority(os.PRIO_PROCESS, worker.pid) >= 10

    os.environ["DFS_API_KEY"] = "never-to-be-seen"
    try:
        live(tmp_path, work)
    finally:
        del os.environ["DFS_API_KEY"]


def test_a_child_that_was_started_ahead_moves_the_bytes(tmp_path: Path) -> None:
    async def work(room: Room, worker: ByteWorker) -> None:
        worker.start()
        await room.until(lambda: worker.pid != 0)
        ready = worker.pid
        worker.start()
        await uploaded(room, model(tmp_path, MB))
        assert worker.pid == ready

    live(tmp_path, work)


def test_a_changed_bandwidth_limit_reaches_the_child(tmp_path: Path) -> None:
    async def work(room: Room, worker: ByteWorker) -> None:
        job = await room.upload(model(tmp_path, 20 * MB))
        await room.until(lambda: job.meter.phase == "sending" and job.meter.done > 0)
        room.workspace.queue.set_rate(Kind.UPLOAD, None)
        await ended(room, job)
        assert worker.pid

    live(tmp_path, work, upload_limit=300_000)


def test_where_no_child_can_be_started_the_window_moves_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "dfs_desktop.system.child_launch.command", lambda kind: [sys.executable, "-c", ""]
    )

    async def run() -> None:
        async with connected(tmp_path, byte_worker=ByteWorker()) as room:
            room.workspace.downloads.use_folder(tmp_path)
            path = model(tmp_path, MB)
            await ended(room, await fetched(room, await uploaded(room, path)))
            assert digest(arrived(tmp_path)) == digest(path)

    asyncio.run(run())


@pytest.mark.parametrize(
    "error",
    [
        DiskFullError("no room", needed=1 << 40, free=3, folder="/x"),
        FileUploadError("busy", retryable=True, retry_after=7.5, unreachable=True),
        APITimeoutError("slow", answer_lost=True),
        StorageAddressError("http:10.0.0.1:9000"),
    ],
)
def test_an_exception_arrives_as_what_it_was(error: DataForceError) -> None:
    error.__cause__ = StorageAddressError("10.0.0.1")
    again = unpack(pack(Raised.of(error)), Raised).error()
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert again.args == error.args
    assert isinstance(again.__cause__, StorageAddressError)
    assert again.__cause__.host == "10.0.0.1"
