"""The least and the most of many numbers, kept while numbers come and go."""

from bisect import bisect_left, insort
from collections.abc import Iterable

KEPT = 16  # numbers at each end: so many of the best may go before all are looked at again


class Extremes:
    """The few least and the few most of all numbers, or all of them while these are few.

    `stale`: so many of an end went that nobody knows the next one.
    """

    __slots__ = ("_high", "_low", "_whole", "stale")

    def __init__(self, numbers: Iterable[float] = ()) -> None:
        ordered = sorted(numbers)
        self._low, self._high = ordered[:KEPT], ordered[-KEPT:]
        self._whole = len(ordered) <= KEPT  # each end holds all numbers
        self.stale = False

    def ends(self) -> tuple[float, float] | None:
        """The least and the most; None without any."""
        return (self._low[0], self._high[-1]) if self._low and self._high else None

    def add(self, number: float) -> None:
        low, high = self._low, self._high
        if self._whole:
            insort(low, number)
            insort(high, number)
            self._whole = len(low) <= KEPT
        elif not self.stale:
            if low[-1] < number < high[0]:
                return  # as most are
            if number <= low[-1]:
                insort(low, number)
            if number >= high[0]:
                insort(high, number)
        del low[KEPT:], high[:-KEPT]

    def discard(self, number: float) -> None:
        """One of the numbers goes."""
        if self.stale or (not self._whole and self._low[-1] < number < self._high[0]):
            return  # as most do
        for end in (self._low, self._high):
            if (place := bisect_left(end, number)) < len(end) and end[place] == number:
                del end[place]
        self.stale = self.stale or (not self._whole and not (self._low and self._high))

    def add_all(self, other: "Extremes") -> None:
        """All numbers of another one come."""
        if self._whole or other._whole:
            more, these = (self, other._low) if other._whole else (other, self._low)
            self._low, self._high = [*more._low], [*more._high]
            self._whole, self.stale = more._whole, more.stale
            for number in [*these]:
                self.add(number)
            return
        self.stale = self.stale or other.stale
        if self.stale:
            return
        # Up to where both know all, both together do.
        lowest, highest = min(self._low[-1], other._low[-1]), max(self._high[0], other._high[0])
        low = sorted(n for n in self._low + other._low if n <= lowest)
        high = sorted(n for n in self._high + other._high if n >= highest)
        self._low, self._high = low[:KEPT], high[-KEPT:]
