"""A real HTTP hop between the window and a registry: it can hold, slow down or replace answers."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from support.network.certificates import Encryptable

from dfs_desktop.app import Application
from dfs_desktop.workspace.registry.clients import LocalServer

BLOCK = 64 * 1024
Matches = Callable[[str, str], bool]  # method, path


@dataclass
class Hold:
    """Requests that match wait here until `release`; `reached` tells that one does."""

    matches: Matches
    after: int = 0  # bytes of the request's or answer's body that may pass first
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        self.released.set()

    def wait(self) -> None:
        self.reached.set()
        self.released.wait(30)


class Relay(Encryptable, ThreadingHTTPServer):
    """Forwards to `target`. Presigned URLs in answers are turned so that they lead through it too.

    With a `context` it is spoken to by https; `name` is its host, for who comes through a proxy.
    """

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None, name: str = "127.0.0.1") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.context, self.name = context, name
        self.target = ""
        self.date = ""  # told in place of the registry's
        self.seen: list[str] = []
        self.ranges: list[str] = []
        self.carried = 0  # bytes of answers' bodies that went to the window
        self.lists: list[bytes] = []  # of artifacts, as the registry said them
        self.requests: list[Hold] = []
        self.answers: list[Hold] = []
        self.instead: list[tuple[Matches, int, str, bytes]] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self.shutdown()
        self.server_close()
        self._thread.join()

    @property
    def place(self) -> str:
        return f"{self.name}:{self.server_address[1]}"

    def before(self, app: Application) -> None:
        """Stand between this program and its own registry."""
        start = app.workspace.clients.start_local

        def started() -> LocalServer:
            server = start()
            self.target = urlsplit(server.url).netloc
            return LocalServer(f"http://{self.place}", server.api_key)

        app.workspace.clients.start_local = started

    def hold_request(self, method: str, path: str, after: int = 0) -> Hold:
        """Stop requests before they reach the registry, or in the middle of their body."""
        self.requests.append(Hold(_like(method, path), after))
        return self.requests[-1]

    def hold_answer(self, method: str, path: str, after: int = 0) -> Hold:
        """Let requests be done, and stop their answers, or the answers' bodies midway."""
        self.answers.append(Hold(_like(method, path), after))
        return self.answers[-1]

    def answer_instead(self, path: str, status: int, kind: str, body: bytes) -> None:
        self.instead.append((_like("", path), status, kind, body))

    def release(self) -> None:
        for hold in (*self.requests, *self.answers):
            hold.release()
        self.requests.clear()
        self.answers.clear()
        self.instead.clear()

    def forget(self) -> None:
        """As if nothing had passed yet."""
        self.carried = 0
        for seen in (self.seen, self.ranges, self.lists):
            seen.clear()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some journeys are about."""


def _like(method: str, part: str) -> Matches:
    """Requests whose path holds `part`, or ends with it where it is closed by `$`."""
    if part.endswith("$"):
        end = part[:-1]
        return lambda verb, path: path.partition("?")[0].endswith(end) and method in ("", verb)
    return lambda verb, path: part in path and method in ("", verb)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Relay

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests look at what happens, not at a log."""

    def _hold(self, holds: list[Hold], passed: int) -> None:
        for hold in list(holds):
            if passed >= hold.after and hold.matches(self.command, self.path):
                hold.wait()

    def handle_any(self) -> None:
        self.server.seen.append(f"{self.command} {self.path.partition('?')[0]}")
        if "range" in self.headers:
            self.server.ranges.append(self.headers["range"])
        length = int(self.headers.get("content-length") or 0)
        for matches, status, kind, body in list(self.server.instead):
            if matches(self.command, self.path):
                self.rfile.read(length)
                self._answer(status, {"content-type": kind}, body)
                return
        if not length:
            self._hold(self.server.requests, 0)
        upstream = http.client.HTTPConnection(self.server.target, timeout=60)
        try:
            self._send(upstream, length)
            self._pass_on(upstream.getresponse())
        except (OSError, http.client.HTTPException):
            self.close_connection = True
        finally:
            upstream.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def _send(self, upstream: http.client.HTTPConnection, length: int) -> None:
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("host", "connection", "accept-encoding"):
                upstream.putheader(name, value)
        upstream.putheader("Host", self.server.target)
        upstream.endheaders()
        passed = 0
        while passed < length:
            self._hold(self.server.requests, passed)
            block = self.rfile.read(min(BLOCK, length - passed))
            if not block:
                raise ConnectionError
            upstream.send(block)
            passed += len(block)

    def _pass_on(self, answer: http.client.HTTPResponse) -> None:
        kept = {
            name: value
            for name, value in answer.getheaders()
            if name.lower() not in ("connection", "transfer-encoding", "content-length")
        }
        if self.server.date:
            kept["date"] = self.server.date
        if "json" in answer.headers.get("content-type", ""):
            body = answer.read()
            if self.command == "GET" and self.path.partition("?")[0].endswith("artifacts"):
                self.server.lists.append(body)
            body = body.replace(self.server.target.encode(), self.server.place.encode())
            if self.server.context is not None:
                body = body.replace(b'"secure":false', b'"secure":true')
                place = self.server.place
                body = body.replace(f"http://{place}".encode(), f"https://{place}".encode())
            self._hold(self.server.answers, 0)
            self._answer(answer.status, kept, body)
            return
        length = answer.headers.get("content-length")
        self._hold(self.server.answers, 0) if not length or length == "0" else None
        self.send_response_only(answer.status, answer.reason)
        for name, value in kept.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("content-length", length)
        self.end_headers()
        passed = 0
        while block := answer.read(BLOCK):
            self._hold(self.server.answers, passed)
            self.wfile.write(block)
            passed += len(block)
            self.server.carried += len(block)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.carried += len(body)
