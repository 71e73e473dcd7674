"""uvicorn with bounds on what may come before a request, and without a clock that ticks."""

import asyncio
import contextlib
import socket
import time
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import Server

from dfs_desktop.server.limits import Rules


class QuietServer(Server):
    """Sleeps until something happens; uvicorn's own looks around ten times a second."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._stopped = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait for :meth:`stop`."""
        await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End when the last answer has gone out; uvicorn's own sleeps a tenth of a second anyway."""
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                # uvicorn tells nobody of their ends
                while state.connections or state.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
        for task in state.tasks:
            task.cancel()

    def stop(self) -> None:
        """Begin the shutdown; to be called in the loop's thread."""
        self.should_exit = True
        self._stopped.set()


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose headers are too long or take too long (slow loris)."""

    rules = Rules()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_headers = True
        self._header_bytes = 0
        self._patience: asyncio.TimerHandle | None = None
        self._idle = True  # no request was complete yet
        self._since = time.monotonic()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock: also a connection that says nothing at all is closed."""
        self._make_room()
        super().connection_made(transport)
        self._arm()

    def _make_room(self) -> None:
        """Where connections run out, one that never sent a whole request goes, the oldest first.

        Other users of the machine could hold all of them otherwise, without having a key.
        """
        if len(self.connections) + 1 < self.rules.connections:
            return
        waiting = [
            each for each in self.connections if isinstance(each, BoundedProtocol) and each._idle
        ]
        if waiting:
            oldest = min(waiting, key=lambda each: each._since)
            self.connections.discard(oldest)  # at once: its end is told only later
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives outside of bodies."""
        if self._in_headers:
            self._header_bytes += len(data)
            if self._patience is None:
                self._arm()
        super().data_received(data)
        # Still no end of the headers, and already more than any honest client sends. Counting
        # whole blocks is exact enough: a body that came along does not count (see below).
        if self._in_headers and self._header_bytes > self.rules.header_bytes:
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request starts."""
        super().on_message_begin()
        self._in_headers = True

    def on_headers_complete(self) -> None:
        """The headers are there: from here on the routes watch the time."""
        self._in_headers = False
        self._idle = False
        self._header_bytes = 0
        self._disarm()
        size = sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
        if size > self.rules.header_bytes:
            raise ValueError("headers too large")  # the parser turns this into a 400
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is complete; what follows are headers again."""
        super().on_message_complete()
        self._in_headers = True

    def _arm(self) -> None:
        self._disarm()
        self._patience = self.loop.call_later(self.rules.header_seconds, self.transport.close)

    def _disarm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
