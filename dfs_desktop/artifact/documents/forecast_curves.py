"""The curves of a forecast as LUML's own tools write it: every list of numbers, whatever its name."""

import math
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from .json_values import mapping, objects

MOST_CURVES, MOST_POINTS, DEEPEST = 40, 20_000, 5
_AXES = ("ds", "date", "dates", "datetime", "time", "timestamp", "timestamps", "x", "index", "label",
         "labels", "step", "steps")  # fmt: skip
_VALUES = ("y", "value", "values", "data")


class ForecastCurve(Struct, frozen=True):
    """One curve: a value at each of these places of the axis."""

    name: str
    places: list[int]
    values: list[float]


_Found = tuple[str, list[str] | None, list[float]]


def forecast_curves(payload: Any) -> tuple[list[ForecastCurve], list[str]]:
    """The curves, and the names of the places on their axis."""
    found = [curve for curve, _ in zip(_lines(payload, "", 0), range(MOST_CURVES), strict=False)]
    names = [name for _, labels, _ in found for name in labels or ()]
    longest = max((len(values) for _, labels, values in found if labels is None), default=0)
    axis = sorted(dict.fromkeys(names), key=_order)
    place = {name: number for number, name in enumerate(axis)}
    axis += map(str, range(len(axis), longest))  # a curve without labels may be longer than they
    curves = []
    for name, labels, values in found:
        places = [place[each] for each in labels] if labels else list(range(len(values)))
        known = sorted(dict(zip(places, values, strict=False)).items())
        curves.append(ForecastCurve(name, [at for at, _ in known], [value for _, value in known]))
    return curves, axis


def _order(name: str) -> tuple[float, str]:
    """Numbers by their value before texts; dates as they are written sort by themselves."""
    try:
        return float(name), ""
    except ValueError:
        return math.inf, name


def _lines(value: Any, name: str, depth: int) -> Iterator[_Found]:
    """Every list of numbers below a value, with the labels that stand beside it."""
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        if records := objects(value, MOST_POINTS):
            yield from _lines(_columns(records), name, depth + 1)
        elif _numeric(value):
            yield name or "value", None, _numbers(value)
        return
    fields = mapping(value)
    axis = next((key for key in fields if key.lower() in _AXES and _is_axis(fields[key])), "")
    labels = [str(each)[:40] for each in fields[axis][:MOST_POINTS]] if axis else None
    for key, each in fields.items():
        if key == axis:
            continue
        whole = name if key.lower() in _VALUES and name else f"{name} {key}".strip()
        if isinstance(each, list) and _numeric(each):
            fits = labels is not None and len(labels) == len(each[:MOST_POINTS])
            yield whole, labels if fits else None, _numbers(each)
        elif isinstance(each, dict | list):
            yield from _lines(each, whole, depth + 1)


def _columns(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    keys = dict.fromkeys(key for record in records[:100] for key in record)
    return {key: [record.get(key) for record in records] for key in list(keys)[:MOST_CURVES]}


def _is_axis(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(
        isinstance(each, str | int | float) for each in value[:100]
    )  # fmt: skip


def _numeric(value: list[Any]) -> bool:
    some = [each for each in value[:MOST_POINTS] if each is not None]
    return bool(some) and all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in some
    )


def _numbers(value: list[Any]) -> list[float]:
    return [_number(each) for each in value[:MOST_POINTS]]


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
