"""A loopback HTTP server whose requests a test can script; the front and the Azure fake stand on it."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.stores.scripted import ScriptedServer, Seen

Fault = Callable[["ScriptedHandler"], bool]


class Scripted(ScriptedServer):
    """Begins to answer at once. The faults of the strict S3 server fit here too."""

    def __init__(
        self, handler: type[ScriptedHandler], context: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(handler, context)
        self.serve()


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
