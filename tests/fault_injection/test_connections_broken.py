"""H-01, H-02, I6: connections that are cancelled in crowds, go stale, or are reset at the first byte."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from support.registries.faults import drop

from dfs_desktop.transfers.job import State
from fault_injection.cloud import MULTI, SINGLE, Cloud
from fault_injection.engine import Engine


@pytest.mark.fault("H-01")
@pytest.mark.any_connection
@pytest.mark.parametrize(  # another order of the same
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))]
)
def test_h01_four_hundred_cancelled_requests_leave_the_pool_empty(cloud: Cloud, seed: int) -> None:
    """Wherever the cancel strikes: before, while and after a connection is made."""
    luck = random.Random(seed)

    async def journey(engine: Engine) -> None:
        for _ in range(20):
            tasks = [asyncio.ensure_future(engine.client.model_artifacts.list()) for _ in range(20)]
            await asyncio.sleep(luck.uniform(0, 0.01))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert await asyncio.wait_for(engine.client.model_artifacts.list(), 10) == []
        free: Any = engine.client._transport._requests._free
        assert all(each._pool.is_idle() or each._pool.is_closed() for each in free)

    cloud.play(journey)


@pytest.mark.fault("H-01")
@pytest.mark.any_connection
def test_h01_transfers_that_are_stopped_in_crowds_give_their_slots_back(cloud: Cloud) -> None:
    luck = random.Random(6)
    record, path = cloud.filed(MULTI), cloud.artifact(MULTI)

    async def journey(engine: Engine) -> None:
        store = engine.client._transport.store
        for number in range(12):
            jobs = [engine.upload(path)]
            jobs += [engine.download(record.id, cloud.folder / f"{number} {n}") for n in range(2)]
            await asyncio.sleep(luck.uniform(0, 0.05))
            for job in jobs:
                luck.choice([engine.queue.cancel, engine.queue.pause])(job)
            await engine.all_rest()
            for job in jobs:
                if job.state is State.PAUSED:
                    engine.queue.resume(job)
            await engine.all_rest()
        assert {job.state for job in engine.queue.jobs} <= {State.DONE, State.CANCELLED}
        assert store.slots._free == store.slots._count
        for each in store._connections.values():
            pool: Any = each
            assert all(one.is_idle() for _, one in pool._pool._free)

    cloud.play(journey)
    assert "pending_upload" not in cloud.statuses()


def close_silently(handler: Any) -> bool:
    """Answer as usual, then close a connection that the client means to use again."""
    handler.perform()
    handler.close_connection = True
    return True


@pytest.mark.fault("H-02")
def test_h02_connections_that_went_stale_are_not_noticed(cloud: Cloud) -> None:
    path = cloud.artifact(MULTI)
    for step in ("create", "part_urls", "download_url", "patch", "record"):
        cloud.front.script(step, *[close_silently] * 9)
    for step in ("initiate", "part", "complete", "get"):
        cloud.store.script(step, *[close_silently] * 9)

    async def journey(engine: Engine) -> None:
        job = engine.upload(path)
        assert await engine.reach(job) is State.DONE
        assert State.RETRYING not in engine.states[job]
        assert job.artifact is not None
        down = engine.download(job.artifact.id, cloud.folder / "back.fnnx")
        assert await engine.reach(down) is State.DONE

    cloud.play(journey)
    assert cloud.front.count("create") == 1


@pytest.mark.fault("H-02")
@pytest.mark.parametrize("step", ["record", "download_url"])
def test_h02_a_reset_question_is_asked_once_more_by_itself(cloud: Cloud, step: str) -> None:
    record = cloud.filed(SINGLE)
    cloud.front.script(step, drop)

    async def journey(engine: Engine) -> None:
        job = engine.download(record.id, cloud.folder / "back.fnnx")
        assert await engine.reach(job) is State.DONE

    cloud.play(journey)
    assert cloud.front.count(step) == 2


@pytest.mark.fault("H-02")
def test_h02_a_reset_creation_is_not_repeated_blindly(cloud: Cloud) -> None:
    path = cloud.artifact(SINGLE)
    cloud.front.script("create", drop)

    async def journey(engine: Engine) -> None:
        assert await engine.reach(engine.upload(path)) is State.DONE

    cloud.play(journey)
    steps = [seen.step for seen in cloud.front.audit]
    assert steps.count("create") == 2
    between = steps[steps.index("create") + 1 : len(steps) - steps[::-1].index("create") - 1]
    assert "list" in between  # it was looked for first
