"""Sockets that notice a wish to stop: a stalled peer cannot hold a transfer that was cancelled."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from dfs_desktop.artifact.turns import TURN

# How long a wish to stop may go unnoticed while a socket waits, in seconds.
TICK = 0.2
READ_SIZE = 256 * 1024
LONG = 256 * 1024  # a block that takes its turn among the threads that move bytes
# Systems without them (Windows) send and receive in short waits.
_AT_ONCE = getattr(socket, "MSG_DONTWAIT", 0) if hasattr(select, "poll") else 0

_thread = threading.local()


@contextlib.contextmanager
def heeding(check: Callable[[], None]) -> Iterator[None]:
    """Inside, every socket wait on this thread calls ``check()`` several times a second."""
    before = getattr(_thread, "check", None)
    _thread.check = check
    try:
        yield
    finally:
        _thread.check = before


def _check() -> None:
    check = getattr(_thread, "check", None)
    if check is not None:
        check()


class HeedingStream(httpcore.NetworkStream):
    """A socket read and written in short waits, with large blocks in both directions."""

    def __init__(self, sock: socket.socket, inner: httpcore.NetworkStream) -> None:
        self._sock = sock
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        deadline = _deadline(timeout)
        while True:
            _check()
            self._sock.settimeout(_slice(deadline))
            try:
                return self._more(self._sock.recv(max(max_bytes, READ_SIZE)))
            except TimeoutError as error:
                if time.monotonic() >= deadline:
                    raise httpcore.ReadTimeout from error
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError as error:
                raise httpcore.ReadError(str(error)) from error

    def _more(self, first: bytes) -> bytes:
        """TLS gives one record of 16 KiB at a time: with it, those that have arrived as well."""
        if not isinstance(self._sock, ssl.SSLSocket) or not first:
            return first
        found, total = [first], len(first)
        self._sock.settimeout(0.0)
        with contextlib.suppress(OSError):  # nothing there, or a fault that the next read meets
            while total < READ_SIZE and (block := self._sock.recv(READ_SIZE)):
                found.append(block)
                total += len(block)
        return b"".join(found) if len(found) > 1 else first

    def fill(self, view: memoryview, timeout: float) -> int:
        """Receive into ``view`` until it is full, or what came is a TICK old; 0 at the end.

        For the rest of a body whose length is known: past httpx, without a copy. ``timeout`` is
        for one silence. Raises what httpx would.
        """
        deadline = time.monotonic() + timeout
        while True:
            _check()
            try:
                count = self._fill_once(view)
            except (TimeoutError, BlockingIOError) as error:
                if time.monotonic() >= deadline:
                    raise httpx.ReadTimeout("silence") from error
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError as error:
                raise httpx.ReadError(str(error)) from error
            else:
                return count

    def _fill_once(self, view: memoryview) -> int:
        plain = _AT_ONCE and not isinstance(self._sock, ssl.SSLSocket)
        self._sock.settimeout(TICK)
        until, done = time.monotonic() + TICK, 0
        while done < len(view) and time.monotonic() < until:
            try:
                count = self._receive(view[done:]) if plain else self._sock.recv_into(view[done:])
            except (TimeoutError, BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if not done:
                    raise
                break
            if not count:
                break
            done += count
        return done

    def _receive(self, view: memoryview) -> int:
        """Wait for bytes without a turn, then take those that are there in one."""
        if not _ready(self._sock, writing=False, seconds=TICK):
            raise TimeoutError
        with TURN:
            return self._sock.recv_into(view, len(view), _AT_ONCE)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        deadline = _deadline(timeout)
        long = len(rest) >= LONG and _AT_ONCE and not isinstance(self._sock, ssl.SSLSocket)
        while rest:
            _check()
            try:
                sent = self._send_at_once(rest, deadline) if long else self._send(rest, deadline)
                rest = rest[sent:]
                deadline = _deadline(timeout)
            except (TimeoutError, BlockingIOError) as error:
                if time.monotonic() >= deadline:
                    raise httpcore.WriteTimeout from error
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    def _send(self, rest: memoryview, deadline: float) -> int:
        self._sock.settimeout(_slice(deadline))
        return self._sock.send(rest)

    def _send_at_once(self, rest: memoryview, deadline: float) -> int:
        """Wait for room without a turn, then hand over what fits in one: copying is the work."""
        self._sock.settimeout(_slice(deadline))
        if not _ready(self._sock, writing=True, seconds=_slice(deadline)):
            raise TimeoutError
        with TURN:
            return self._sock.send(rest, _AT_ONCE)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _heeding(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _ready(sock: socket.socket, *, writing: bool, seconds: float) -> bool:
    """Wait until the socket takes bytes, or has some."""
    poll = select.poll()
    poll.register(sock, select.POLLOUT if writing else select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _deadline(timeout: float | None) -> float:
    return time.monotonic() + (timeout if timeout is not None else 3600.0)


def _slice(deadline: float) -> float:
    return max(0.001, min(TICK, deadline - time.monotonic()))


def _heeding(stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
    # TLS inside TLS (an https proxy) has no socket of its own to wait on; it stays as it is.
    sock = stream.get_extra_info("socket")
    tls = stream.get_extra_info("ssl_object")
    plain = isinstance(sock, socket.socket) and (tls is None or tls is sock)
    return HeedingStream(sock, stream) if plain else stream


class HeedingBackend(httpcore.NetworkBackend):
    """httpcore's own blocking sockets, wrapped."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        _check()
        return _heeding(self._inner.connect_tcp(host, port, timeout, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


def heed_stops(client: httpx.Client) -> None:
    """Make the client's connections notice a wish to stop.

    httpx has no public way to hand its pools a network backend (httpcore has), hence the two
    private names; a test proves that a stalled peer can be left within a second.
    """
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None and hasattr(pool, "_network_backend"):
            pool._network_backend = HeedingBackend()
