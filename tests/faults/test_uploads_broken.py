"""U-01 to U-18: uploads whose registry, storage, file or link fails midway."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from api_faults import apply_then_drop, drop, first, status

from dfs_desktop.api import (
    AuthenticationError,
    RecordGoneError,
    SourceChangedError,
    UnconfirmedUploadError,
    UploadExpiredError,
    UploadRecord,
    UploadStep,
)
from dfs_desktop.transfers.job import Job, State

from .cloud import MULTI, PARTS, SINGLE, Cloud
from .engine import Engine
from .runs import Nurseries

SLEPT = 13 * 3600.0


def send(cloud: Cloud, path: Path, *, again: bool = False) -> Job:
    """One upload to its rest; ``again``: the person says "retry" once."""

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        await engine.reach(job)
        if again:
            engine.queue.retry(job)
            await engine.reach(job)
        return job

    return cloud.play(journey)


def arrived(cloud: Cloud, job: Job) -> None:
    assert job.state is State.DONE, job.error
    assert cloud.statuses() == ["uploaded"]


def record_of(job: Job) -> UploadRecord:
    assert job.ledger is not None
    assert isinstance(job.ledger.record, UploadRecord)
    return job.ledger.record


def insert_and_fail(handler: Any) -> bool:
    """C1: the record is made, the answer is 500."""
    real, handler.wfile = handler.wfile, open(os.devnull, "wb")  # noqa: SIM115, PTH123
    handler.perform()
    handler.wfile.close()
    handler.wfile = real
    handler.answer(500, b'{"detail": "it broke afterwards"}', Content_Type="application/json")
    return True


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


def test_u01_creations_that_stay_unclear_leave_one_record(cloud: Cloud) -> None:
    cloud.front.script("create", apply_then_drop, apply_then_drop, insert_and_fail, drop)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))


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


def restored(cloud: Cloud) -> Job:
    """The next run of the program: its one transfer goes on to its rest."""

    async def journey(engine: Engine) -> Job:
        (job,) = await engine.restore()
        await engine.reach(job)
        return job

    return cloud.play(journey)


@pytest.mark.parametrize("kind", ["s3", "azure"])
def test_u03_an_object_whose_answers_were_all_lost_is_found(
    make_cloud: Callable[..., Cloud], kind: str
) -> None:
    cloud = make_cloud(kind)
    cloud.store.script("put", *[apply_then_drop] * 3)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))
    assert cloud.store.count("put") == 3
    assert cloud.front.count("create") == 1


@pytest.mark.parametrize("percent", [1, 50, 99])
@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_u04_a_reset_upload_is_sent_again_from_its_start(
    make_cloud: Callable[..., Cloud], percent: int, size: int
) -> None:
    cloud = make_cloud(chaos=True)
    assert cloud.chaos is not None
    cloud.chaos.add("limit_data", percent * SINGLE // 100, down=False, times=2)
    arrived(cloud, send(cloud, cloud.artifact(size)))


def test_u05_a_refusal_that_gets_lost_is_not_the_end(cloud: Cloud) -> None:
    """A store that refuses early and closes: all that is seen here is a reset."""
    cloud.store.script("put", drop)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))


def test_u05_an_expired_link_is_not_called_a_network_error(cloud: Cloud) -> None:
    def expired(handler: Any) -> bool:
        cloud.advance(SLEPT)
        return drop(handler)

    cloud.store.script("put", expired, drop, drop)
    job = send(cloud, cloud.artifact(SINGLE))
    assert job.state is State.ATTENTION
    assert isinstance(job.error, UploadExpiredError)


def test_u06_one_click_begins_again_after_the_link_expired(cloud: Cloud) -> None:
    cloud.store.script("put", first(lambda: cloud.advance(SLEPT)))
    path = cloud.artifact(SINGLE)

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        assert await engine.reach(job) is State.ATTENTION
        assert isinstance(job.error, UploadExpiredError)
        engine.queue.retry(job)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(journey))
    assert cloud.front.count("create") == 2


def test_u06_what_arrived_before_its_link_expired_is_not_sent_again(cloud: Cloud) -> None:
    path = cloud.artifact(SINGLE)
    cloud.store.script("put", *[apply_then_drop] * 3)
    cloud.store.script("get", *[status(503)] * 3)

    async def first_run(engine: Engine) -> None:
        await engine.reach(engine.upload(path), State.RETRYING)

    cloud.play(first_run)
    cloud.store.faults.clear()
    cloud.advance(SLEPT)
    sent = cloud.store.count("put")
    arrived(cloud, restored(cloud))
    assert cloud.store.count("put") == sent
    assert cloud.front.count("create") == 1


@pytest.mark.parametrize("ahead", [86_400.0, -86_400.0])
@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_u07_a_wrong_clock_here_changes_nothing(cloud: Cloud, ahead: float, size: int) -> None:
    cloud.advance(ahead)
    path, target = cloud.artifact(size), cloud.folder / "back.fnnx"

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        await engine.reach(job)
        assert job.artifact is not None, job.error
        down = engine.download(job.artifact.id, target)
        assert await engine.reach(down) is State.DONE
        return job

    arrived(cloud, cloud.play(journey))
    assert cloud.front.count("part_urls") == (1 if size == MULTI else 0)
    assert cloud.front.count("download_url") == 2  # to see the object, and to fetch it


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


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0" * 512)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def swap(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize("change", [append, cut, overwrite, swap], ids=lambda each: each.__name__)
@pytest.mark.parametrize(("size", "step"), [(SINGLE, "put"), (MULTI, "part")])
def test_u08_u09_a_file_that_changes_is_never_called_uploaded(
    cloud: Cloud, change: Callable[[Path], None], size: int, step: str
) -> None:
    path = cloud.artifact(size)
    cloud.store.script(step, first(lambda: change(path)))

    async def journey(engine: Engine) -> None:
        job = engine.upload(path)
        assert await engine.reach(job) is State.FAILED
        assert isinstance(job.error, SourceChangedError)
        assert cloud.statuses() == ["upload_failed"]
        path.write_bytes(content)
        os.utime(path)
        engine.queue.retry(job)
        assert await engine.reach(job) is State.DONE

    content = path.read_bytes()
    cloud.play(journey)
    cloud.sources[path] = cloud.sources[path][0], path.stat().st_mtime_ns
    assert cloud.statuses() == ["upload_failed", "uploaded"]


@pytest.mark.parametrize("fault", [apply_then_drop, drop])
def test_u12_a_lost_confirmation_is_looked_up(cloud: Cloud, fault: Any) -> None:
    cloud.front.script("patch", fault)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))


def test_u13_a_registry_that_cannot_be_told_is_told_later(cloud: Cloud) -> None:
    path = cloud.artifact(MULTI)
    cloud.front.script("patch", *[status(503)] * 200)

    async def journey(engine: Engine) -> None:
        job = engine.upload(path)
        await engine.until(lambda: cloud.front.count("patch") > 12)
        assert isinstance(job.error, UnconfirmedUploadError)
        assert job.state in (State.RETRYING, State.RUNNING, State.WAITING)

    cloud.play(journey)
    assert cloud.statuses() == ["pending_upload"]
    cloud.front.faults.clear()
    cloud.store.audit.clear()
    arrived(cloud, restored(cloud))
    assert cloud.store.audit == []  # the bytes are there; nobody asks for them again


@pytest.mark.parametrize("step", ["create", "part_urls", "download_url", "patch"])
def test_u14_a_revoked_key_waits_for_the_person(cloud: Cloud, step: str) -> None:
    path = cloud.artifact(MULTI)
    cloud.front.script(step, status(401, b'{"detail": "Invalid API key"}'))

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        assert await engine.reach(job) is State.ATTENTION
        seen = job.error
        reason = seen.reason if isinstance(seen, UnconfirmedUploadError) else seen
        assert isinstance(reason, AuthenticationError)
        engine.queue.retry(job)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(journey))
    assert cloud.store.count("part") == PARTS


@pytest.mark.parametrize("code", [409, 422])
def test_u15_a_refused_creation_is_shown_and_not_repeated(cloud: Cloud, code: int) -> None:
    said = b'{"detail": "The limit of artifacts is reached"}'
    cloud.front.script("create", status(code, said, Content_Type="application/json"))
    job = send(cloud, cloud.artifact(SINGLE))
    assert job.state is State.FAILED
    assert "limit of artifacts" in str(job.error)
    assert cloud.front.count("create") == 1
    assert cloud.statuses() == []


@pytest.mark.parametrize("step", ["part_urls", "download_url", "patch"])
def test_u18_a_record_that_somebody_deleted_stays_deleted(cloud: Cloud, step: str) -> None:
    path = cloud.artifact(MULTI)

    def delete() -> None:
        (record,) = cloud.service.records()
        base = f"{cloud.service.below}/collections/{cloud.service.collection}/artifacts"
        cloud.service.api.get(f"{base}/{record['id']}/delete-url")
        assert cloud.service.api.delete(f"{base}/{record['id']}").is_success

    cloud.front.script(step, first(delete))
    job = send(cloud, path)
    assert job.state is State.FAILED
    assert isinstance(job.error, RecordGoneError), repr(job.error)
    assert cloud.statuses() == []


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
