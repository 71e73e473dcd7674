"""Bytes between sockets and files: blocks at a time, reading and writing side by side."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import TypeVar

from starlette.types import Receive, Send

from dfs_desktop.server.http.answers import Headers, StoreRefusal
from dfs_desktop.server.http.requests import CLOSE, Gone
from dfs_desktop.server.store.objects import Segment

from .blobs import Blobs, Incoming

T = TypeVar("T")

# Large enough that hopping between threads costs little, small enough that many transfers at
# once need little memory and that no step holds up the others.
BLOCK = 4 << 20
READ_BLOCK = 512 << 10


class Transfers:
    """Moves bodies. Disk and hash work happen in *executor*, so that the loop stays free."""

    def __init__(self, blobs: Blobs, executor: Executor, stall_seconds: float) -> None:
        self._blobs = blobs
        self._executor = executor
        self._stall = stall_seconds

    async def receive(self, receive: Receive, length: int) -> Segment:
        """Take a body of exactly *length* bytes into a new file."""
        incoming = await self._run(self._blobs.receive)
        try:
            async with asyncio.timeout(self._stall) as patience:
                await self._fill(incoming, receive, length, patience)
            return await self._run(incoming.keep)
        except TimeoutError:
            raise StoreRefusal(
                408, "RequestTimeout", "No bytes came for too long.", CLOSE
            ) from None
        finally:
            # After keep() this removes nothing. It is not awaited: also a cancelled task gets here.
            self._executor.submit(incoming.discard)

    async def _fill(
        self, incoming: Incoming, receive: Receive, length: int, patience: asyncio.Timeout
    ) -> None:
        loop = asyncio.get_running_loop()
        waiting: list[bytes] = []
        size = total = 0
        job: asyncio.Future[None] | None = None
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            more = message.get("more_body", False)
            block = message.get("body", b"")
            waiting.append(block)
            size += len(block)
            total += len(block)
            patience.reschedule(loop.time() + self._stall)
            if size >= BLOCK or not more:
                if job is not None:
                    await job
                job = loop.run_in_executor(self._executor, incoming.write, waiting)
                waiting, size = [], 0
        if job is not None:
            await job
        if total != length:
            raise StoreRefusal(400, "IncompleteBody", "The body is shorter than announced.")

    async def send(
        self, send: Send, receive: Receive, status: int, headers: Headers,
        segments: Sequence[Segment], start: int, length: int,
    ) -> None:  # fmt: skip
        """Send bytes *start* to *start* + *length* of the files in a row."""
        reader = _Reader(self._blobs, segments, start, length)
        block = await self._run(reader.next)  # before the answer starts: the file may be gone
        await send({"type": "http.response.start", "status": status, "headers": headers})
        # ASGI hides a lost connection from send(); without this a 100 GB file would be read to
        # its end for nobody.
        gone = asyncio.ensure_future(_hung_up(receive))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._stall) as patience:
                while block and not gone.done():
                    ahead = loop.run_in_executor(self._executor, reader.next)
                    try:
                        await send({"type": "http.response.body", "body": block, "more_body": True})
                    finally:
                        block = await ahead
                    patience.reschedule(loop.time() + self._stall)
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            raise Gone from None  # nobody reads any more: the connection is cut
        finally:
            gone.cancel()
            reader.close()

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Reader:
    """Reads a stretch of several files as if they were one, block by block."""

    def __init__(self, blobs: Blobs, segments: Sequence[Segment], start: int, length: int) -> None:
        self._blobs = blobs
        self._stretches = _stretches(segments, start, length)
        self._handle: int | None = None
        self._left = 0

    def next(self) -> bytes:
        """The next block, empty at the end."""
        if self._left == 0:
            self.close()
            if (stretch := next(self._stretches, None)) is None:
                return b""
            blob, offset, self._left = stretch
            self._handle = self._blobs.open(blob)
            os.lseek(self._handle, offset, os.SEEK_SET)
        if self._handle is None:
            raise OSError("the transfer has ended")
        if not (block := os.read(self._handle, min(READ_BLOCK, self._left))):
            raise OSError("a stored file is shorter than it was")
        self._left -= len(block)
        return block

    def close(self) -> None:
        """Close the file being read."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = None


def _stretches(
    segments: Sequence[Segment], start: int, length: int
) -> Iterator[tuple[str, int, int]]:
    """File, offset and bytes, for each file that the stretch touches."""
    end = start + length
    position = 0
    for segment in segments:
        first = max(start, position)
        last = min(end, position + segment.size)
        if first < last:
            yield segment.blob, first - position, last - first
        position += segment.size
