"""D-01 to D-08, D-11, D-12: downloads whose storage breaks off, changes, lies or forgets."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from support.registries.faults import first, status
from support.stores.faults import refused

from dfs_desktop.api import ChecksumError, FileDownloadError
from dfs_desktop.api.errors import MissingFileError
from dfs_desktop.transfers.job import Job, State
from fault_injection.cloud import Cloud, sha256
from fault_injection.engine import Engine
from fault_injection.fetching import SIZE, change, fetch, go_on, half, halfway, part, ranges


@pytest.mark.fault("D-01")
@pytest.mark.parametrize("percent", [0, 1, 50, 99, 100])
def test_d01_a_reset_connection_goes_on_where_it_broke(
    make_cloud: Callable[..., Cloud], percent: int
) -> None:
    cloud = make_cloud(chaos=True)
    assert cloud.chaos is not None
    record = cloud.filed(SIZE)
    cloud.chaos.add("limit_data", percent * SIZE // 100 + (200 if percent else 0), times=1)
    job = fetch(cloud, cloud.folder / "back.fnnx", record)
    assert job.state is State.DONE
    asked = [seen for seen in cloud.store.audit if seen.step == "get"]
    starts = [
        int(found[1]) for text in ranges(cloud) if (found := re.match(r"bytes=(\d+)-", text or ""))
    ]
    assert len(asked) <= 2
    for seen in asked:
        assert ("range" in seen.headers) == ("if-range" in seen.headers)
    if percent in (50, 99):  # what had come is not fetched again
        assert starts
        assert starts[0] > (percent - 5) * SIZE // 100


@pytest.mark.fault("D-01")
@pytest.mark.parametrize(
    ("kind", "value"),
    [("latency", 0.02), ("slicer", 700), ("bandwidth", 4 << 20), ("slow_close", 0.05)],
)
def test_d01_a_poor_line_only_takes_longer(
    make_cloud: Callable[..., Cloud], kind: str, value: float
) -> None:
    cloud = make_cloud(chaos=True)
    assert cloud.chaos is not None
    record = cloud.filed(SIZE)
    cloud.chaos.add(kind, value)
    assert fetch(cloud, cloud.folder / "back.fnnx", record).state is State.DONE


@pytest.mark.fault("D-01")
def test_d01_the_next_run_goes_on_from_what_is_durable(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    half(cloud, target, record)
    (partial,) = cloud.folder.glob(".*.dfspart")
    assert not target.exists()
    job = go_on(cloud)
    assert job.state is State.DONE
    (asked,) = [seen for seen in cloud.store.audit if seen.step == "get"]
    assert asked.headers["range"] == f"bytes={SIZE // 2}-"
    assert asked.headers["if-range"].startswith('"')
    assert not partial.exists()


@pytest.mark.fault("D-02")
def test_d02_a_store_that_ignores_ranges_starts_over(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    half(cloud, target, record)

    def whole(handler: Any) -> bool:
        del handler.headers["Range"]
        return False

    cloud.store.script("get", whole)
    seen: list[int] = []

    async def journey(engine: Engine) -> None:
        (job,) = await engine.restore()
        await engine.until(lambda: seen.append(job.snapshot().permille) or not job.state.busy)
        assert job.state is State.DONE

    cloud.play(journey)
    assert sorted(seen)[-2] < 1000  # only the last look, at the end, says that all is there


@pytest.mark.fault("D-03")
@pytest.mark.any_connection
def test_d03_a_wrong_range_is_asked_for_once_more_then_refused(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    content, etag = cloud.stored(record).content(), f'"{cloud.stored(record).etag}"'
    wrong = part(0, 99, SIZE, content[:100], etag)
    half(cloud, target, record)
    cloud.store.script("get", wrong)
    assert go_on(cloud).state is State.DONE
    assert None in ranges(cloud)  # the second try asked for the whole


@pytest.mark.fault("D-03")
@pytest.mark.any_connection
@pytest.mark.parametrize(
    ("start", "end", "total"), [(0, 99, SIZE), (1, 100, "*"), (SIZE // 2, SIZE + 10, SIZE + 11)]
)
def test_d03_a_store_that_only_sends_wrong_ranges_is_refused(
    cloud: Cloud, start: int, end: int, total: int | str
) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    etag = f'"{cloud.stored(record).etag}"'
    half(cloud, target, record)
    body = b"x" * (end - start + 1)
    cloud.store.script("get", *[part(start, end, total, body, etag)] * 40)
    job = go_on(cloud)
    assert job.state is State.FAILED
    assert "wrong range" in str(job.error)
    assert not target.exists()


@pytest.mark.fault("D-04")
@pytest.mark.any_connection
def test_d04_the_same_bytes_under_another_etag_are_fetched_from_the_start(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    half(cloud, target, record)
    change(cloud, record, cloud.stored(record).content(), "0" * 32)
    assert go_on(cloud).state is State.DONE
    assert sum(text == "bytes=0-" or text is None for text in ranges(cloud)) <= 1


@pytest.mark.fault("D-04")
@pytest.mark.any_connection
def test_d04_two_states_of_an_object_are_never_mixed(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    half(cloud, target, record)
    cloud.tampered = True
    change(cloud, record, b"z" * SIZE, "1" * 32)
    job = go_on(cloud)
    assert job.state is State.FAILED
    assert isinstance(job.error, ChecksumError)
    assert not target.exists()


@pytest.mark.fault("D-04")
@pytest.mark.any_connection
def test_d04_an_object_that_changes_all_the_time_is_an_error(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    half(cloud, target, record)
    content, numbers = cloud.stored(record).content(), iter(range(1, 99))

    def swap(handler: Any) -> bool:
        etag = f"{next(numbers):032d}"
        change(cloud, record, content, etag)
        return bool(halfway(content, etag, lambda: None)(handler))

    cloud.store.script("get", *[swap] * 12)
    job = go_on(cloud)
    # Each try gives up after the second change; the queue tries again until it stays the same.
    assert job.state is State.DONE
    assert sha256(target) == record.file_hash


@pytest.mark.fault("D-05")
@pytest.mark.any_connection
def test_d05_a_partial_that_is_complete_is_only_checked(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"

    async def journey(engine: Engine) -> None:
        def stop(name: str) -> None:
            if name == "fetch:after":  # on the loop: the file is not renamed any more
                engine.queue.pause(job)

        monkeypatch.setattr("dfs_desktop.api.failpoints._active", True)
        monkeypatch.setattr("dfs_desktop.api.failpoints._note", stop)
        job = engine.download(record.id, target)
        assert await engine.reach(job) is State.PAUSED

    cloud.play(journey)
    monkeypatch.setattr("dfs_desktop.api.failpoints._active", False)
    assert not target.exists()
    cloud.store.audit.clear()
    cloud.store.script("get", *[refused(416, "InvalidRange")] * 9)

    async def again(engine: Engine) -> Job:
        (job,) = await engine.restore()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    assert cloud.play(again).state is State.DONE
    assert ranges(cloud) == []


@pytest.mark.fault("D-07")
@pytest.mark.any_connection
@pytest.mark.parametrize("extra", [b"!", b"!" * 100_000])
@pytest.mark.parametrize("declared", [True, False])
def test_d07_more_than_registered_is_never_kept(cloud: Cloud, extra: bytes, declared: bool) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    body = cloud.stored(record).content() + extra

    def longer(handler: Any) -> bool:
        handler.send_response(200)
        handler.send_header("ETag", '"longer"')
        if declared:
            handler.send_header("Content-Length", str(len(body)))
        handler.close_connection = True
        handler.end_headers()
        handler.wfile.write(body)
        return True

    cloud.store.script("get", *[longer] * 40)
    job = fetch(cloud, target, record)
    assert job.state is State.FAILED
    assert "bytes are registered" in str(job.error)
    assert not target.exists()
    left = list(cloud.folder.glob(".*.dfspart"))
    assert all(path.stat().st_size <= SIZE for path in left)


@pytest.mark.fault("D-08")
@pytest.mark.any_connection
def test_d08_wrong_bytes_are_fetched_once_more(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    content = cloud.stored(record).content()
    spoiled = status(200, content[:-1] + bytes([content[-1] ^ 1]), ETag='"spoiled"')
    cloud.store.script("get", spoiled)
    assert fetch(cloud, target, record).state is State.DONE
    assert cloud.store.count("get") == 2


@pytest.mark.fault("D-08")
@pytest.mark.any_connection
def test_d08_wrong_bytes_that_stay_are_refused_and_can_be_discarded(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    content = cloud.stored(record).content()
    spoiled = status(200, content[:-1] + bytes([content[-1] ^ 1]), ETag='"spoiled"')
    cloud.store.script("get", *[spoiled] * 9)

    async def journey(engine: Engine) -> None:
        job = engine.download(record.id, target)
        await engine.reach(job)
        assert job.state is State.FAILED
        assert isinstance(job.error, ChecksumError)
        assert not target.exists()
        engine.queue.cancel(job)
        await engine.reach(job)
        assert job.state is State.CANCELLED

    cloud.play(journey)
    assert cloud.store.count("get") == 2
    assert not list(cloud.folder.glob(".*.dfspart"))


@pytest.mark.fault("D-11")
@pytest.mark.any_connection
def test_d11_an_expired_link_is_replaced_and_nothing_is_fetched_twice(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    stored = cloud.stored(record)
    breaks = halfway(stored.content(), stored.etag, lambda: cloud.advance(13 * 3600))
    cloud.store.script("get", breaks)
    job = fetch(cloud, target, record)
    assert job.state is State.DONE
    assert cloud.front.count("download_url") == 2
    assert ranges(cloud)[1:] == [f"bytes={SIZE // 2}-"] * 2  # one was refused, one was served
    assert len(engine_states(cloud)) == 3  # waiting, running, done: no failure is shown


def engine_states(cloud: Cloud) -> list[State]:
    (states,) = cloud.engines[-1].states.values()
    return list(dict.fromkeys(states))


@pytest.mark.fault("D-11")
@pytest.mark.any_connection
def test_d11_a_fresh_link_that_is_refused_is_about_rights(cloud: Cloud) -> None:
    record = cloud.filed(SIZE)
    cloud.store.script("get", *[refused(403, "AccessDenied")] * 9)
    job = fetch(cloud, cloud.folder / "back.fnnx", record)
    assert job.state is State.FAILED
    assert isinstance(job.error, FileDownloadError)
    assert "rights" in str(job.error)
    assert cloud.front.count("download_url") == 2


@pytest.mark.fault("D-12", "W-01")
@pytest.mark.any_connection
@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [
        ("s3 that lists", MissingFileError, "is missing in the storage"),
        ("s3", FileDownloadError, "not in the storage, or the bucket's key may not see it"),
        ("azure", MissingFileError, "is missing in the storage"),
    ],
)
def test_d12_a_missing_object_is_called_so(
    make_cloud: Callable[..., Cloud], kind: str, error: type[Exception], said: str
) -> None:
    cloud = make_cloud(kind)
    record = cloud.filed(SIZE)
    cloud.tampered = True
    cloud.store.script("get", first(cloud.store.disk.objects.clear))
    job = fetch(cloud, cloud.folder / "back.fnnx", record)
    assert job.state is State.FAILED
    assert type(job.error) is error
    assert said in str(job.error)


@pytest.mark.fault("D-13")
@pytest.mark.any_connection
def test_d13_a_busy_store_is_asked_again_whatever_it_says_of_waiting(cloud: Cloud) -> None:
    record = cloud.filed(SIZE)
    busy = [status(503, Retry_After=text) for text in ("0", "-5", "junk")]
    cloud.store.script("get", *busy)
    assert fetch(cloud, cloud.folder / "back.fnnx", record).state is State.DONE
    assert cloud.store.count("get") == 4
