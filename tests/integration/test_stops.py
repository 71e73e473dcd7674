"""W-17, W-12: an upload or a download that is stopped at any moment tells the truth about it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable

import pytest
from fault_injection import points
from support.stores.place import Place, sha256
from support.stores.registry import PART

from dfs_desktop.api import AsyncDataForceClient, DataForceClient, Meter, TransferCancelled, metered

pytestmark = pytest.mark.any_connection

SINGLE, MULTI = 2 * PART + 4000, 5 * PART + 100


@pytest.mark.fault("W-17", "W-01", "RL-09")
@pytest.mark.parametrize("size", [SINGLE, MULTI])
def test_a_stop_at_any_moment_tells_the_truth(
    place: Place, size: int, sampled: Callable[[Iterable[str]], list[str]]
) -> None:
    """Uploaded and returned, or cancelled and gone; with ``meter.stop()`` at every point."""
    path = place.artifact(size)
    seen: list[str] = []
    with points.watched(seen.append):
        place.upload("sync", path)
    assert len(set(seen)) > 8
    returned = 0
    for point in sampled(dict.fromkeys(seen)) if size == MULTI else dict.fromkeys(seen):
        before, meter = len(place.service.records()), Meter()

        def hear(name: str, point: str = point, meter: Meter = meter) -> None:
            if name == point:
                meter.stop()

        with (
            DataForceClient(**place.service.options) as client,
            metered(meter),
            points.watched(hear),
        ):
            try:
                record = client.model_artifacts.upload(str(path), "name")
            except TransferCancelled:
                assert len(place.service.records()) == before, f"{point}: a record is left"
            else:
                assert record.status == "uploaded", point
                assert len(place.service.records()) == before + 1, point
                returned += 1
        assert set(place.service.statuses()) == {"uploaded"}, point
    assert 0 < returned < len(set(seen))


@pytest.mark.fault("W-17")
@pytest.mark.parametrize("place", [False], indirect=True, ids=["careful"])
@pytest.mark.parametrize("replaces", [False, True])
def test_a_download_stopped_at_any_moment_tells_the_truth(place: Place, replaces: bool) -> None:
    """The file is there and checked, or the stop is told and nothing has changed."""
    path = place.artifact(SINGLE)
    record = place.upload("sync", path)
    target = place.folder / "there" / "model.fnnx"
    target.parent.mkdir()

    def fetch(meter: Meter) -> None:
        with DataForceClient(**place.service.options) as client, metered(meter):
            client.model_artifacts.download(record.id, str(target))

    def reset() -> None:
        target.unlink(missing_ok=True)
        if replaces:
            target.write_bytes(b"what was there")

    seen: list[str] = []
    with points.watched(seen.append):
        fetch(Meter())
    arrived = 0
    for point in dict.fromkeys(seen):
        meter = Meter()

        def hear(name: str, point: str = point, meter: Meter = meter) -> None:
            if name == point:
                meter.stop()

        reset()
        before = {each.name: each.read_bytes() for each in target.parent.iterdir()}
        with points.watched(hear):
            try:
                fetch(meter)
            except TransferCancelled:
                after = {each.name: each.read_bytes() for each in target.parent.iterdir()}
                assert after == before, point
            else:
                assert sha256(target) == sha256(path), point
                assert len(list(target.parent.iterdir())) == 1, point
                arrived += 1
    assert 0 < arrived < len(set(seen))


@pytest.mark.fault("W-17", "W-12")
@pytest.mark.parametrize("place", [False], indirect=True, ids=["careful"])
@pytest.mark.parametrize("replaces", [False, True])
def test_a_download_whose_task_is_cancelled_at_any_moment_leaves_no_file(
    place: Place, replaces: bool
) -> None:
    """Nothing has changed then; only what has replaced a file stays, and the exception says so."""
    path = place.artifact(SINGLE)
    record = place.upload("sync", path)
    target = place.folder / "there" / "model.fnnx"
    target.parent.mkdir()

    async def fetch(at: str, seen: list[str]) -> list[str] | None:
        """What the exception says beside itself; None when the file arrived."""
        loop = asyncio.get_running_loop()
        async with AsyncDataForceClient(**place.service.options) as client:
            task = asyncio.ensure_future(client.model_artifacts.download(record.id, str(target)))

            def hear(name: str) -> None:
                seen.append(name)
                if name == at:
                    if threading.current_thread() is threading.main_thread():
                        task.cancel()
                    else:
                        loop.call_soon_threadsafe(task.cancel)

            with points.watched(hear):
                try:
                    await task
                except asyncio.CancelledError as error:
                    return getattr(error, "__notes__", [])
        return None

    every: list[str] = []
    asyncio.run(fetch("", every))
    cancelled = 0
    for point in dict.fromkeys(every):
        target.unlink(missing_ok=True)
        if replaces:
            target.write_bytes(b"what was there")
        told = asyncio.run(fetch(point, []))
        found = [each.read_bytes() for each in target.parent.iterdir()]
        if told == []:
            assert found == [b"what was there"] * replaces, point
        else:
            assert found == [path.read_bytes()], point
            assert told is None or (replaces and "stays" in told[0]), point
        cancelled += told is not None
    assert cancelled > 4
