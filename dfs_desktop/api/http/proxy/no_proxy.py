"""The addresses that need no proxy, as NO_PROXY and the systems write them.

httpx's own reading fails on entries that other programs take; here an odd entry counts for nothing.
"""

import fnmatch
import ipaddress
import re
from collections.abc import Iterator

from dfs_desktop.api.http.address import meant_address


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
    if "*" in entry.removeprefix("*.") and "[" not in entry:  # as Windows writes 192.168.*
        return fnmatch.fnmatchcase(host, entry)
    entry = entry.lstrip("*").lstrip(".")
    return bool(entry) and (host == entry or host.endswith("." + entry))


def _holds(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        network = ipaddress.ip_network(re.sub(r"[\[\]]", "", entry), strict=False)
    except ValueError:
        return False
    return network.version == address.version and address in network
