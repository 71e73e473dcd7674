"""How many connections one download uses: more while that makes it faster, else fewer."""

from __future__ import annotations

WINDOW = 0.15  # seconds over which a rate is measured
SETTLE = 3.0  # seconds that new connections have at most to bring their first bytes
DOUBTS = 5  # windows in a row without a gain, after which more connections are given up
FAST = 200_000_000  # bytes per second above which one connection is enough
GAIN = 0.25  # how much faster twice as many have to be, at least
MOST = 10
REST = 30.0  # seconds without another attempt after one that did not help


class Growth:
    """Watches the bytes that arrive and says how many connections there should be.

    ``look`` is to be called often, with seconds of a monotonic clock and all bytes so far;
    ``ready``: every connection has brought bytes. A gain is believed at once, its absence only
    after a while: far away a connection needs time to become fast.
    """

    def __init__(self, most: int = MOST) -> None:
        self.level = 1
        self.rate = 0.0  # bytes per second, of the last window
        self._most = most
        self._began: float | None = None
        self._bytes = 0
        self._settling_since: float | None = None
        self._before = (0, 0.0)  # the level before this one and its rate; 0 when that was judged
        self._doubts = 0
        self._rest_until = 0.0
        self._fast = float(FAST)

    def look(self, now: float, received: int, *, ready: bool = True, sharers: int = 1) -> int:
        """The number of connections from now on. ``sharers``: transfers that share what is fast."""
        self._fast = FAST / sharers
        if self._settling_since is not None:
            if not ready and now - self._settling_since < SETTLE:
                return self.level
            self._settling_since = None
            self._begin(now, received)
        elif self._began is None or received < self._bytes:
            self._begin(now, received)
        elif now - self._began >= WINDOW:
            self.rate = (received - self._bytes) / (now - self._began)
            self._begin(now, received)
            self._judge(now)
        return self.level

    def _begin(self, now: float, received: int) -> None:
        self._began, self._bytes = now, received

    def _judge(self, now: float) -> None:
        fewer, rate = self._before
        if fewer and self.rate < rate * (1 + GAIN * (self.level / fewer - 1)):
            self._doubts += 1
            if self._doubts >= DOUBTS:
                self._to(now, fewer)
                self._rest_until = now + REST
            return
        self._before, self._doubts = (0, 0.0), 0
        slow = self.level > 1 or self.rate < self._fast
        if slow and self.level < self._most and now >= self._rest_until:
            before = (self.level, self.rate)
            self._to(now, min(2 * self.level, self._most))
            self._before = before

    def _to(self, now: float, level: int) -> None:
        self.level, self._before, self._doubts = max(1, level), (0, 0.0), 0
        self._settling_since = now

    def shrink(self, now: float, level: int) -> None:
        """Connections failed: no more than ``level``, and a rest before more are tried."""
        self._to(now, min(self.level, level))
        self._rest_until = now + REST

    def stay_alone(self) -> None:
        """The store gives no ranges: one connection, for good."""
        self._most, self.level, self._before = 1, 1, (0, 0.0)
