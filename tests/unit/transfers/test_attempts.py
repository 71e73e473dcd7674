"""What a person asks of a transfer while one of its attempts ends."""

import asyncio
from collections.abc import Callable

import pytest

from dfs_desktop.api import FileError, Ledger, RateLimitError, Scope, UploadRecord
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.queue import Queue


@pytest.mark.parametrize("turns", range(9))
@pytest.mark.parametrize("error", [RateLimitError("Slow down"), FileError("no"), None])
def test_what_is_asked_in_any_turn_of_an_attempt_is_done(
    turns: int, error: Exception | None
) -> None:
    async def journey(ask: Callable[[Queue, Job], None]) -> Job:
        discarding: list[Job] = []

        async def work(one: Job) -> None:
            if one.cancelling:
                discarding.append(one)
                return
            await asyncio.sleep(0)
            if error is not None:
                raise error

        queue = Queue(1, lambda _job: None, work)
        ledger = Ledger(UploadRecord("/m.fnnx", "m", Scope("o", "b", "c")))
        ledger.resumed = True  # there is something to clean up
        one = Job("m", ledger)
        queue.add(one)
        loop = asyncio.get_running_loop()  # asked by a callback of its own, as a click is
        for _ in range(turns):
            turned = loop.create_future()
            loop.call_soon(turned.set_result, None)
            await turned
        ask(queue, one)
        await asyncio.sleep(0.02)
        await queue.stop()
        return one

    paused = asyncio.run(journey(Queue.pause))
    assert paused.state in (State.PAUSED, State.DONE, State.FAILED)
    cancelled = asyncio.run(journey(Queue.cancel))
    assert cancelled.state in (State.CANCELLED, State.DONE)
    if error is not None:
        assert cancelled.state is State.CANCELLED
