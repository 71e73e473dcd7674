"""A bandwidth limit that many transfers share, and that can be changed while they run."""

import threading
import time

BURST = 0.25  # seconds' worth of bytes that may move at once after a silence


class RateLimiter:
    """Hands out waiting times so that all callers together keep to ``rate`` bytes a second."""

    def __init__(self, rate: int | None = None) -> None:
        self._rate = rate
        self._free_at = 0.0  # when the next byte may move, by the monotonic clock
        self._lock = threading.Lock()

    @property
    def rate(self) -> int | None:
        """Bytes per second; None is as fast as it goes."""
        return self._rate

    @rate.setter
    def rate(self, rate: int | None) -> None:
        with self._lock:
            self._rate = rate
            self._free_at = 0.0  # what was owed under the old limit is forgiven

    def take(self, count: int) -> None:
        """Note that ``count`` bytes moved."""
        with self._lock:
            if self._rate is not None:
                now = time.monotonic()
                self._free_at = max(self._free_at, now - BURST) + count / self._rate

    def owed(self) -> float:
        """Seconds until the next byte may move; less after the limit was raised."""
        with self._lock:
            return max(self._free_at - time.monotonic(), 0.0) if self._rate is not None else 0.0
