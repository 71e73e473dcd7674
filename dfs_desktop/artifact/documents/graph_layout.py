"""Where the steps of a pipeline stand in a drawing: in layers, each step below what it waits for."""

from collections.abc import Iterable

from msgspec import Struct

from dfs_desktop.translation import tr

from .pipeline_graph import Graph

MOST_STEPS = 300  # drawn; of more only the first ones


class Box(Struct, frozen=True):
    """One thing to draw. `kind` is input, step or output; `step` the number of its node."""

    key: str
    title: str
    detail: str
    kind: str
    layer: int
    place: int
    step: int | None = None


class Line(Struct, frozen=True):
    """A value that goes from one box to another, by their keys."""

    source: str
    target: str
    value: str


class Drawing(Struct, frozen=True):
    """The boxes in layers from top to bottom, and the lines between them."""

    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()
    layers: int = 0
    widest: int = 0
    left_out: int = 0


def drawing_of(graph: Graph, inputs: Iterable[str], outputs: Iterable[str]) -> Drawing:
    """The pipeline with its inputs above and its outputs below."""
    steps = graph.nodes[:MOST_STEPS]
    known = {node.number for node in steps}
    lines = _lines(graph, known)
    layer: dict[str, int] = {f"in:{name}": 0 for name in inputs}
    for node in steps:  # they come in the order they run
        above = [layer.get(line.source, 0) for line in lines if line.target == f"{node.number}"]
        layer[f"{node.number}"] = max(above, default=0) + 1
    last = max(layer.values(), default=0) + 1
    layer |= {f"out:{name}": last for name in outputs}
    titles = {f"{node.number}": node for node in steps}
    order = _ordered(layer, lines)
    boxes = []
    for key, (row, place) in order.items():
        if (found := titles.get(key)) is None:
            kind, _, name = key.partition(":")
            word, shown = ("input", tr("input")) if kind == "in" else ("output", tr("output"))
            boxes.append(Box(key, name, shown, word, row, place))
        else:
            detail = found.op.op if found.op is not None else tr("not in ops.json")
            boxes.append(Box(key, found.op_id, detail, "step", row, place, found.number))
    drawn = tuple(line for line in lines if line.source in layer and line.target in layer)
    rows = [row for row, _ in order.values()]
    widest = max((rows.count(row) for row in set(rows)), default=0)
    left_out = len(graph.nodes) - len(steps)
    return Drawing(tuple(boxes), drawn, max(rows, default=-1) + 1, widest, left_out)


def _lines(graph: Graph, known: set[int]) -> list[Line]:
    lines = []
    for edge in graph.edges:
        if not {edge.source, edge.target} - {None} <= known:
            continue
        source = f"in:{edge.value}" if edge.source is None else f"{edge.source}"
        target = f"out:{edge.value}" if edge.target is None else f"{edge.target}"
        lines.append(Line(source, target, edge.value))
    return lines


def _ordered(layer: dict[str, int], lines: list[Line]) -> dict[str, tuple[int, int]]:
    """Layer and place of each box: near the middle of what leads to it, so that few lines cross."""
    rows: dict[int, list[str]] = {}
    for key, row in layer.items():
        rows.setdefault(row, []).append(key)
    sources: dict[str, list[str]] = {}
    for line in lines:
        sources.setdefault(line.target, []).append(line.source)
    placed: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(sorted(rows)):
        keys = rows[row]

        def middle(key: str, keys: list[str] = keys) -> float:
            above = [placed[each][1] for each in sources.get(key, ()) if each in placed]
            return sum(above) / len(above) if above else keys.index(key)

        for place, key in enumerate(sorted(keys, key=middle)):
            placed[key] = (number, place)
    return placed
