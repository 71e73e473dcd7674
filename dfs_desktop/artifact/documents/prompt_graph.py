"""The graph of prompts as LUML's own tools write it: its nodes, and edges under whatever names."""

from typing import Any

from msgspec.structs import replace

from .graph_layout import Drawing, drawing_of
from .json_values import mapping, objects, text
from .pipeline_graph import Edge, Graph, Node, in_order

MOST_NODES, MOST_EDGES = 1000, 10_000


def prompt_graph(payload: dict[str, Any]) -> tuple[Drawing, list[dict[str, Any]]]:
    """How it is drawn, and its nodes as they stand, by their number."""
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
