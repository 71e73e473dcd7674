"""What a client cannot do to the registry: endless, slow or strange requests (R-07)."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.registries.local import Room, artifact_body, raw

from dfs_desktop.server import Rules

QUICK = Rules(header_seconds=0.5, stall_seconds=0.5, header_bytes=8192, json_bytes=65536)
ORGANIZATIONS = "/users/me/organizations"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A registry with little patience."""
    with Room(tmp_path / "registry", QUICK) as made:
        yield made


@pytest.mark.fault("R-07")
def test_r07_slow_headers_are_cut_off(room: Room) -> None:
    """A connection that drips or says nothing is closed; others are served meanwhile."""
    with socket.create_connection(("127.0.0.1", room.port), timeout=10) as silent:
        with socket.create_connection(("127.0.0.1", room.port), timeout=10) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: 127")
            begin = time.monotonic()
            assert room.json("GET", ORGANIZATIONS)
            assert slow.recv(100) == b""
        assert silent.recv(100) == b""
        assert time.monotonic() - begin < 5


@pytest.mark.fault("R-07")
def test_r07_endless_headers_are_cut_off(room: Room) -> None:
    """One header that never ends, and many that do."""
    for piece in (b"x" * 1000, b"x: y\r\n" * 100):
        with socket.create_connection(("127.0.0.1", room.port), timeout=10) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nlong: ")
            assert _sent_before_cut_off(line, piece) < 10 << 20


def _sent_before_cut_off(line: socket.socket, piece: bytes) -> int:
    for number in range(100_000):
        try:
            line.sendall(piece)
        except OSError:
            return number * len(piece)
    return 100_000 * len(piece)


@pytest.mark.fault("R-07")
def test_r07_large_or_missing_bodies_are_refused(room: Room) -> None:
    """Too long by its own word, too long without a word, and one that does not come."""
    head = (
        f"POST {room.artifacts} HTTP/1.1\nHost: 127.0.0.1:{room.port}\n"
        f"Authorization: Bearer {room.address.api_key}\nContent-Type: application/json\n"
    )
    assert raw(room, f"{head}Content-Length: 10000000000\n")[0] == 413
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    assert raw(room, f"{head}Transfer-Encoding: chunked\n", chunk * 3)[0] == 413
    assert raw(room, f"{head}Content-Length: 100\n", b"{")[0] == 408


@pytest.mark.fault("R-07")
def test_r07_stalled_upload_is_given_up(room: Room) -> None:
    """An upload that stops sending is answered, and leaves nothing behind."""
    url = room.create(size=100)["url"]["parts"][0]["url"]
    path = url.removeprefix(room.address.url)
    head = f"PUT {path} HTTP/1.1\nHost: 127.0.0.1:{room.port}\nContent-Length: 100\n"
    status, text = raw(room, head, b"half")
    assert status == 408
    assert "RequestTimeout" in text
    assert_nothing_arriving(room)


@pytest.mark.fault("R-07")
def test_r07_download_nobody_reads_is_given_up(room: Room) -> None:
    """A reader that stops holds a connection and a file only for so long."""
    url = room.download_url(room.upload(bytes(16 << 20))["id"])
    head = f"GET {url.removeprefix(room.address.url)} HTTP/1.1\r\nHost: 127.0.0.1:{room.port}\r\n"
    with socket.create_connection(("127.0.0.1", room.port), timeout=10) as line:
        line.sendall(head.encode() + b"\r\n")
        time.sleep(1.5)
        received = 0
        while block := _received(line):
            received += len(block)
    assert received < 16 << 20


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(1 << 20)
    except ConnectionError:
        return b""


def assert_nothing_arriving(room: Room) -> None:
    """The folder of unfinished files becomes empty (the last one is removed by a thread)."""
    deadline = time.monotonic() + 5
    while list((room.folder / "incoming").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list((room.folder / "incoming").iterdir()) == []


def test_hostile_json_is_a_422(room: Room) -> None:
    """Whatever cannot be JSON or cannot be stored is refused with a reason, never a 500."""
    headers = {"content-type": "application/json"}
    bodies = [
        b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"a": "\\ud800"}', b"[" * 30000,
        b"1" * 5000, b"NaN", b'{"size": 1e999}', b'{"size": -1e400}',
    ]  # fmt: skip
    for body in bodies:
        answer = room.api.post(room.artifacts, content=body, headers=headers)
        assert answer.status_code == 422, body[:20]
        assert isinstance(answer.json()["detail"], list)
    for changes in ({"size": -(2**70)}, {"size": "x"}, {"size": 1.5}, {"size": None},
                    {"tags": "x"}, {"tags": [1]}, {"metrics": []}, {"file_index": {"a": [1]}},
                    {"file_index": {"a": "x"}}, {"manifest": "x"}):  # fmt: skip
        answer = room.api.post(room.artifacts, json=artifact_body(**changes))
        assert answer.status_code == 422, changes
    assert room.json("GET", room.artifacts) == []


def test_connections_are_limited(tmp_path: Path) -> None:
    """More uploads under way than the limit: the next gets a 503 at once, and the others go on."""
    with Room(tmp_path / "registry", Rules(connections=5)) as room:
        path = room.create(size=100)["url"]["parts"][0]["url"].removeprefix(room.address.url)
        head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{room.port}\r\nContent-Length: 100\r\n\r\n"
        lines = [socket.create_connection(("127.0.0.1", room.port)) for _ in range(6)]
        for line in lines:
            line.sendall(head.encode())
        time.sleep(0.2)
        with httpx.Client(trust_env=False) as late:
            assert late.get(f"{room.address.url}/nowhere").status_code == 503
        for line in lines:
            line.close()
        time.sleep(0.2)
        assert room.json("GET", ORGANIZATIONS)
