"""What the loopback servers of the tests share: a script of faults, an audit, a clock of their own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from support.network.certificates import Encryptable

Fault = Callable[[Any], bool]


class Seen(NamedTuple):
    """One request in the audit. Headers have lower case names."""

    step: str
    method: str
    target: str
    headers: dict[str, str]


class ScriptedServer(Encryptable, ThreadingHTTPServer):
    """``script(step, fault, ...)`` queues faults: each is called for the next request of a step.

    A fault returns True when it has dealt with the request, False to let it go on.
    """

    daemon_threads = False  # joined by server_close()
    request_queue_size = 64

    def __init__(
        self, handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.context = context
        self.audit: list[Seen] = []
        self.faults: dict[str, list[Fault]] = {}
        self.ahead = 0.0  # seconds that this server's clock runs ahead of ours
        self.ended = threading.Event()
        self._connections: set[socket.socket] = set()
        self._thread: threading.Thread | None = None

    def clock(self) -> float:
        return time.time() + self.ahead

    def serve(self) -> None:
        """Answer from a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def script(self, step: str, *faults: Fault) -> None:
        self.faults.setdefault(step, []).extend(faults)

    def count(self, step: str) -> int:
        return sum(seen.step == step for seen in self.audit)

    def close(self) -> None:
        """Cut every connection, now and for good, and wait for its thread."""
        self.ended.set()
        self.shutdown()
        self.cut()
        self.server_close()
        if self._thread is not None:
            self._thread.join(5)

    def cut(self) -> None:
        """Cut every connection that there is now."""
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # also below TLS

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what the tests are about; anything else is a fault of ours."""
        if not isinstance(sys.exception(), OSError | EOFError):
            super().handle_error(request, client_address)
