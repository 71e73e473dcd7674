"""A loopback HTTP server whose requests a test can script; the front and the Azure fake stand on it."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Fault = Callable[["ScriptedHandler"], bool]


class Seen(NamedTuple):
    """One request in the audit. Headers have lower case names."""

    step: str
    method: str
    target: str
    headers: dict[str, str]


class Scripted(ThreadingHTTPServer):
    """``script(step, fault, ...)`` queues faults: each is called for the next request of a step.

    A fault returns True when it has dealt with the request, False to let it go on. It has the
    interface of the strict S3 server, so that the faults of the other tests fit here too.
    """

    daemon_threads = False  # joined by server_close()
    request_queue_size = 64

    def __init__(self, handler: type[ScriptedHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.audit: list[Seen] = []
        self.faults: dict[str, list[Fault]] = {}
        self.ahead = 0.0  # seconds that this server's clock runs ahead of ours
        self.ended = threading.Event()
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def clock(self) -> float:
        return time.time() + self.ahead

    def script(self, step: str, *faults: Fault) -> None:
        self.faults.setdefault(step, []).extend(faults)

    def count(self, step: str) -> int:
        return sum(seen.step == step for seen in self.audit)

    def close(self) -> None:
        """Cut every connection and wait for its thread."""
        self.ended.set()
        self.shutdown()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join(5)

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


class ScriptedHandler(BaseHTTPRequestHandler):
    """One request: the audit, the script, then ``perform``."""

    protocol_version = "HTTP/1.1"
    server: Scripted
    disable_nagle_algorithm = True
    rbufsize = 1 << 16
    step = ""
    body: bytes | None = None

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests look at what happens, not at a log."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.server.clock() if timestamp is None else timestamp)

    def name_step(self) -> str:
        """What kind of request this is."""
        raise NotImplementedError

    def perform(self) -> None:
        """What an honest server does."""
        raise NotImplementedError

    def do_any(self) -> None:
        self.body = None
        self.step = self.name_step()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.audit.append(Seen(self.step, self.command, self.path, headers))
        queue = self.server.faults.get(self.step, [])
        if queue and queue.pop(0)(self):
            return
        self.perform()

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_any

    def length(self) -> int:
        value = self.headers.get("Content-Length", "0")
        return int(value) if value.isdigit() else 0

    def read(self) -> bytes:
        """The body of a small request."""
        if self.body is None:
            self.body = self.rfile.read(self.length())
        return self.body

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def drop(self) -> None:
        """Reset the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
