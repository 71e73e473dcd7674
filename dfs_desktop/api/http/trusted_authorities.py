"""Whose certificates are trusted: the operating system's authorities, and those that variables name."""

from __future__ import annotations

import functools
import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

from dfs_desktop import disk_errors

# OpenSSL's own two, and what company computers set for other Python programs and for curl.
_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_READ_BY_OPENSSL = () if sys.platform in ("win32", "darwin") else _VARIABLES[:2]


def tls_context() -> ssl.SSLContext:
    """Trust what the operating system trusts (company certificates included), and the named files.

    One for all connections of the process, while what the variables name stays the same.
    """
    return _trusting(tuple((name, path, _changed(path)) for name, path in _named()))


@functools.lru_cache(maxsize=4)
def _trusting(named: tuple[tuple[str, Path, int], ...]) -> ssl.SSLContext:
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name, path, _ in named:
        if name not in _READ_BY_OPENSSL:
            _add(context, path)
    plain = getattr(context, "_ctx", None)
    if sys.platform in ("win32", "darwin") or plain is None:
        return context
    # Elsewhere all that truststore does is to find the authorities, anew for each connection.
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    plain.sslsocket_class, plain.sslobject_class = ssl.SSLSocket, ssl.SSLObject
    return plain  # type: ignore[no-any-return]


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
    told = [f"{name} names {path}, {why}." for name, path in _named() if (why := _fault(path))]
    good = [name for name, path in _named() if not _fault(path)]
    if good:
        decide = "decides" if len(good) == 1 else "decide"
        told.append(f"{' and '.join(good)} {decide} here which authorities are trusted.")
    return " ".join(told)


def _named() -> Iterator[tuple[str, Path]]:
    seen: set[str] = set()
    for name in _VARIABLES:
        path = os.environ.get(name, "")
        if path and path not in seen:
            seen.add(path)
            yield name, Path(path)


def _add(context: ssl.SSLContext, path: Path) -> str:
    """Trust a file or a folder of certificates as well; why that does not work."""
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        return "which holds no certificates in the form PEM"
    except FileNotFoundError:
        return "which does not exist"
    except (OSError, ValueError) as error:
        reason = disk_errors.reason(error) if isinstance(error, OSError) else str(error)
        return f"which cannot be read: {reason}"
    return ""


def _fault(path: Path) -> str:
    return _add(bare_context(), path)
