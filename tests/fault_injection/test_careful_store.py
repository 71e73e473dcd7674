"""W-01, W-04, RL-09: a store whose key may not list, or that does not answer, keeps nothing for ever."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from support.registries.client_faces import through
from support.registries.faults import apply_then_drop, drop, first, status
from support.stores.faults import refused

from dfs_desktop.api import UploadRecord
from dfs_desktop.transfers.job import Job, State
from fault_injection.cloud import MULTI, PARTS, SINGLE, Cloud
from fault_injection.engine import Engine
from fault_injection.sending import arrived, record_of, restored, send

pytestmark = pytest.mark.any_connection

KINDS = ["s3", "s3 that lists"]
SOON = 3.0  # seconds; a cancel is to end in one


def hang(handler: Any) -> bool:
    """Take the request, and say nothing until the client goes."""
    handler.rfile.read(int(handler.headers["Content-Length"]))
    handler.rfile.read(1)
    handler.close_connection = True
    return True


async def stopped(engine: Engine, cloud: Cloud, size: int, act: Callable[[Job], None]) -> Job:
    """An upload that is stopped while the store has some of it."""
    step = "put" if size == SINGLE else "part"
    cloud.store.script(step, *([first(lambda: None)] * (size != SINGLE)), *[hang] * 9)
    job = engine.upload(cloud.artifact(size))
    await engine.until(lambda: cloud.store.count(step) >= (1 if size == SINGLE else 2))
    if size != SINGLE:
        await engine.until(lambda: record_of(job).parts)
    act(job)
    await engine.reach(job)
    cloud.store.faults.clear()
    return job


@pytest.mark.fault("W-01")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_a_paused_upload_goes_on_with_what_is_missing(
    make_cloud: Callable[..., Cloud], kind: str, size: int
) -> None:
    cloud = make_cloud(kind)

    async def journey(engine: Engine) -> Job:
        job = await stopped(engine, cloud, size, engine.queue.pause)
        assert job.state is State.PAUSED
        cloud.store.audit.clear()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(journey))
    if size == MULTI:
        assert cloud.store.count("part") < PARTS


@pytest.mark.fault("W-01", "RL-09")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_a_cancel_ends_soon_and_leaves_no_record(
    make_cloud: Callable[..., Cloud], kind: str, size: int
) -> None:
    cloud = make_cloud(kind)

    async def journey(engine: Engine) -> None:
        job = await stopped(engine, cloud, size, engine.queue.pause)
        begun = time.monotonic()
        engine.queue.cancel(job)
        assert await engine.reach(job) is State.CANCELLED
        assert time.monotonic() - begun < SOON

    cloud.play(journey)
    assert cloud.statuses() == []


@pytest.mark.fault("W-01")
def test_an_object_whose_joining_was_never_heard_of_is_sent_anew(cloud: Cloud) -> None:
    cloud.store.rules.completes_again = False
    cloud.store.script("complete", drop, first(cloud.store.disk.uploads.clear))
    arrived(cloud, send(cloud, cloud.artifact(MULTI)))
    assert cloud.store.count("initiate") == 2


@pytest.mark.fault("W-01")
def test_what_the_key_may_not_read_waits_and_is_not_called_lost(cloud: Cloud) -> None:
    """The store took the file; nobody can look at it until its owner mends the rights."""
    path = cloud.artifact(SINGLE)
    cloud.store.script("get", *[refused(403, "AccessDenied")] * 400)

    async def journey(engine: Engine) -> None:
        job = engine.upload(path)
        await engine.reach(job, State.RETRYING)
        assert "may not see it" in str(job.error)

    cloud.play(journey)
    cloud.store.faults.clear()
    arrived(cloud, restored(cloud))
    assert cloud.store.count("put") == 1


@pytest.mark.fault("W-04")
@pytest.mark.parametrize("fault", [drop, status(503), refused(403, "SignatureDoesNotMatch")])
@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_a_store_that_says_nothing_keeps_nobody_from_giving_up(
    cloud: Cloud, size: int, fault: Any
) -> None:
    async def journey(engine: Engine) -> Job:
        job = await stopped(engine, cloud, size, engine.queue.pause)
        for step in ("get", "delete"):
            cloud.store.script(step, *[fault] * 99)
        engine.queue.cancel(job)
        assert await engine.reach(job) is State.CANCELLED
        return job

    assert record_of(cloud.play(journey)).leftovers == 1, "what may stay in the bucket is told"
    assert cloud.statuses() == []


@pytest.mark.fault("W-04")
def test_a_record_goes_although_the_store_refuses_to_delete(cloud: Cloud) -> None:
    async def journey(engine: Engine) -> None:
        job = await stopped(engine, cloud, SINGLE, engine.queue.pause)
        cloud.store.script("delete", *[refused(403, "AccessDenied")] * 9)
        engine.queue.cancel(job)
        assert await engine.reach(job) is State.CANCELLED

    cloud.play(journey)
    assert cloud.statuses() == []


@pytest.mark.fault("RL-09")
def test_who_may_not_delete_marks_the_record(cloud: Cloud) -> None:
    async def journey(engine: Engine) -> UploadRecord:
        job = await stopped(engine, cloud, MULTI, engine.queue.pause)
        cloud.front.script("force", *[status(403, b'{"detail": "Not enough rights"}')] * 3)
        engine.queue.cancel(job)
        assert await engine.reach(job) is State.CANCELLED
        return record_of(job)

    assert cloud.play(journey).marked
    assert cloud.statuses() == ["upload_failed"]


@pytest.mark.fault("W-04")
def test_a_clean_up_without_end_can_be_let_go(cloud: Cloud) -> None:
    async def journey(engine: Engine) -> None:
        job = await stopped(engine, cloud, MULTI, engine.queue.pause)
        cloud.front.script("force", *[status(418)] * 2)
        cloud.front.script("patch", *[status(418)] * 9)
        engine.queue.cancel(job)
        assert await engine.reach(job) is State.FAILED
        cloud.front.faults.clear()
        await engine.client.transfers.let_go(job.ledger)  # type: ignore[arg-type]
        engine.queue.forget(job)
        assert engine.queue.jobs == []

    cloud.play(journey)
    assert cloud.statuses() == []

    async def next_run(engine: Engine) -> list[Job]:
        return await engine.restore()

    assert cloud.play(next_run) == []


@pytest.mark.fault("W-12")
@pytest.mark.parametrize("step", ["create", "part_urls", "download_url", "patch"])
@pytest.mark.parametrize("fault", [status(503), drop, apply_then_drop])
def test_a_registry_that_is_away_for_a_while_costs_nothing(
    cloud: Cloud, step: str, fault: Any
) -> None:
    if step == "create":
        cloud.front.script("create", status(429))  # no answer leaves it open if there is a record
    cloud.front.script(step, *[fault] * (1 if step == "patch" else 4))
    cloud.front.script("record", *[status(502)] * 3)
    path = cloud.artifact(MULTI)
    through("sync", lambda c: c.model_artifacts.upload(str(path), "m"), **cloud.options)
    assert cloud.statuses() == ["uploaded"]
    assert cloud.front.count("create") == (6 if step == "create" else 1)


@pytest.mark.fault("W-12", "U-01")
def test_a_creation_that_arrives_late_is_found_before_another_one_is_sent(cloud: Cloud) -> None:
    """The proxy before the registry gave up, the registry did not."""

    def late(handler: Any) -> bool:
        handler.read()
        drop(handler)
        time.sleep(0.08)
        handler.wfile = io.BytesIO()
        handler.perform()
        return True

    path = cloud.artifact(SINGLE)
    cloud.front.script("create", late)
    through("sync", lambda c: c.model_artifacts.upload(str(path), "m"), **cloud.options)
    assert cloud.statuses() == ["uploaded"]
