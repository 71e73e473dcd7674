"""The scales of charts: where a value stands on its axis, and which round values are written there."""

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal, localcontext

from msgspec import Struct

from dfs_desktop.number_text import decimals_of, exact_text

MOST_TICKS = 12
LARGEST = 1.7e308
_SMALLEST_PART = 1e-7  # of a scale that is zoomed into
_STEPS = ("1", "2", "2.5", "5", "10", "20")


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
        return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)

    def value(self, place: float) -> float:
        """The value at a place between 0 and 1."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** min(308.0, max(-323.0, low + place * (high - low))))
        return self.low * (1 - place) + self.high * place

    def part(self, start: float, end: float) -> "Scale":
        """The scale between two of its places, which may lie outside it."""
        low, high = sorted((self.value(start), self.value(end)))
        low, high = max(low, -LARGEST), min(high, LARGEST)
        if self.log:
            high = max(high, low * (1 + 1e-9))
            return Scale(low, high if high > low else low * 2, log=True)
        return _wide(low, high)

    def zoomed(self, view: "Scale", start: float, end: float) -> "Scale | None":
        """The part of this scale between two places of the view; None for all of it.

        It stays within this scale, and as wide as that its values can be told apart.
        """
        at = [self._unbounded(view.value(each)) for each in (start, end)]
        width = max(_SMALLEST_PART, abs(at[1] - at[0]))
        if width >= 1:
            return None
        first = min(max(0.0, min(at)), 1 - width)
        return self.part(first, first + width)

    def _unbounded(self, value: float) -> float:
        place = self.place(value)
        return place if place is not None and math.isfinite(place) else 0.0

    def ticks(self, wanted: int) -> list[float]:
        """About so many round values within the scale."""
        wanted = max(2, min(wanted, MOST_TICKS))
        found = _decades(self, wanted) if self.log else _rounds(self.low, self.high, wanted)
        return found if len(found) > 1 else [self.low, self.high]


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
        low, high = max(low / 10**air, 5e-324), min(high * 10**air, LARGEST)
        return Scale(low, high if high > low else low * 2, log=True)
    air = (high / 2 - low / 2) * 0.1 or abs(high) * 0.05 or 1.0
    return _wide(max(low - air, -LARGEST), min(high + air, LARGEST))


def _wide(low: float, high: float) -> Scale:
    """At least some steps of what a float can tell apart, so that places differ."""
    room = 8 * math.ulp(max(abs(low), abs(high)))
    if high / 2 - low / 2 < room:
        low, high = max(low - room, -LARGEST), min(high + room, LARGEST)
    return Scale(low, high)


def exact_scale(values: Iterable[float], *, log: bool = False) -> Scale | None:
    """A scale from the first to the last value, for the axis of steps or times."""
    found = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
    if not found:
        return None
    low, high = min(found), max(found)
    if log:
        return Scale(low, high if high > low else low * 2, log=True)
    return _wide(low, high) if high > low else _wide(low - 0.5, high + 0.5)


def _rounds(low: float, high: float, wanted: int) -> list[float]:
    """The multiples of 1, 2, 2.5 or 5 times a power of ten, made as decimals: what is written is true."""
    start, end = Decimal(low), Decimal(high)
    with localcontext(prec=40):
        rough = (end - start) / wanted
        power = Decimal(10) ** rough.adjusted()
        step = next(Decimal(m) * power for m in _STEPS if Decimal(m) * power >= rough)
        first = (start / step).to_integral_value(ROUND_CEILING)
        ticks = [(first + n) * step for n in range(MOST_TICKS * 2)]
        return _true([tick for tick in ticks if start <= tick <= end])


def _true(ticks: Iterable[Decimal]) -> list[float]:
    """Those that a float can hold: a line is drawn where its number says."""
    return [float(tick) for tick in ticks if Decimal(repr(float(tick))) == tick]


def _decades(scale: Scale, wanted: int) -> list[float]:
    """Powers of ten; also their doubles and fives where there are few; round values within one."""
    first, last = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    step = max(1, math.ceil((last - first - 1) / wanted))
    for within in ((1,), (1, 2, 5)):
        found = _true(Decimal(m).scaleb(n) for n in range(first, last + 1, step) for m in within)
        found = [tick for tick in found if scale.low <= tick <= scale.high]
        if len(found) > 2 or step > 1:
            return found
    return _rounds(scale.low, scale.high, wanted)


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """A tick as it is, with as many decimals as the others of its axis."""
    return exact_text(value, max(map(decimals_of, ticks), default=0))
