"""The certificate that somebody shows under a server's name, read to tell who is in the way.

Nothing is trusted for it, and nothing but a greeting is sent.
"""

import base64
import calendar
import contextlib
import hashlib
import re
import socket
import ssl
import time
from collections.abc import Iterator

import httpx
from msgspec import Struct

from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import sentences, tr

from .address import Address
from .network import day, fingerprint
from .proxy.proxy_address import Proxy
from .trusted_authorities import ChangedCertificate, PinnedContext

PATIENCE = 1.0  # seconds: the one that is asked has answered a moment ago
_MOST_SAID = 128 << 10
_STATUS, _ENDS = re.compile(rb"HTTP/1\.\d (\d{3})([^\r\n]{0,200})"), b"\r\n\r\n"
_SEQUENCE, _SET, _VERSION, _OBJECT_ID, _SHORT_TIME = 0x30, 0x31, 0xA0, 0x06, 0x17
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


class Certificate(Struct, frozen=True):
    """What a certificate says of itself, nothing of it checked; times in POSIX seconds. Empty where
    none could be read."""

    issuer: str = ""
    subject: str = ""
    begins: float = 0.0
    ends: float = 0.0
    sha256: str = ""

    @property
    def by_opener(self) -> bool:
        """Whether a proxy or a virus scanner made it, which opens the connections to all servers."""
        return self.issuer != self.subject and bool(_OPENERS.search(self.issuer))

    def in_words(self) -> str:
        """Sentences on who issued it, until when it is valid, and its fingerprint; "" when unknown."""
        if not self.issuer:
            return ""
        if self.issuer == self.subject:
            by = tr("It was issued by itself (“{issuer}”).", issuer=self.issuer)
        else:
            by = tr(
                "It was issued by “{issuer}” for “{subject}”.",
                issuer=self.issuer,
                subject=self.subject,
            )
        if self.by_opener:
            opener = tr("That is a proxy or a virus scanner which opens encrypted connections.")
            by = sentences(by, opener)
        if self.ends:
            begin, end = day(self.begins), day(self.ends)
            by = sentences(by, tr("It is valid from {begin} to {end}.", begin=begin, end=end))
        mark = fingerprint(self.sha256)
        return sentences(by, tr("Its SHA-256 fingerprint is {fingerprint}.", fingerprint=mark))


def seen_certificate(to: Address, proxy: Proxy | None) -> Certificate:
    """The certificate that is shown for an address; an empty one where it cannot be read."""
    try:
        return read_certificate(_shown(to, proxy))
    except (OSError, ValueError, httpx.ProxyError):  # errors of TLS are the first two
        return Certificate()


def _shown(to: Address, proxy: Proxy | None) -> bytes:
    """The certificate, as it comes: the handshake ends with its refusal."""
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.pin("")
    try:
        shake_hands(context, to, proxy, time.monotonic() + PATIENCE)
    except ChangedCertificate as refused:
        return refused.shown
    raise ValueError("no certificate was said")


def shake_hands(
    context: ssl.SSLContext, to: Address, proxy: Proxy | None, end: float
) -> ssl.SSLObject:
    """What a handshake came to, whose connection is closed; in time (of the monotonic clock)."""
    incoming, outgoing, said = ssl.MemoryBIO(), ssl.MemoryBIO(), 0
    greeting = context.wrap_bio(incoming, outgoing, server_hostname=to.host.strip("[]"))
    with contextlib.closing(open_line(to, proxy, end)) as line:
        while said < _MOST_SAID:
            try:
                greeting.do_handshake()
            except ssl.SSLWantReadError:
                line.sendall(outgoing.read())
                block = _received(line, end)
                said += len(block)
                incoming.write(block) if block else incoming.write_eof()
            else:
                return greeting
    raise OSError("no end of the handshake was said")


def open_line(to: Address, proxy: Proxy | None, end: float) -> socket.socket:
    """A connection to a server, by CONNECT through a proxy; httpx.ProxyError for what that answers."""
    host, port = to.host.strip("[]"), to.port or {"https": 443}.get(to.scheme, 80)
    left = max(0.001, end - time.monotonic())
    if proxy is None:
        return socket.create_connection((host, port), left)
    if proxy.scheme != "http":
        raise OSError("not asked through this kind of proxy")
    line = socket.create_connection((proxy.host, proxy.port or 80), left)
    with contextlib.ExitStack() as undone:
        undone.callback(line.close)
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        login = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        known = f"Proxy-Authorization: Basic {login}\r\n" if proxy.user else ""
        line.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{known}\r\n".encode())
        head = b""
        while _ENDS not in head:
            block = _received(line, end)
            head += block
            if not block or len(head) >= _MOST_SAID:
                raise OSError("no end of the proxy's answer was said")
        if (status := _STATUS.match(head)) is None or not status[1].startswith(b"2"):
            said = status[1] + status[2] if status is not None else b""
            raise httpx.ProxyError(said.decode("ascii", "replace"))
        undone.pop_all()
    return line


def _received(line: socket.socket, end: float) -> bytes:
    line.settimeout(max(0.001, end - time.monotonic()))
    return line.recv(16 << 10)


def read_certificate(der: bytes) -> Certificate:
    """What is in a certificate (DER, X.509): common names, or else organizations.

    ValueError for what is no certificate.
    """
    whole = next(_parts(der))[1]
    fields = [value for tag, value in _parts(next(_parts(whole))[1]) if tag != _VERSION]
    if len(fields) < 5:
        raise ValueError("no certificate")
    begins, ends = (_moment(*each) for each in list(_parts(fields[3]))[:2])
    sha256 = hashlib.sha256(der).hexdigest()
    return Certificate(_name(fields[2]), _name(fields[4]), begins, ends, sha256)


def _moment(tag: int, text: bytes) -> float:
    """A time as certificates write it: ``YYMMDDhhmmssZ``, or with all digits of the year."""
    form = "%y%m%d%H%M%SZ" if tag == _SHORT_TIME else "%Y%m%d%H%M%SZ"
    return float(calendar.timegm(time.strptime(text.decode("ascii"), form)))


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
