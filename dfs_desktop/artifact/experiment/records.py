"""Evaluations and spans of an experiment, made of the rows of its tables, within limits."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dfs_desktop.translation import trn

MAX_CELL = 300  # characters
MAX_COLUMNS = 40
MAX_DEPTH = 40  # of spans in each other, as they are shown
_STATUS = {0: "", 1: "ok", 2: "error"}
_GROUPS = ("inputs", "outputs", "refs", "scores", "metadata")
_FIRST = ("id", "dataset", "scores", "outputs", "refs", "inputs", "metadata")  # to be kept


class Records(msgspec.Struct, frozen=True):
    """A table of texts; every row has as many cells as there are titles.

    `cut` says that there are more columns.
    """

    titles: list[str]
    rows: list[list[str]]
    cut: bool = False


class Span(msgspec.Struct, frozen=True):
    """A step of a trace. Spans stand behind the one that they are in, which is one less deep."""

    trace: str
    name: str
    depth: int
    start: float | None  # seconds since the trace began
    seconds: float | None
    status: str
    attributes: str


def evaluations_of(rows: Iterable[Sequence[Any]]) -> Records:
    """The evaluations in these rows (id, dataset_id, inputs, outputs, refs, scores, metadata).

    What is in an object has a column of its own: scores.accuracy.
    """
    found: list[dict[str, str]] = []
    order = ("id", "dataset", *_GROUPS)
    titles = dict.fromkeys(("id", "dataset"))
    for number, dataset, *groups in rows:
        record = {"id": _text(number), "dataset": _text(dataset)}
        for group, value in zip(_GROUPS, groups, strict=True):
            record.update(_entries(group, value))
        found.append(record)
        titles |= dict.fromkeys(record)
    kept = sorted(titles, key=lambda each: _FIRST.index(each.partition(".")[0]))[:MAX_COLUMNS]
    shown = sorted(kept, key=lambda each: order.index(each.partition(".")[0]))
    rows_shown = [[record.get(title, "") for title in shown] for record in found]
    return Records(shown, rows_shown, cut=len(titles) > MAX_COLUMNS)


def _entries(group: str, value: Any) -> dict[str, str]:
    if value is None or value == "":
        return {}
    try:
        decoded = msgspec.json.decode(value) if isinstance(value, str | bytes) else value
    except (ValueError, RecursionError):
        decoded = value
    if isinstance(decoded, dict):
        entries = list(decoded.items())[:MAX_COLUMNS]
        return {f"{group}.{_text(key)[:80]}": _text(each) for key, each in entries}
    return {group: _text(decoded)}


def spans_of(rows: Iterable[Sequence[Any]]) -> list[Span]:
    """The spans in these rows (span_id, trace_id, parent_span_id, name, start and end in nanoseconds,
    status, its message, attributes): trace after trace, each in the order of time.

    A span whose parent is not there, or is in itself, stands for itself.
    """
    traces: dict[str, list[Sequence[Any]]] = {}
    for each in rows:
        traces.setdefault(_text(each[1]), []).append(each)
    return [span for trace, inside in traces.items() for span in _trace(trace, inside)]


def _trace(trace: str, rows: list[Sequence[Any]]) -> Iterable[Span]:
    rows = sorted(rows, key=lambda row: _time(row[4]) or 0)
    begun = next((time for row in rows if (time := _time(row[4])) is not None), None)
    ids = {_text(row[0]) for row in rows}
    children: dict[str, list[Sequence[Any]]] = {}
    roots = []
    for row in rows:
        if (parent := _text(row[2])) in ids and parent != _text(row[0]):
            children.setdefault(parent, []).append(row)
        else:
            roots.append(row)
    left = [(row, 0) for row in reversed(roots)]
    seen: set[int] = set()
    rest = iter(rows)
    while len(seen) < len(rows):
        if not left:  # spans that are in each other
            left = [(next(row for row in rest if id(row) not in seen), 0)]
        row, depth = left.pop()
        if id(row) in seen:
            continue
        seen.add(id(row))
        yield _span(trace, row, depth, begun)
        inside = children.get(_text(row[0]), ())
        left += [(each, min(depth + 1, MAX_DEPTH)) for each in reversed(inside)]


def _span(trace: str, row: Sequence[Any], depth: int, begun: int | None) -> Span:
    start, end = _time(row[4]), _time(row[5])
    since = None if start is None or begun is None else (start - begun) / 1e9
    seconds = None if start is None or end is None or end < start else (end - start) / 1e9
    code = row[6]
    status = _STATUS.get(code, _text(code)) if isinstance(code, int) else _text(code)
    said = ": ".join(part for part in (status, _text(row[7])) if part)
    return Span(trace, _text(row[3]) or "?", depth, since, seconds, said, _text(row[8]))


def _time(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return (
            value.hex()[:MAX_CELL]
            if len(value) <= 32
            else trn("{amount} byte", "{amount} bytes", len(value))
        )
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
