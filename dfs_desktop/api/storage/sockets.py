"""Sockets that notice a wish to stop: a stalled peer cannot hold a transfer that was cancelled."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import sys
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
LONG = 256 * 1024  # a block that is sent in one call
# One call that waits until a buffer is full spares the interpreter many short ones.
_WAIT_ALL = 0 if sys.platform == "win32" else getattr(socket, "MSG_WAITALL", 0)

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
        self._whole = False  # the system itself waits until a buffer is full
        self._asked = False
        self._sending = False  # the system itself waits until a block is sent

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
        self._wait_in_the_system()
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
        if self._whole:
            return self._sock.recv_into(view, len(view), _WAIT_ALL)
        self._sock.settimeout(TICK)
        until, done = time.monotonic() + TICK, 0
        while done < len(view) and time.monotonic() < until:
            try:
                count = self._sock.recv_into(view[done:])
            except (TimeoutError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if not done:
                    raise
                break
            if not count:
                break
            done += count
        return done

    def _wait_in_the_system(self) -> None:
        """Let a blocking receive return after a TICK, where the system can do that."""
        if self._asked:
            return
        self._asked = True
        if not _WAIT_ALL or isinstance(self._sock, ssl.SSLSocket):
            return
        tick = struct.pack("ll", int(TICK), int(TICK % 1 * 1_000_000))
        with contextlib.suppress(OSError):
            self._sock.settimeout(None)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, tick)
            self._whole = True

    def _send_in_the_system(self) -> bool:
        """Let a blocking send return after a TICK: one call for a block instead of a dozen, each of
        which would ask for the interpreter's lock again."""
        if isinstance(self._sock, ssl.SSLSocket) or not hasattr(socket, "SO_SNDTIMEO"):
            return False
        if sys.platform == "win32":  # there the option's value has another form
            return False
        if not self._sending:
            tick = struct.pack("ll", int(TICK), int(TICK % 1 * 1_000_000))
            try:
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, tick)
            except OSError:
                return False
            self._sending = True
        self._sock.settimeout(None)
        return True

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        deadline = _deadline(timeout)
        slow = len(rest) < LONG or not self._send_in_the_system()
        while rest:
            _check()
            if slow:
                self._sock.settimeout(_slice(deadline))
            try:
                with contextlib.nullcontext() if slow else TURN:
                    sent = self._sock.send(rest)
                rest = rest[sent:]
                deadline = _deadline(timeout)
            except (TimeoutError, BlockingIOError) as error:
                if time.monotonic() >= deadline:
                    raise httpcore.WriteTimeout from error
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

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
