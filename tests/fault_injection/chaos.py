"""A TCP proxy that spoils connections, in toxiproxy's words: latency, bandwidth, limit_data and so on."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

BLOCK = 16 << 10
ALERT = b"\x15\x03\x03\x00\x02\x02"  # TLS: a fatal one; the byte behind it says which
INTERNAL_ERROR, HANDSHAKE_FAILURE = 80, 40


@dataclass
class Toxic:
    """One way to spoil a stream. ``down``: from the server to the client, else the other way.

    ``kind`` and what ``value`` means: latency (seconds), bandwidth (bytes a second), slow_close
    (seconds before the end is passed on), timeout (nothing passes; closed after so many seconds),
    reset_peer (reset after so many seconds), slicer (bytes a piece), limit_data (bytes, then it
    is closed: a reset would overtake them), silence (bytes, then nothing more), alert (bytes, then
    a TLS alert, which ``what`` says). ``times``: for so many connections, then it is used up.
    """

    kind: str
    value: float = 0.0
    down: bool = True
    times: int = 1 << 30
    what: int = INTERNAL_ERROR


class Chaos:
    """Between clients and the server at ``origin``. ``toxics`` count for connections made later."""

    def __init__(self, origin: str) -> None:
        address = urlsplit(origin)
        self.scheme, self.target = address.scheme, (address.hostname, address.port)
        self.toxics: list[Toxic] = []
        self.connections = 0
        self._ended = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._acceptor = threading.Thread(target=self._accept, name="chaos", daemon=True)
        self._acceptor.start()

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def add(
        self,
        kind: str,
        value: float = 0.0,
        *,
        down: bool = True,
        times: int = 1 << 30,
        what: int = INTERNAL_ERROR,
    ) -> None:
        self.toxics.append(Toxic(kind, value, down, times, what))

    def close(self) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(5)
        for thread in self._threads:
            thread.join(5)
        for each in list(self._sockets):
            each.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            toxics = [toxic for toxic in self.toxics if toxic.times > 0]
            for toxic in toxics:
                toxic.times -= 1
            try:
                server = socket.create_connection(self.target, timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self._sockets |= {client, server}
            for down in (False, True):
                ends = (server, client) if down else (client, server)
                mine = [toxic for toxic in toxics if toxic.down is down]
                pump = _Pump(*ends, mine, self._ended)
                thread = threading.Thread(target=pump.run, name="chaos-pump", daemon=True)
                self._threads.append(thread)
                thread.start()


class _Pump:
    """Moves one direction of one connection."""

    def __init__(
        self,
        source: socket.socket,
        sink: socket.socket,
        toxics: list[Toxic],
        ended: threading.Event,
    ) -> None:
        self._source, self._sink, self._ended = source, sink, ended
        self._by = {toxic.kind: toxic.value for toxic in toxics}
        last = [each for each in toxics if each.kind in ("limit_data", "silence", "alert")]
        self._last = min(last, key=lambda each: each.value, default=None)  # the first to strike
        self._left = self._last.value if self._last is not None else None

    def run(self) -> None:
        with contextlib.suppress(OSError):
            if "reset_peer" in self._by:
                self._ended.wait(self._by["reset_peer"])
                self._reset()
                return
            if "timeout" in self._by:
                self._ended.wait(self._by["timeout"])
                self._shut()
                return
            self._move()
        self._shut()

    def _move(self) -> None:
        if self._left == 0:
            return self._stop()
        while block := self._source.recv(BLOCK):
            if "latency" in self._by:
                self._ended.wait(self._by["latency"])
            if self._left is not None and len(block) >= self._left:
                self._pass(block[: int(self._left)])
                return self._stop()
            self._pass(block)
            if self._left is not None:
                self._left -= len(block)
        self._ended.wait(self._by.get("slow_close", 0.0))
        return None

    def _stop(self) -> None:
        """All that this connection may carry has passed."""
        assert self._last is not None
        if self._last.kind == "silence":
            self._ended.wait()
        elif self._last.kind == "alert":
            self._sink.sendall(ALERT + bytes([self._last.what]))

    def _pass(self, block: bytes) -> None:
        step = int(self._by.get("slicer", len(block) or 1))
        for start in range(0, len(block), step):
            piece = block[start : start + step]
            self._sink.sendall(piece)
            if rate := self._by.get("bandwidth"):
                self._ended.wait(len(piece) / rate)

    def _reset(self) -> None:
        for end in (self._source, self._sink):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RD)
            with contextlib.suppress(OSError):
                end.close()

    def _shut(self) -> None:
        for end in (self._source, self._sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
