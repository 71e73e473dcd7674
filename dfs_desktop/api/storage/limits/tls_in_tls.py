"""TLS through a connection that is encrypted itself: to an https store behind an https proxy."""

import contextlib
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

RECORDS = 64 * 1024


class TlsInTls:
    """Looks like a socket that never blocks: raises that it wants to read or write instead."""

    def __init__(
        self, outer: "ssl.SSLSocket | TlsInTls", context: ssl.SSLContext, host: str | None
    ) -> None:
        self._outer = outer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._unsent = b""

    def __getattr__(self, name: str) -> Any:
        """Everything else is the outer connection's: its addresses, its number, its end."""
        return getattr(self._outer, name)

    def do_handshake(self) -> None:
        self._do(self._object.do_handshake)

    def selected_alpn_protocol(self) -> str | None:
        return self._object.selected_alpn_protocol()

    def recv_into(self, view: memoryview) -> int:
        try:
            return int(self._do(lambda: self._object.read(len(view), view)))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return 0

    def send(self, view: memoryview | bytes) -> int:
        return self._do(lambda: self._object.write(view[:RECORDS]))

    def _do(self, action: Callable[[], T]) -> T:
        while True:
            self._flush()
            try:
                result = action()
            except ssl.SSLWantReadError:
                self._flush()
                if block := self._outer.recv(RECORDS):
                    self._incoming.write(block)
                else:
                    self._incoming.write_eof()
            else:
                # What cannot leave now does so before whatever is done next.
                with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    self._flush()
                return result

    def _flush(self) -> None:
        while self._unsent or self._outgoing.pending:
            self._unsent = self._unsent or self._outgoing.read()
            self._unsent = self._unsent[self._outer.send(self._unsent) :]
