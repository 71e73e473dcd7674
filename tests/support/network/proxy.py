"""A proxy on loopback that speaks http (with CONNECT) and SOCKS 5, and leads every name to one server."""

from __future__ import annotations

import base64
import contextlib
import socket
import socketserver
import threading

from support.registries.scripted import Stage

from dfs_desktop.api.http.address import Address, is_loopback


def address(scheme: str, host: str) -> Address:
    """A server as the choice of its proxy is given it."""
    return Address(f"{scheme}://{host}", scheme, host, is_loopback(host))


class Proxy(socketserver.ThreadingTCPServer):
    """``asked`` holds each address that was asked for. ``login``: what it wants, as "name:password"."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, upstream: tuple[str, int], login: str = "", answer: bytes = b"") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream, self.login, self.refusal = upstream, login, answer
        self.asked: list[str] = []
        self.lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def close(self) -> None:
        self.shutdown()
        for line in self.lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join(5)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the tests."""


class _Handler(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        first = self.request.recv(1, socket.MSG_PEEK)
        self.server.lines.append(self.request)
        if first == b"\x05":
            self._socks()
        elif first == b"\x16":  # somebody takes it for a proxy behind TLS
            self._say(b"400 Bad Request")
        elif first:
            self._http()

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += self.request.recv(count - len(data))
        return data

    def _socks(self) -> None:
        methods = self._exactly(self._exactly(2)[1])
        if self.server.login:
            if 2 not in methods:
                return self.request.sendall(b"\x05\xff")
            self.request.sendall(b"\x05\x02")
            name = self._exactly(self._exactly(2)[1])
            password = self._exactly(self._exactly(1)[0])
            good = f"{name.decode()}:{password.decode()}" == self.server.login
            self.request.sendall(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                return None
        else:
            self.request.sendall(b"\x05\x00")
        kind = self._exactly(4)[3]
        host = self._exactly(self._exactly(1)[0]) if kind == 3 else self._exactly(4)
        port = int.from_bytes(self._exactly(2), "big")
        self.server.asked.append(f"{host.decode()}:{port}")
        if self.server.refusal:
            return self.request.sendall(b"\x05\x04\x00\x01\0\0\0\0\0\0")
        self.request.sendall(b"\x05\x00\x00\x01\0\0\0\0\0\0")
        self._pump(b"")
        return None

    def _http(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            block = self.request.recv(65536)
            if not block:
                return None
            head += block
        line, _, rest = head.partition(b"\r\n")
        method, target, version = line.split(b" ")
        token = b"Basic " + base64.b64encode(self.server.login.encode())
        if self.server.login and b"proxy-authorization: " + token.lower() not in head.lower():
            return self._say(b"407 Proxy Authentication Required")
        self.server.asked.append(target.decode())
        if self.server.refusal:
            return self._say(self.server.refusal)
        if method == b"CONNECT":
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            return self._pump(b"")
        scheme, _, place = target.partition(b"://")
        if scheme != b"http":  # a proxy reads whole addresses only
            return self._say(b"400 Bad Request")
        path = b"/" + place.partition(b"/")[2]
        return self._pump(b" ".join((method, path, version)) + b"\r\nConnection: close\r\n" + rest)

    def _say(self, status: bytes) -> None:
        page = b"<html>proxy</html>"
        self.request.sendall(
            b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n" % len(page) + page
        )

    def _pump(self, begun: bytes) -> None:
        with socket.create_connection(self.server.upstream) as onward:
            self.server.lines.append(onward)
            onward.sendall(begun)
            back = threading.Thread(target=_copy, args=(onward, self.request), daemon=True)
            back.start()
            _copy(self.request, onward)
            back.join(5)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(65536):
            sink.sendall(block)
    for line in (source, sink):
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


class NamedStage(Stage):
    """The scripted registry and store under names of the wide world."""

    @property
    def url(self) -> str:
        return self.origin.replace("127.0.0.1", "registry.example")

    @property
    def here(self) -> tuple[str, int]:
        return "127.0.0.1", self.server_address[1]
