"""What LUML's own tools write of forecasts and prompt graphs, made ready to be drawn.

Their payloads have no published form: what looks like curves, metrics, nodes and edges is taken for
that, whatever the names are, and the rest stays in the metadata.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from .graph_layout import Drawing, drawing_of
from .json_values import mapping, objects, text
from .metadata import Entry, tags_of
from .pipeline_graph import Edge, Graph, Node, in_order

FORECAST, PROMPTS = "dataforce.studio::forecasting:v1", "dataforce.studio::prompt_optimization:v1"
_METRICS, _CHART, _GRAPH = "forecasting_metrics:v1", "forecasting_chart:v1", "graph_fe_def:v1"
MOST_CURVES, MOST_POINTS, MOST_NODES, MOST_EDGES, DEEPEST = 40, 20_000, 1000, 10_000, 5
_AXES = ("ds", "date", "dates", "datetime", "time", "timestamp", "timestamps", "x", "index", "label",
         "labels", "step", "steps")  # fmt: skip
_VALUES = ("y", "value", "values", "data")


class ForecastCurve(Struct, frozen=True):
    """One curve: a value at each of these places of the axis."""

    name: str
    places: list[int]
    values: list[float]


class Dashboard(Struct, frozen=True):
    """``axis`` names the places of the curves; ``steps`` are the nodes of the prompt graph as they
    stand, by their number."""

    metrics: dict[str, Any] = {}
    curves: list[ForecastCurve] = []
    axis: list[str] = []
    drawing: Drawing = Drawing()
    steps: list[dict[str, Any]] = []

    def __bool__(self) -> bool:
        return bool(self.metrics or self.curves or self.steps)


def has_dashboard(manifest: dict[str, Any]) -> bool:
    """Whether a manifest says that there is one, beyond the metrics of tabular models."""
    return not {FORECAST, PROMPTS}.isdisjoint(tags_of(manifest))


def read_dashboard(entries: Iterable[Entry]) -> Dashboard:
    """What the entries have of it; the first one of each kind counts. Never fails."""
    found: dict[str, Any] = {}
    for entry in entries:
        for kind in (_METRICS, _CHART, _GRAPH):
            if any(tag == kind or tag.endswith(f"::{kind}") for tag in entry.tags):
                found.setdefault(kind, entry.payload)
    metrics = mapping(found.get(_METRICS))
    curves, axis = _curves(found.get(_CHART))
    drawing, steps = _prompts(mapping(found.get(_GRAPH)))
    return Dashboard(mapping(metrics.get("metrics")) or metrics, curves, axis, drawing, steps)


# Curves

_Found = tuple[str, list[str] | None, list[float]]


def _curves(payload: Any) -> tuple[list[ForecastCurve], list[str]]:
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


# Prompt graphs


def _prompts(payload: dict[str, Any]) -> tuple[Drawing, list[dict[str, Any]]]:
    steps = objects(payload.get("nodes"), MOST_NODES)
    numbers = {_id(step): number for number, step in enumerate(steps) if _id(step)}
    titles = [_title(step) for step in steps]
    nodes = [Node(number, title, (), (), {}, None) for number, title in enumerate(titles)]
    edges = []
    for each in objects(payload.get("edges"), MOST_EDGES):
        source, target = (
            _end(each, words, numbers) for words in (("source", "from"), ("target", "to"))
        )
        if source is not None and target is not None and source != target:
            edges.append(Edge("", source, target))
    ordered, _loop = in_order(nodes, tuple(edges))
    drawing = drawing_of(Graph(tuple(ordered), tuple(edges)), (), ())
    kinds = {number: _kind(step) for number, step in enumerate(steps)}
    boxes = tuple(replace(box, detail=kinds.get(box.step or 0, "")) for box in drawing.boxes)
    return replace(drawing, boxes=boxes), steps


def _id(step: dict[str, Any]) -> str:
    found = step.get("id")
    return str(found) if isinstance(found, str | int) else ""


def _title(step: dict[str, Any]) -> str:
    data = mapping(step.get("data"))
    names = (data.get("label"), data.get("name"), step.get("label"), step.get("name"), _kind(step))
    return next((each[:80] for each in map(text, names) if each), _id(step)[:80] or "step")


def _kind(step: dict[str, Any]) -> str:
    data = mapping(step.get("data"))
    return next((each[:80] for each in map(text, (data.get("type"), step.get("type"))) if each), "")


def _end(edge: dict[str, Any], words: tuple[str, ...], numbers: dict[str, int]) -> int | None:
    """The node at one end of an edge, under whatever name it is given."""
    for key, value in edge.items():
        if key.lower().startswith(words):
            inner = mapping(value)
            named = inner.get("node", inner.get("id", value))
            if isinstance(named, str | int) and str(named) in numbers:
                return numbers[str(named)]
    return None
