"""Base addresses and API keys: cleaned, judged, and never shown."""

from __future__ import annotations

import ipaddress
import urllib.parse

from msgspec import Struct

from .errors import ConfigurationError

DEFAULT_BASE_URL = "https://api.dataforce.studio"


class Secret:
    """A text that prints as stars. ``reveal()`` is the only way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('********')"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


class Address(Struct, frozen=True):
    """Where the registry is. ``url`` has no trailing slash."""

    url: str
    scheme: str
    host: str
    loopback: bool


def is_loopback(host: str) -> bool:
    """True for localhost and every address of this machine's own loop."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_address(base_url: str, *, allow_http: bool) -> Address:
    """Normalise a base URL; ConfigurationError when a key must not travel there."""
    text = base_url.strip().rstrip("/")
    try:
        parts = urllib.parse.urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https") or not text.isprintable():
        raise ConfigurationError(
            "The server address has to look like https://api.example.com.",
            title="This is not a server address",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError(
            "The server address must not hold a user name, a question mark or a hash.",
            title="This is not a server address",
        )
    loopback = is_loopback(host)
    if parts.scheme == "http" and not loopback and not allow_http:
        raise ConfigurationError(
            f"{host} is reached by http, which would send the API key readable to everybody on "
            "the way. Use https, or allow http for this connection explicitly.",
            title="The connection is not encrypted",
        )
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port is None else f"{shown}:{port}"
    return Address(
        f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}", parts.scheme, host, loopback
    )


def read_key(api_key: str) -> Secret:
    """An API key as a Secret; ConfigurationError when it cannot be one."""
    key = api_key.strip()
    if not key:
        raise ConfigurationError("Give api_key, or set DFS_API_KEY.", title="An API key is missing")
    if not key.isascii() or not key.isprintable() or " " in key or len(key) > 4096:
        raise ConfigurationError(
            "It holds characters that no key has. Copy it again.", title="This is not an API key"
        )
    return Secret(key)
