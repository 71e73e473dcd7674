"""U-17 and the rules of stopping: cancelled, paused or shut down at every point of a transfer."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import pytest

from dfs_desktop.transfers.job import Job, State
from fault_injection import points
from fault_injection.cloud import MULTI, SINGLE, Cloud
from fault_injection.engine import Engine

pytestmark = pytest.mark.any_connection

Sample = Callable[[Iterable[str]], list[str]]
CREATED = "note.UploadRecord.created:before"
# Kind, size, and the first point that is not the same with what stands before it.
KINDS = [("s3", SINGLE, ""), ("s3", MULTI, CREATED), ("azure", MULTI, CREATED)]


class Wish:
    """Something that is wished, once, when a point is reached."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, point: str, act: Callable[[], None]
    ) -> None:
        self._loop, self._point, self._act = loop, point, act
        self._lock = threading.Lock()
        self.granted = False

    def hear(self, name: str) -> None:
        with self._lock:
            if name != self._point or self.granted:
                return
            self.granted = True
        if threading.current_thread() is threading.main_thread():
            self._act()  # on the loop: at this very moment
        else:
            self._loop.call_soon_threadsafe(self._act)


async def trace(engine: Engine, begin: Callable[[], Job], since: str = "") -> list[str]:
    """The points of an undisturbed transfer, each once: all, or from this one on."""
    seen: list[str] = []
    with points.watched(seen.append):
        assert await engine.reach(begin()) is State.DONE
    found = list(dict.fromkeys(seen))
    return found[found.index(since) :] if since else found


async def disturbed(
    engine: Engine, point: str, begin: Callable[[], Job], wish: Callable[[Job], None]
) -> Job:
    """A transfer at one of whose points something is wished, until it rests."""
    jobs: list[Job] = []
    granted = Wish(asyncio.get_running_loop(), point, lambda: wish(jobs[0]))
    with points.watched(granted.hear):
        jobs.append(begin())
        await engine.reach(jobs[0])
    assert granted.granted, f"{point} was not reached"
    return jobs[0]


def status_of(cloud: Cloud, job: Job) -> list[str]:
    return [each["status"] for each in cloud.service.records() if each["name"] == job.title]


@pytest.mark.fault("U-17")
@pytest.mark.parametrize(("kind", "size", "since"), KINDS)
def test_u17_an_upload_cancelled_anywhere_leaves_nothing_pending(
    make_cloud: Callable[..., Cloud], sampled: Sample, kind: str, size: int, since: str
) -> None:
    cloud = make_cloud(kind)
    path = cloud.artifact(size)

    async def journey(engine: Engine) -> None:
        reached = await trace(engine, lambda: engine.upload(path), since)
        for point in sampled(reached) if since else reached:
            job = await disturbed(engine, point, lambda: engine.upload(path), cancel(engine))
            assert job.state in (State.CANCELLED, State.DONE), f"{point}: {job.state} {job.error}"
            found = status_of(cloud, job)
            assert found in ([], ["uploaded"]), f"{point}: {found}"
            if found == ["uploaded"]:  # then it was all there already, and the person is told so
                assert job.artifact is not None, point

    cloud.play(journey)


def cancel(engine: Engine) -> Callable[[Job], None]:
    """Cancel twice: the second wish changes nothing."""

    def wish(job: Job) -> None:
        engine.queue.cancel(job)
        engine.queue.cancel(job)

    return wish


@pytest.mark.fault("U-17")
def test_u17_a_clean_up_that_cannot_be_done_now_is_done_by_the_next_run(cloud: Cloud) -> None:
    path = cloud.artifact(MULTI)

    async def journey(engine: Engine) -> None:
        from support.registries.faults import status

        def wish(job: Job) -> None:
            engine.queue.cancel(job)
            # What is stored by then decides which way the clean-up goes.
            for step in ("force", "delete_url"):
                cloud.front.script(step, *[status(503)] * 500)

        job = engine.upload(path)
        heard = Wish(asyncio.get_running_loop(), "note.part:after", lambda: wish(job))
        with points.watched(heard.hear):
            await engine.reach(job, State.RETRYING)
        assert job.cancelling

    cloud.play(journey)
    cloud.front.faults.clear()
    assert cloud.statuses() == ["pending_upload"]

    async def next_run(engine: Engine) -> None:
        (job,) = await engine.restore()
        assert await engine.reach(job) is State.CANCELLED

    cloud.play(next_run)
    assert cloud.statuses() == []


@pytest.mark.parametrize(("kind", "size", "since"), KINDS)
def test_an_upload_paused_anywhere_goes_on(
    make_cloud: Callable[..., Cloud], sampled: Sample, kind: str, size: int, since: str
) -> None:
    cloud = make_cloud(kind)
    path = cloud.artifact(size)

    async def journey(engine: Engine) -> None:
        reached = await trace(engine, lambda: engine.upload(path), since)
        for point in sampled(reached) if since else reached:
            job = await disturbed(engine, point, lambda: engine.upload(path), engine.queue.pause)
            known = dict(getattr(job.ledger, "record").parts)  # noqa: B009 - of a union
            before = sent(cloud, getattr(job.ledger, "record").upload_id)  # noqa: B009
            if job.state is State.PAUSED:
                engine.queue.resume(job)
                await engine.reach(job)
            assert job.state is State.DONE, f"{point}: {job.error}"
            assert status_of(cloud, job) == ["uploaded"], point
            after = sent(cloud, getattr(job.ledger, "record").upload_id)  # noqa: B009
            for number in known:
                assert after[number] == before[number], f"M-12: {number} was sent again at {point}"

    cloud.play(journey)


def sent(cloud: Cloud, upload_id: str | None) -> Counter[int]:
    """How often each part of an upload was sent. Azure knows no uploads: none is counted there."""
    if upload_id is None:
        return Counter()
    return Counter(
        int(parse_qs(seen.target.partition("?")[2])["partNumber"][0])
        for seen in list(cloud.store.audit)
        if f"uploadId={quote(upload_id, safe='')}" in seen.target and "partNumber=" in seen.target
    )


@pytest.mark.fault("U-17")
@pytest.mark.parametrize("what", ["cancel", "pause"])
def test_u17_a_download_stopped_anywhere_leaves_nothing_behind(cloud: Cloud, what: str) -> None:
    record = cloud.filed(SINGLE)
    folder = cloud.folder / "downloads"
    folder.mkdir()
    numbers = iter(range(99))

    async def journey(engine: Engine) -> None:
        def begin() -> Job:
            return engine.download(record.id, folder / f"{next(numbers)}.fnnx")

        for point in await trace(engine, begin):
            wish: Any = cancel(engine) if what == "cancel" else engine.queue.pause
            job = await disturbed(engine, point, begin, wish)
            if job.state is State.PAUSED:
                engine.queue.resume(job)
                await engine.reach(job)
            assert job.state is State.DONE or (job.state is State.CANCELLED and what == "cancel")
            assert job.path.exists() is (job.state is State.DONE), point
            assert list(folder.glob(".*")) == [], point

    cloud.play(journey)


@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_a_program_that_ends_anywhere_goes_on_at_the_next_start(cloud: Cloud, size: int) -> None:
    path = cloud.artifact(size)

    async def undisturbed(engine: Engine) -> list[str]:
        return await trace(engine, lambda: engine.upload(path))

    for number, point in enumerate(cloud.play(undisturbed)[::3]):  # the others are killed instead

        async def ends(engine: Engine, point: str = point) -> str:
            job = engine.upload(path)
            reached = asyncio.Event()
            wish = Wish(asyncio.get_running_loop(), point, reached.set)
            with points.watched(wish.hear):
                await reached.wait()
                await engine.queue.stop()
            return job.title

        async def next_start(engine: Engine) -> list[Job]:
            jobs = await engine.restore()
            await engine.all_rest()
            return jobs

        title = cloud.play(ends, folder=f"run {number}")
        jobs = cloud.play(next_start, folder=f"run {number}")
        assert [job.state for job in jobs] in ([], [State.DONE]), point
        found = [each["status"] for each in cloud.service.records() if each["name"] == title]
        assert found == ["uploaded"], point


def test_a_stop_before_the_first_step_leaves_nothing(cloud: Cloud, tmp_path: Path) -> None:
    path = cloud.artifact(SINGLE)

    async def journey(engine: Engine) -> None:
        job = engine.upload(path)
        engine.queue.cancel(job)
        assert await engine.reach(job) is State.CANCELLED

    cloud.play(journey)
    assert cloud.front.audit == []
