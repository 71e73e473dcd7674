"""The process that moves the bytes is killed, or stands still, at any of its messages: nothing is lost."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.fork_server import ForkServer

from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.workers.byte_worker import caller
from fault_injection import byte_child
from fault_injection.cloud import MULTI, Cloud, sha256
from fault_injection.engine import Engine

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals"),
    pytest.mark.parametrize("tls", ["https"], indirect=True),  # the sweep goes by http as well
]
MOVING = ("sending", "receiving")
MOMENTS = (2, 5, 8)  # messages of the child at which it is harmed


@pytest.fixture(autouse=True)
def by_child(monkeypatch: pytest.MonkeyPatch, fork_server: ForkServer) -> Iterator[None]:
    if sys.platform == "linux":
        fork_server.start()  # before open files are counted
    monkeypatch.setattr(Engine, "by_child", True)
    with byte_child.hasty():
        yield


async def done(engine: Engine, job: Job) -> None:
    assert await engine.reach(job) is State.DONE, job.error


@pytest.mark.fault("D-17", "U-16")
@pytest.mark.parametrize("kind", ["s3", "azure"])
def test_a_byte_worker_killed_at_any_message_of_an_upload_costs_nothing(
    make_cloud: Callable[..., Cloud], kind: str
) -> None:
    cloud = make_cloud(kind)
    path, harms = cloud.artifact(MULTI), list[int]()

    async def journey(engine: Engine) -> None:
        for number in MOMENTS:
            with byte_child.harmed({number}) as struck:
                job = engine.upload(path)
                await done(engine, job)
            assert job.attempts == 0, number
            harms.extend(struck)
            (record,) = [each for each in cloud.service.records() if each["name"] == job.title]
            assert record["status"] == "uploaded"
            assert cloud.stored(record).sha256() == cloud.sources[path][0]

    cloud.play(journey)
    assert len(harms) > 1


@pytest.mark.fault("D-17")
def test_a_byte_worker_killed_at_any_message_of_a_download_costs_nothing(
    cloud: Cloud, tmp_path: Path
) -> None:
    record, harms = cloud.filed(300 << 10), list[int]()

    async def journey(engine: Engine) -> None:
        for number in MOMENTS:
            target = tmp_path / f"back {number}.fnnx"
            with byte_child.harmed({number}) as struck:
                job = engine.download(record.id, target)
                await done(engine, job)
            assert job.attempts == 0, number
            harms.extend(struck)
            assert sha256(target) == record.file_hash

    cloud.play(journey)
    assert len(harms) > 1
    assert not list(tmp_path.glob(".*.dfspart"))


@pytest.mark.fault("D-17", "U-16")
def test_a_byte_worker_that_stands_still_is_found_out_and_the_transfers_go_on(
    cloud: Cloud, tmp_path: Path
) -> None:
    path, record = cloud.artifact(MULTI), cloud.filed(300 << 10)

    async def journey(engine: Engine) -> None:
        with byte_child.harmed({5}, byte_child.SILENCE) as struck:
            up = engine.upload(path)
            down = engine.download(record.id, tmp_path / "back.fnnx")
            await done(engine, up)
            await done(engine, down)
        assert struck

    cloud.play(journey)


@pytest.mark.fault("U-17")
def test_a_cancel_holds_within_two_seconds_also_while_the_byte_worker_stands_still(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "SILENCE", 60.0)
    path, record = cloud.artifact(300 << 10), cloud.filed(300 << 10)

    async def journey(engine: Engine) -> None:
        assert engine.worker is not None
        for kind in Kind:  # so that there is work left when it stands still
            engine.queue.set_rate(kind, 64 << 10)
        for begin in (
            lambda: engine.upload(path),
            lambda: engine.download(record.id, tmp_path / "back.fnnx"),
        ):
            job = begin()
            await engine.until(lambda: job.meter.done and job.meter.phase in MOVING)  # noqa: B023
            os.kill(engine.worker.pid, byte_child.SILENCE)
            began = time.monotonic()
            engine.queue.cancel(job)
            await engine.reach(job, State.CANCELLED)
            assert time.monotonic() - began < 4  # of a second's patience, on a busy machine

    cloud.play(journey)
    assert not (tmp_path / "back.fnnx").exists()
