"""The traces of an experiment: each span below the one that it is in, with how long it took."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.experiment.records import Span
from dfs_desktop.number_text import short_text
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cut_text_tooltips import show_whole_text
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.ui.widgets.text_lines import tabular
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.tasks import Tasks

from .record_table import CsvSaver

_LINES = 12  # before it scrolls
_SPAN = Qt.ItemDataRole.UserRole
_TITLES = (later("Span"), later("Took"), later("Began after"), later("Status"), later("Attributes"))
_SAVED = ("trace", "depth", "span", "start_seconds", "seconds", "status", "attributes")


class SpanTree(QWidget):
    """One line for each trace; its spans are made when it is opened: there may be thousands."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._spans: Sequence[Span] = ()
        self.tree = named(QTreeWidget(), reads=tr("Traces"))
        show_whole_text(self.tree)
        self.tree.setFont(tabular(self.tree.font()))
        self.tree.setHeaderLabels([*map(tr, _TITLES)])
        self.tree.setUniformRowHeights(True)
        em = self.fontMetrics().averageCharWidth()
        for number, width in enumerate((34, 10, 12, 14, 40)):
            self.tree.header().resizeSection(number, em * width)
        self.tree.itemExpanded.connect(self._fill)
        self.summary = plain_label(dim=True)
        self.saver = CsvSaver(self, tasks, self.summary.setText)
        save = link_button(tr("Save as CSV…"), self._save)
        column(row((self.summary, 1), save, spacing=8), self.tree, of=self, spacing=4)

    def show_spans(self, spans: Sequence[Span]) -> None:
        """Spans in the order in which they are below each other; the first trace is open."""
        self._spans = spans
        self.tree.clear()
        starts = [n for n, span in enumerate(spans) if n == 0 or span.trace != spans[n - 1].trace]
        for start, end in zip(starts, [*starts[1:], len(spans)], strict=False):
            inside = spans[start:end]
            ends = [s.start + s.seconds for s in inside if s.start is not None and s.seconds]
            took = duration_text(max(ends)) if ends else ""
            failed = any(span.status.startswith("error") for span in inside)
            words = quantities.count(len(inside), "span")
            item = QTreeWidgetItem(
                [visible(inside[0].name), took, "", tr("error inside") if failed else "", words]
            )
            trace = tr("Trace {id}", id=inside[0].trace)
            item.setToolTip(0, tooltip(f"{inside[0].name}\n{trace}"))
            item.setData(0, _SPAN, (start, end))
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            _colour(item, failed=failed)
            self.tree.addTopLevelItem(item)
        if (first := self.tree.topLevelItem(0)) is not None:
            first.setExpanded(True)
        self.summary.setText("")
        line = round(self.fontMetrics().height() * 1.5)
        self.tree.setFixedHeight(line * (min(_LINES, max(3, len(spans))) + 2))

    def _fill(self, item: QTreeWidgetItem) -> None:
        if not (bounds := item.data(0, _SPAN)) or item.childCount():
            return
        above = [item]  # by depth, the item that the next one may be in
        for span in self._spans[bounds[0] : bounds[1]]:
            began = "" if span.start is None else duration_text(span.start)
            took = "" if span.seconds is None else duration_text(span.seconds)
            texts = [span.name, took, began, span.status, span.attributes]
            each = QTreeWidgetItem(list(map(visible, texts)))
            each.setToolTip(4, tooltip(span.attributes))
            each.setToolTip(3, tooltip(span.status))
            _colour(each, failed=span.status.startswith("error"))
            del above[span.depth + 1 :]
            above[-1].addChild(each)
            above.append(each)
        self.tree.expandRecursively(self.tree.indexFromItem(item))

    def _save(self) -> None:
        rows = [
            [
                span.trace, str(span.depth), span.name,
                "" if span.start is None else repr(span.start),
                "" if span.seconds is None else repr(span.seconds),
                span.status, span.attributes,
            ]
            for span in self._spans
        ]  # fmt: skip
        self.saver.ask("traces", _SAVED, rows)


def _colour(item: QTreeWidgetItem, *, failed: bool) -> None:
    if failed:
        item.setForeground(3, theme.current().color("failed"))


def duration_text(seconds: float) -> str:
    """`12 µs`, `3.4 ms`, `1.25 s`."""
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1 or unit == "µs":
            return f"{short_text(round(seconds * factor, 6), 3)} {unit}"
    return ""
