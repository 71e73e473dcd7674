"""Whose certificates are trusted: the operating system's authorities, those that variables and
preferences name, and of a server whose certificate a person chose, that one alone."""

import contextlib
import functools
import hashlib
import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

from dfs_desktop import disk_errors
from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.text.decoding import decode_json
from dfs_desktop.translation import sentences, tr

from .network import Network, OwnCertificate

# OpenSSL's own two, and what company computers set for other Python programs and for curl.
_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_READ_BY_OPENSSL = () if sys.platform in ("win32", "darwin") else _VARIABLES[:2]


_DER, _PEM = b"\x30", b"-----BEGIN "  # how certificates begin
_MOST = 4 << 20  # bytes of a file of them
_OURS = ""  # what stands for the name of a variable where the preferences name a file


class ChangedCertificate(ssl.SSLCertVerificationError):
    """The server shows another certificate than the one that a person trusts; ``shown`` is its DER."""

    shown: bytes


def tls_context(
    network: Network, host: str = "", port: int | None = None, *, own: bool = False
) -> ssl.SSLContext:
    """Trust what the operating system trusts (company certificates included), and the named files; of
    a server with a pin nothing but that certificate. ``own``: show ours to who wants one.

    One for all connections of the process, while what is named stays the same.
    ConfigurationError when what the preferences name cannot be used.
    """
    mine = network.own if own else None
    if (pin := network.pin(host.strip("[]").lower(), port or 443)) is not None:
        return _pinned(pin.sha256, mine)
    named = list(_named())
    if network.authorities:
        named.append((_OURS, Path(network.authorities)))
    return _trusting(tuple((name, path, _changed(path)) for name, path in named), mine)


@functools.lru_cache(maxsize=8)
def _trusting(
    named: tuple[tuple[str, Path, int], ...], own: OwnCertificate | None
) -> ssl.SSLContext:
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name, path, _ in named:
        if _read_by_openssl(name, path):
            continue
        if (why := _add(context, path)) and name == _OURS:
            raise ConfigurationError(
                sentences(
                    tr("The preferences name the certificates in {path}.", path=path),
                    why,
                    tr("Choose another file."),
                ),
                title=tr("The file of certificates cannot be used"),
            )
    show(context, own)
    plain = getattr(context, "_ctx", None)
    if sys.platform in ("win32", "darwin") or plain is None:
        return context
    # Elsewhere all that truststore does is to find the authorities, anew for each connection.
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    plain.sslsocket_class, plain.sslobject_class = ssl.SSLSocket, ssl.SSLObject
    return plain  # type: ignore[no-any-return]


@functools.lru_cache(maxsize=32)
def _pinned(sha256: str, own: OwnCertificate | None) -> ssl.SSLContext:
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.pin(sha256)
    show(context, own)
    return context


class PinnedContext(ssl.SSLContext):
    """Every handshake ends with a look at the certificate: whoever shows another one hears nothing."""

    _sha256 = ""

    def pin(self, sha256: str) -> None:
        """Accept this certificate and no other; "" is none at all."""
        self._sha256 = sha256
        self.check_hostname, self.verify_mode = False, ssl.CERT_NONE
        self.sslsocket_class, self.sslobject_class = _PinnedSocket, _PinnedObject

    def check(self, shown: bytes) -> None:
        """ChangedCertificate for any but the pinned one."""
        if hashlib.sha256(shown).hexdigest() != self._sha256:
            error = ChangedCertificate(1, "the certificate is another one than the trusted one")
            error.shown = shown
            raise error


class _PinnedSocket(ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        self.context.check(self.getpeercert(binary_form=True) or b"")  # type: ignore[attr-defined]


class _PinnedObject(ssl.SSLObject):
    def do_handshake(self) -> None:
        super().do_handshake()
        self.context.check(self.getpeercert(binary_form=True) or b"")  # type: ignore[attr-defined]


def show(context: ssl.SSLContext, own: OwnCertificate | None) -> None:
    """Have a certificate of ours ready; ConfigurationError when it cannot be used."""
    if own is None:
        return
    try:  # a password is always given: OpenSSL would ask for one on the terminal
        context.load_cert_chain(own.certificate, own.key or None, own.password)
    except (OSError, ValueError) as error:
        files = ", ".join(filter(None, (own.certificate, own.key)))
        raise ConfigurationError(
            tr(
                "The certificate that identifies you, in {files}, cannot be used: {reason}.",
                files=files,
                reason=_why_not(own, error),
            ),
            title=tr("Your certificate cannot be used"),
        ) from None


def _why_not(own: OwnCertificate, error: OSError | ValueError) -> str:
    if not isinstance(error, ssl.SSLError):
        return disk_errors.reason(error)
    if error.reason == "KEY_VALUES_MISMATCH":
        return tr("the key belongs to another certificate")
    with contextlib.suppress(OSError):
        if b"ENCRYPTED" in Path(own.key or own.certificate).read_bytes()[: 1 << 20]:
            if own.password:
                return tr("its key wants a password, and not this one")
            return tr("its key wants a password")
    return tr("they are no certificate with its key (PEM)")


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def bare_context() -> ssl.SSLContext:
    """For plain http: trusts nobody, and costs no reading of certificates."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def told_by_variables() -> str:
    """What the variables have to do with a certificate that was not accepted; for people."""
    told = [
        sentences(tr("The variable {name} names {path}.", name=name, path=path), why)
        for name, path in _named()
        if (why := fault_of_authorities(path))
    ]
    if good := [name for name, path in _named() if not fault_of_authorities(path)]:
        told.append(
            tr("Here {names} decides which authorities are trusted.", names=good[0])
            if len(good) == 1
            else tr("Here {names} decide which authorities are trusted.", names=", ".join(good))
        )
    return " ".join(told)


def _named() -> Iterator[tuple[str, Path]]:
    seen: set[str] = set()
    for name in _VARIABLES:
        value = os.environ.get(name, "")
        for path in value.split(os.pathsep) if name == "SSL_CERT_DIR" else [value]:
            if path and path not in seen:
                seen.add(path)
                yield name, Path(path)


def _read_by_openssl(name: str, path: Path) -> bool:
    """Whether OpenSSL has read it by itself: a folder, or a file of PEM, each by its variable."""
    with contextlib.suppress(OSError):
        if name in _READ_BY_OPENSSL and name == "SSL_CERT_DIR":
            return path.is_dir()
        if name in _READ_BY_OPENSSL:
            with path.open("rb") as file:
                return _PEM in file.read(_MOST)
    return False


def _add(context: ssl.SSLContext, path: Path) -> str:
    """Trust a file or a folder of certificates as well; why that does not work."""
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            _load(context, path)
    except ssl.SSLError:
        return tr("It holds no certificates in the form PEM or DER.")
    except FileNotFoundError:
        return tr("It does not exist.")
    except (OSError, ValueError) as error:
        reason = disk_errors.reason(error)
        return tr("It cannot be read: {reason}.", reason=reason)
    return ""


def _load(context: ssl.SSLContext, file: Path) -> None:
    """Also what Windows writes: DER, and PEM in UTF-16 or behind a byte order mark."""
    try:
        context.load_verify_locations(cafile=file)
    except ssl.SSLError as refused:
        with file.open("rb") as opened:
            data = opened.read(_MOST)
        text = decode_json(data).text.encode("ascii", "replace").decode()
        other = data if data.startswith(_DER) else text
        try:
            context.load_verify_locations(cadata=other)
        except (ssl.SSLError, ValueError):
            raise refused from None


def fault_of_authorities(path: Path) -> str:
    """Why a file of certificates cannot be used; "" when it can."""
    return _add(bare_context(), path)
