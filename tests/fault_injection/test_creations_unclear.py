"""U-01, U-02, U-07: creations whose answer is lost leave one record, whatever the clocks say."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from support.registries.faults import apply_then_drop, drop, first, status

from dfs_desktop.api import UploadStep
from dfs_desktop.transfers.job import Job, State
from fault_injection.cloud import MULTI, SINGLE, Cloud
from fault_injection.engine import Engine
from fault_injection.runs import Nurseries
from fault_injection.sending import arrived, record_of, restored, send

pytestmark = pytest.mark.any_connection


def insert_and_fail(handler: Any) -> bool:
    """C1: the record is made, the answer is 500."""
    real, handler.wfile = handler.wfile, open(os.devnull, "wb")  # noqa: SIM115, PTH123
    handler.perform()
    handler.wfile.close()
    handler.wfile = real
    handler.answer(500, b'{"detail": "it broke afterwards"}', Content_Type="application/json")
    return True


@pytest.mark.fault("U-01", "U-02")
@pytest.mark.parametrize("kind", ["s3", "azure"])
@pytest.mark.parametrize(
    "fault", [apply_then_drop, drop, insert_and_fail, status(500), status(502)]
)
def test_u01_u02_an_unclear_creation_leaves_one_record(
    make_cloud: Callable[..., Cloud], kind: str, fault: Any
) -> None:
    cloud = make_cloud(kind)
    cloud.front.script("create", fault)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))


@pytest.mark.fault("U-01")
def test_u01_creations_that_stay_unclear_leave_one_record(cloud: Cloud) -> None:
    cloud.front.script("create", apply_then_drop, apply_then_drop, insert_and_fail, drop)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))


@pytest.mark.fault("U-01")
def test_u01_the_next_run_looks_for_what_an_unclear_creation_left(cloud: Cloud) -> None:
    path = cloud.artifact(SINGLE)
    cloud.front.script("create", apply_then_drop)
    cloud.front.script("list", *[drop] * 100)  # so that nobody can look now

    async def first_run(engine: Engine) -> None:
        job = engine.upload(path)
        await engine.reach(job, State.RETRYING)
        assert record_of(job).step is UploadStep.CREATING

    cloud.play(first_run)
    cloud.front.faults.clear()
    assert cloud.statuses() == ["pending_upload"]
    arrived(cloud, restored(cloud))


@pytest.mark.fault("U-07")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child with a clock of its own is killed")
@pytest.mark.parametrize("ahead", [86_400.0, -86_400.0])
def test_u07_a_clock_put_right_between_two_runs_still_finds_the_record(
    cloud: Cloud, ahead: float
) -> None:
    plan = {
        "folder": str(cloud.folder / "engine"),
        "options": {**cloud.options, "generation": None},
        "uploads": [(str(cloud.artifact(SINGLE)), "model")],
        "result": str(cloud.folder / "result.json"),
        "ahead": ahead,
        "failpoint": "create:after",
    }
    with Nurseries(1) as nurseries:
        assert nurseries.run(plan) == -9
    assert cloud.statuses() == ["pending_upload"]
    arrived(cloud, restored(cloud))


@pytest.mark.fault("U-01")
def test_u01_two_uploads_of_one_file_are_not_taken_for_each_other(cloud: Cloud) -> None:
    """The record of one looks just like what the lost creation of the other might have left."""
    path = cloud.artifact(MULTI)
    cloud.front.script("create", hang_up_later, first(lambda: None))
    cloud.store.script("part", *[hang_up_later] * 9)

    async def both(engine: Engine) -> None:
        lost = engine.upload(path, "twin")
        await engine.until(lambda: record_of(lost).step is UploadStep.CREATING)
        await engine.until(lambda: cloud.front.count("create") == 1)
        other = engine.upload(path, "twin")
        await engine.until(lambda: record_of(other).step is UploadStep.SENDING)

    cloud.play(both)
    cloud.front.faults.clear()
    cloud.store.faults.clear()
    assert cloud.statuses() == ["pending_upload"]

    async def next_run(engine: Engine) -> list[Job]:
        engine.queue.set_limit(1)
        jobs = await engine.restore()
        await engine.all_rest()
        return jobs

    assert [job.state for job in cloud.play(next_run)] == [State.DONE] * 2
    assert cloud.statuses() == ["uploaded", "uploaded"]
    cloud.twins = True


def hang_up_later(handler: Any) -> bool:
    """Do nothing; reset when the client has lost patience."""
    handler.read()
    handler.server.ended.wait(0.3)
    return drop(handler)
