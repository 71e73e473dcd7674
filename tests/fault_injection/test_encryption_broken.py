"""RL-41, W-11, S-11: what can happen to an encrypted connection only, from its first byte to its last."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.network.certificates import Authority, SmallRecords

from dfs_desktop.transfers.job import Job, State
from fault_injection.chaos import HANDSHAKE_FAILURE
from fault_injection.cloud import MULTI, SINGLE, Cloud
from fault_injection.engine import Engine
from fault_injection.fetching import SIZE, fetch
from fault_injection.sending import arrived, send

pytestmark = pytest.mark.parametrize("tls", ["https"], indirect=True)
SOON = 3.0  # seconds
HELLO = 300  # bytes: in the middle of what a server says in a handshake


@pytest.mark.fault("S-11", "D-01")
@pytest.mark.parametrize("after", [0, HELLO, SIZE // 2])
def test_an_alert_at_any_moment_of_a_download_costs_nothing(
    make_cloud: Callable[..., Cloud], after: int
) -> None:
    cloud = make_cloud(chaos=True)
    assert cloud.chaos is not None
    record = cloud.filed(SIZE)
    cloud.chaos.add("alert", after, times=1)
    assert fetch(cloud, cloud.folder / "back.fnnx", record).state is State.DONE
    assert cloud.chaos.toxics[0].times == 0


@pytest.mark.fault("S-11", "U-04")
@pytest.mark.parametrize("after", [0, HELLO, 2500])
@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_an_alert_at_any_moment_of_an_upload_costs_nothing(
    make_cloud: Callable[..., Cloud], size: int, after: int
) -> None:
    cloud = make_cloud(chaos=True)
    assert cloud.chaos is not None
    cloud.chaos.add("alert", after, times=1)
    arrived(cloud, send(cloud, cloud.artifact(size)))


@pytest.mark.fault("S-11")
def test_a_refused_handshake_is_no_outage(make_cloud: Callable[..., Cloud]) -> None:
    """No common version, no common cipher: to ask again and again would not change it."""
    cloud = make_cloud(chaos=True)
    assert cloud.chaos is not None
    record = cloud.filed(SIZE)
    cloud.chaos.add("alert", 0, what=HANDSHAKE_FAILURE)
    begun = cloud.chaos.connections
    job = fetch(cloud, cloud.folder / "back.fnnx", record)
    assert job.state is State.FAILED
    assert "encrypted connection" in str(job.error)
    assert cloud.chaos.connections == begun + 1


@pytest.mark.fault("RL-41")
@pytest.mark.parametrize("after", [0, HELLO])
@pytest.mark.parametrize("what", ["upload", "download"])
def test_silence_in_the_handshake_keeps_nobody(
    make_cloud: Callable[..., Cloud], what: str, after: int
) -> None:
    cloud = make_cloud(chaos=True)
    assert cloud.chaos is not None
    record, path, target = cloud.filed(SIZE), cloud.artifact(MULTI), cloud.folder / "back.fnnx"
    cloud.chaos.add("silence", after, times=99)
    before = cloud.chaos.connections

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path) if what == "upload" else engine.download(record.id, target)
        await engine.until(lambda: cloud.chaos.connections > before)
        begun = time.monotonic()
        engine.queue.pause(job)
        assert await engine.reach(job) is State.PAUSED
        assert time.monotonic() - begun < SOON
        cloud.chaos.toxics.clear()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    assert cloud.play(journey).state is State.DONE


@pytest.mark.fault("W-11")
def test_small_records_cost_no_second(cloud: Cloud, tls: ssl.SSLContext) -> None:
    record = cloud.filed(2 << 20)
    tls.sslsocket_class = SmallRecords  # from the next connection on
    begun = time.monotonic()
    assert fetch(cloud, cloud.folder / "back.fnnx", record).state is State.DONE
    assert time.monotonic() - begun < 10  # three thousand records


@pytest.mark.fault("S-11")
def test_a_certificate_that_is_renewed_meanwhile_is_not_noticed(
    cloud: Cloud, tls: ssl.SSLContext, authority: Authority
) -> None:
    path = cloud.artifact(MULTI)

    async def journey(engine: Engine) -> None:
        for number in range(3):
            up = engine.upload(path)
            assert await engine.reach(up) is State.DONE
            assert up.artifact is not None
            tls.load_cert_chain(authority.issue())
            for server in (cloud.front, cloud.store):
                server.cut()  # the connections that the old one was shown on
            down = engine.download(up.artifact.id, cloud.folder / f"{number}.fnnx")
            assert await engine.reach(down) is State.DONE
            assert down.error is None

    cloud.play(journey)


@pytest.mark.fault("S-11")
def test_a_strangers_certificate_gets_nothing_and_costs_nothing(
    cloud: Cloud, tls: ssl.SSLContext, authority: Authority, tmp_path: Path
) -> None:
    """Somebody sits on the line for a while: not one request is made, and what was begun goes on."""
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    tls.load_cert_chain(Authority(tmp_path / "stranger", "/CN=A stranger").issue())

    async def journey(engine: Engine) -> None:
        job = engine.download(record.id, target)
        assert await engine.reach(job) is State.FAILED
        assert "certificate" in str(job.error)
        assert cloud.front.audit == []
        tls.load_cert_chain(authority.certificate)
        engine.queue.resume(job)
        assert await engine.reach(job) is State.DONE

    cloud.play(journey)
