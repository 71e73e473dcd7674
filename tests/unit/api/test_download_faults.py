"""One connection at a store that misbehaves: the rows D-03 to D-15 of the fault table, storage side."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.registries.client_faces import secrets_in
from support.stores.ranges import (
    CONTENT,
    SHA256,
    Fault,
    Handler,
    Room,
    cut,
    hurry,
    refuse,
    room_with,
    say,
    whole_instead,
    wrong_part,
)

from dfs_desktop.api import ChecksumError, FileDownloadError, TransferCancelled
from dfs_desktop.api.errors import MissingFileError
from dfs_desktop.api.storage.download import body_writer
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.limits.rate_limiter import RateLimiter
from dfs_desktop.api.storage.store_retry import TRIES

SIZE = len(CONTENT)


@pytest.fixture
def room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: ssl.SSLContext | None
) -> Iterator[Room]:
    hurry(monkeypatch, several=False)
    with room_with(tmp_path, context=tls) as room:
        yield room


@pytest.fixture(params=["straight", "through httpx"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways that a body can come."""
    if request.param != "straight":
        monkeypatch.setattr(body_writer, "_pass_parser", lambda _answer, _left: False)


def failure(room: Room, kind: type[FileDownloadError] = FileDownloadError) -> FileDownloadError:
    """Download, which has to fail with exactly this, tell no secret and leave nothing."""
    with pytest.raises(kind) as caught:
        room.download()
    assert type(caught.value) is kind
    assert secrets_in(caught.value) == []
    assert list(room.folder.iterdir()) == []
    return caught.value


def ranges(room: Room) -> list[str | None]:
    return [headers.get("range") for headers in room.server.audit]


@pytest.mark.usefixtures("way")
class TestBodies:
    @pytest.mark.fault("D-01")
    @pytest.mark.parametrize("after", [0, 1, 65_535, SIZE // 2, SIZE - 1])
    def test_d01_a_break_costs_no_byte(self, room: Room, after: int) -> None:
        room.server.script("get", cut(after))
        assert room.download().read_bytes() == CONTENT
        assert ranges(room) == [None, f"bytes={after}-" if after else None]

    @pytest.mark.fault("D-02")
    def test_d02_a_store_without_ranges_starts_again(self, room: Room) -> None:
        room.server.script("get", cut(SIZE // 2), whole_instead)
        assert room.download().read_bytes() == CONTENT
        assert room.meter.snapshot().done == SIZE

    @pytest.mark.fault("D-02")
    def test_d02_it_does_not_start_again_for_ever(self, room: Room) -> None:
        room.server.gives_ranges = False
        room.server.script("get", *[cut(SIZE // 2)] * 20)
        assert failure(room).retryable
        assert len(room.server.audit) == TRIES

    @pytest.mark.fault("D-07")
    def test_d07_longer_than_registered(self, room: Room) -> None:
        def endless(handler: Handler) -> bool:
            handler.head(200, None, Connection="close")
            handler.close_connection = True
            block = bytes(1 << 16)
            while not handler.server.ended.is_set():
                handler.wfile.write(block)
            return True

        room.server.script("get", endless)
        assert "the storage holds more" in failure(room, ChecksumError).detail

    @pytest.mark.fault("D-06")
    def test_d06_no_length_and_a_clean_end(self, room: Room) -> None:
        def short(handler: Handler) -> bool:
            handler.head(200, None, Connection="close")
            handler.close_connection = True
            handler.send_body(CONTENT[:1000])
            return True

        room.server.script("get", short)
        assert room.download().read_bytes() == CONTENT
        assert ranges(room) == [None, "bytes=1000-"]

    def test_no_length_and_complete(self, room: Room) -> None:
        def whole(handler: Handler) -> bool:
            handler.head(200, None, Connection="close")
            handler.close_connection = True
            handler.send_body(CONTENT)
            return True

        room.server.script("get", whole)
        assert room.download().read_bytes() == CONTENT

    @pytest.mark.fault("D-06")
    @pytest.mark.parametrize("chunked", [False, True])
    def test_d06_no_length_no_end_and_complete(self, room: Room, *, chunked: bool) -> None:
        """A store that says nothing more after the last byte is not waited for."""

        def open_end(handler: Handler) -> bool:
            handler.head(200, None, **({"Transfer_Encoding": "chunked"} if chunked else {}))
            head = f"{len(CONTENT):x}\r\n".encode() if chunked else b""
            handler.send_body(head + CONTENT)
            handler.wfile.flush()
            room.server.ended.wait(40)
            return True

        room.server.script("get", open_end)
        begun = time.monotonic()
        assert room.download().read_bytes() == CONTENT
        assert time.monotonic() - begun < 15
        room.server.ended.set()

    @pytest.mark.fault("D-14")
    def test_d14_a_drip_is_left(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(body_writer, "STALL_SECONDS", 0.1)

        def drip(handler: Handler) -> bool:
            handler.head(200, SIZE)
            for byte in CONTENT[:40]:
                handler.wfile.write(bytes([byte]))
                if handler.server.ended.wait(0.02):
                    break
            return True

        room.server.script("get", drip)
        begin = time.monotonic()
        assert room.download().read_bytes() == CONTENT
        assert time.monotonic() - begin < 2
        assert len(room.server.audit) == 2

    def test_a_stop_is_noticed_while_nothing_comes(self, room: Room) -> None:
        reached = threading.Event()

        def silent(handler: Handler) -> bool:
            handler.head(200, SIZE)
            handler.wfile.write(CONTENT[:100])
            reached.set()
            handler.server.ended.wait(5)
            return True

        def stop() -> None:
            reached.wait(5)
            time.sleep(0.05)
            room.meter.stop()

        room.server.script("get", silent)
        stopper = threading.Thread(target=stop)
        stopper.start()
        with pytest.raises(TransferCancelled):
            room.download()
        stopper.join()
        room.server.ended.set()

    def test_a_bandwidth_limit_holds(self, room: Room) -> None:
        room.meter = Meter(RateLimiter(3 * SIZE))
        begin = time.monotonic()
        assert room.download().read_bytes() == CONTENT
        assert time.monotonic() - begin > 0.05


class TestAnswers:
    @pytest.mark.fault("D-03")
    def test_d03_the_wrong_part_once(self, room: Room) -> None:
        room.server.script("get", cut(5000), wrong_part)
        assert room.download().read_bytes() == CONTENT
        assert ranges(room) == [None, "bytes=5000-", None]

    @pytest.mark.fault("D-03")
    def test_d03_the_wrong_part_again(self, room: Room) -> None:
        room.server.script("get", cut(5000), wrong_part, cut(6000), wrong_part)
        assert "wrong range" in failure(room).detail

    @pytest.mark.fault("D-03")
    @pytest.mark.parametrize(
        "content_range",
        [
            "",
            "bytes */9",
            "bytes 5000-/9",
            "bytes 5000-5999/*",
            f"bytes 5000-{SIZE}/{SIZE}",
            f"bytes 5000-{SIZE - 1}/{SIZE + 1}",
        ],
    )
    def test_d03_ranges_that_do_not_fit(self, room: Room, content_range: str) -> None:
        wrong = say(206, CONTENT[5000:], Content_Range=content_range)
        room.server.script("get", cut(5000), wrong)
        assert room.download().read_bytes() == CONTENT
        assert ranges(room) == [None, "bytes=5000-", None]

    def test_a_part_that_nobody_asked_for(self, room: Room) -> None:
        part = say(206, CONTENT, Content_Range=f"bytes 0-{SIZE - 1}/{SIZE}")
        room.server.script("get", part)
        assert room.download().read_bytes() == CONTENT
        room.server.script("get", part, part)
        assert "wrong range" in failure_beside(room).detail

    @pytest.mark.fault("D-04")
    def test_d04_a_part_of_another_object(self, room: Room) -> None:
        """A store that forgets If-Range, but tells the truth in its ETag."""
        rest = f"bytes 5000-{SIZE - 1}/{SIZE}"
        room.server.script(
            "get", cut(5000), say(206, bytes(SIZE - 5000), Content_Range=rest, ETag='"2"')
        )
        assert room.download().read_bytes() == CONTENT
        assert ranges(room) == [None, "bytes=5000-", None]

    @pytest.mark.fault("D-05")
    @pytest.mark.parametrize("status", [416, 412])
    def test_d05_what_is_not_given_is_not_appended(self, room: Room, status: int) -> None:
        room.server.script("get", cut(5000), say(status, b"<Error/>"))
        assert room.download().read_bytes() == CONTENT

    @pytest.mark.fault("D-05")
    def test_d05_a_complete_file_asks_for_nothing(self, room: Room) -> None:
        partial = room.reserve()
        assert room.fetch(partial)
        room.server.audit.clear()
        assert room.fetch(partial)
        assert room.server.audit == []
        assert partial.commit(SHA256).read_bytes() == CONTENT

    @pytest.mark.fault("D-10")
    def test_d10_what_is_compressed_is_called_so(self, room: Room) -> None:
        packed = gzip.compress(CONTENT)
        room.server.content = packed
        room.server.script("get", say(200, packed, Content_Encoding="gzip"))
        assert "unpacked it would be" in failure(room, ChecksumError).detail

    @pytest.mark.fault("D-10")
    def test_d10_raw_bytes_are_what_counts(self, room: Room) -> None:
        room.server.script("get", say(200, CONTENT, Content_Encoding="gzip"))
        assert room.download().read_bytes() == CONTENT
        assert room.server.audit[0]["accept-encoding"] == "identity"

    @pytest.mark.fault("D-10")
    def test_d10_other_sizes_name_the_packing(self, room: Room) -> None:
        room.server.script("get", *2 * [say(200, CONTENT[:100], Content_Encoding="gzip")])
        assert "compressed" in failure(room, ChecksumError).detail

    @pytest.mark.fault("D-07")
    def test_another_size_is_asked_about_once_more(self, room: Room) -> None:
        room.server.script("get", say(200, CONTENT[1:]))
        assert room.download().read_bytes() == CONTENT

    @pytest.mark.fault("D-12")
    @pytest.mark.parametrize(
        "fault", [say(404), refuse(404, "NoSuchKey"), refuse(404, "BlobNotFound"), say(410)]
    )
    def test_d12_a_record_without_a_file(self, room: Room, fault: Fault) -> None:
        room.server.script("get", fault)
        error = failure(room, MissingFileError)
        assert not error.retryable
        assert len(room.server.audit) == 1

    @pytest.mark.fault("D-11")
    @pytest.mark.parametrize(
        "fault",
        [
            say(403),
            refuse(403, "AccessDenied", "Request has expired"),
            refuse(400, "ExpiredToken", "The provided token has expired"),
        ],
    )
    def test_d11_a_link_that_is_refused(self, room: Room, fault: Fault) -> None:
        room.server.script("get", cut(5000), fault)
        partial = room.reserve()
        assert not room.fetch(partial)
        assert partial.received == 5000
        assert room.fetch(partial)
        assert partial.commit(SHA256).read_bytes() == CONTENT

    @pytest.mark.fault("D-13")
    @pytest.mark.parametrize(
        ("header", "seconds"), [("0", 0.0), ("-5", 0.0), ("soon", 0.0), ("", None)]
    )
    def test_d13_a_busy_store(self, room: Room, header: str, seconds: float | None) -> None:
        busy = say(503, b"<Error><Code>SlowDown</Code></Error>", Retry_After=header)
        room.server.script("get", *[busy] * TRIES)
        error = failure(room)
        assert error.retryable
        assert error.retry_after == seconds
        assert "SlowDown" in error.detail

    @pytest.mark.fault("D-13")
    def test_d13_a_wait_that_is_asked_for_is_waited(self, room: Room) -> None:
        room.server.script("get", say(429, Retry_After="1"))
        stopper = threading.Timer(0.2, room.meter.stop)
        stopper.start()
        with pytest.raises(TransferCancelled):
            room.download()
        stopper.join()
        assert len(room.server.audit) == 1

    def test_breaks_with_progress_do_not_use_up_the_patience(self, room: Room) -> None:
        room.server.script("get", *[cut(1000)] * 12)
        assert room.download().read_bytes() == CONTENT
        assert len(room.server.audit) == 13

    def test_breaks_without_progress_do(self, room: Room) -> None:
        room.server.script("get", cut(1000), *[cut(0)] * 2 * TRIES)
        assert failure(room).retryable
        assert len(room.server.audit) == TRIES

    def test_an_empty_object(self, tmp_path: Path) -> None:
        with room_with(tmp_path, b"") as empty:
            assert empty.download("").read_bytes() == b""
            empty.server.script("get", say(404))
            with pytest.raises(MissingFileError):
                empty.download("")


def failure_beside(room: Room) -> FileDownloadError:
    """A failure that leaves the file of an earlier success alone."""
    with pytest.raises(FileDownloadError) as caught:
        room.download()
    assert [path.read_bytes() for path in room.folder.iterdir()] == [CONTENT]
    return caught.value
