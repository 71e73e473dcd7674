"""The curves of a chart as data: smoothed, thinned out for the pixels there are, described in words."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

from msgspec import Struct

from dfs_desktop.number_text import grouped, number_texts

MOST_POINTS = 2000  # painted of one curve; more than any screen has columns


class Series(Struct, frozen=True):
    """One curve: `xs` rise; a value that is no number is a gap."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]


def smoothed(values: Sequence[float], weight: float) -> tuple[float, ...]:
    """The exponential moving average, freed from the pull of its start; weight 0 changes nothing.

    Gaps stay gaps and do not end the average.
    """
    if weight <= 0:
        return tuple(values)
    weight = min(weight, 0.999)
    average, mass = 0.0, 0.0
    result = []
    for value in values:
        if not math.isfinite(value):
            result.append(value)
            continue
        average = average * weight + value * (1 - weight)
        mass = mass * weight + (1 - weight)
        result.append(average / mass)
    return tuple(result)


def thinned(series: Series, most: int = MOST_POINTS) -> Series:
    """At most so many points: of each stretch the lowest and the highest, so that no peak is lost."""
    count = len(series.xs)
    if count <= most:
        return series
    kept: list[int] = []
    stretches = most // 2
    for number in range(stretches):
        start, end = count * number // stretches, count * (number + 1) // stretches
        real = [n for n in range(start, end) if math.isfinite(series.ys[n])] or [start]
        low = min(real, key=series.ys.__getitem__)
        high = max(real, key=series.ys.__getitem__)
        kept += sorted({low, high})
    return Series(series.name, tuple(series.xs[n] for n in kept), tuple(series.ys[n] for n in kept))


def nearest(series: Series, x: float) -> int | None:
    """The number of the point that is nearest to `x` along the axis."""
    if not series.xs:
        return None
    after = bisect.bisect_left(series.xs, x)
    choices = [n for n in (after - 1, after) if 0 <= n < len(series.xs)]
    return min(choices, key=lambda n: abs(series.xs[n] - x))


def described(series: Series) -> str:
    """A curve in a sentence, for those who hear the chart."""
    real = [value for value in series.ys if math.isfinite(value)]
    if not real:
        return f"{series.name}: no values"
    first, last, low, high = number_texts([real[0], real[-1], min(real), max(real)])
    return (
        f"{series.name}: {grouped(str(len(real)))} points, from {first} to {last}, "
        f"lowest {low}, highest {high}"
    )
