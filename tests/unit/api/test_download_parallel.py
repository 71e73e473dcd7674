"""Downloads over several connections from a store that is slow per connection, and fails meanwhile."""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stores.ranges import (
    CONTENT,
    SHA256,
    Fault,
    Handler,
    Room,
    cut,
    hurry,
    open_files,
    refuse,
    room_with,
    say,
    whole_instead,
    wrong_part,
)

from dfs_desktop.api import FileDownloadError, TransferCancelled
from dfs_desktop.api.errors import DiskFullError
from dfs_desktop.api.storage.download import range_workers
from dfs_desktop.api.storage.download.range_workers import MOST
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.limits.rate_limiter import RateLimiter
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.store_client import CONNECTIONS

RATE = 8_000_000


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def room(tmp_path: Path, tls: ssl.SSLContext | None) -> Iterator[Room]:
    with room_with(tmp_path, rate=RATE, context=tls) as room:
        yield room


def test_a_store_that_gives_parts_is_asked_over_several_connections_from_the_start(
    room: Room,
) -> None:
    everybody = threading.Barrier(MOST - 1)

    def wait_for_the_others(_handler: Handler) -> bool:
        everybody.wait(10)
        return False

    # The first answer tells that there are ranges; all others are held until they have come.
    room.server.script("get", None, *[wait_for_the_others] * (MOST - 1))
    assert room.download().read_bytes() == CONTENT
    # The first one, which was asked for all, ends before its answer does.
    assert room.server.connections in (MOST, MOST + 1)
    first, *further = room.server.audit
    assert first["range"].startswith("bytes=0-")
    assert "if-range" not in first
    assert all(headers["if-range"] == '"one"' for headers in further)
    assert room.meter.snapshot().done == len(CONTENT)
    # Pieces follow one another: nobody receives what another one has already.
    asked = [headers["range"][6:].split("-") for headers in room.server.audit]
    starts = sorted(int(start) for start, _ in asked)
    assert len(set(starts)) == len(starts)


@pytest.mark.fault("W-11")
def test_connections_serve_piece_after_piece_and_file_after_file(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(range_workers, "seconds_waited", time.monotonic)  # as where the CPU is free
    room.server.rate = 2 * RATE
    for _ in range(3):
        assert room.download().read_bytes() == CONTENT
    assert len(room.server.audit) >= 3 * MOST
    assert room.server.connections <= MOST + 2 + 3  # of each file one, whose answer was cut short


def test_a_store_that_soon_brings_all_of_it_is_asked_over_one_connection(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening others would cost more than they bring, and most on encrypted ones."""
    monkeypatch.setattr(range_workers, "WORTH", 60.0)  # seconds, so that a loaded machine passes
    room.server.rate = None
    assert room.download().read_bytes() == CONTENT
    assert room.server.connections == 1


def test_a_connection_that_is_not_waited_for_is_the_only_one(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(range_workers, "seconds_waited", lambda: 0.0)
    assert room.download().read_bytes() == CONTENT
    assert room.server.connections == 1


def test_a_small_file_is_asked_for_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_workers, "SMALL", len(CONTENT) + 1)
    assert room.download().read_bytes() == CONTENT
    assert len(room.server.audit) == 1
    assert "range" not in room.server.audit[0]


def test_a_bandwidth_limit_of_ours_needs_one_connection(room: Room) -> None:
    room.meter = Meter(RateLimiter(4 * len(CONTENT)))
    assert room.download().read_bytes() == CONTENT
    assert room.server.most == 1


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_strong_etag_it_stays_with_one(room: Room, etag: str) -> None:
    room.server.etag, room.server.rate = etag, 4 * RATE
    assert room.download().read_bytes() == CONTENT
    assert [headers.get("range") is None for headers in room.server.audit] == [False, True]


def test_a_store_whose_ranges_are_a_promise_only(room: Room) -> None:
    """Its first answer is read to its end."""
    room.server.gives_ranges, room.server.rate = False, 4 * RATE
    assert room.download().read_bytes() == CONTENT
    assert len(room.server.audit) == 1


def test_a_store_that_bears_four_connections_is_asked_over_four(room: Room) -> None:
    """D-13: the others are refused with SlowDown, and are not tried again at once."""
    refused = []

    def slow_down(handler: Handler) -> bool:
        if handler.server.now <= 4:
            return False
        refused.append(handler)
        return refuse(503, "SlowDown")(handler)

    room.server.script("get", *[slow_down] * 1000)
    assert room.download().read_bytes() == CONTENT
    assert len(refused) <= 12


def test_a_connection_that_lags_behind_is_relieved(room: Room) -> None:
    """The last piece does not take as long as its connection would."""

    def lag(handler: Handler) -> bool:
        handler.server.slow = handler
        return False

    room.server.script("get", None, None, lag)
    begun = time.monotonic()
    assert room.download().read_bytes() == CONTENT
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("at", [1, 4])
@pytest.mark.parametrize(
    "fault",
    [
        cut(0),
        cut(3000),
        refuse(503, "SlowDown"),
        refuse(500, "InternalError"),
        whole_instead,
        say(416),
        wrong_part,
    ],
    ids=["cut0", "cut3000", "503", "500", "whole", "416", "wrong"],
)
def test_a_fault_of_one_connection_costs_at_most_time(room: Room, fault: Fault, at: int) -> None:
    room.server.script("get", *[None] * at, fault)
    assert room.download().read_bytes() == CONTENT


def test_an_expired_link_keeps_what_arrived(room: Room) -> None:
    expired = refuse(403, "AccessDenied", "Request has expired")
    room.server.script("get", None, None, None, *[expired] * 30)
    partial = room.reserve()
    try:
        assert not room.fetch(partial)
        before = partial.received
        assert 0 < before < len(CONTENT)
        room.server.faults.clear()
        room.server.audit.clear()
        assert room.fetch(partial)
        assert "range" in room.server.audit[0]
        assert partial.commit(SHA256).read_bytes() == CONTENT
    finally:
        partial.discard()


def test_an_object_replaced_meanwhile_is_never_mixed(room: Room) -> None:
    """D-04: what came of the first object is forgotten, once."""

    def swap(handler: Handler) -> bool:
        if handler.server.etag == '"one"':
            handler.server.etag, handler.server.content = '"two"', CONTENT
        return False

    room.server.content = CONTENT[::-1]
    room.server.script("get", None, None, None, swap)
    assert room.download().read_bytes() == CONTENT
    assert room.meter.snapshot().done == len(CONTENT)


def test_an_object_that_keeps_changing_is_an_error(room: Room) -> None:
    def change(handler: Handler) -> bool:
        handler.server.etag = f'"{random.random()}"'
        handler.give(200_000)
        return True

    room.server.script("get", *[change] * 20)
    with pytest.raises(FileDownloadError, match="replaced twice"):
        room.download()
    assert list(room.folder.iterdir()) == []


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_bytes_are_right(room: Room, seed: int) -> None:
    chance = random.Random(seed)
    faults: list[Fault | None] = [
        None,
        None,
        None,
        cut(chance.randrange(200_000)),
        cut(chance.randrange(100)),
        refuse(503, "SlowDown"),
        whole_instead if seed % 2 else None,
    ]
    room.server.script("get", *(chance.choice(faults) for _ in range(60)))
    room.server.rate = 4 * RATE
    try:
        assert room.download().read_bytes() == CONTENT
    except FileDownloadError:
        assert list(room.folder.iterdir()) == []


@pytest.mark.parametrize("after", [0.0, 0.05, 0.1, 0.2])
def test_stopped_at_any_moment(room: Room, after: float) -> None:
    room.server.rate = RATE // 20
    files = open_files()
    partial = room.reserve()
    timer = threading.Timer(after, room.meter.stop)
    timer.start()
    with pytest.raises(TransferCancelled):
        room.fetch(partial, keep=True)
    timer.join()
    partial.discard()
    room.check_nothing_held()
    assert list(room.folder.iterdir()) == []
    assert open_files() <= files + 2 * CONNECTIONS
    assert not [each for each in threading.enumerate() if each.name in ("dfs-range", "dfs-hash")]


def test_a_connection_that_hangs_is_not_waited_for(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dfs_desktop.api.storage.download.range_queue.STILL", 0.2)

    def hang(handler: Handler) -> bool:
        start, end = handler.asked() or (0, len(CONTENT))
        extra = f"bytes {start}-{end - 1}/{len(CONTENT)}"
        handler.head(206, end - start, Content_Range=extra)
        handler.server.ended.wait(1.0)  # should it be the first one's, which waits for a minute
        handler.close_connection = True
        return True

    room.server.script("get", None, hang)
    assert room.download().read_bytes() == CONTENT


def test_four_at_once_share_the_connections(tmp_path: Path, tls: ssl.SSLContext | None) -> None:
    with room_with(tmp_path, rate=2 * RATE, context=tls) as room:
        results: list[bytes] = []

        def download(number: int) -> None:
            partial = room.reserve(f"{number}.fnnx")
            assert room.fetch(partial)
            results.append(partial.commit(SHA256).read_bytes())

        threads = [threading.Thread(target=download, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [CONTENT] * 4
        assert room.store.slots.share == CONNECTIONS


def test_a_full_disk_stops_all_connections_and_keeps_the_bytes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk says so to any one of them; what came before can be gone on from."""
    real = PartialFile._write

    def write(self: object, descriptor: int, view: memoryview, offset: int) -> None:
        if offset + len(view) > len(CONTENT) // 2:
            raise OSError(28, "No space left on device")
        real(self, descriptor, view, offset)  # type: ignore[arg-type]

    partial = room.reserve()
    with monkeypatch.context() as patch:
        patch.setattr(PartialFile, "_write", write)
        with pytest.raises(DiskFullError) as caught:
            room.fetch(partial)
    assert caught.value.retryable
    assert caught.value.folder == str(room.folder)
    assert 0 < caught.value.needed <= len(CONTENT)
    assert partial.received > 0
    assert room.fetch(partial)
    assert partial.commit(SHA256).read_bytes() == CONTENT
