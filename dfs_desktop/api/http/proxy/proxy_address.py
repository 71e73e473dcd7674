"""A proxy as people and settings name it."""

import re
import urllib.parse

import httpx
from msgspec import Struct

from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.api.http.network import Network
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

    def for_httpx(self, network: Network) -> httpx.Proxy:
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
