"""How fast bytes move: a smoothed speed that falls to zero when they stop, and the time left."""

from collections import deque

WINDOW = 3.0  # seconds looked back
STALLED_AFTER = 5.0  # seconds without a byte


class Rate:
    """Fed with (time, bytes so far) some times a second; times in seconds, monotonic."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()
        self._moved_at: float | None = None

    def sample(self, now: float, done: int) -> None:
        if self._samples and done < self._samples[-1][1]:
            self._samples.clear()  # a new phase or a new attempt counts from zero
        if not self._samples or done > self._samples[-1][1]:
            self._moved_at = now
        self._samples.append((now, done))
        while len(self._samples) > 2 and self._samples[1][0] <= now - WINDOW:
            self._samples.popleft()

    def speed(self) -> float | None:
        """Bytes per second over the last three seconds; None until there is something to say."""
        if len(self._samples) < 2:
            return None
        (start, before), (end, after) = self._samples[0], self._samples[-1]
        return (after - before) / (end - start) if end - start >= 0.2 else None

    def seconds_left(self, total: int | None) -> float | None:
        if not (speed := self.speed()) or total is None or not self._samples:
            return None
        return max(0.0, (total - self._samples[-1][1]) / speed)

    def stalled(self, now: float) -> bool:
        return self._moved_at is not None and now - self._moved_at >= STALLED_AFTER
