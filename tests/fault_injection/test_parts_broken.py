"""M-04 to M-15: uploads in parts whose links, parts or source change between two runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.registries.faults import apply_then_drop, first, status
from support.stores.faults import refused, without_etag
from support.stores.registry import PART, with_rules
from support.stores.s3 import S3Rules

from dfs_desktop.api import SourceChangedError, UploadExpiredError, UploadRecord
from dfs_desktop.server.objects.multipart import PlannedPart
from dfs_desktop.transfers.job import Job, State
from fault_injection import points
from fault_injection.cloud import MULTI, PARTS, Cloud
from fault_injection.engine import Engine
from fault_injection.runs import Nurseries

pytestmark = pytest.mark.any_connection

SLEPT = 13 * 3600.0
SENT_BEFORE = 2  # parts at least, when the first run ends


def begin(cloud: Cloud, path: Path) -> None:
    """A first run that ends when some parts are acknowledged and the others are not."""
    cloud.store.script("part", *[first(lambda: None)] * SENT_BEFORE, *[hang] * 20)

    async def journey(engine: Engine) -> None:
        job = engine.upload(path)
        await engine.until(lambda: len(parts(job)) == SENT_BEFORE)

    cloud.play(journey)
    cloud.store.faults.clear()
    cloud.store.audit.clear()


def hang(handler: Any) -> bool:
    """Take nothing, and say nothing, until the client goes."""
    handler.rfile.read(int(handler.headers["Content-Length"]))
    handler.rfile.read(1)
    handler.close_connection = True
    return True


def parts(job: Job) -> dict[int, Any]:
    assert job.ledger is not None
    assert isinstance(job.ledger.record, UploadRecord)
    return job.ledger.record.parts


def go_on(cloud: Cloud, *, again: bool = False) -> Job:
    """The next run; ``again``: the person says "retry" once it waits for that."""

    async def journey(engine: Engine) -> Job:
        (job,) = await engine.restore()
        await engine.reach(job)
        if again:
            assert job.state is State.ATTENTION
            assert isinstance(job.error, UploadExpiredError)
            engine.queue.resume(job)
            await engine.reach(job)
        return job

    return cloud.play(journey)


def arrived(cloud: Cloud, job: Job) -> None:
    assert job.state is State.DONE, job.error
    assert cloud.statuses() == ["uploaded"]


@pytest.mark.fault("M-12")
def test_m12_the_next_run_sends_only_what_is_missing(cloud: Cloud) -> None:
    begin(cloud, cloud.artifact(MULTI))
    arrived(cloud, go_on(cloud))
    assert cloud.store.count("part") == PARTS - SENT_BEFORE
    assert cloud.store.count("initiate") == 0


@pytest.mark.fault("M-04")
def test_m04_links_that_expired_between_two_runs_are_renewed(cloud: Cloud) -> None:
    begin(cloud, cloud.artifact(MULTI))
    cloud.advance(SLEPT)
    arrived(cloud, go_on(cloud))
    assert cloud.store.count("part") == PARTS - SENT_BEFORE
    assert cloud.store.count("initiate") == 0


@pytest.mark.fault("M-05")
def test_m05_fresh_links_that_are_refused_end_it_without_a_loop(cloud: Cloud) -> None:
    begin(cloud, cloud.artifact(MULTI))
    cloud.store.script("part", *[refused(403, "AccessDenied")] * 200)
    job = go_on(cloud)
    assert job.state is State.FAILED
    assert "rights" in str(job.error)
    assert cloud.front.count("part_urls") <= 5
    cloud.store.faults.clear()

    async def discard(engine: Engine) -> None:
        (job,) = await engine.restore()
        engine.queue.cancel(job)
        assert await engine.reach(job) is State.CANCELLED
        assert job.ledger is not None
        assert getattr(job.ledger.record, "leftovers") == 1  # noqa: B009 - M-15: said, not hidden

    cloud.play(discard)
    assert cloud.statuses() == []


@pytest.mark.fault("M-06")
def test_m06_an_upload_that_the_storage_forgot_is_opened_anew(cloud: Cloud) -> None:
    begin(cloud, cloud.artifact(MULTI))
    cloud.store.disk.uploads.clear()
    job = go_on(cloud)
    arrived(cloud, job)
    assert cloud.store.count("initiate") == 1
    assert job.ledger is not None
    assert getattr(job.ledger.record, "leftovers") == 1  # noqa: B009


@pytest.mark.fault("M-06")
def test_m06_a_forgotten_upload_whose_link_expired_begins_again_by_one_click(cloud: Cloud) -> None:
    begin(cloud, cloud.artifact(MULTI))
    cloud.store.disk.uploads.clear()
    cloud.advance(SLEPT)
    arrived(cloud, go_on(cloud, again=True))


@pytest.mark.fault("M-07")
def test_m07_a_part_without_etag_is_no_part(cloud: Cloud) -> None:
    begin(cloud, cloud.artifact(MULTI))
    cloud.store.script("part", without_etag)
    arrived(cloud, go_on(cloud))
    assert cloud.store.count("part") == PARTS - SENT_BEFORE + 1


@pytest.mark.fault("M-08")
@pytest.mark.parametrize("again", [True, False])
def test_m08_etags_that_say_nothing_are_accepted(
    make_cloud: Callable[..., Cloud], again: bool
) -> None:
    rules = S3Rules(smallest_part=PART, opaque_etags=True, completes_again=again)
    cloud = make_cloud(s3=rules)
    begin(cloud, cloud.artifact(MULTI))
    cloud.store.script("complete", apply_then_drop)
    arrived(cloud, go_on(cloud))


@pytest.mark.fault("M-10")
def test_m10_a_plan_that_cuts_otherwise_drops_what_was_sent(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(cloud, cloud.artifact(MULTI))
    size = MULTI // 3
    offsets = range(0, MULTI, size)
    cut = [
        PlannedPart(number, offset, min(offset + size, MULTI), min(size, MULTI - offset))
        for number, offset in enumerate(offsets, 1)
    ]
    monkeypatch.setattr("dfs_desktop.server.luml.upload_links.plan", lambda *_: cut)
    cloud.store.rules.smallest_part = 1
    arrived(cloud, go_on(cloud))
    assert cloud.store.count("part") == len(cut)


@pytest.mark.fault("M-11")
@pytest.mark.parametrize("how", ["damaged", "secretly", "touch", "replaced"])
def test_m11_a_source_that_changed_between_two_runs_is_not_joined(cloud: Cloud, how: str) -> None:
    path = cloud.artifact(MULTI)
    begin(cloud, path)
    before, content = path.stat(), path.read_bytes()
    if how == "damaged":
        path.write_bytes(content[:-1] + b"!")
    elif how == "secretly":  # only its hash tells
        other = bytes([content[MULTI // 2] ^ 1])
        path.write_bytes(content[: MULTI // 2] + other + content[MULTI // 2 + 1 :])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif how == "touch":
        os.utime(path)
    else:
        path.with_name("other").write_bytes(content)
        path.with_name("other").replace(path)
    del cloud.sources[path]
    job = go_on(cloud)
    assert job.state is State.FAILED
    assert isinstance(job.error, SourceChangedError)
    assert cloud.statuses() == ["upload_failed"]
    assert cloud.store.count("complete") == 0


@pytest.mark.fault("M-11")
def test_m11_a_source_that_is_away_for_a_while_is_no_change(cloud: Cloud) -> None:
    path = cloud.artifact(MULTI)
    begin(cloud, path)
    away = path.rename(path.with_name("away"))
    assert go_on(cloud).state is State.FAILED
    assert cloud.statuses() == ["pending_upload"]
    away.rename(path)

    async def again(engine: Engine) -> Job:
        (job,) = await engine.restore()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(again))
    assert cloud.store.count("part") == PARTS - SENT_BEFORE


@pytest.mark.fault("M-13")
def test_m13_blocks_that_were_cleared_away_are_sent_again(
    make_cloud: Callable[..., Cloud],
) -> None:
    cloud = make_cloud("azure")
    cloud.store.script("join", first(cloud.store.blocks.clear))
    path = cloud.artifact(MULTI)

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(journey))
    assert cloud.store.count("block") == 2 * PARTS


@pytest.mark.fault("M-13")
def test_m13_blocks_that_expired_between_two_runs_are_sent_again(
    make_cloud: Callable[..., Cloud],
) -> None:
    cloud = make_cloud("azure")
    path = cloud.artifact(MULTI)

    async def stopped(engine: Engine) -> None:
        job = engine.upload(path)

        def stop(name: str) -> None:
            if name == "note.UploadRecord.completing:before":
                engine.client._transport._loop.call_soon_threadsafe(engine.queue.pause, job)  # type: ignore[union-attr]

        with points.watched(stop):
            await engine.reach(job)
        assert job.state is State.PAUSED

    cloud.play(stopped)
    cloud.store.blocks.clear()

    async def again(engine: Engine) -> Job:
        (job,) = await engine.restore()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(again))


@pytest.mark.fault("M-15")
@pytest.mark.parametrize("step", ["initiate", "complete"])
def test_m15_a_busy_store_is_asked_again(cloud: Cloud, step: str) -> None:
    cloud.store.script(step, *[status(503)] * 4)
    path = cloud.artifact(MULTI)

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(journey))


@pytest.mark.fault("M-14")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the peak of a process of its own is measured")
def test_m14_two_hundred_parts_take_no_memory(make_cloud: Callable[..., Cloud]) -> None:
    part = 256 << 10
    cloud = make_cloud(rules=with_rules(part_sizes=((1 << 40, part),)))
    path = cloud.artifact(200 * part, "large.fnnx")
    peaks = []
    with Nurseries(1) as nurseries:
        for each in (cloud.artifact(MULTI), path):
            result = cloud.folder / f"{each.name}.json"
            plan = {
                "folder": str(cloud.folder / each.name.replace(".", "_")),
                "options": cloud.options,
                "uploads": [(str(each), each.name)],
                "result": str(result),
            }
            assert nurseries.run(plan) == 0
            peaks.append(json.loads(result.read_text("utf-8"))["rss"])
    assert cloud.statuses() == ["uploaded", "uploaded"]
    assert cloud.store.count("part") == 200 + 1
    assert peaks[1] - peaks[0] < 16 << 20, f"{(peaks[1] - peaks[0]) >> 20} MiB more"


@pytest.mark.fault("U-06")
def test_u06_a_link_that_opens_the_upload_and_expired_waits_for_the_person(cloud: Cloud) -> None:
    """The storage alone knows it: our own look at the clock said that the link is good."""
    cloud.store.script("initiate", refused(403, "AccessDenied", "Request has expired"))
    path = cloud.artifact(MULTI)

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        assert await engine.reach(job) is State.ATTENTION
        assert isinstance(job.error, UploadExpiredError)
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    job = cloud.play(journey)
    assert job.state is State.DONE, job.error
    assert cloud.front.count("create") == 2
