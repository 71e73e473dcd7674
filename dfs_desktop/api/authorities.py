"""Whose certificates are trusted: the operating system's authorities, and those that variables name."""

from __future__ import annotations

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
    """Trust what the operating system trusts (company certificates included), and the named files."""
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name, path in _named():
        if name not in _READ_BY_OPENSSL:
            _add(context, path)
    return context


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
