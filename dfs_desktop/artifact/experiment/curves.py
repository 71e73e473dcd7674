"""Rows of an experiment's tables made into parameters and metric curves."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from dfs_desktop.number_text import natural_key, path_key
from dfs_desktop.translation import trn

MAX_NAME = 500  # characters


class Parameter(msgspec.Struct, frozen=True):
    """A parameter as a text, with the type that it had."""

    name: str
    value: str
    value_type: str


class Curve(msgspec.Struct, frozen=True):
    """A metric over its steps; `times` in seconds since 1970 (UTC), None where it is not told.

    `values` are finite. `missing` are the steps at which the metric was NaN (which SQLite keeps as
    NULL) or infinite: a training that went astray.
    """

    name: str
    steps: tuple[int, ...]
    values: tuple[float, ...]
    times: tuple[float | None, ...]
    missing: tuple[int, ...] = ()


def parameters_of(rows: Iterable[tuple[Any, ...]]) -> list[Parameter]:
    """The parameters in these rows (key, value, value_type), by name."""
    return sorted(
        (
            Parameter(_text(key)[:MAX_NAME], _text(value), _text(kind)[:40])
            for key, value, kind in rows
        ),
        key=lambda each: natural_key(each.name),
    )


def curves_of(rows: Iterable[tuple[Any, ...]]) -> tuple[list[Curve], int]:
    """The curves in these rows (key, step, value, time), by name, and how many rows were no points.

    A row without a step follows the one before; numbers may be texts.
    """
    points: dict[str, list[tuple[int, float, float | None]]] = {}
    left_out = 0
    for key, step, value, time in rows:
        curve = points.setdefault(_text(key)[:MAX_NAME], [])
        place = _number(step if step is not None else curve[-1][0] + 1 if curve else 0)
        number = math.nan if value is None else _number(value)
        if place is None or number is None or not math.isfinite(place):
            left_out += 1
        else:
            curve.append((int(place), float(number), _time(time)))
    return [
        _curve(name, points[name]) for name in sorted(points, key=path_key) if points[name]
    ], left_out


def _number(value: Any) -> int | float | None:
    """The number that a value is or that its text means; None for anything else."""
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _curve(name: str, points: list[tuple[int, float, float | None]]) -> Curve:
    points.sort(key=lambda point: point[0])
    finite = [point for point in points if math.isfinite(point[1])]
    return Curve(
        name,
        tuple(step for step, _, _ in finite),
        tuple(value for _, value, _ in finite),
        tuple(time for _, _, time in finite),
        tuple(step for step, value, _ in points if not math.isfinite(value)),
    )


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return trn("{amount} byte", "{amount} bytes", len(value))
    return "" if value is None else str(value)


def _time(value: Any) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
