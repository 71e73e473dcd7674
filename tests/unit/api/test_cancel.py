"""Stopping in every phase: the bytes stop, what was begun is tidied, the loop never waits."""

from __future__ import annotations

import asyncio
import io
import signal
import ssl
import tarfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import SAMPLE
from support.registries.faults import first, stall, stall_body
from support.registries.scripted import Stage

from dfs_desktop.api import (
    AsyncDataForceClient,
    DataForceClient,
    Meter,
    Phase,
    TransferCancelled,
    metered,
)

CONTENT = b"x" * 1_000_000
SOON = 3.0  # seconds; a stop has to be noticed within one, the rest is for slow machines


@pytest.fixture
def stage(tls: ssl.SSLContext | None) -> Iterator[Stage]:
    with_stage = Stage(context=tls)
    yield with_stage
    with_stage.close()


async def until(reached: Callable[[], bool]) -> None:
    """Wait for something that happens on another thread."""
    for _ in range(10_000):
        if reached():
            return
        await asyncio.sleep(0.001)
    pytest.fail("never reached")


class Timed:
    """How long it took from the wish to the end."""

    def __init__(self) -> None:
        self.wished = 0.0

    def wish(self, stop: Callable[[], object]) -> None:
        self.wished = time.monotonic()
        stop()

    def check(self) -> None:
        assert self.wished, "the phase was never reached"
        assert time.monotonic() - self.wished < SOON


def cancel_in(
    stage: Stage, step: str, begin: Callable[[Any], Awaitable[Any]], meter: Meter
) -> Timed:
    """Cancel the task while ``step`` stalls or right after it was reached; CancelledError is due."""
    timed = Timed()
    reached = threading.Event()
    stage.faults.setdefault(step, []).insert(0, first(reached.set))
    queue = stage.faults[step]
    if len(queue) > 1:  # mark and stall are one fault
        marked = queue[1]
        queue[0:2] = [lambda handler: bool(reached.set()) or marked(handler)]

    async def run() -> None:
        async with AsyncDataForceClient(**stage.options) as client:
            with metered(meter):
                task = asyncio.ensure_future(begin(client))
            await until(reached.is_set)
            timed.wish(task.cancel)
            with pytest.raises(asyncio.CancelledError):
                await task
            timed.check()

    asyncio.run(run())
    return timed


def upload(client: Any) -> Any:
    return client.model_artifacts.upload(str(SAMPLE), "name")


class TestTaskCancelled:
    @pytest.mark.parametrize("step", ["put", "complete"])
    def test_while_a_store_stalls(self, stage: Stage, step: str) -> None:
        stage.part_size = 5000 if step == "complete" else None
        stage.script(step, stall)
        cancel_in(stage, step, upload, Meter())
        assert stage.statuses() == []

    def test_while_parts_stall(self, stage: Stage) -> None:
        stage.part_size = 3000
        stage.script("put", *[stall] * 8)
        cancel_in(stage, "put", upload, Meter())
        assert stage.statuses() == []

    @pytest.mark.parametrize("step", ["create", "patch"])
    def test_what_was_asked_is_awaited(self, stage: Stage, step: str) -> None:
        """A creation or confirmation on its way is not torn: its answer decides what to undo."""

        def slow(_handler: Any) -> bool:
            time.sleep(0.3)
            return False

        stage.script(step, slow)
        cancel_in(stage, step, upload, Meter())
        assert (stage.statuses(), stage.objects) == ([], {})
        assert stage.count("create") == 1

    def test_before_anything(self, stage: Stage) -> None:
        async def run() -> None:
            async with AsyncDataForceClient(**stage.options) as client:
                task = asyncio.ensure_future(client.model_artifacts.upload(str(SAMPLE), "name"))
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

        asyncio.run(run())
        assert stage.audit == []

    def test_while_hashing(self, stage: Stage, tmp_path: Path) -> None:
        big = _grown(tmp_path, 600 << 20)

        async def run() -> Meter:
            meter = Meter()
            async with AsyncDataForceClient(**stage.options) as client:
                with metered(meter):
                    task = asyncio.ensure_future(client.model_artifacts.upload(str(big), "n"))
                await until(lambda: meter.phase is Phase.HASHING and meter.done > 0)
                task.cancel()
                begun = time.monotonic()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert time.monotonic() - begun < SOON
            return meter

        meter = asyncio.run(run())
        assert meter.done < big.stat().st_size
        assert stage.audit == []

    @pytest.mark.parametrize("step", ["list", "download-url", "get"])
    def test_downloads(self, stage: Stage, tmp_path: Path, step: str) -> None:
        record = stage.add(CONTENT)
        stage.script(step, stall_body if step == "get" else stall)
        target = tmp_path / "out.fnnx"
        target.write_bytes(b"old")
        cancel_in(
            stage, step, lambda c: c.model_artifacts.download(record["id"], str(target)), Meter()
        )
        assert [path.name for path in tmp_path.iterdir()] == ["out.fnnx"]
        assert target.read_bytes() == b"old"

    def test_deletion_before_the_object(self, stage: Stage) -> None:
        record = stage.add(CONTENT)
        stage.script("delete", stall)
        cancel_in(stage, "delete", lambda c: c.model_artifacts.delete(record["id"]), Meter())
        assert stage.statuses() == ["deletion_failed"]

    def test_twice(self, stage: Stage) -> None:
        """An impatient second cancel does not keep the clean-up from ending."""
        stage.script("put", stall)

        def slow(_handler: Any) -> bool:
            time.sleep(0.3)
            return False

        stage.script("forget", slow)

        async def run() -> None:
            async with AsyncDataForceClient(**stage.options) as client:
                task = asyncio.ensure_future(upload(client))
                await until(lambda: bool(stage.count("put")))
                task.cancel()
                await until(lambda: bool(stage.count("forget")))
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

        asyncio.run(run())
        assert stage.statuses() == []

    def test_closing_the_client_stops_what_runs(self, stage: Stage) -> None:
        stage.script("put", stall)

        async def run() -> None:
            client = AsyncDataForceClient(**stage.options)
            task = asyncio.ensure_future(upload(client))
            await until(lambda: bool(stage.count("put")))
            await client.aclose()
            with pytest.raises(TransferCancelled):
                await task

        asyncio.run(run())
        assert stage.statuses() == []

    def test_no_connection_is_lost(self, stage: Stage) -> None:
        """Cancelling many requests at once must not use up the pool."""

        async def run() -> None:
            async with AsyncDataForceClient(**stage.options) as client:
                for _ in range(15):
                    tasks = [
                        asyncio.ensure_future(client.model_artifacts.list()) for _ in range(30)
                    ]
                    await asyncio.sleep(0.004)
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
                assert await asyncio.wait_for(client.model_artifacts.list(), 10) == []

        asyncio.run(run())


class TestMeterStopped:
    """``meter.stop()`` from another thread, the only way to stop the blocking face politely."""

    @pytest.mark.parametrize(
        ("step", "fault"), [("put", stall), ("complete", stall), ("get", stall_body)]
    )
    def test_blocking(self, stage: Stage, tmp_path: Path, step: str, fault: Any) -> None:
        stage.part_size = 5000 if step == "complete" else None
        record = stage.add(CONTENT)
        stage.script(step, fault)
        meter, timed = Meter(), Timed()

        def stop() -> None:
            while not stage.count(step):
                time.sleep(0.005)
            timed.wish(meter.stop)

        stopper = threading.Thread(target=stop)
        stopper.start()
        with DataForceClient(**stage.options) as client, metered(meter):
            begin: Callable[[], Any] = lambda: upload(client)  # noqa: E731
            if step == "get":
                begin = lambda: client.model_artifacts.download(record["id"], str(tmp_path / "x"))  # noqa: E731
            with pytest.raises(TransferCancelled):
                begin()
            timed.check()
            stopper.join()
        assert stage.statuses() == ["uploaded"]
        assert list(tmp_path.iterdir()) == []

    def test_awaiting(self, stage: Stage) -> None:
        stage.script("put", stall)
        meter = Meter()

        async def run() -> None:
            async with AsyncDataForceClient(**stage.options) as client:
                with metered(meter):
                    task = asyncio.ensure_future(upload(client))
                await until(lambda: bool(stage.count("put")))
                meter.stop()
                with pytest.raises(TransferCancelled):
                    await task

        asyncio.run(run())
        assert stage.statuses() == []

    def test_already_stopped(self, stage: Stage) -> None:
        meter = Meter()
        meter.stop()
        with (
            DataForceClient(**stage.options) as client,
            metered(meter),
            pytest.raises(TransferCancelled),
        ):
            upload(client)
        assert stage.audit == []


def test_ctrl_c_cleans_up(stage: Stage) -> None:
    stage.script("put", stall)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored behind a shell's &

    def interrupt() -> None:
        while not stage.count("put"):
            time.sleep(0.005)
        signal.raise_signal(signal.SIGINT)

    killer = threading.Thread(target=interrupt)
    killer.start()
    try:
        with DataForceClient(**stage.options) as client, pytest.raises(KeyboardInterrupt):
            upload(client)
    finally:
        signal.signal(signal.SIGINT, before)
    killer.join()
    assert stage.statuses() == []


def _grown(tmp_path: Path, size: int) -> Path:
    """A real artifact with one large sparse member."""
    path = tmp_path / "big.fnnx"
    with tarfile.open(SAMPLE) as source, path.open("wb") as raw:
        with tarfile.open(fileobj=raw, mode="w") as archive:
            for member in source.getmembers():
                content = source.extractfile(member) if member.isfile() else None
                archive.addfile(member, io.BytesIO(content.read()) if content else None)
            info = tarfile.TarInfo("variant_artifacts/weights.bin")
            info.size = size
            raw.write(info.tobuf())
        # The archive's own end was written at its old place; put it behind the sparse member.
        raw.seek(0, 2)
        raw.truncate(raw.tell() - raw.tell() % 512 + size + 1024)
    return path


def test_the_loop_never_waits(stage: Stage, tmp_path: Path) -> None:
    """A ticker goes on while a large file is hashed, sent, received and checked."""
    big = _grown(tmp_path, 80 << 20)
    gaps: list[float] = []

    async def tick() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    async def run() -> None:
        async with AsyncDataForceClient(**stage.options) as client:
            ticker = asyncio.ensure_future(tick())
            meter = Meter()
            with metered(meter):
                record = await client.model_artifacts.upload(str(big), "big")
            assert meter.snapshot().phase is Phase.FINISHED
            assert meter.artifact_id == record.id
            await client.model_artifacts.download(record.id, str(tmp_path / "back.fnnx"))
            ticker.cancel()

    asyncio.run(run())
    assert (tmp_path / "back.fnnx").stat().st_size == big.stat().st_size
    assert len(gaps) > 20
    # The stage shares this process and its lock: the bound is far above what the client causes,
    # far below what one blocking call would.
    assert max(gaps) < 0.5
