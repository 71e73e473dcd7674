"""Judging presigned URLs before they are used: a registry's content comes from other people."""

from __future__ import annotations

import ipaddress
import urllib.parse
from collections.abc import Container

from msgspec import Struct

from dfs_desktop.api.address import Address, is_loopback
from dfs_desktop.api.errors import StorageAddressError, UnexpectedAnswerError

LONGEST = 8192


class Target(Struct, frozen=True):
    """A checked presigned URL. ``raw`` is the request target, byte for byte as it was signed."""

    origin: str
    host: str
    raw: bytes

    def __repr__(self) -> str:
        return f"Target({self.origin})"


def check_url(url: str, api: Address, approved: Container[str] = ()) -> Target:
    """The parts of a presigned URL; UnexpectedAnswerError when it points where none may.

    https always; http only when the registry itself is reached by http. No user names, no
    link-local addresses (cloud metadata), this machine only when the registry is on it too. A
    private address only when the registry has one too, or when the host was ``approved``.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise _refuse("has a form that no storage address has")
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urllib.parse.urlsplit("")
    if not host or parts.username is not None or parts.password is not None or "\\" in parts.netloc:
        raise _refuse("has a form that no storage address has")
    if parts.scheme != "https" and not (parts.scheme == "http" and api.scheme == "http"):
        raise _refuse("is not encrypted")
    if _is_link_local(host):
        raise _refuse("points into this computer's own network link")
    if is_loopback(host) and not api.loopback:
        raise _refuse("points to this computer itself")
    if _is_private(host) and not is_inside(api.host) and host not in approved:
        raise StorageAddressError(host)
    netloc = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{netloc}" + (f":{port}" if port else "")
    # Not parts.path: it must not be normalised ("..") or re-encoded, the signature covers it.
    rest = url.split("://", 1)[1]
    cut = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=len(rest))
    raw = rest[cut:].split("#", 1)[0]
    return Target(origin, host, (raw if raw.startswith("/") else "/" + raw).encode("ascii"))


def _is_link_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return host.rstrip(".") in ("metadata.google.internal", "metadata")
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_link_local or address.is_unspecified or address.is_multicast


def _is_private(host: str) -> bool:
    """An address of a private network. Names are not looked up: https says whether they are right."""
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_private and not mapped.is_loopback


def is_inside(host: str) -> bool:
    """Whether a registry is in a private network itself: by its address, or by an inner name."""
    name = host.rstrip(".").lower()
    return (
        is_loopback(name)
        or _is_private(name)
        or ("." not in name and ":" not in name)
        or name.endswith((".local", ".lan", ".home", ".internal", ".intranet", ".corp"))
    )


def _refuse(why: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"The storage address that the registry gave {why}; it was not used."
    )
