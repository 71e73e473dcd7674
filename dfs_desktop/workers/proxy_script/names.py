"""Looks names up for a proxy script: so many, each once, and all within a few seconds."""

import contextlib
import ipaddress
import queue
import socket
import threading
import time

LOOKUPS = 32  # names that one script may have looked up
EACH, ALL = 2.0, 5.0  # seconds for one, and for all
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Names:
    """What is known so far. An address stands for itself; a name that takes too long has none."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {}
        self._left = ALL

    def addresses(self, host: str) -> list[str]:
        """The addresses of a name, in the order of the system."""
        host = host.strip().strip("[]")
        if _read(host) is not None:
            return [host]
        if host not in self._known:
            may = len(self._known) < LOOKUPS and self._left > 0 and 0 < len(host) <= 253
            self._known[host] = self._look_up(host) if may else []
        return self._known[host]

    def _look_up(self, host: str) -> list[str]:
        found: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
        threading.Thread(target=lambda: found.put(_asked(host)), daemon=True).start()
        began = time.monotonic()
        try:
            return found.get(timeout=min(EACH, self._left))
        except queue.Empty:
            return []
        finally:
            self._left -= time.monotonic() - began


def _asked(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return []
    return list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))


def _read(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None


def own_addresses() -> list[str]:
    """Those from which this computer would speak to the world. Nothing is sent."""
    found = []
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as line:
            line.connect((far, 9))
            found.append(str(line.getsockname()[0]).partition("%")[0])
    return found


def masked(host: str, pattern: str, mask: str) -> bool:
    """Whether two IPv4 addresses are the same where the mask has ones."""
    try:
        here, there, ones = (
            int(ipaddress.IPv4Address(each.strip())) for each in (host, pattern, mask)
        )
    except ValueError:
        return False
    return here & ones == there & ones


def inside(host: str, prefix: str) -> bool:
    """Whether an address is in a network, written ``10.0.0.0/8``."""
    address = _read(host)
    try:
        network = ipaddress.ip_network(prefix.strip(), strict=False)
    except ValueError:
        return False
    return address is not None and address.version == network.version and address in network


def in_order(listed: str) -> str:
    """A list of addresses, IPv6 before IPv4, each kind in its order; "" when one is none."""
    found = [_read(each) for each in listed.split(";")]
    if any(each is None for each in found):
        return ""
    known = [each for each in found if each is not None]
    return ";".join(map(str, sorted(known, key=lambda each: (-each.version, int(each)))))
