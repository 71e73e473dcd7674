"""Sockets that notice a wish to stop: a stalled peer cannot hold a transfer that was cancelled."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

# How long a wish to stop may go unnoticed while a socket waits, in seconds.
TICK = 0.2
READ_SIZE = 512 * 1024

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
                return self._sock.recv(max(max_bytes, READ_SIZE))
            except TimeoutError as error:
                if time.monotonic() >= deadline:
                    raise httpcore.ReadTimeout from error
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError as error:
                raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        deadline = _deadline(timeout)
        while rest:
            _check()
            self._sock.settimeout(_slice(deadline))
            try:
                rest = rest[self._sock.send(rest) :]
                deadline = _deadline(timeout)
            except TimeoutError as error:
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
