"""A proxy as people and settings name it, and the addresses that need none.

httpx's own reading fails on entries that other programs take; here an odd entry counts for nothing.
"""

import fnmatch
import ipaddress
import re
import urllib.parse
from collections.abc import Iterator

import httpx
from msgspec import Struct

from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.api.http.address import meant_address
from dfs_desktop.api.http.network import AS_THE_SYSTEM, Network
from dfs_desktop.api.http.trusted_authorities import tls_context
from dfs_desktop.translation import sentences, tr

LONGEST_NAME = 253  # of a computer
SYSTEM, OURS, SCRIPT = "", "preferences", "script"  # who names a proxy, where no variable does
_SPOKEN = ("http", "https", "socks5", "socks5h")
# What desktops write for SOCKS 5 (GNOME), and Python for the SOCKS entry of macOS and Windows.
_SOCKS = {"socks": "socks5h", "socks5": "socks5h"}


class Proxy(Struct, frozen=True):
    """A proxy and who named it. The name and password that it wants are never shown."""

    scheme: str
    host: str
    port: int | None
    source: str
    user: str = ""
    password: str = ""
    script: str = ""  # the address of the script that chose it, as it is shown

    def __repr__(self) -> str:
        return f"Proxy({self.shown})"

    @property
    def shown(self) -> str:
        """Where it is, and who says so, for people."""
        return f"{self.place} ({self.named_by})"

    @property
    def named_by(self) -> str:
        """The settings that name it, for people; a variable by its name."""
        if self.source == SYSTEM:
            return tr("the system's settings")
        if self.source == SCRIPT:
            return tr("the proxy script {address}", address=self.script)
        return tr("the Network page of the preferences") if self.source == OURS else self.source

    @property
    def place(self) -> str:
        """Host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def in_words(self) -> str:
        """Its kind and place."""
        return f"{self.scheme.upper().removesuffix('H')} {self.place}"

    def for_httpx(self, network: Network = AS_THE_SYSTEM) -> httpx.Proxy:
        """The same, as httpx takes it."""
        trusted = tls_context(network) if self.scheme == "https" else None
        login = (self.user, self.password) if self.user else None
        return httpx.Proxy(self.url, ssl_context=trusted, auth=login)

    @property
    def url(self) -> httpx.URL:
        """Its address without the login."""
        return httpx.URL(scheme=self.scheme, host=self.host, port=self.port)


def read_proxy(source: str, value: str) -> Proxy:
    """A proxy as people write it: with or without scheme, with any characters in its password."""
    scheme, found, rest = value.partition("://")
    if not found:
        scheme, rest = "http", value
    scheme = _SOCKS.get(scheme.lower(), scheme.lower())
    user, _, place = rest.rpartition("@")
    place = re.split(r"[/?#]", place, maxsplit=1)[0]
    if scheme not in _SPOKEN:
        raise _unusable(
            source,
            tr(
                "It names a proxy of the kind “{scheme}”, which is not spoken here.",
                scheme=_short(scheme),
            ),
        )
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]%\\]+)(?::(\d{1,5})?)?", place)
    if not match or len(match[1]) > LONGEST_NAME:
        why = tr("It does not say at which address the proxy is.")
        raise _unusable(source, why if place[:1] in ("", ":") else _not_found(place))
    port = int(match[2]) if match[2] else None
    if port is not None and not 0 < port < 65536:
        raise _unusable(source, tr("It names a port that does not exist: {port}.", port=port))
    name, _, password = user.partition(":")
    unquote = urllib.parse.unquote
    proxy = Proxy(scheme, match[1].strip("[]"), port, source, unquote(name), unquote(password))
    try:
        _ = proxy.url
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise _unusable(source, _not_found(place)) from None
    return proxy


def _short(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text[:80])


def _not_found(place: str) -> str:
    return tr("It does not name a proxy that can be found: “{place}”.", place=_short(place))


def _unusable(source: str, why: str) -> ConfigurationError:
    takes = tr("It takes http, https and SOCKS 5, such as http://proxy.example:3128.")
    mend = tr("Correct it, or add the server to NO_PROXY.")
    if source == OURS:
        named, mend = (
            tr("The proxy is set at the Network page of the preferences."),
            tr("Correct it."),
        )
    elif source == SYSTEM:
        named = tr("The proxy is set in the system's settings.")
    else:
        named = tr("The proxy is set by the variable {name}.", name=source)
    return ConfigurationError(
        sentences(named, why, takes, mend), title=tr("The proxy setting cannot be used")
    )


def is_exempt(exceptions: str, scheme: str, host: str, port: int | None) -> bool:
    """Whether NO_PROXY names this address. An entry that means nothing is passed over."""
    host = host.strip("[]").rstrip(".").lower()
    own_port = port or {"http": 80, "https": 443}.get(scheme)
    for entry in re.split(r"[,;\s]+", exceptions):
        for only, name, its_port in _meanings(entry.strip("\"'").lower()):
            fits = only in ("", "all", scheme) and its_port in (None, own_port)
            if fits and _names(name, host):
                return True
    return False


def _meanings(entry: str) -> Iterator[tuple[str, str, int | None]]:
    """Scheme, name and port of an entry; an entry such as ``a:1`` may mean either of two."""
    only, found, rest = entry.partition("://")
    if not found:
        only, rest = "", entry
    if rest:
        yield only, rest, None
    bare, colon, port = rest.rstrip("/").rpartition(":")
    if colon and bare and port.isascii() and port.isdigit() and len(port) <= 5:
        yield only, bare, int(port)


def _names(entry: str, host: str) -> bool:
    if entry == "*" or (entry == "<local>" and not set(host) & set(".:")):
        return True
    if (address := meant_address(host)) is not None and "*" not in entry:
        return _holds(entry, address)
    entry = entry.split("/", maxsplit=1)[0].rstrip(".")
    if "*" in entry.lstrip("*") and "[" not in entry:  # as Windows writes 192.168.*
        return fnmatch.fnmatchcase(host, entry)
    entry = entry.lstrip("*").lstrip(".")
    return bool(entry) and (host == entry or host.endswith("." + entry))


def _holds(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        network = ipaddress.ip_network(re.sub(r"[\[\]]", "", entry), strict=False)
    except ValueError:
        return False
    return network.version == address.version and address in network
