"""Checks presigned URLs before they are used: a registry's content comes from other people."""

import ipaddress
import urllib.parse
from collections.abc import Container

from msgspec import Struct

from dfs_desktop.api.errors import StorageAddressError, UnexpectedAnswerError
from dfs_desktop.api.http.address import Address, is_loopback, meant_address
from dfs_desktop.api.storage.providers.known_providers import PROVIDERS
from dfs_desktop.text.url_parts import url_parts
from dfs_desktop.translation import later, sentences, tr

LONGEST = 8192
GIVEN = later("The storage address that the registry gave was not used.")
LED = later("The storage sends us on to an address that was not used.")
SHARED = ipaddress.IPv4Network("100.64.0.0/10")  # of providers, and of networks such as Tailscale
METADATA = frozenset(
    ipaddress.ip_address(each)
    for each in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
)
METADATA_NAMES = frozenset(
    (
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "instance-data",
        "instance-data.ec2.internal",
    )
)


class Target(Struct, frozen=True):
    """A checked presigned URL. ``raw`` is the request target, byte for byte as it was signed."""

    origin: str
    host: str
    raw: bytes

    @property
    def encrypted(self) -> bool:
        """Whether it is read through TLS."""
        return self.origin.startswith("https:")

    @property
    def address(self) -> Address:
        """Where it leads, without what is signed."""
        parts = urllib.parse.urlsplit(self.origin)
        loopback = is_loopback(self.host)
        return Address(self.origin, parts.scheme, self.host, loopback, parts.port, storage=True)

    def __repr__(self) -> str:
        return f"Target({self.origin})"


def check_url(url: str, api: Address, approved: Container[str] = (), said: str = GIVEN) -> Target:
    """The parts of a presigned URL; UnexpectedAnswerError when it points where none may.

    No user names, no link-local addresses (cloud metadata), this machine only when the registry is
    on it too. Only when it was ``approved``: http, unless the registry itself is reached by http
    (then scheme, host and port are in ``approved``); a private address, unless the registry has one.
    ``said``: of whom the URL is, in the words of a refusal.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise _refuse(said, tr("It has a form that no storage address has."))
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urllib.parse.urlsplit("")
    if not host or parts.username is not None or parts.password is not None or "\\" in parts.netloc:
        raise _refuse(said, tr("It has a form that no storage address has."))
    if parts.scheme not in ("http", "https") or "%" in host:
        raise _refuse(said, tr("It has a form that no storage address has."))
    if _is_never_a_store(host):
        raise _refuse(
            said,
            tr("It points into this computer's own network link, or to where clouds keep secrets."),
        )
    if is_loopback(host) and not api.loopback:
        raise _refuse(said, tr("It points to this computer itself."))
    netloc = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{netloc}" + (f":{port}" if port else "")
    if parts.scheme == "http" and api.scheme == "https":
        if approval(origin) not in approved:
            raise StorageAddressError(approval(origin))
    elif _is_private(host) and not is_inside(api.host) and host not in approved:
        raise StorageAddressError(host)
    # Not parts.path: it must not be normalised ("..") or re-encoded, the signature covers it.
    rest = url.split("://", 1)[1]
    cut = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=len(rest))
    raw = rest[cut:].split("#", 1)[0]
    return Target(origin, host, (raw if raw.startswith("/") else "/" + raw).encode("ascii"))


def approval(text: str) -> str:
    """The storage that somebody approves, in the one form of which `check_url` asks.

    ``http://host:port`` for one without encryption, else the bare host; what else stands in an
    address says nothing about either.
    """
    plain = text.strip().lower()
    scheme, _, rest = plain.rpartition("://")
    try:
        parts = urllib.parse.urlsplit(f"{scheme or 'https'}://{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return plain
    if not host or scheme != "http":
        return host or plain
    netloc = f"[{host}]" if ":" in host else host
    return f"http://{netloc}" + (f":{port}" if port not in (None, 80) else "")


def _is_never_a_store(host: str) -> bool:
    """Link-local addresses, and those where clouds tell a machine its secrets."""
    if (address := meant_address(host)) is None:
        return host.rstrip(".").lower() in METADATA_NAMES
    strange = address.is_link_local or address.is_unspecified or address.is_multicast
    return strange or address in METADATA


def _is_private(host: str) -> bool:
    """An address of a private network. Names are not looked up: https says whether they are right."""
    if (address := meant_address(host)) is None or address.is_loopback:
        return False
    shared = isinstance(address, ipaddress.IPv4Address) and address in SHARED
    return address.is_private or shared or getattr(address, "is_site_local", False)


def is_inside(host: str) -> bool:
    """Whether a registry is in a private network itself: by its address, or by an inner name."""
    name = host.rstrip(".").lower()
    return (
        is_loopback(name)
        or _is_private(name)
        or ("." not in name and ":" not in name)
        or name.endswith((".local", ".lan", ".home", ".internal", ".intranet", ".corp"))
    )


def _refuse(said: str, why: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(sentences(tr(said), why))


def expires_at(url: str) -> float | None:
    """POSIX seconds by the server's clock; None when the URL does not say."""
    query = dict(urllib.parse.parse_qsl(url_parts(url).query))
    try:
        said = (provider.expiry(query) for provider in PROVIDERS.values())
        return next((ends for ends in said if ends is not None), None)
    except (KeyError, ValueError, OverflowError):
        return None


def is_over(url: str, now: float | None) -> bool:
    """Whether a URL has expired, or will within the second that a request takes to arrive.

    ``now`` is by the server's clock. Where nobody knows that, the storage is the judge.
    """
    ends = expires_at(url)
    return ends is not None and now is not None and ends - 1.0 <= now
