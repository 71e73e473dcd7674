"""The way to a server below its interface: the name, the line, the proxy, the encryption. Blocking."""

import contextlib
import socket
import ssl
import time
from typing import Any

import httpx
from msgspec import Struct

from dfs_desktop.api.errors import CertificateError, DataForceError
from dfs_desktop.api.http.address import Address, meant_address
from dfs_desktop.api.http.connection_errors import FAULTS, connection_error
from dfs_desktop.api.http.network import Network, day, fingerprint
from dfs_desktop.api.http.proxy.proxy_address import Proxy
from dfs_desktop.api.http.proxy.proxy_choice import another_way, proxy_for
from dfs_desktop.api.http.server_certificate import (
    Certificate,
    open_line,
    read_certificate,
    shake_hands,
)
from dfs_desktop.api.http.trusted_authorities import tls_context
from dfs_desktop.translation import tr

from .advice import advice
from .findings import Finding, fault, good, skipped, warning

SOON = 14 * 86400.0  # seconds before its end at which a certificate is worth a word
MOST_NAMED = 4  # addresses of one name, certificates of one chain


class Way(Struct, frozen=True):
    """Where to, through what, and how long each step may take."""

    to: Address
    proxy: Proxy | None
    network: Network
    seconds: float

    @property
    def next(self) -> tuple[str, int]:
        """Host and port of who is spoken to first."""
        if self.proxy is not None:
            own_port = {"http": 80, "https": 443}.get(self.proxy.scheme, 1080)
            return self.proxy.host, self.proxy.port or own_port
        return self.to.host.strip("[]"), self.to.port or {"https": 443}.get(self.to.scheme, 80)


def told(step: str, error: Exception, way: Way) -> Finding:
    """An error of a socket in the words that the library has for it."""
    if not isinstance(error, DataForceError):
        if isinstance(error, (OSError, TimeoutError)):  # as the HTTP client would say it
            error, cause = httpx.ConnectError(str(error)), error
            error.__cause__ = cause
        error = connection_error(error, way.to, way.proxy, way.network)
    found = error.detail or error.title
    if isinstance(error, CertificateError) and (what := advice(error, step)):
        # What to do is said more to the point here than in the error.
        mark = fingerprint(error.sha256)
        return fault(step, found.partition(mark)[0] + mark, what)
    return fault(step, found, advice(error, step))


def by_proxy(to: Address, network: Network, seconds: float) -> Way:
    """The way through the proxy that the settings name; of those that a script names, the first one
    at which somebody accepts connections."""
    while True:
        way = Way(to, proxy_for(to, network), network, seconds)
        if way.proxy is None or not way.proxy.script:
            return way
        try:
            with contextlib.closing(socket.create_connection(way.next, seconds / 3)):
                return way
        except OSError:
            away = httpx.ConnectError("nobody accepts connections")
            if not another_way(away, way.proxy, to, network):
                return way


def look_up_name(way: Way) -> Finding:
    """The addresses of the server, or of the proxy that looks it up itself."""
    host, port = way.next
    if meant_address(host) is not None:
        return good("name", tr("{host} is a number, which need not be looked up", host=host))
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        return told("name", error, way)
    numbers = list(dict.fromkeys(str(each[4][0]) for each in found))
    shown = ", ".join(numbers[:MOST_NAMED]) + (", …" if len(numbers) > MOST_NAMED else "")
    if way.proxy is not None:
        return good("name", tr("The proxy {host} is {numbers}", host=host, numbers=shown))
    return good("name", tr("{host} is {numbers}", host=host, numbers=shown))


def connect(way: Way) -> Finding:
    """Whether somebody accepts the connection; through a proxy by http, also what it says to us."""
    host, port = way.next
    try:
        with contextlib.closing(socket.create_connection((host, port), way.seconds)):
            pass
        if not _tunnel(way):
            return good(
                "line", tr("{host} accepts connections at port {port}", host=host, port=port)
            )
        with contextlib.closing(open_line(way.to, way.proxy, time.monotonic() + way.seconds)):
            return good(
                "line",
                tr(
                    "The proxy {host}:{port} connects us with {place}",
                    host=host,
                    port=port,
                    place=way.to.place,
                ),
            )
    except (*FAULTS, DataForceError) as error:
        return told("line", error, way)


def _tunnel(way: Way) -> bool:
    return way.proxy is not None and way.proxy.scheme == "http" and way.to.scheme == "https"


def encrypt(way: Way) -> Finding:
    """The handshake as it is made later, and who vouches for the server."""
    if way.to.scheme != "https" and way.to.loopback:
        return good("tls", tr("None, and none is needed: nothing leaves this computer"))
    if way.to.scheme != "https":
        return warning("tls", tr("None: everybody on the way can read the key and the files"))
    if way.proxy is not None and not _tunnel(way):
        return skipped("tls", tr("Not tried alone through this kind of proxy; see below"))
    try:
        context = tls_context(way.network, way.to.host, way.to.port, own=True)
        end = time.monotonic() + way.seconds
        handshake = shake_hands(context, way.to, way.proxy, end)
    except (*FAULTS, DataForceError) as error:
        return told("tls", error, way)
    certificate = read_certificate(handshake.getpeercert(binary_form=True) or b"")
    words = tr(
        "{version}; {subject}, issued by {issuer}, valid till {day}",
        version=handshake.version(),
        subject=certificate.subject,
        issuer=certificate.issuer,
        day=day(certificate.ends),
    )
    if chain := _chain(handshake):
        words = f"{words}; {chain}"
    if way.network.pin(way.to.host, way.to.port or 443) is not None:
        words = f"{words}; {tr('the one that you trust for this server')}"
    if certificate.ends - time.time() < SOON:
        soon = tr("Tell whoever runs the server: the certificate ends soon.")
        return warning("tls", words, soon)
    return good("tls", words)


def _chain(handshake: ssl.SSLObject) -> str:
    """Who vouches for whom, up to the authority; "" where Python does not tell."""
    inner: Any = getattr(handshake, "_sslobj", None)
    found = getattr(inner, "get_verified_chain", lambda: None)() or ()
    names: list[str] = []
    with contextlib.suppress(ValueError, AttributeError, TypeError):
        names = [_parsed(each).subject for each in list(found)[:MOST_NAMED]]
    return tr("chain: {names}", names=" ← ".join(names)) if len(names) > 1 else ""


def _parsed(certificate: Any) -> Certificate:
    whole = certificate.public_bytes(2)  # _ssl.ENCODING_DER
    return read_certificate(whole)
