"""Writing the body of one answer into the partial file: in whole buffers, counted and watched."""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx

from dfs_desktop.api.storage.limits.cancellable_sockets import CancellableStream
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.checkpointer import Checkpointer
from dfs_desktop.api.storage.local.checksum import AHEAD
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.presigned_urls import Target
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr

from .range_queue import Piece, RangeQueue
from .response import TransferInterrupted, declared_length, packing, wrong_size

BUFFER = 1 << 19
SILENCE = 60.0
LAST_WORD = 0.5  # seconds for the end of a body whose bytes are all here
STALL_SECONDS = 60.0
STALL_RATE = 1024  # bytes per second


class Fetch(NamedTuple):
    """What all connections that bring one file share."""

    target: Target
    partial: PartialFile
    store: Store
    meter: Meter
    checkpointer: Checkpointer


class BodyWriter:
    """Writes bodies one after another through a few buffers in turn; for one thread.

    ``check`` is called at every block and several times a second while waiting, and may raise.
    """

    def __init__(self, fetch: Fetch, check: Callable[[], None]) -> None:
        _, self._partial, _, self._meter, self._checkpointer = fetch
        self.check = check
        self._buffers = itertools.cycle(memoryview(bytearray(BUFFER)) for _ in range(AHEAD + 1))

    def write(self, answer: httpx.Response, queue: RangeQueue, piece: Piece, attempt: int) -> None:
        """Until the piece is full. TransferInterrupted when the body ends before it or hardly moves."""
        self._partial.checksum.let_go()  # of the buffers, where an answer before was cut short
        length = declared_length(answer)
        blocks, watch, came = self._blocks(answer, length, piece), StallWatch(), 0
        while True:
            begun = time.monotonic()
            last = piece.left <= 0 and length is None
            try:
                with _hurried(answer) if last else contextlib.nullcontext():
                    block = next(blocks, None)
            except httpx.TransportError:
                if last:
                    return  # all is there; how the body would have ended does not matter
                raise
            if block is None:
                break
            came += len(block)
            stalled = watch.is_stalled(time.monotonic() - begun, len(block))
            if len(block) > piece.left and length is None and piece.end == self._partial.size:
                raise wrong_size(self._partial, tr("more"), packing(answer))
            block = block[: max(piece.left, 0)]
            new = self._partial.write(piece.position, block, attempt)
            queue.arrived(piece, len(block))
            self._meter.advance(new)
            self._checkpointer.wrote()
            self.check()
            self._meter.pace(len(block))
            if stalled:
                raise TransferInterrupted(
                    tr("The storage has been sending next to nothing."), stalled=True
                )
            # Without a length only the body's end tells that it is not too long.
            ended = came == length or (length is None and piece.end == self._partial.size)
            if piece.left <= 0 and not ended:
                return
        if piece.left > 0:
            whole = answer.status_code == httpx.codes.OK and "transfer-encoding" in answer.headers
            if whole and (packed := packing(answer)):  # all of it came, on whose way it was packed
                raise wrong_size(self._partial, number_text(came), packed)
            received, size = self._partial.received, self._partial.size
            raise TransferInterrupted(
                tr(
                    "The storage sent only {received} of {size} bytes.",
                    received=number_text(received),
                    size=number_text(size),
                )
            )

    def _blocks(
        self, answer: httpx.Response, length: int | None, piece: Piece
    ) -> Iterator[memoryview]:
        """The raw body; off the socket in whole buffers where its length is known.

        Each ends where a buffer of the file ends: copying what lies across its pages takes long.
        """
        chunks = answer.iter_raw()
        stream: Any = answer.extensions.get("network_stream")
        left = length if length is not None and isinstance(stream, CancellableStream) else 0
        for chunk in chunks:
            yield memoryview(chunk)
            left -= len(chunk)
            if left > 0 and _pass_parser(answer, left):
                break
        else:
            return
        while left > 0:
            buffer = next(self._buffers)[: min(left, BUFFER - piece.position % BUFFER)]
            if not (count := stream.fill(buffer, SILENCE)):
                raise TransferInterrupted(tr("The storage closed the connection in the middle."))
            left -= count
            if not left:
                next(chunks, None)  # the end, so that the connection serves the next request
            yield buffer[:count]


@contextlib.contextmanager
def _hurried(answer: httpx.Response) -> Iterator[None]:
    """Inside, a store that leaves the connection open without a word is not waited for."""
    stream: Any = answer.extensions.get("network_stream")
    if not isinstance(stream, CancellableStream):
        yield
        return
    stream.patience = LAST_WORD
    try:
        yield
    finally:
        stream.patience = None


def _pass_parser(answer: httpx.Response, left: int) -> bool:
    """Tell the parser of the answer that the rest of its body has been read; whether that is safe.

    httpx has no public way past its parser, whose three copies of each block cost as much as TLS
    does. Where the names are others one day, bodies come through httpx, and a test fails.
    """
    try:
        stream: Any = answer.stream
        parser = stream._httpcore_stream._stream._connection._h11_state
        reader = parser._reader
        if reader._remaining != left or parser._receive_buffer:
            return False
        reader._remaining = 0
    except AttributeError:
        return False
    return True


class StallWatch:
    """Notices a peer that keeps sending, but next to nothing. Only time spent waiting counts."""

    def __init__(self) -> None:
        self._waited, self._bytes = 0.0, 0

    def is_stalled(self, waited: float, count: int) -> bool:
        """Whether it has been too little for too long; ``count`` bytes came after a wait."""
        self._waited += waited
        self._bytes += count
        if self._waited < STALL_SECONDS:
            return False
        stalled = self._bytes < STALL_RATE * self._waited
        self._waited, self._bytes = 0.0, 0
        return stalled
