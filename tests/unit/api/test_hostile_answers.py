"""Answers that are meant to hurt: each ends in an error of ours, soon, and in little memory."""

from __future__ import annotations

import functools
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.registries.client_faces import FACES, Recorded, through
from support.registries.scripted import KEY

from dfs_desktop.api import DataForceError, UnexpectedAnswerError
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.protocol import paging
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.object_requests import head_object
from dfs_desktop.api.storage.store_client import Store

PLACE = dict.fromkeys(
    ("organization", "orbit", "collection"), "00000000-0000-7000-8000-000000000001"
)


class Teller:
    """Says the same bytes to whoever asks; ``slowly``: byte by byte, for ever."""

    def __init__(self, said: bytes, *, slowly: bool = False) -> None:
        self._said, self._slowly = said, slowly
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line:
                try:
                    line.recv(65536)
                    line.sendall(self._said)
                    while self._slowly and not self._ended.wait(0.05):
                        line.sendall(b"x")
                    line.shutdown(socket.SHUT_WR)
                    line.settimeout(5)
                    while line.recv(65536):
                        pass
                except OSError:
                    continue

    def close(self) -> None:
        self._ended.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def tell() -> Iterator[Callable[..., Teller]]:
    tellers: list[Teller] = []

    def start(said: bytes, **how: Any) -> Teller:
        tellers.append(Teller(said, **how))
        return tellers[-1]

    yield start
    for teller in tellers:
        teller.close()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers)
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


@functools.cache
def bomb(size: int, times: int = 1) -> bytes:
    """So many zeros, packed so many times."""
    body = bytes(size)
    for _ in range(times):
        packer = zlib.compressobj(9, wbits=31)
        body = packer.compress(body) + packer.flush()
    return body


def refusal(face: str, url: str, **options: Any) -> tuple[DataForceError, float]:
    begun = time.process_time()
    with pytest.raises(DataForceError) as raised:
        through(
            face,
            lambda c: c.model_artifacts.list(),
            **{"base_url": url, "api_key": KEY, **PLACE, **options},
        )
    return raised.value, time.process_time() - begun


@pytest.mark.fault("RL-10")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_an_answer_with_a_byte_order_mark_is_read(tell: Any, face: str, encoding: str) -> None:
    url = tell(answer("[]".encode(encoding), "Content-Type: application/json")).url
    listed = through(
        face, lambda c: c.model_artifacts.list(), base_url=url, api_key=KEY, generation="A", **PLACE
    )
    assert listed == []


@pytest.mark.fault("X-11")
@pytest.mark.parametrize("size", [b"9" * 5000, b"1e" + b"9" * 5000, b'"many"', b"[]"])
def test_a_record_of_an_odd_size_is_listed_and_hides_no_other(tell: Any, size: bytes) -> None:
    url = tell(answer(b'[{"id": "a", "size": %b}, {"id": "b", "size": 7}]' % size)).url
    listed = through(
        "sync",
        lambda c: c.model_artifacts.list(),
        **{"base_url": url, "api_key": KEY, "generation": "A", **PLACE},
    )
    assert [(record.id, record.size) for record in listed] == [("a", 0), ("b", 7)]


@pytest.mark.fault("X-01")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("generation", [None, "A"])
class TestBounds:
    def test_packed_twice(self, tell: Any, face: str, generation: str | None) -> None:
        said = answer(bomb(64 << 20, 2), "Content-Encoding: gzip, gzip")
        error, _ = refusal(face, tell(said).url, generation=generation)
        assert isinstance(error, UnexpectedAnswerError)
        assert "packing" in error.detail

    def test_packed_once(self, tell: Any, face: str, generation: str | None) -> None:
        said = answer(bomb(100 << 20), "Content-Encoding: gzip")
        error, spent = refusal(face, tell(said).url, generation=generation)
        assert isinstance(error, UnexpectedAnswerError)
        assert spent < 5

    def test_packed_nonsense(self, tell: Any, face: str, generation: str | None) -> None:
        said = answer(b"no gzip", "Content-Encoding: gzip")
        error, _ = refusal(face, tell(said).url, generation=generation)
        assert "cannot be unpacked" in error.detail

    def test_interim_answers_without_end(
        self, tell: Any, face: str, generation: str | None
    ) -> None:
        said = b"HTTP/1.1 102 Processing\r\n\r\n" * 300_000
        error, spent = refusal(face, tell(said).url, generation=generation)
        assert "no end of interim answers" in error.detail
        assert spent < 5

    @pytest.mark.fault("X-11")
    @pytest.mark.parametrize("packing", [b"", b"Content-Encoding: gzip\r\n"])
    def test_an_answer_in_tiny_pieces(
        self, tell: Any, face: str, generation: str | None, packing: bytes
    ) -> None:
        begin = b"HTTP/1.1 200 OK\r\n%bTransfer-Encoding: chunked\r\n\r\n" % packing
        begin += b"a\r\n\x1f\x8b\x08\0\0\0\0\0\0\3\r\n" if packing else b""
        pieces = b"5\r\n\0\0\0\xff\xff\r\n" if packing else b"1\r\n \r\n"
        error, spent = refusal(face, tell(begin + pieces * 150_000).url, generation=generation)
        assert "tiny pieces" in error.detail
        assert spent < 5

    def test_an_answer_that_dribbles(self, tell: Any, face: str, generation: str | None) -> None:
        for head in (answer(b"[", "X: y").replace(b"Length: 1", b"Length: 999999"), b"HTTP/1.1 2"):
            error, _ = refusal(
                face, tell(head, slowly=True).url, generation=generation, timeout=0.2
            )
            assert "silent" in error.detail

    def test_an_error_without_end(self, tell: Any, face: str, generation: str | None) -> None:
        said = answer(b"<" * (8 << 20), status="500 Oops")
        error, _ = refusal(face, tell(said).url, generation=generation)
        assert "500" in error.detail

    @pytest.mark.fault("X-11")
    @pytest.mark.parametrize(
        "said",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n[]",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 5000 + b"\r\n[]",
            answer(b"{}", "Date: Mon, 23 Nov " + "9" * 5000 + " 10:00:00 GMT", status="503 No"),
            answer(b"{}", "Date: Mon, 23 Nov 99999999999999999999 10:00:00 GMT", status="503 No"),
            answer(b"{}", "Retry-After: " + "9" * 5000, status="429 No"),
            answer(
                b"{}",
                "Retry-After: Mon, 23 Nov 99999999999999999999 10:00:00 GMT",
                "Date: Mon, 23 Nov 2026 10:00:00 GMT",
                status="429 No",
            ),
            answer(b"", "Location: http://[", status="302 Found"),
            answer(b"", "Location: " + "//" * 4000, status="302 Found"),
            b"\x15\x03\x01\x00\x02\x02\x46",
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"\0" * 200_000,
            answer(b'[{"id": ' + b"9" * 5000 + b"}]"),
            answer(b'[{"id": 1e' + b"9" * 5000 + b"}]"),
            answer(b'{"items": [], "cursor": 7}'),
            answer(b"\xff\xfe[]"),
        ],
        ids=range(15),
    )
    def test_every_header_and_number(
        self, tell: Any, face: str, generation: str | None, said: bytes
    ) -> None:
        refusal(face, tell(said).url, generation=generation)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "said", [answer(b"", "Odd Name: 1"), answer(b"", "Content-Length: 1"), b"\0\0\x12"]
)
def test_an_answer_that_is_no_http_is_not_called_a_closed_connection(
    tell: Any, face: str, said: bytes
) -> None:
    error, _ = refusal(face, tell(said).url, generation="G")
    assert "no HTTP: " in error.detail


@pytest.mark.fault("X-11")
@pytest.mark.parametrize("face", FACES)
def test_a_list_with_ever_new_cursors_ends(face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 20)
    pages = [
        {"status": 200, "json": {"items": [{"id": f"i{n}"}], "cursor": f"c{n}"}} for n in range(60)
    ]
    with pytest.raises(UnexpectedAnswerError, match="does not end"):
        through(
            face,
            lambda c: c.model_artifacts.list(),
            base_url="https://api.example",
            api_key=KEY,
            generation="G",
            transport=Recorded(pages),
            **PLACE,
        )


@pytest.mark.fault("X-11")
@pytest.mark.parametrize(
    "head",
    [
        "206 Partial\r\nContent-Range: bytes 0-0/" + "9" * 5000,
        "416 No\r\nContent-Range: bytes */" + "9" * 5000,
        "200 OK\r\nContent-Length: " + "9" * 5000,
        "302 Found\r\nLocation: http://[",
        "302 Found\r\nLocation: http://x:y/",
        "302 Found\r\nLocation: //" + "x" * 9000,
    ],
    ids=range(6),
)
def test_headers_of_a_store(tell: Any, head: str) -> None:
    said = f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode()
    url = tell(said).url
    store = Store(read_address(url, allow_http=False))
    try:
        found = head_object(f"{url}/a", store, Meter())
    except DataForceError:
        pass
    else:
        assert found is not None
        assert found.size in (None, 0)
    finally:
        store.close()
