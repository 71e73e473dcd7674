"""Ids, times and secrets: how the registry names and dates what it keeps."""

import secrets
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A version 7 UUID. Ids made by one process sort in the order they were made."""
    global _last  # noqa: PLW0603  one clock for the process: two ids must never tie
    with _lock:
        # 48 bits of milliseconds, then 12 bits of fraction: as one number, so that it can be
        # pushed ahead when the clock stands still or steps back.
        stamp = max(_last + 1, (time.time_ns() << 12) // 1_000_000)
        _last = stamp
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64
    return str(uuid.UUID(int=value | 0b10 << 62 | secrets.randbits(62)))


def now(*, ago: float = 0) -> str:
    """The time, or that *ago* seconds before, as the API writes it: UTC, ends in Z, no fraction when
    it is zero; comparable as text."""
    then = datetime.now(UTC) - timedelta(seconds=ago)
    return then.isoformat().replace("+00:00", "Z")


def new_api_key() -> str:
    """256 random bits in the form of a DataForce API key."""
    return "dfs_" + secrets.token_urlsafe(32)
