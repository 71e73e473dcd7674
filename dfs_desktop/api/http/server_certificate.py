"""The certificate that somebody shows under a server's name, read to tell who is in the way.

Nothing is trusted for it, and nothing but a greeting is sent: TLS 1.2 answers with the certificate in
the clear. Who speaks TLS 1.3 alone is not named.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from dfs_desktop.artifact.names import shortened

from .address import Address
from .proxies import Proxy

T = TypeVar("T")

PATIENCE = 1.0  # seconds: the one that is asked has answered a moment ago
_HANDSHAKE, _CERTIFICATES, _MOST_SAID = 22, 11, 128 << 10  # of TLS
_SEQUENCE, _SET, _VERSION, _OBJECT_ID = 0x30, 0x31, 0xA0, 0x06
_ENCODINGS = {0x0C: "utf-8", 0x13: "ascii", 0x16: "ascii", 0x14: "latin-1", 0x1E: "utf-16-be"}
_COMMON_NAME, _ORGANIZATION = b"\x55\x04\x03", b"\x55\x04\x0a"
# Makers of programs and boxes that open the encrypted connections of others.
_OPENERS = re.compile(
    r"zscaler|netskope|fortinet|fortigate|palo ?alto|blue ?coat|symantec web|forcepoint|websense"
    r"|sophos|barracuda|watchguard|sonicwall|check ?point|cisco umbrella|umbrella root|iboss"
    r"|mcafee|skyhigh|menlo security|cato networks|cloudflare.{0,20}gateway|squid|untangle"
    r"|smoothwall|lightspeed|securly|contentkeeper|kaspersky|bitdefender|avast|\bavg\b|\beset\b"
    r"|dr\.?web|adguard|mitmproxy|charles proxy|fiddler|portswigger|\bproxyman\b|\bproxy\b",
    re.IGNORECASE,
)


def who_signed(to: Address, proxy: Proxy | None) -> str:
    """A sentence on who issued the certificate that is shown for an address; "" when unknown."""
    try:
        issuer, subject = names_of(_shown(to, proxy))
    except (OSError, ValueError):  # errors of TLS are both
        return ""
    if not issuer:
        return ""
    if issuer == subject:
        return f" It was issued by itself (“{issuer}”)."
    opener = (
        " That is a proxy or a virus scanner which opens encrypted connections."
        if _OPENERS.search(issuer)
        else ""
    )
    return f" It was issued by “{issuer}” for “{subject}”.{opener}"


def _shown(to: Address, proxy: Proxy | None) -> bytes:
    """The certificate, as it comes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    host, port = to.host.strip("[]"), to.port or 443
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname=host).do_handshake()
    end = time.monotonic() + PATIENCE
    with contextlib.closing(_line(host, port, proxy, end)) as line:
        line.sendall(outgoing.read())
        return _heard(line, end, _certificate)


def _line(host: str, port: int, proxy: Proxy | None, end: float) -> socket.socket:
    if proxy is None:
        return socket.create_connection((host, port), PATIENCE)
    if proxy.scheme != "http":
        raise OSError("not asked through this kind of proxy")
    line = socket.create_connection((proxy.host, proxy.port or 80), PATIENCE)
    with contextlib.ExitStack() as undone:
        undone.callback(line.close)
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        login = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        known = f"Proxy-Authorization: Basic {login}\r\n" if proxy.user else ""
        line.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{known}\r\n".encode())
        _heard(line, end, lambda head: head.endswith(b"\r\n\r\n"))
        undone.pop_all()
    return line


def _heard(line: socket.socket, end: float, found: Callable[[bytes], T]) -> T:
    """What is found in the bytes that come, as soon as it is something."""
    said = b""
    while len(said) < _MOST_SAID:
        line.settimeout(max(0.001, end - time.monotonic()))
        block = line.recv(16 << 10)
        said += block
        if result := found(said):
            return result
        if not block:
            break
    raise OSError("nothing of the kind was said")


def _certificate(said: bytes) -> bytes:
    """The first certificate in the records of a server's answer to a greeting; b"" before it came."""
    messages, at = b"", 0
    while at + 5 <= len(said) and said[at] == _HANDSHAKE:
        size = int.from_bytes(said[at + 3 : at + 5], "big")
        messages += said[at + 5 : at + 5 + size]
        at += 5 + size
    at = 0
    while at + 10 <= len(messages):
        end = at + 4 + int.from_bytes(messages[at + 1 : at + 4], "big")
        if messages[at] == _CERTIFICATES and end <= len(messages):
            return messages[at + 10 : at + 10 + int.from_bytes(messages[at + 7 : at + 10], "big")]
        at = end
    return b""


def names_of(certificate: bytes) -> tuple[str, str]:
    """Issuer and subject of a certificate (DER, X.509): their names, or else their organizations.

    ValueError for what is no certificate.
    """
    whole = next(_parts(certificate))[1]
    fields = [value for tag, value in _parts(next(_parts(whole))[1]) if tag != _VERSION]
    if len(fields) < 5:
        raise ValueError("no certificate")
    return _name(fields[2]), _name(fields[4])


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The values that stand one after the other in some DER."""
    at = 0
    while at < len(data) or at == 0:
        if at + 2 > len(data):
            raise ValueError("cut off")
        tag, length, start = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, start = int.from_bytes(data[start : start + size], "big"), start + size
        at = start + length
        if at > len(data) or start > len(data):
            raise ValueError("cut off")
        yield tag, data[start:at]


def _name(data: bytes) -> str:
    found: dict[bytes, str] = {}
    for tag, group in _parts(data):
        for inner, pair in _parts(group) if tag == _SET else ():
            values = list(_parts(pair)) if inner == _SEQUENCE else []
            if len(values) == 2 and values[0][0] == _OBJECT_ID:
                text = values[1][1].decode(_ENCODINGS.get(values[1][0], "ascii"), "replace")
                found.setdefault(values[0][1], shortened(text, 80))
    name, company = found.get(_COMMON_NAME, ""), found.get(_ORGANIZATION, "")
    return f"{name}, {company}" if name and company and company not in name else name or company
