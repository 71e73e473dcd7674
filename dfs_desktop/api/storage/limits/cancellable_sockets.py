"""Sockets whose waits can be cancelled: a stalled peer cannot hold a transfer that was stopped."""

import contextlib
import errno
import os
import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import httpcore
import httpx

from dfs_desktop.translation import tr

from .tls_in_tls import TlsInTls

AnySocket: TypeAlias = socket.socket | TlsInTls

# How long a wish to stop may go unnoticed while a socket waits, in seconds.
TICK = 0.2
READ_SIZE = 64 * 1024
_MOST_WAIT = 3600.0  # where nobody gives a limit
_WAIT = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_PENDING = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)}

_thread = threading.local()


@contextlib.contextmanager
def cancellation_scope(check: Callable[[], None]) -> Iterator[None]:
    """Inside, every socket wait on this thread calls ``check()`` several times a second."""
    before = getattr(_thread, "check", None)
    _thread.check = check
    try:
        yield
    finally:
        _thread.check = before


def _check() -> None:
    if (check := getattr(_thread, "check", None)) is not None:
        check()


def seconds_waited() -> float:
    """How long sockets have been waited for on this thread, in all."""
    waited: float = getattr(_thread, "waited", 0.0)
    return waited


def _ready(sock: AnySocket, *, writing: bool, seconds: float) -> bool:
    """Wait until the socket takes bytes, or has some; a failed connection is ready as well."""
    begun = time.monotonic()
    if sys.platform == "win32":  # where a connection that failed is told as an exception only
        sides = ([], [sock]) if writing else ([sock], [])
        ready = any(select.select(*sides, [sock], seconds))
    else:
        poll = select.poll()
        poll.register(sock, select.POLLOUT if writing else select.POLLIN)
        ready = bool(poll.poll(seconds * 1000))
    _thread.waited = seconds_waited() + time.monotonic() - begun
    return ready


def _wait(sock: AnySocket, deadline: float, *, writing: bool) -> None:
    """Wait a TICK at most; TimeoutError when the deadline is over, or what the check raises."""
    _check()
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    _ready(sock, writing=writing, seconds=min(TICK, left))


def _deadline(timeout: float | None) -> float:
    return time.monotonic() + (timeout if timeout is not None else _MOST_WAIT)


def _writes(error: Exception, *, writing: bool) -> bool:
    """Which way the socket has to become ready: TLS may have to read in order to write."""
    return (
        writing if isinstance(error, BlockingIOError) else isinstance(error, ssl.SSLWantWriteError)
    )


class Sessions:
    """What TLS servers gave us to begin the next connection with: it saves them a signature."""

    def __init__(self) -> None:
        self._known: dict[tuple[ssl.SSLContext, Any, str | None], ssl.SSLSession] = {}

    def remember(self, sock: ssl.SSLSocket) -> None:
        """Note the session of a connection, if it has got one."""
        with contextlib.suppress(OSError):  # it may have been left by its peer already
            session = sock.session  # a copy, certificates and all, each time
            if session is not None:
                key = sock.context, sock.getpeername()[1], sock.server_hostname
                self._known[key] = session

    def of(
        self, sock: socket.socket, context: ssl.SSLContext, host: str | None
    ) -> ssl.SSLSession | None:
        """A session for a new connection. Truststore's own checks need whole handshakes."""
        plain = type(context) is ssl.SSLContext
        return self._known.get((context, sock.getpeername()[1], host)) if plain else None


class CancellableStream(httpcore.NetworkStream):
    """A plain or encrypted socket, never blocked in for longer than a TICK."""

    def __init__(self, sock: AnySocket, sessions: Sessions) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._sessions = sessions
        self._heard = False
        self.patience: float | None = None  # seconds for one silence, where less than asked for

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        room = bytearray(min(max_bytes, READ_SIZE))
        with _told(httpcore.ReadTimeout, httpcore.ReadError):
            count = self._receive(memoryview(room), _deadline(self.patience or timeout))
        if not self._heard and isinstance(self._sock, ssl.SSLSocket):
            self._sessions.remember(self._sock)  # a server gives it with its first answer
        self._heard = True
        return bytes(memoryview(room)[:count])

    def fill(self, view: memoryview, timeout: float) -> int:
        """Receive into ``view`` until it is full, or what came is a TICK old; 0 at the end.

        For the rest of a body whose length is known: past httpx, without a copy. ``timeout`` is
        for one silence. Raises what httpx would.
        """
        with _told(httpx.ReadTimeout, httpx.ReadError):
            done = self._receive(view, _deadline(timeout))
            until = time.monotonic() + TICK
            while 0 < done < len(view):
                try:
                    count = self._sock.recv_into(view[done:])
                except _WAIT as error:
                    left = until - time.monotonic()
                    if left <= 0:
                        break
                    _check()
                    _ready(self._sock, writing=_writes(error, writing=False), seconds=left)
                else:
                    if not count:
                        break
                    done += count
            return done

    def _receive(self, view: memoryview, deadline: float) -> int:
        while True:
            try:
                return self._sock.recv_into(view)
            except _WAIT as error:
                _wait(self._sock, deadline, writing=_writes(error, writing=False))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest, deadline = memoryview(buffer), _deadline(timeout)
        with _told(httpcore.WriteTimeout, httpcore.WriteError):
            while rest:
                _check()
                try:
                    rest = rest[self._sock.send(rest) :]
                    deadline = _deadline(timeout)
                except _WAIT as error:
                    _wait(self._sock, deadline, writing=_writes(error, writing=True))

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        deadline = _deadline(timeout)
        with _told(httpcore.ConnectTimeout, httpcore.ConnectError), _closing(self._sock):
            sock = self._encrypted(ssl_context, server_hostname)
            with _closing(sock):
                while True:
                    try:
                        sock.do_handshake()
                    except _WAIT as error:
                        _wait(sock, deadline, writing=_writes(error, writing=False))
                    else:
                        return CancellableStream(sock, self._sessions)

    def _encrypted(self, context: ssl.SSLContext, host: str | None) -> ssl.SSLSocket | TlsInTls:
        if isinstance(self._sock, (ssl.SSLSocket, TlsInTls)):
            return TlsInTls(self._sock, context, host)
        # The handshake without waiting: truststore's context lets one at a time do something.
        return context.wrap_socket(
            self._sock,
            server_hostname=host,
            do_handshake_on_connect=False,
            session=self._sessions.of(self._sock, context, host),
        )

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "ssl_object":
                return None if type(self._sock) is socket.socket else self._sock
            case "socket":
                return self._sock
            case "is_readable":
                return self._sock.fileno() < 0 or _ready(self._sock, writing=False, seconds=0)
            case "client_addr":
                return self._sock.getsockname()
            case "server_addr":
                return self._sock.getpeername()
        return None


@contextlib.contextmanager
def _told(timeout: type[Exception], fault: type[Exception]) -> Iterator[None]:
    """What a socket raises, in the words of the library that asked."""
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except OSError as error:
        raise fault(str(error)) from error


@contextlib.contextmanager
def _closing(sock: AnySocket) -> Iterator[None]:
    """Close the socket when what is done with it fails."""
    try:
        yield
    except BaseException:
        sock.close()
        raise


class CancellableBackend(httpcore.NetworkBackend):
    """Connects by such sockets, and leaves an address that does not answer as soon as wished."""

    def __init__(self) -> None:
        self._sessions = Sessions()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        _check()
        deadline = _deadline(timeout)
        with _told(httpcore.ConnectTimeout, httpcore.ConnectError):
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            for number, (family, kind, protocol, _, address) in enumerate(found, 1):
                sock = socket.socket(family, kind, protocol)
                # An address that is dead leaves half of the time to those after it.
                part = (deadline - time.monotonic()) / (2 if number < len(found) else 1)
                try:
                    with _closing(sock):
                        sock.setblocking(False)
                        for option in socket_options or ():
                            sock.setsockopt(*option)
                        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        if local_address is not None:
                            sock.bind((local_address, 0))
                        _connect(sock, address, time.monotonic() + part)
                except OSError:
                    if number == len(found):
                        raise
                else:
                    return CancellableStream(sock, self._sessions)
        raise httpcore.ConnectError(tr("no address of {host}", host=host))

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _connect(sock: socket.socket, address: Any, deadline: float) -> None:
    number = sock.connect_ex(address)
    if number not in _PENDING:
        raise OSError(number, os.strerror(number))
    while number and not _ready(sock, writing=True, seconds=0):
        _wait(sock, deadline, writing=True)
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        raise OSError(number, os.strerror(number))


def make_cancellable(transport: httpx.HTTPTransport) -> None:
    """Make its connections notice a wish to stop.

    httpx has no public way to hand its pools a network backend (httpcore has), hence the two
    private names; a test proves that a stalled peer can be left within a second.
    """
    transport._pool._network_backend = CancellableBackend()
