"""Servers of the tests that speak by bare sockets: over TLS, as a proxy, or not at all."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

HEAD = b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: "a"\r\n\r\n'


class Listener:
    """Gives each connection to a function on a thread of its own."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.port = self._socket.getsockname()[1]
        self.silence = threading.Event()  # set to end every silence
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while not self.silence.is_set():
            with contextlib.suppress(TimeoutError):
                line, _ = self._socket.accept()
                self._threads.append(threading.Thread(target=self._give, args=(line,)))
                self._threads[-1].start()

    def _give(self, line: socket.socket) -> None:
        line.settimeout(5)
        with line, contextlib.suppress(OSError):
            self._serve(line)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.silence.set()
        for thread in self._threads:
            thread.join()
        self._socket.close()


def read_head(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        block = line.recv(1)
        if not block:
            raise OSError
        got += block
    return got


def say(line: socket.socket, tls: ssl.SSLContext | None) -> None:
    """Answer one request."""
    if tls is not None:
        line = tls.wrap_socket(line, server_side=True)
    read_head(line)
    line.sendall(HEAD)
    time.sleep(0.1)
    line.sendall(b"x" * 1000)
    line.recv(1)


def pass_on(line: Any, tls: ssl.SSLContext | None, own: ssl.SSLContext | None) -> None:
    """Answer as a proxy, and as what is behind it; ``own``: the proxy is spoken to by TLS."""
    if own is not None:
        line = own.wrap_socket(line, server_side=True)
    if tls is not None:
        read_head(line)
        line.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
        line = line if own is None else Inner(line, tls)
    say(line, tls if own is None else None)


class Inner:
    """The server's end of TLS inside TLS."""

    def __init__(self, outer: ssl.SSLSocket, tls: ssl.SSLContext) -> None:
        self.outer, self.into, self.out = outer, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = tls.wrap_bio(self.into, self.out, server_side=True)
        self.run(self.tls.do_handshake)

    def run(self, action: Callable[[], Any]) -> Any:
        while True:
            try:
                result = action()
            except ssl.SSLWantReadError:
                self.outer.sendall(self.out.read())
                block = self.outer.recv(4096)
                if not block:
                    raise OSError from None
                self.into.write(block)
            else:
                self.outer.sendall(self.out.read())
                return result

    def recv(self, count: int) -> bytes:
        return bytes(self.run(lambda: self.tls.read(count)))

    def sendall(self, data: bytes) -> None:
        self.run(lambda: self.tls.write(data))
