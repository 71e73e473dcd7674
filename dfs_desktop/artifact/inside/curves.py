"""Rows of an experiment's tables made into parameters and metric curves."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

MAX_NAME = 500  # characters


class Parameter(msgspec.Struct, frozen=True):
    """A parameter as a text, with the type that it had."""

    name: str
    value: str
    value_type: str


class Curve(msgspec.Struct, frozen=True):
    """A metric over its steps; `times` in seconds since 1970 (UTC), None where it is not told."""

    name: str
    steps: tuple[int, ...]
    values: tuple[float, ...]
    times: tuple[float | None, ...]


def parameters_of(rows: Iterable[tuple[Any, ...]]) -> list[Parameter]:
    """The parameters in these rows (key, value, value_type), by name."""
    return sorted(
        (
            Parameter(_text(key)[:MAX_NAME], _text(value), _text(kind)[:40])
            for key, value, kind in rows
        ),
        key=lambda each: each.name,
    )


def curves_of(rows: Iterable[tuple[Any, ...]]) -> list[Curve]:
    """The curves in these rows (key, step, value, time), by name; what is no number is left out."""
    points: dict[str, list[tuple[int, float, float | None]]] = {}
    for key, step, value, time in rows:
        if type(step) is int and isinstance(value, int | float):
            points.setdefault(_text(key)[:MAX_NAME], []).append((step, float(value), _time(time)))
    curves = []
    for name in sorted(points):
        found = sorted(points[name], key=lambda point: point[0])
        curves.append(
            Curve(
                name,
                tuple(point[0] for point in found),
                tuple(point[1] for point in found),
                tuple(point[2] for point in found),
            )
        )
    return curves


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
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
