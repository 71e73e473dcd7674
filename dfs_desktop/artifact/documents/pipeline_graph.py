"""How a pipeline is wired: nodes in the order they run, the values between them, their ops."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import msgspec

from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import later, tr, trn

from .json_values import mapping, objects, text, texts, whole

MAX_NODES = 10_000
MAX_OPS = 10_000
MAX_VALUES = 1000  # inputs of one step, and of the whole
MAX_EDGES = 100_000
MAX_FINDINGS = 100
ONNX = "ONNX_v1"
OPS_FOLDER = "ops_artifacts/"
_OP_ID = re.compile(r"[A-Za-z0-9_]+")


class Onnx(msgspec.Struct, frozen=True):
    """What ops.json tells of an ONNX model, so that the model need not be opened."""

    opsets: dict[str, int]
    ir_version: int | None
    has_external_data: bool
    operators: dict[str, tuple[str, ...]]


class Value(msgspec.Struct, frozen=True):
    """The type of an op's input or output, by position."""

    dtype: str
    shape: tuple[int | str, ...]


class Op(msgspec.Struct, frozen=True):
    """An op instance; `attributes` as they stand, `dynamic` maps inner to outer names."""

    id: str
    op: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    attributes: dict[str, Any]
    dynamic: dict[str, tuple[str, str]]
    onnx: Onnx | None = None

    @property
    def folder(self) -> str:
        """Where its files lie in the artifact."""
        return f"{OPS_FOLDER}{self.id}/"


class Node(msgspec.Struct, frozen=True):
    """One step of a pipeline; `op` is None when ops.json does not have it."""

    number: int
    op_id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    extra: dict[str, Any]
    op: Op | None


class Edge(msgspec.Struct, frozen=True):
    """A value that goes from one node to another; None for the border of the pipeline."""

    value: str
    source: int | None
    target: int | None


class Graph(msgspec.Struct, frozen=True):
    """A pipeline in the order it runs. `findings` say what a runtime would refuse."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    ops: tuple[Op, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_ops(value: Any) -> tuple[Op, ...]:
    """The op instances of ops.json, those that are objects; never fails."""
    if isinstance(value, dict):
        value = value.get("ops")  # the wrapper of a schema that the format itself calls wrong
    return tuple(_op(each) for each in objects(value, MAX_OPS))


def _op(value: dict[str, Any]) -> Op:
    attributes = mapping(value.get("attributes"))
    dynamic = {
        name: (text(mapping(each).get("name")), text(mapping(each).get("default_value")))
        for name, each in mapping(value.get("dynamic_attributes")).items()
    }
    kind = text(value.get("op"))
    return Op(
        id=text(value.get("id")),
        op=kind,
        inputs=_values(value.get("inputs")),
        outputs=_values(value.get("outputs")),
        attributes=attributes,
        dynamic=dynamic,
        onnx=_onnx(attributes) if kind == ONNX else None,
    )


def _values(value: Any) -> tuple[Value, ...]:
    return tuple(
        Value(
            text(each.get("dtype")),
            tuple(axis for axis in _list(each.get("shape")) if type(axis) in (int, str))[:64],
        )
        for each in objects(value, 1000)
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _onnx(attributes: dict[str, Any]) -> Onnx:
    opsets = {
        text(each.get("domain")): whole(each.get("version")) or 0
        for each in objects(attributes.get("opsets"), 100)
    }
    operators = {
        domain: texts(names) for domain, names in mapping(attributes.get("used_operators")).items()
    }
    return Onnx(
        opsets,
        whole(attributes.get("onnx_ir_version")),
        attributes.get("has_external_data") is True,
        operators,
    )


def pyfunc_class(variant: dict[str, Any]) -> str:
    """The class that a pyfunc artifact runs, "" when its configuration names none."""
    return text(variant.get("pyfunc_classname"))


def read_graph(variant: dict[str, Any], ops: Any, manifest: dict[str, Any]) -> Graph:
    """The pipeline of a variant configuration, ops.json and the manifest; never fails.

    Nodes come in topological order; those of a loop come last, as they stand.
    """
    instances = read_ops(ops)
    known = {op.id: op for op in instances}
    nodes = [
        Node(
            number,
            text(each.get("op_instance_id")),
            texts(each.get("inputs"))[:MAX_VALUES],
            texts(each.get("outputs"))[:MAX_VALUES],
            mapping(each.get("extra_dynattrs")),
            known.get(text(each.get("op_instance_id"))),
        )
        for number, each in enumerate(objects(variant.get("nodes"), MAX_NODES))
    ]
    given = {text(each.get("name")) for each in objects(manifest.get("inputs"), MAX_VALUES)}
    wanted = [text(each.get("name")) for each in objects(manifest.get("outputs"), MAX_VALUES)]
    edges = _edges(nodes, given, wanted)
    order, loop = in_order(nodes, edges)
    findings = chain(_loop(loop), _op_findings(instances), _findings(nodes, given))
    return Graph(tuple(order), edges, instances, tuple(islice(findings, MAX_FINDINGS)))


def _edges(nodes: list[Node], given: set[str], wanted: list[str]) -> tuple[Edge, ...]:
    makers: dict[str, int] = {}
    for node in nodes:
        for name in node.outputs:
            makers.setdefault(name, node.number)
    inner = islice(
        (
            Edge(name, makers.get(name), node.number)
            for node in nodes
            for name in node.inputs
            if name in makers or name in given
        ),
        MAX_EDGES,
    )
    return (*inner, *(Edge(name, makers[name], None) for name in wanted if name in makers))


def in_order(nodes: list[Node], edges: tuple[Edge, ...]) -> tuple[list[Node], list[Node]]:
    """The nodes in the order they run, and those of them that wait for each other in a loop."""
    waiting = dict.fromkeys(range(len(nodes)), 0)
    followers: dict[int, list[int]] = {}
    for edge in edges:
        if edge.source is not None and edge.target is not None:
            waiting[edge.target] += 1
            followers.setdefault(edge.source, []).append(edge.target)
    ready = [number for number, count in waiting.items() if not count]
    done: list[int] = []
    for number in ready:  # grows while it is walked
        done.append(number)
        for follower in followers.get(number, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    left = [node for node in nodes if waiting[node.number]]
    return [*(nodes[number] for number in done), *left], left


def _loop(nodes: list[Node]) -> Iterator[Finding]:
    if nodes:
        names = ", ".join(shortened(node.op_id, 40) for node in nodes[:5])
        title = tr("The pipeline runs in a circle ({names})", names=names)
        yield Finding("error", title, tr("Remove the backward step."))


def _op_findings(ops: tuple[Op, ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for op in ops:
        shown = shortened(op.id, 60)
        if not _OP_ID.fullmatch(op.id):
            title = tr("The op “{op}” has no valid id", op=shown)
            yield Finding("error", title, tr("Use A–Z, a–z, 0–9 and _."))
        elif op.id in seen:
            title = tr("The op id “{op}” is used twice", op=shown)
            yield Finding("error", title, tr("Give each op its own id."))
        seen.add(op.id)
        if op.op != ONNX:
            kind = shortened(op.op, 40)
            title = tr("The op “{op}” is of the unknown kind “{kind}”", op=shown, kind=kind)
            yield Finding("warning", title, tr("Runtimes of today know {onnx} only.", onnx=ONNX))


def _findings(nodes: list[Node], given: set[str]) -> Iterator[Finding]:
    outputs = {name for node in nodes for name in node.outputs}
    made: set[str] = set()
    for node in nodes:
        number = node.number + 1
        if node.op is None:
            op = shortened(node.op_id, 60)
            title = tr("Step {number} uses the op “{op}”, not in ops.json", number=number, op=op)
            remedy = tr("Add the op, or correct the id in variant_config.json.")
            yield Finding("error", title, remedy)
        else:
            yield from _arity(node, node.op)
        for name in node.inputs:
            if name not in given and name not in outputs:
                title = later("Step {number} needs “{name}”, which nothing makes")
                title = tr(title, number=number, name=shortened(name, 60))
                yield Finding("error", title, tr("Correct the names of the values."))
        for name in node.outputs:
            if name in made or name in given:
                title = tr("“{name}” is made twice", name=shortened(name, 60))
                yield Finding("error", title, tr("Give every value a name of its own."))
            made.add(name)


def _arity(node: Node, op: Op) -> Iterator[Finding]:
    number, shown = node.number + 1, shortened(op.id, 60)
    remedy = tr("Correct variant_config.json or ops.json where the model is built.")
    if (given := len(node.inputs)) != (own := len(op.inputs)):
        title = trn(
            "Step {number} gives {amount} input to “{op}”, which has {own}",
            "Step {number} gives {amount} inputs to “{op}”, which has {own}",
            given,
            number=number,
            op=shown,
            own=own,
        )
        yield Finding("error", title, remedy)
    if (given := len(node.outputs)) != (own := len(op.outputs)):
        title = trn(
            "Step {number} gives {amount} output to “{op}”, which has {own}",
            "Step {number} gives {amount} outputs to “{op}”, which has {own}",
            given,
            number=number,
            op=shown,
            own=own,
        )
        yield Finding("error", title, remedy)
