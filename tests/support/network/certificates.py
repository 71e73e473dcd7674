"""An authority of the tests' own, and servers that speak TLS with the certificates it issues."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any


class Authority:
    """Issues certificates for this machine; a client trusts it when SSL_CERT_FILE names ``path``."""

    def __init__(self, folder: Path, subject: str = "/CN=The tests' own authority") -> None:
        self.folder, self.path, self._key = folder, folder / "authority.pem", folder / "ca.key"
        self._numbers = itertools.count(1)
        folder.mkdir(parents=True, exist_ok=True)
        self._make("-x509", "-days", "2", "-keyout", self._key, "-out", self.path, subject=subject)

    def issue(self, names: str = "IP:127.0.0.1,DNS:localhost") -> Path:
        """A new key and its certificate, in one file."""
        stem = self.folder / f"issued {next(self._numbers)}"
        key, request, public, more, both = (stem.with_suffix(f".{n}") for n in range(5))
        self._make("-keyout", key, "-out", request, subject="/CN=a server of the tests")
        more.write_text(f"subjectAltName={names}\n")
        _openssl("x509", "-req", "-in", request, "-CA", self.path, "-CAkey", self._key,
                 "-CAcreateserial", "-days", "2", "-out", public, "-extfile", more)  # fmt: skip
        both.write_bytes(key.read_bytes() + public.read_bytes())
        return both

    @functools.cached_property
    def certificate(self) -> Path:
        """The one that most servers show."""
        return self.issue()

    def context(self, certificate: Path | None = None) -> ssl.SSLContext:
        """For a server; ``load_cert_chain`` of it renews the certificate while the server runs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate or self.certificate)
        return context

    def _make(self, *arguments: str | Path, subject: str) -> None:
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        _openssl("req", *curve, "-subj", subject, *arguments)


def trusted_context(folder: Path) -> ssl.SSLContext:
    """Of a new authority, which this process and those that it starts trust from now on."""
    authority = Authority(folder)
    os.environ["SSL_CERT_FILE"] = str(authority.path)
    return authority.context()


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Encryptable:
    """Before a socketserver class: with a ``context``, every connection is encrypted.

    The handshake waits until the handler reads, so that a silent client holds up nobody.
    """

    context: ssl.SSLContext | None = None
    server_address: Any

    @property
    def origin(self) -> str:
        scheme = "http" if self.context is None else "https"
        return f"{scheme}://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> tuple[socket.socket, Any]:
        request, address = super().get_request()  # type: ignore[misc]
        if self.context is not None:
            request = self.context.wrap_socket(
                request, server_side=True, do_handshake_on_connect=False
            )
        return request, address

    def shutdown_request(self, request: Any) -> None:
        """Say goodbye as TLS wants it, without a wait for the other side's."""
        if isinstance(request, ssl.SSLSocket) and request.fileno() >= 0:
            with contextlib.suppress(OSError, ValueError):
                request.settimeout(0)
                request.unwrap()
            if request.context.verify_mode is ssl.CERT_REQUIRED:
                _let_it_read(request)
        super().shutdown_request(request)  # type: ignore[misc]


def _let_it_read(request: ssl.SSLSocket) -> None:
    """Closed with bytes of a client unread, a connection is reset, and what it was told is lost: that
    its certificate is wanted."""
    with contextlib.suppress(OSError, ValueError):
        socket.socket.shutdown(request, socket.SHUT_WR)
        socket.socket.settimeout(request, 0.5)
        while socket.socket.recv(request, 65536):
            pass


class SmallRecords(ssl.SSLSocket):
    """Sends TLS records of a few hundred bytes, as stores do at the beginning of an answer."""

    LONGEST = 700

    def send(self, data: Any, flags: int = 0) -> int:
        return super().send(memoryview(data)[: self.LONGEST], flags)
