"""The scales of charts: where a value stands on its axis, and which round values are written there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

MOST_TICKS = 12


class Scale(Struct, frozen=True):
    """Maps values onto 0…1. A logarithmic scale has no place for what is not above zero."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float | None:
        """Between 0 and 1 within the scale; None for what it cannot show."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return None
        if self.log:
            return (math.log10(value) - math.log10(self.low)) / (
                math.log10(self.high) - math.log10(self.low)
            )
        return (value - self.low) / (self.high - self.low)

    def value(self, place: float) -> float:
        """The value at a place between 0 and 1."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** (low + place * (high - low)))
        return self.low + place * (self.high - self.low)

    def ticks(self, wanted: int) -> list[float]:
        """About so many round values within the scale."""
        wanted = max(2, min(wanted, MOST_TICKS))
        return _decades(self, wanted) if self.log else _rounds(self.low, self.high, wanted)


def scale_for(values: Iterable[float], *, log: bool = False) -> Scale | None:
    """A scale with all these values and a little air; None when there is nothing to show."""
    low, high = math.inf, -math.inf
    for value in values:
        if math.isfinite(value) and not (log and value <= 0):
            low, high = min(low, value), max(high, value)
    if low > high:
        return None
    if log:
        air = max(0.02, (math.log10(high) - math.log10(low)) * 0.05)
        return Scale(max(low / 10**air, 5e-324), min(high * 10**air, 1.7e308), log=True)
    air = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
    low, high = max(low - air, -1.7e308), min(high + air, 1.7e308)
    return Scale(low, high) if math.isfinite(high - low) else Scale(low / 4, high / 4)


def exact_scale(values: Iterable[float]) -> Scale | None:
    """A scale from the first to the last value, for the axis of steps or times."""
    found = [value for value in values if math.isfinite(value)]
    if not found:
        return None
    low, high = min(found), max(found)
    return Scale(low, high) if high > low else Scale(low - 0.5, high + 0.5)


def _rounds(low: float, high: float, wanted: int) -> list[float]:
    rough = (high - low) / wanted
    power = 10 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough), 10 * power)
    first = math.ceil(low / step)
    ticks = [round((first + n) * step, 12) for n in range(MOST_TICKS * 2)]
    return [tick for tick in ticks if low <= tick <= high]


def _decades(scale: Scale, wanted: int) -> list[float]:
    first, last = math.ceil(math.log10(scale.low)), math.floor(math.log10(scale.high))
    if last - first < 1:
        return [scale.value(n / wanted) for n in range(wanted + 1)]
    step = max(1, math.ceil((last - first + 1) / wanted))
    return [10.0**n for n in range(first, last + 1, step)]


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """A tick in few digits: as many as tell it from its neighbours."""
    if value == 0:
        return "0"
    largest = max(map(abs, ticks), default=abs(value))
    if largest >= 1e6 or largest < 1e-3:
        return f"{value:.3g}"
    gap = min((abs(b - a) for a, b in itertools.pairwise(ticks)), default=abs(value))
    digits = max(0, min(6, -math.floor(math.log10(gap)) + (0 if _single(gap) else 1))) if gap else 2
    return f"{value:.{digits}f}"


def _single(gap: float) -> bool:
    """Whether one digit is enough for steps of this size; 2.5 needs two."""
    first: float = gap / 10 ** math.floor(math.log10(gap))
    return abs(first - round(first)) < 1e-9
