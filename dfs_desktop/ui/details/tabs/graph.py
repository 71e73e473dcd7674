"""The tab of the graph: the variant, the drawing of a pipeline, its ops with what ONNX they need."""

from collections.abc import Iterator
from typing import Any

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.artifact_kind import Kind
from dfs_desktop.artifact.documents.pipeline_graph import Graph, Node, Op
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import later, sentences, tr, trn
from dfs_desktop.ui.details.detail_page import DetailPage, Section, show_section
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.preview.graph_view import GraphView
from dfs_desktop.ui.preview.json_tree import JsonTree
from dfs_desktop.ui.preview.text_table import FieldTable
from dfs_desktop.ui.widgets.labels import plain_label, say
from dfs_desktop.ui.widgets.layouts import Part
from dfs_desktop.workers.reader import operations

from .interface import shape_text

_KINDS = {
    Kind.PIPELINE: later(
        "A pipeline of ops: the steps run in a runtime that knows them, no code comes along."
    ),
    Kind.PYFUNC: later("A Python function: running the model runs the code that came with it."),
    Kind.UNKNOWN_VARIANT: later(
        "This variant is not known here; its configuration is shown as it is."
    ),
}
_MOST_OPERATORS = 400


class GraphPage(DetailPage):
    """A click on a step shows its op below the drawing."""

    key = "graph"
    operation = staticmethod(operations.graph)

    def make(self) -> Iterator[Part]:
        self.variant = plain_label(wrap=True)
        yield self.variant
        self.summary = plain_label(dim=True, wrap=True)
        yield self.summary
        self.findings = FindingList()
        yield self.findings
        self._graph = Graph()
        self.graph = GraphView()
        self.graph.chosen.connect(self._chosen)
        yield self.graph
        self.rest = plain_label(dim=True)
        yield self.rest
        self.step = self._tree(tr("The chosen step"))
        self._step_section = Section("", self.step, grows=True)
        yield self._step_section
        self.ops = FieldTable(
            tr("Ops"), [tr("Op"), tr("Kind"), tr("ONNX opsets"), "IR"], right=(3,), stretch=0
        )
        yield Section(tr("Ops"), self.ops)
        self.operators = plain_label(wrap=True)
        yield Section(tr("ONNX operators"), self.operators)
        self.tree = self._tree(tr("Configuration of the variant"))
        yield Section(tr("Configuration"), self.tree, grows=True)
        yield None

    def _tree(self, reads: str) -> JsonTree:
        tree = JsonTree(reads)
        tree.setMinimumHeight(self.fontMetrics().height() * 12)
        return tree

    def fill(self, found: operations.GraphData) -> None:
        self._graph = graph = found.graph
        variant = tr("Variant: {variant}", variant=visible(found.variant[:80]))
        say(self.variant, variant if found.variant else "")
        runs = tr("It runs the class {name}.", name=visible(found.class_name[:120]))
        kind = tr(_KINDS.get(found.kind, ""))
        self.summary.setText(sentences(kind, runs if found.class_name else ""))
        self.findings.show_findings([(f.level, f.title, f.remedy) for f in graph.findings])
        self.graph.setVisible(bool(graph.nodes))
        self.graph.show_drawing(found.drawing)
        left = found.drawing.left_out
        words = trn("{amount} more step not drawn.", "{amount} more steps not drawn.", left)
        say(self.rest, words if left else "")
        self._show_ops(graph.ops)
        self._step_section.hide()
        show_section(self.tree, found.configuration)
        self.tree.show_value(found.configuration)

    def _show_ops(self, ops: tuple[Op, ...]) -> None:
        show_section(self.ops, ops)
        self.ops.show_rows([_op_row(op) for op in ops])
        used: dict[str, set[str]] = {}
        for op in ops:
            for domain, names in op.onnx.operators.items() if op.onnx else ():
                used.setdefault(domain, set()).update(names)
        lines = [
            f"{visible(domain[:60]) or 'ai.onnx'}: "
            + visible(", ".join(sorted(names, key=natural_key)[:_MOST_OPERATORS]))
            for domain, names in sorted(used.items())
        ]
        self.operators.setText("\n".join(lines))
        show_section(self.operators, lines)

    def _chosen(self, number: int) -> None:
        node = next((node for node in self._graph.nodes if node.number == number), None)
        if node is not None:
            operation = visible(node.op_id[:80])
            words = tr("Step {number}: {operation}", number=number + 1, operation=operation)
            self._step_section.heading.setText(words)
            self.step.show_value(step_value(node))
            self._step_section.show()


def step_value(node: Node) -> dict[str, Any]:
    """A step and its op as a tree to be read."""
    found: dict[str, Any] = {tr("takes"): list(node.inputs), tr("makes"): list(node.outputs)}
    if node.op is None:
        return found | {tr("op"): tr("not in ops.json")}
    for role, values in ((tr("op takes"), node.op.inputs), (tr("op makes"), node.op.outputs)):
        found[role] = [f"{each.dtype} {shape_text(each.shape)}" for each in values]
    if node.op.dynamic:
        found[tr("dynamic attributes")] = {
            inner: f"{outer} = {default}" for inner, (outer, default) in node.op.dynamic.items()
        }
    if node.extra:
        found[tr("extra")] = node.extra
    return found | {tr("attributes"): node.op.attributes}


def _op_row(op: Op) -> list[str]:
    if op.onnx is None:
        return [op.id, op.op, "", ""]
    opsets = ", ".join(
        f"{domain or 'ai.onnx'} {version}" for domain, version in op.onnx.opsets.items()
    )
    if op.onnx.has_external_data:
        opsets = ", ".join(filter(None, [opsets, tr("external data")]))
    ir = "" if op.onnx.ir_version is None else str(op.onnx.ir_version)
    return [op.id, op.op, opsets, ir]
