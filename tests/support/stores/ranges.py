"""A store that gives ranges, slowly when asked to, and fails on demand; and a way to fetch from it."""

from __future__ import annotations

import contextlib
import hashlib
import random
import re
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.network.scripted_server import Fault, ScriptedHandler, ScriptedServer

from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.protocol.checkpoint import Checkpoint
from dfs_desktop.api.storage.download.downloader import fetch_bytes
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.local.partial_file_opening import reserve
from dfs_desktop.api.storage.store_client import CONNECTIONS, Store

CONTENT = random.Random(1).randbytes(2 << 20)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class RangeStore(ScriptedServer):
    """One object. Its audit holds the headers of each request."""

    def __init__(
        self,
        content: bytes = CONTENT,
        rate: int | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.content, self.rate = content, rate  # bytes per second and connection
        self.etag = '"one"'
        self.gives_ranges = True
        self.most = 0  # requests answered at the same time
        self.now = 0
        self.connections = 0
        self.slow: Handler | None = None  # whose body comes at a hundredth of the rate
        super().__init__(Handler, context)

    @property
    def url(self) -> str:
        return f"{self.origin}/model?X-Amz-Signature=secret"


class Handler(ScriptedHandler):
    """One request, honestly answered unless a fault does it."""

    server: RangeStore
    timeout = 5

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def name_step(self) -> str:
        return "get"

    def noted(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def do_GET(self) -> None:
        store = self.server
        with store.lock:
            store.now += 1
            store.most = max(store.most, store.now)
        try:
            self.do_any()
        finally:
            with store.lock:
                store.now -= 1

    def perform(self) -> None:
        self.give()

    def asked(self) -> tuple[int, int] | None:
        """The range that this request gets, [start, end)."""
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        same = self.headers.get("If-Range", self.server.etag) == self.server.etag
        if not found or not same or not self.server.gives_ranges:
            return None
        size = len(self.server.content)
        return int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)

    def give(self, cut: int | None = None) -> None:
        """Answer; with ``cut`` the connection breaks after so many bytes."""
        part = self.asked()
        start, end = part or (0, len(self.server.content))
        if part and start >= end:
            return self.answer(416)
        extra = {"Content-Range": f"bytes {start}-{end - 1}/{len(self.server.content)}"}
        self.head(206 if part else 200, end - start, **(extra if part else {}))
        self.send_body(self.server.content[start:end][:cut])
        if cut is not None and cut < end - start:
            self.close_connection = True
        return None

    def head(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        sent = {"ETag": self.server.etag, "Accept-Ranges": "bytes", **headers}
        for name, value in sent.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send_body(self, content: bytes) -> None:
        rate = self.server.rate
        if rate is not None and self.server.slow is self:
            rate //= 100
        step = len(content) if rate is None else max(1, rate // 100)
        begin = time.monotonic()
        for start in range(0, len(content), max(1, step)):
            self.wfile.write(content[start : start + step])
            if rate is not None:
                ahead = (start + step) / rate - (time.monotonic() - begin)
                if ahead > 0 and self.server.ended.wait(ahead):
                    return

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.head(status, len(content), **headers)
        self.wfile.write(content)


def cut(after: int) -> Fault:
    """Break the connection after so many bytes of the body."""

    def fault(handler: Handler) -> bool:
        handler.give(after)
        return True

    return fault


def say(status: int, content: bytes = b"", **headers: str) -> Fault:
    """Answer something else."""

    def fault(handler: Handler) -> bool:
        handler.answer(status, content, **headers)
        return True

    return fault


def refuse(status: int, code: str, message: str = "") -> Fault:
    """A store's error."""
    return say(status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode())


def wrong_part(handler: Handler) -> bool:
    """A part that begins one byte later than the one that was asked for."""
    start, end = handler.asked() or (0, 100)
    size = len(handler.server.content)
    handler.head(206, end - start, Content_Range=f"bytes {start + 1}-{end}/{size}")
    handler.send_body(handler.server.content[start:end])
    return True


def whole_instead(handler: Handler) -> bool:
    """Do not know ranges, this time."""
    del handler.headers["Range"]
    return False


class Room:
    """A store, a client's storage side, and a folder."""

    def __init__(self, folder: Path, store: RangeStore) -> None:
        self.folder, self.server = folder, store
        self.store = Store(read_address("http://127.0.0.1:9", allow_http=True))
        self.meter = Meter()
        self.kept: list[Checkpoint] = []

    def reserve(self, name: str = "model.fnnx", **more: Any) -> PartialFile:
        size = len(self.server.content)
        return reserve(str(self.folder / name), name, size, **more)

    def fetch(self, partial: PartialFile, *, keep: bool = False) -> bool:
        told = self.kept.append if keep else None
        return not fetch_bytes(self.server.url, partial, self.store, self.meter, told)

    def download(self, sha256: str = SHA256) -> Path:
        partial = self.reserve()
        try:
            assert self.fetch(partial)
            return partial.commit(sha256)
        except BaseException:
            partial.discard()
            raise

    def check_nothing_held(self) -> None:
        """Every slot is free, and no connection that waits is in use."""
        assert self.store.slots._free == CONNECTIONS
        for connections in self.store._connections.values():
            pool = connections._pool  # type: ignore[attr-defined]
            assert all(each.is_idle() for _, each in pool._free)

    def close(self) -> None:
        self.check_nothing_held()
        self.store.close()
        self.server.close()


@contextlib.contextmanager
def room_with(
    folder: Path,
    content: bytes = CONTENT,
    rate: int | None = None,
    context: ssl.SSLContext | None = None,
) -> Iterator[Room]:
    room = Room(folder, RangeStore(content, rate, context))
    try:
        yield room
    finally:
        room.close()


def hurry(monkeypatch: pytest.MonkeyPatch, *, several: bool = True) -> None:
    """Retry in hundredths of a second; with ``several`` connections also decide in hundredths, with
    pieces as small beside the content as real ones are beside a large file."""
    storage = "dfs_desktop.api.storage"
    monkeypatch.setattr(f"{storage}.store_retry.FIRST_WAIT", 0.01)
    monkeypatch.setattr(f"{storage}.store_retry.LONGEST_WAIT", 0.05)
    if not several:
        return
    monkeypatch.setattr(f"{storage}.download.range_queue.GRID", 4096)
    monkeypatch.setattr(f"{storage}.download.range_queue.LONG", 0.05)
    for name, value in {
        "SMALL": 100_000,
        "LEAST_SHARE": 50_000,
        "MOST_PIECE": 100_000,
        "LOOK": 0.01,
        "CALM": 0.05,
        "REST": 0.2,
    }.items():
        monkeypatch.setattr(f"{storage}.download.range_workers.{name}", value)


def open_files() -> int:
    """How many descriptors this process has, where the system tells."""
    folder = Path("/proc/self/fd")
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0
