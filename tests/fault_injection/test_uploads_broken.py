"""U-03 to U-18: uploads whose registry, storage, file or link fails midway."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.registries.faults import apply_then_drop, drop, first, status

from dfs_desktop.api import (
    AuthenticationError,
    RecordGoneError,
    SourceChangedError,
    UnconfirmedUploadError,
    UploadExpiredError,
)
from dfs_desktop.api.storage.store_retry import TRIES
from dfs_desktop.transfers.job import Job, State
from fault_injection.cloud import MULTI, PARTS, SINGLE, Cloud
from fault_injection.engine import Engine
from fault_injection.sending import arrived, restored, send

pytestmark = pytest.mark.any_connection

SLEPT = 13 * 3600.0


@pytest.mark.fault("U-03")
@pytest.mark.parametrize("kind", ["s3", "azure"])
def test_u03_an_object_whose_answers_were_all_lost_is_found(
    make_cloud: Callable[..., Cloud], kind: str
) -> None:
    cloud = make_cloud(kind)
    cloud.store.script("put", *[apply_then_drop] * TRIES)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))
    assert cloud.store.count("put") == TRIES
    assert cloud.front.count("create") == 1


@pytest.mark.fault("U-04")
@pytest.mark.parametrize("percent", [1, 50, 99])
@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_u04_a_reset_upload_is_sent_again_from_its_start(
    make_cloud: Callable[..., Cloud], percent: int, size: int
) -> None:
    cloud = make_cloud(chaos=True)
    assert cloud.chaos is not None
    cloud.chaos.add("limit_data", percent * SINGLE // 100, down=False, times=2)
    arrived(cloud, send(cloud, cloud.artifact(size)))


@pytest.mark.fault("U-05")
def test_u05_a_refusal_that_gets_lost_is_not_the_end(cloud: Cloud) -> None:
    """A store that refuses early and closes: all that is seen here is a reset."""
    cloud.store.script("put", drop)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))


@pytest.mark.fault("U-05")
def test_u05_an_expired_link_is_not_called_a_network_error(cloud: Cloud) -> None:
    def expired(handler: Any) -> bool:
        cloud.advance(SLEPT)
        return drop(handler)

    cloud.store.script("put", expired, drop, drop)
    job = send(cloud, cloud.artifact(SINGLE))
    assert job.state is State.ATTENTION
    assert isinstance(job.error, UploadExpiredError)


@pytest.mark.fault("U-06")
def test_u06_one_click_begins_again_after_the_link_expired(cloud: Cloud) -> None:
    cloud.store.script("put", first(lambda: cloud.advance(SLEPT)))
    path = cloud.artifact(SINGLE)

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        assert await engine.reach(job) is State.ATTENTION
        assert isinstance(job.error, UploadExpiredError)
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(journey))
    assert cloud.front.count("create") == 2


@pytest.mark.fault("U-06")
def test_u06_what_arrived_before_its_link_expired_is_not_sent_again(cloud: Cloud) -> None:
    path = cloud.artifact(SINGLE)
    cloud.store.script("put", *[apply_then_drop] * TRIES)
    cloud.store.script("get", *[status(503)] * TRIES)

    async def first_run(engine: Engine) -> None:
        await engine.reach(engine.upload(path), State.RETRYING)

    cloud.play(first_run)
    cloud.store.faults.clear()
    cloud.advance(SLEPT)
    sent = cloud.store.count("put")
    arrived(cloud, restored(cloud))
    assert cloud.store.count("put") == sent
    assert cloud.front.count("create") == 1


@pytest.mark.fault("U-07")
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


@pytest.mark.fault("U-08", "U-09")
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
        engine.queue.resume(job)
        assert await engine.reach(job) is State.DONE

    content = path.read_bytes()
    cloud.play(journey)
    cloud.sources[path] = cloud.sources[path][0], path.stat().st_mtime_ns
    assert cloud.statuses() == ["upload_failed", "uploaded"]


@pytest.mark.fault("U-12")
@pytest.mark.parametrize("fault", [apply_then_drop, drop])
def test_u12_a_lost_confirmation_is_looked_up(cloud: Cloud, fault: Any) -> None:
    cloud.front.script("patch", fault)
    arrived(cloud, send(cloud, cloud.artifact(SINGLE)))


@pytest.mark.fault("U-13")
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


@pytest.mark.fault("U-14")
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
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    arrived(cloud, cloud.play(journey))
    assert cloud.store.count("part") == PARTS


@pytest.mark.fault("U-14")
@pytest.mark.parametrize("step", ["create", "part_urls", "download_url", "patch"])
def test_u14_a_key_that_is_replaced_while_it_is_refused_stops_nothing(
    cloud: Cloud, step: str
) -> None:
    path, refuse = cloud.artifact(MULTI), status(401, b'{"detail": "Invalid API key"}')

    async def journey(engine: Engine) -> Job:
        before = engine.client

        def replace(handler: Any) -> bool:
            engine.client = before.at()  # as with a new key, or a local registry started anew
            return refuse(handler)

        cloud.front.script(step, replace)
        job = engine.upload(path)
        await engine.reach(job)
        engine.client = before
        return job

    arrived(cloud, cloud.play(journey))
    assert State.ATTENTION not in cloud.engines[-1].states[cloud.engines[-1].queue.jobs[0]]


@pytest.mark.fault("U-15")
@pytest.mark.parametrize("code", [409, 422])
def test_u15_a_refused_creation_is_shown_and_not_repeated(cloud: Cloud, code: int) -> None:
    said = b'{"detail": "The limit of artifacts is reached"}'
    cloud.front.script("create", status(code, said, Content_Type="application/json"))
    job = send(cloud, cloud.artifact(SINGLE))
    assert job.state is State.FAILED
    assert "limit of artifacts" in str(job.error)
    assert cloud.front.count("create") == 1
    assert cloud.statuses() == []


@pytest.mark.fault("U-18")
@pytest.mark.parametrize("step", ["part_urls", "download_url", "patch"])
def test_u18_a_record_that_somebody_deleted_stays_deleted(cloud: Cloud, step: str) -> None:
    path = cloud.artifact(MULTI)

    def delete() -> None:
        (record,) = cloud.service.records()
        base = cloud.service.artifacts
        cloud.service.api.get(f"{base}/{record['id']}/delete-url")
        assert cloud.service.api.delete(f"{base}/{record['id']}").is_success

    cloud.front.script(step, first(delete))
    job = send(cloud, path)
    assert job.state is State.FAILED
    assert isinstance(job.error, RecordGoneError), repr(job.error)
    assert cloud.statuses() == []
