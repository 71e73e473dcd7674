"""How many connections one download uses: more while that makes it faster, else fewer."""

from __future__ import annotations

WINDOW = 0.25  # seconds over which a rate is measured
FAST = 200_000_000  # bytes per second above which one connection is enough
GAIN = 1.25  # how much faster twice as many have to be
MOST = 8
REST = 30.0  # seconds without another attempt after one that did not help


class Growth:
    """Watches the bytes that arrive and says how many connections there should be.

    ``look`` is to be called often, with seconds of a monotonic clock and all bytes so far.
    """

    def __init__(self, most: int = MOST) -> None:
        self.level = 1
        self.rate = 0.0  # bytes per second, of the last window
        self._most = most
        self._began: float | None = None
        self._bytes = 0
        self._settling = False  # the first window after a change is not judged
        self._before = 0.0  # the rate with half as many connections; 0 is unknown
        self._slow = 0  # windows in a row that were not fast
        self._rest_until = 0.0

    def look(self, now: float, received: int) -> int:
        """The number of connections from now on."""
        if self._began is None or received < self._bytes:
            self._begin(now, received)
        elif now - self._began >= WINDOW:
            self.rate = (received - self._bytes) / (now - self._began)
            self._begin(now, received)
            if self._settling:
                self._settling = False
            else:
                self._judge(now)
        return self.level

    def _begin(self, now: float, received: int) -> None:
        self._began, self._bytes = now, received

    def _judge(self, now: float) -> None:
        self._slow = self._slow + 1 if self.rate < FAST else 0
        if self._before and self.rate < GAIN * self._before:
            self._to(self.level // 2, 0.0)
            self._rest_until = now + REST
        elif self.level > 1 or self._slow >= 2:
            self._before = 0.0
            if now >= self._rest_until and self.level < self._most:
                self._to(min(2 * self.level, self._most), self.rate)

    def _to(self, level: int, before: float) -> None:
        self.level, self._before = max(1, level), before
        self._settling, self._slow = True, 0

    def shrink(self, now: float, level: int) -> None:
        """Connections failed: no more than ``level``, and a rest before more are tried."""
        self._to(min(self.level, level), 0.0)
        self._rest_until = now + REST

    def stay_alone(self) -> None:
        """The store gives no ranges: one connection, for good."""
        self._most = 1
        self._to(1, 0.0)
