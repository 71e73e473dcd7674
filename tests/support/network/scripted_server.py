"""What the loopback servers of the tests share: a script of faults, an audit, a clock of their own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
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

    A fault returns True when it has dealt with the request, False to let it go on; None is none.
    """

    daemon_threads = False  # joined by server_close()
    request_queue_size = 64

    def __init__(
        self, handler: type[ScriptedHandler], context: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.context = context
        self.audit: list[Any] = []
        self.faults: dict[str, list[Fault | None]] = {}
        self.ahead = 0.0  # seconds that this server's clock runs ahead of ours
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def clock(self) -> float:
        return time.time() + self.ahead

    def script(self, step: str, *faults: Fault | None) -> None:
        self.faults.setdefault(step, []).extend(faults)

    def fault(self, step: str) -> Fault | None:
        """The next one of a step."""
        with self.lock:
            queue = self.faults.get(step)
            return queue.pop(0) if queue else None

    def count(self, step: str) -> int:
        return sum(seen.step == step for seen in self.audit)

    def close(self) -> None:
        """Cut every connection, now and for good, and wait for its thread."""
        self.ended.set()
        self.shutdown()
        self.cut()
        self.server_close()
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


class ScriptedHandler(BaseHTTPRequestHandler):
    """One request: the audit, the script, then ``perform``."""

    protocol_version = "HTTP/1.1"
    server: ScriptedServer
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

    def noted(self) -> Any:
        """What the audit keeps of this request."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Seen(self.step, self.command, self.path, headers)

    def do_any(self) -> None:
        self.body = None
        self.step = self.name_step()
        self.server.audit.append(self.noted())
        fault = self.server.fault(self.step)
        if fault is None or not fault(self):
            self.perform()

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_any

    # What faults use, too.

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

    def refuse(self, status: int, code: str, message: str = "") -> None:
        """A store's error, in XML. What cannot be read of the request ends the connection."""
        if (self.length() and self.body is None) or "Transfer-Encoding" in self.headers:
            self._drain()
        inner = f"<Code>{code}</Code><Message>{message}</Message><RequestId>R</RequestId>"
        body = f'<?xml version="1.0" encoding="UTF-8"?><Error>{inner}</Error>'.encode()
        self.answer(status, body, Content_Type="application/xml")

    def _drain(self) -> None:
        """Read on, so that the refusal is seen: a client looks for it when it has sent all."""
        left = self.length()
        with contextlib.suppress(OSError):
            while left > 0 and (block := self.rfile.read(min(left, 1 << 20))):
                left -= len(block)
        self.close_connection = left > 0 or "Transfer-Encoding" in self.headers

    def drop(self) -> None:
        """Reset the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
