"""The queue: a few at once in their order, stopped and started by a person, each change told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest

from dfs_desktop.api import (
    DataForceError,
    FileError,
    FileUploadError,
    Ledger,
    Phase,
    RateLimitError,
    Scope,
    TransferCancelled,
    UploadRecord,
)
from dfs_desktop.transfers import job_retry
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workspace.sleep_detector import SleepDetector

T = TypeVar("T")
Work = Callable[[Job], Awaitable[object]]


def job(name: str = "model") -> Job:
    return Job(name, Ledger(UploadRecord(f"/models/{name}.fnnx", name, Scope("o", "b", "c"))))


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110  conditions of all kinds, and no event for most
        await asyncio.sleep(0.001)


def quiet(_job: Job) -> None:
    """Nobody listens."""


class Waiting:
    """Work that lasts until it is let go."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.over = asyncio.Event()

    async def __call__(self, one: Job) -> None:
        self.began.append(one.title)
        await self.over.wait()


def test_at_most_so_many_run_and_they_begin_in_order() -> None:
    async def journey() -> None:
        work = Waiting()
        queue = Queue(3, quiet, work)
        jobs = [job(str(number)) for number in range(10)]
        for one in jobs:
            queue.add(one)
        await until(lambda: len(work.began) == 3)
        assert [one.state for one in jobs[3:]] == [State.WAITING] * 7
        queue.set_limit(5)
        await until(lambda: len(work.began) == 5)
        queue.move([jobs[8], jobs[9]], to_front=True)
        queue.move([jobs[5]], to_front=False)
        work.over.set()
        await until(lambda: not queue.running())
        assert work.began == ["0", "1", "2", "3", "4", "8", "9", "6", "7", "5"]
        queue.clear_ended()
        assert queue.jobs == []

    run(journey())


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (None, State.DONE),
        (OSError("disk"), State.FAILED),
        (TransferCancelled(), State.WAITING),
        (asyncio.CancelledError(), State.WAITING),
    ],
)
def test_every_end_is_told_and_never_raised(error: BaseException | None, state: State) -> None:
    async def journey() -> list[State]:
        told: list[State] = []
        tries = 0

        async def work(_job: Job) -> None:
            nonlocal tries
            tries += 1
            if error is not None:
                queue.set_limit(1)
                queue._stopping = True  # what was stopped is not begun again
                raise error

        queue = Queue(1, lambda changed: told.append(changed.state), work)
        one = job()
        queue.add(one)
        await until(lambda: one not in queue._tasks)
        assert tries == 1
        assert (one.error is error) is (state is State.FAILED) or error is None
        return told

    seen = run(journey())
    assert seen[:2] == [State.WAITING, State.RUNNING]
    assert seen[-1] is state


@pytest.mark.parametrize("running", [True, False])
def test_cancelling_waits_for_the_clean_up(running: bool) -> None:
    """Also before the first step of a job that waits; a second wish changes nothing."""

    async def journey() -> None:
        cleaned: list[str] = []

        async def work(one: Job) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.01)
                cleaned.append(one.title)

        queue = Queue(1, quiet, work)
        first, one = job("first"), job()
        queue.add(one if running else first)
        if not running:
            queue.add(one)
        await asyncio.sleep(0.01)
        queue.cancel(one)
        queue.cancel(one)
        assert one.cancelling
        await until(lambda: one.state is State.CANCELLED)
        assert cleaned == (["model"] if running else [])
        queue.cancel(one)
        assert one.state is State.CANCELLED
        await queue.stop()

    run(journey())


def test_what_has_left_something_is_cleaned_up_by_work() -> None:
    async def journey() -> None:
        seen: list[bool] = []

        async def work(one: Job) -> None:
            seen.append(one.cancelling)
            if not one.cancelling:
                one.ledger.record.step = "sending"  # type: ignore[union-attr]
                raise FileError("no")

        queue = Queue(1, quiet, work)
        one = job()
        queue.add(one)
        await until(lambda: one.state is State.FAILED)
        queue.clear_ended()
        assert queue.jobs == [one], "what failed may have left something behind"
        queue.cancel(one)
        await until(lambda: one.state is State.CANCELLED)
        assert seen == [False, True]
        queue.clear_ended()
        assert queue.jobs == []

    run(journey())


def test_pause_keeps_and_resume_goes_on() -> None:
    async def journey() -> None:
        work = Waiting()
        queue = Queue(1, quiet, work)
        one, other = job("one"), job("other")
        queue.add(one)
        queue.add(other)
        await until(lambda: work.began == ["one"])
        queue.pause(one)
        assert one.pausing
        queue.pause(one)
        await until(lambda: one.state is State.PAUSED and work.began == ["one", "other"])
        assert not one.pausing
        assert queue.busy() == [other]
        assert queue.running() == [one, other]
        queue.pause(other)
        await until(lambda: other.state is State.PAUSED)
        queue.resume(one)
        await until(lambda: work.began == ["one", "other", "one"])
        assert one.ledger is not None
        assert one.ledger.resumed
        work.over.set()
        await until(lambda: one.state is State.DONE)
        assert other.state is State.PAUSED

    run(journey())


def test_a_passing_fault_is_tried_again_and_leaves_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job_retry, "FIRST_WAIT", 0.05)

    async def journey() -> None:
        began: list[str] = []

        async def work(one: Job) -> None:
            began.append(one.title)
            if began.count(one.title) < 3 and one.title == "one":
                raise FileUploadError("busy", retryable=True)

        queue = Queue(1, quiet, work)
        one, other = job("one"), job("other")
        queue.add(one)
        queue.add(other)
        await until(lambda: one.state is State.RETRYING)
        shot = one.snapshot()
        assert shot.retry_in is not None
        assert "busy" in shot.reason
        await until(lambda: other.state is State.DONE)  # it does not wait for the other's retry
        await until(lambda: one.state is State.DONE)
        assert began.count("one") == 3
        assert one.error is None
        assert one.snapshot().reason == ""

    run(journey())


def test_who_hears_of_a_failure_may_ask_for_another_try_at_once() -> None:
    async def journey() -> None:
        tries = 0

        async def work(_job: Job) -> None:
            nonlocal tries
            tries += 1
            if tries == 1:
                raise FileError("no")

        def heard(changed: Job) -> None:
            if changed.state is State.FAILED:
                queue.resume(changed)

        queue = Queue(1, heard, work)
        one = job()
        queue.add(one)
        await until(lambda: one.state is State.DONE)
        assert tries == 2

    run(journey())


@pytest.mark.fault("Q-08")
def test_q08_after_a_sleep_nothing_waits_for_its_next_try() -> None:
    async def journey() -> None:
        tries = 0

        async def work(_job: Job) -> None:
            nonlocal tries
            tries += 1
            if tries == 1:
                raise RateLimitError("later", status_code=429, retry_after=300)

        queue = Queue(1, quiet, work)
        one = job()
        queue.add(one)
        await until(lambda: one.state is State.RETRYING)
        clocks = [1000.0, 50.0]  # the wall's, the monotonic one
        waking = SleepDetector(
            queue.retry_now,
            lambda: clocks[0],
            lambda: clocks[1],
        )
        clocks[:] = [1005.0, 55.0]
        assert not waking.look()
        assert one.state is State.RETRYING
        clocks[:] = [5000.0, 60.0]
        assert waking.look()
        await until(lambda: one.state is State.DONE)
        clocks[:] = [5100.0, 160.0]  # a system whose monotonic clock runs on
        assert waking.look()

    run(journey())


def test_stop_keeps_everything_and_waits() -> None:
    async def journey() -> None:
        async def work(_job: Job) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.01)

        queue = Queue(2, quiet, work)
        jobs = [job(str(number)) for number in range(5)]
        for one in jobs:
            queue.add(one)
        await asyncio.sleep(0.01)
        await queue.stop()
        assert {one.state for one in jobs} == {State.WAITING}
        await queue.stop()

    run(journey())


@pytest.mark.fault("Q-07")
def test_q07_sizes_beyond_32_bits_arrive_whole() -> None:
    """A bar gets permille, and 1000 only at the good end."""

    async def journey() -> None:
        one, total = job(), 5_000_000_000_000
        seen: list[int] = []

        async def work(one: Job) -> None:
            one.meter.enter(Phase.SENDING, total)
            for _ in range(2):
                one.meter.advance(total // 2)
                seen.append(one.snapshot().permille)
            assert one.snapshot().done == total

        queue = Queue(1, quiet, work)
        queue.add(one)
        await until(lambda: one.state.ended)
        assert one.state is State.DONE, one.error
        assert seen == [500, 999]
        assert one.snapshot().permille == 1000

    run(journey())


def test_a_reason_is_fit_to_be_shown() -> None:
    one = job()
    one.error = DataForceError("The title", "what to do")
    assert one.snapshot().reason == "The title. what to do"
    one.error = ZeroDivisionError("https://secret")
    assert one.snapshot().reason == "ZeroDivisionError"
