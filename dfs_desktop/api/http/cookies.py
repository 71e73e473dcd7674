"""The cookies of one registry, such as a load balancer's that keeps a client at one machine.

A client asks one host, and sends them to nobody else; they end with it.
"""

import re
import threading
import time
from email.utils import parsedate_to_datetime

from msgspec import Struct

MOST, LONGEST = 32, 4096  # cookies; characters of name and value
# What may stand in a name and a value (RFC 6265, section 4.1.1); values are often beyond it.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[ !-:<-~]*")


class _Cookie(Struct, frozen=True):
    value: str
    path: str
    secure: bool
    ends: float | None  # by the monotonic clock; None is the end of the client


class Cookies:
    """What the registry at ``host`` set. Thread safe."""

    def __init__(self, host: str, *, encrypted: bool) -> None:
        self._host, self._encrypted = host.strip("[]").rstrip(".").lower(), encrypted
        self._kept: dict[tuple[str, str], _Cookie] = {}  # by name and path, the oldest first
        self._lock = threading.Lock()

    def learn(self, lines: list[str], path: str) -> None:
        """Take in the ``Set-Cookie`` lines of the answer to a request for this path."""
        for line in lines[:MOST]:
            self._learn(line[: 2 * LONGEST], path)

    def _learn(self, line: str, asked: str) -> None:
        pair, *words = line.split(";")
        name, _, value = (each.strip() for each in pair.partition("="))
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value) or len(pair) > LONGEST:
            return
        said = {
            key.strip().lower(): what.strip()
            for key, _, what in (each.partition("=") for each in words)
        }
        domain = said.get("domain", "").lstrip(".").rstrip(".").lower()
        if domain and self._host != domain and not self._host.endswith("." + domain):
            return
        path = said.get("path", "")
        if not path.startswith("/"):
            path = asked.partition("?")[0].rpartition("/")[0] or "/"
        ends = _end(said)
        with self._lock:
            self._kept.pop((name, path), None)
            if ends is None or ends > time.monotonic():
                self._kept[name, path] = _Cookie(value, path, "secure" in said, ends)
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]

    def header(self, path: str) -> str:
        """What is said of them with a request for this path; "" for nothing."""
        now, path = time.monotonic(), path.partition("?")[0]
        with self._lock:
            fitting = [
                (name, each)
                for (name, _), each in self._kept.items()
                if (each.ends is None or each.ends > now)
                and (self._encrypted or not each.secure)
                and _is_below(path, each.path)
            ]
        fitting.sort(key=lambda found: -len(found[1].path))
        return "; ".join(f"{name}={each.value}" for name, each in fitting)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith("/") else folder + "/")


def _end(said: dict[str, str]) -> float | None:
    if re.fullmatch(r"-?[0-9]{1,12}", age := said.get("max-age", "")):
        return time.monotonic() + int(age)
    try:
        left = parsedate_to_datetime(said.get("expires", "")).timestamp() - time.time()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return time.monotonic() + left
