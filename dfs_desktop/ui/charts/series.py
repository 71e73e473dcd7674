"""The curves of a chart as data: smoothed, thinned out for the pixels there are, described in words."""

import bisect
import math
from collections.abc import Iterator, Sequence
from operator import itemgetter

from msgspec import Struct

from dfs_desktop.artifact.experiment.curves import Curve
from dfs_desktop.number_text import grouped, number_texts
from dfs_desktop.translation import tr, trn

from .scale import Scale

COLUMNS = 500  # of pixels
POINTS = 2  # in a column that are painted one by one
SPOKEN = 12  # curves that a description for a screen reader goes through
PIECE = 2000  # points that are smoothed at once


class Series(Struct, frozen=True):
    """One curve: `xs` rise; a value that is no number is a gap."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]


def smoothing(values: Sequence[float], weight: float) -> Iterator[list[float]]:
    """The exponential moving average, freed from the pull of its start, piece by piece.

    Weight 0 changes nothing. Gaps stay gaps and do not end the average.
    """
    weight = min(max(weight, 0.0), 0.999)
    average, mass = 0.0, 0.0
    for start in range(0, len(values), PIECE):
        result = list(values[start : start + PIECE])
        for number, value in enumerate(result):
            if weight and math.isfinite(value):
                average = average * weight + value * (1 - weight)
                mass = mass * weight + (1 - weight)
                result[number] = average / mass
        yield result


class Band(Struct, frozen=True):
    """A curve with more points than there are columns of pixels: what is between its lowest and its
    highest value in each column, in ascending order, with the lines that lead there."""

    name: str
    columns: list[int]
    lows: list[float]
    highs: list[float]
    all_columns: int  # of the part of the axis that is seen


def seen(series: Series, x: Scale | None, columns: int) -> Series | None:
    """The points of a curve within a part of the axis, and one before and behind it, to which the
    line leads; None when they are more than the columns can show."""
    xs = series.xs
    start = 0 if x is None else max(0, bisect.bisect_left(xs, x.low) - 1)
    end = len(xs) if x is None else min(len(xs), bisect.bisect_right(xs, x.high) + 1)
    if end - start > POINTS * columns:
        return None
    return Series(series.name, xs[start:end], series.ys[start:end])


def banding(series: Series, x: Scale, columns: int, band: Band) -> Iterator[None]:
    """Fill a band, column after column."""
    xs, ys = series.xs, series.ys
    first = bisect.bisect_left(xs, x.low)
    before: tuple[int, float] | None = (-1, ys[first - 1]) if first else None
    for column in range(columns):
        behind = bisect.bisect_left(xs, x.value((column + 1) / columns), first)
        if column == columns - 1:
            behind = bisect.bisect_right(xs, x.high, first)
        if first == behind:
            continue
        piece = ys[first:behind]
        low, high = min(piece), max(piece)
        if not (math.isfinite(low) and math.isfinite(high)):
            real = [value for value in piece if math.isfinite(value)]
            low, high = (min(real), max(real)) if real else (math.nan, math.nan)
        if before is not None and math.isfinite(before[1]) and math.isfinite(piece[0]):
            low, high = _led_there(band, before, (column, piece[0]), low, high)
        if math.isfinite(low):
            band.columns.append(column)
            band.lows.append(low)
            band.highs.append(high)
        before, first = (column, piece[-1]), behind
        yield


def _led_there(
    band: Band, before: tuple[int, float], to: tuple[int, float], low: float, high: float
) -> tuple[float, float]:
    """The line from the last point of the column before: through empty ones, and half of it here."""
    (start, from_y), (end, to_y) = before, to
    if end - start == 1:
        return min(low, (from_y + to_y) / 2), max(high, (from_y + to_y) / 2)
    for column in range(max(0, start + 1), end):
        share = (column - start) / (end - start)
        y = from_y * (1 - share) + to_y * share
        band.columns.append(column)
        band.lows.append(y)
        band.highs.append(y)
    return low, high


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
        return tr("{name}: no values", name=series.name)
    numbers = number_texts([real[0], real[-1], min(real), max(real)])
    return trn(
        "{name}: {amount} point, from {first} to {last}, lowest {low}, highest {high}",
        "{name}: {amount} points, from {first} to {last}, lowest {low}, highest {high}",
        len(real),
        name=series.name,
        amount=grouped(str(len(real))),
        **dict(zip(("first", "last", "low", "high"), numbers, strict=True)),
    )


def all_described(curves: Sequence[Series]) -> Iterator[str]:
    """The first curves, sentence by sentence, and how many there are beside."""
    yield from map(described, curves[:SPOKEN])
    if len(curves) > SPOKEN:
        yield more(len(curves) - SPOKEN)


def more(amount: int) -> str:
    """What is said in place of so many that there is no room for."""
    return trn("and {amount} more", "and {amount} more", amount)


def over_steps(curve: Curve) -> Series:
    """Over the steps; where the metric was no number, there is a gap."""
    if not curve.missing:
        return Series(curve.name, tuple(map(float, curve.steps)), curve.values)
    gaps = [(float(step), math.nan) for step in curve.missing]
    measured = zip(map(float, curve.steps), curve.values, strict=True)
    points = sorted([*measured, *gaps], key=itemgetter(0))
    return Series(curve.name, tuple(p[0] for p in points), tuple(p[1] for p in points))


def over_time(curve: Curve, start: float) -> Series:
    """Over the seconds since `start`, in the order of time."""
    points = sorted(
        (time - start, value)
        for time, value in zip(curve.times, curve.values, strict=True)
        if time is not None and math.isfinite(time)
    )
    return Series(curve.name, tuple(p[0] for p in points), tuple(p[1] for p in points))
