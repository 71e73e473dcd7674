"""Base addresses and API keys: cleaned, judged, and never shown."""

import contextlib
import ipaddress
import re
import socket
import urllib.parse
from collections.abc import Mapping

from msgspec import Struct

from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.translation import sentences, tr

DEFAULT_BASE_URL = "https://api.dataforce.studio"
LUML_BASE_URL = "https://api.luml.ai"

# The first words of the registry's own addresses and of its web pages: where one of them begins,
# the prefix of a registry behind a proxy has ended.
_PAGES = frozenset(
    (
        "v1",
        "organizations",
        "organization",
        "orbits",
        "orbit",
        "collections",
        "collection",
        "artifacts",
        "model_artifacts",
        "tracks",
        "users",
        "auth",
        "bucket-secrets",
        "docs",
        "redoc",
        "openapi.json",
        "sign-in",
        "signin",
        "sign-up",
        "login",
        "index.html",
    )
)

_NUMBERS = re.compile(r"[0-9a-fA-FxX.]{1,256}")
_TRANSLATING = tuple(
    ipaddress.IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96")
)


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
    """Where a registry or a storage is. ``url`` has no trailing slash; ``port`` is None where it is
    left out."""

    url: str
    scheme: str
    host: str
    loopback: bool
    port: int | None = None
    storage: bool = False

    def told(self, name: str) -> str:
        """Its host, or its place, in a sentence: a storage is not taken for the registry."""
        return tr("{host} (the storage)", host=name) if self.storage else name

    @property
    def place(self) -> str:
        """Host and port as they were given, for people."""
        return self.host if self.port is None else f"{_shown(self.host)}:{self.port}"


def is_loopback(host: str) -> bool:
    """True for localhost and every address of this machine's own loop."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = meant_address(host)
    return address is not None and address.is_loopback


def meant_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a literal leads to, however it is spelled; None for a name.

    Systems take ``127.1``, ``0x7f000001`` and ``2130706433`` for IPv4, and an IPv6 address may
    carry an IPv4 address: mapped, translated, or in a tunnel.
    """
    text = host.strip("[]").rstrip(".").split("%", maxsplit=1)[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return _numeric(text)
    return address if address.version == 4 else _carried(address) or address


def _numeric(text: str) -> ipaddress.IPv4Address | None:
    """One to four numbers, decimal, octal or hexadecimal; the last one fills what is left."""
    with contextlib.suppress(OSError):
        if _NUMBERS.fullmatch(text):
            return ipaddress.IPv4Address(socket.inet_aton(text))
    return None


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped or address.sixtofour or address.teredo:
        teredo = address.teredo[1] if address.teredo else None
        return address.ipv4_mapped or address.sixtofour or teredo
    if any(address in network for network in _TRANSLATING):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    compatible = int(address)
    return ipaddress.IPv4Address(compatible) if 1 < compatible < 1 << 32 else None


def read_address(base_url: str, *, allow_http: bool) -> Address:
    """Normalise a base URL; ConfigurationError when a key must not travel there.

    An address copied from the browser or from a manual will do: query, fragment and trailing
    slashes go, and of the path only what comes before ``v1``, an id or a word of a page stays. An
    address with query or fragment is a page's, so its whole path goes.
    """
    text = base_url.strip().strip("\"'<>“”").strip().rstrip("/")
    try:
        parts = urllib.parse.urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        host, port = None, 0 if "Port out of range" in str(error) else None
    if port == 0:
        raise ConfigurationError(
            tr("A port is a number from 1 up to 65535."), title=tr("This is not a server address")
        )
    if not host or not _is_one(host, text) or parts.scheme not in ("http", "https"):
        wanted = tr("The server address has to look like https://api.example.com.")
        lacks = text and "://" not in base_url
        raise ConfigurationError(
            sentences(wanted, tr("Yours has no https:// in front.") if lacks else ""),
            title=tr("This is not a server address"),
        )
    if parts.username is not None or parts.password is not None or "\\" in text:
        raise ConfigurationError(
            tr("The server address must not hold a user name or a backslash."),
            title=tr("This is not a server address"),
        )
    loopback = is_loopback(host)
    if parts.scheme == "http" and not loopback and not allow_http:
        raise ConfigurationError(
            tr(
                "{host} is reached by http, which would send the API key readable to "
                "everybody on the way. Use https, or allow http for this connection "
                "explicitly.",
                host=host,
            ),
            title=tr("The connection is not encrypted"),
        )
    netloc = _shown(host) if port is None else f"{_shown(host)}:{port}"
    url = f"{parts.scheme}://{netloc}{_prefix(parts)}"
    return Address(url, parts.scheme, host, loopback, port)


def _is_one(host: str, text: str) -> bool:
    """Whether it is one address, and not two of a list or a sentence."""
    plain = ":" in host or all(sign.isalnum() or sign in "-._" for sign in host)
    return plain and text.isprintable() and " " not in text


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _prefix(parts: urllib.parse.SplitResult) -> str:
    """What stands before every address of a registry that shares its host with others."""
    kept: list[str] = []
    for segment in parts.path.split("/"):
        if segment.lower() in _PAGES or is_id(segment) or segment.isdigit():
            return "".join(kept)
        if segment not in ("", ".", ".."):
            kept.append(f"/{segment}")
    return "" if parts.query or parts.fragment else "".join(kept)


def from_environment(
    base_url: str | None, api_key: str | None, environment: Mapping[str, str]
) -> tuple[str, str]:
    """Address and key: what is given, else DFS_BASE_URL and DFS_API_KEY, else LUML_*.

    A key goes with the address of its own family, or to that family's default, so that one set
    of variables never sends its key to the other's server.
    """
    dfs, luml = environment.get("DFS_API_KEY", ""), environment.get("LUML_API_KEY", "")
    url = base_url or environment.get("DFS_BASE_URL")
    if not url and (api_key is not None or not (dfs and luml)):
        url = environment.get("LUML_BASE_URL")
    if not url:
        url = LUML_BASE_URL if luml and not dfs else DEFAULT_BASE_URL
    return url, dfs or luml if api_key is None else api_key


def read_key(api_key: str) -> Secret:
    """An API key as a Secret; ConfigurationError when it cannot be one."""
    if not (key := api_key.strip()):
        raise ConfigurationError(
            tr("Give api_key, or set DFS_API_KEY or LUML_API_KEY."),
            title=tr("An API key is missing"),
        )
    if not key.isascii() or not key.isprintable() or " " in key or len(key) > 4096:
        raise ConfigurationError(
            tr("It holds characters that no key has. Copy it again."),
            title=tr("This is not an API key"),
        )
    return Secret(key)
