"""The queue: a few at once in the order they came, each end told once, nothing left when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from dfs_desktop.api import Phase, TransferCancelled
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.transfers.queue import Queue

T = TypeVar("T")


def job(name: str = "model") -> Job:
    return Job(Kind.UPLOAD, name, Path(f"/models/{name}.fnnx"), collection_id="c")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


def test_at_most_so_many_run_and_they_begin_in_order() -> None:
    async def journey() -> None:
        began: list[str] = []
        most = 0
        over, three = asyncio.Event(), asyncio.Event()

        async def work(one: Job) -> None:
            nonlocal most
            began.append(one.title)
            if len(began) == 3:
                three.set()
            most = max(most, sum(j.state is State.RUNNING for j in jobs))
            await over.wait()

        queue = Queue(3, lambda _job: None)
        jobs = [job(str(number)) for number in range(10)]
        tasks = [queue.add(one, work) for one in jobs]
        await three.wait()
        assert [one.state for one in jobs[3:]] == [State.WAITING] * 7
        over.set()
        await asyncio.gather(*tasks)
        assert began == [str(number) for number in range(10)]
        assert most == 3
        assert queue.running() == []
        queue.clear_ended()
        assert queue.jobs == []

    run(journey())


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (None, State.DONE),
        (OSError("disk"), State.FAILED),
        (TransferCancelled(), State.CANCELLED),
        (asyncio.CancelledError(), State.CANCELLED),
    ],
)
def test_every_end_is_told_once_and_never_raised(error: BaseException | None, state: State) -> None:
    async def journey() -> list[State]:
        told: list[State] = []

        async def work(_job: Job) -> None:
            if error is not None:
                raise error

        one = job()
        await Queue(1, lambda changed: told.append(changed.state)).add(one, work)
        assert (one.error is error) is (state is State.FAILED) or error is None
        return told

    assert run(journey()) == [State.WAITING, State.RUNNING, state]


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

        queue = Queue(1 if running else 0, lambda _job: None)
        one = job()
        task = queue.add(one, work)
        if running:
            await asyncio.sleep(0.01)
        queue.cancel(one)
        queue.cancel(one)
        assert one.cancelling
        await asyncio.wait([task])
        assert one.state is State.CANCELLED
        assert cleaned == (["model"] if running else [])
        queue.cancel(one)
        assert one.state is State.CANCELLED

    run(journey())


def test_stop_cancels_all_and_waits() -> None:
    async def journey() -> None:
        async def work(_job: Job) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.01)

        queue = Queue(2, lambda _job: None)
        jobs = [job(str(number)) for number in range(5)]
        for one in jobs:
            queue.add(one, work)
        await asyncio.sleep(0.01)
        await queue.stop()
        assert {one.state for one in jobs} == {State.CANCELLED}
        await queue.stop()

    run(journey())


def test_work_inside_the_queue_reports_to_its_own_meter() -> None:
    """Sizes beyond 32 bits arrive whole; a bar gets permille, and 1000 only at the good end."""

    async def journey() -> None:
        one, total = job(), 5_000_000_000_000
        seen: list[int] = []

        async def work(one: Job) -> None:
            one.meter.enter(Phase.SENDING, total)
            for _ in range(2):
                one.meter.advance(total // 2)
                seen.append(one.snapshot().permille)
            assert one.snapshot().done == total

        await Queue(1, lambda _job: None).add(one, work)
        assert seen == [500, 999]
        assert one.snapshot().permille == 1000

    run(journey())
