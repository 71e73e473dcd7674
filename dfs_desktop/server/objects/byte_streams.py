"""Bytes between sockets and files: blocks at a time, reading and writing side by side."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor
from functools import partial
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
        blocks = _blocks(self._blobs, segments, start, length)
        read = partial(next, blocks, b"")
        block = await self._run(read)  # before the answer starts: the file may be gone
        await send({"type": "http.response.start", "status": status, "headers": headers})
        # ASGI hides a lost connection from send(); without this a 100 GB file would be read to
        # its end for nobody.
        gone = asyncio.ensure_future(_hung_up(receive))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._stall) as patience:
                while block and not gone.done():
                    ahead = loop.run_in_executor(self._executor, read)
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
            with contextlib.suppress(ValueError):  # a block is on its way still: it ends by itself
                blocks.close()

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _blocks(blobs: Blobs, segments: Sequence[Segment], start: int, length: int) -> Generator[bytes]:
    """A stretch of several files as if they were one, block by block."""
    end, position = start + length, 0
    for segment in segments:
        first, last = max(start, position), min(end, position + segment.size)
        if first < last:
            handle = blobs.open(segment.blob)
            try:
                os.lseek(handle, first - position, os.SEEK_SET)
                while first < last:
                    if not (block := os.read(handle, min(READ_BLOCK, last - first))):
                        raise OSError("a stored file is shorter than it was")
                    first += len(block)
                    yield block
            finally:
                os.close(handle)
        position += segment.size
