"""The body of an answer as blocks: straight off the socket where that is safe, else through httpx."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from queue import Empty, SimpleQueue

import httpx

from .hashing import Block
from .sockets import TICK, CancellableStream

BUFFER = 1 << 20
BUFFERS = 4
# What is shorter goes through httpx, which keeps the connection for the next request.
LONG = 8 << 20
SILENCE = 60.0

STALL_SECONDS = 60.0
STALL_RATE = 1024  # bytes per second


class Pool:
    """A few buffers that go round between who receives and who hashes."""

    def __init__(self, count: int = BUFFERS) -> None:
        self._left = count
        self._free: SimpleQueue[bytearray] = SimpleQueue()

    def take(self, check: Callable[[], None]) -> bytearray:
        """A free buffer, waited for; ``check`` may raise to end the wait. For one thread."""
        if self._left and self._free.empty():
            self._left -= 1
            return bytearray(BUFFER)
        while True:
            try:
                return self._free.get(timeout=TICK)
            except Empty:
                check()

    def give(self, buffer: bytearray) -> None:
        """From any thread."""
        self._free.put(buffer)


def blocks(answer: httpx.Response, pool: Pool | None, check: Callable[[], None]) -> Iterator[Block]:
    """The raw body, block by block. Without a pool always through httpx."""
    chunks = answer.iter_raw()
    stream, left = _direct(answer) if pool is not None else (None, 0)
    if pool is None or stream is None:
        for chunk in chunks:
            yield Block(memoryview(chunk), _nothing)
        return
    # What arrived together with the head is in httpx; after that nothing is, and it reads no more.
    for chunk in chunks:
        left -= len(chunk)
        yield Block(memoryview(chunk), _nothing)
        break
    while left > 0:
        buffer = pool.take(check)
        free = partial(pool.give, buffer)
        view = memoryview(buffer)[:left]
        try:
            count = stream.fill(view, SILENCE)
        except BaseException:
            free()
            raise
        if not count:
            free()
            return
        left -= count
        yield Block(view[:count], free)


def _direct(answer: httpx.Response) -> tuple[CancellableStream | None, int]:
    """The socket of a long body with a plain length, and that length.

    The connection is closed afterwards: httpx still waits for the body's end on it.
    """
    length = declared_length(answer)
    stream = answer.extensions.get("network_stream")
    plain = answer.http_version == "HTTP/1.1" and "transfer-encoding" not in answer.headers
    if plain and length is not None and length >= LONG and isinstance(stream, CancellableStream):
        return stream, length
    return None, 0


def declared_length(answer: httpx.Response) -> int | None:
    """Bytes that the body will have; None when the answer does not say."""
    text = answer.headers.get("content-length", "")
    plain = text.isascii() and text.isdigit() and len(text) <= 20
    if "transfer-encoding" in answer.headers or not plain:
        return None
    return int(text)


def _nothing() -> None:
    return None


class Watch:
    """Notices a peer that keeps sending, but next to nothing. Only time spent waiting counts."""

    def __init__(self) -> None:
        self._waited = 0.0
        self._bytes = 0
        self._since = 0.0
        self._lock = threading.Lock()

    def wait_begins(self) -> None:
        """From now on the peer is waited for."""
        self._since = time.monotonic()

    def came(self, count: int) -> bool:
        """Bytes came; False when it has been too few for too long."""
        self._waited += time.monotonic() - self._since
        self._bytes += count
        if self._waited < STALL_SECONDS:
            return True
        enough = self._bytes >= STALL_RATE * self._waited
        self._waited, self._bytes = 0.0, 0
        return enough
