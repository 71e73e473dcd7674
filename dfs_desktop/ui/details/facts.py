"""Facts as a grid: a dim title and one line; what is long is cut in the middle and copied by a button."""

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import icon_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import set_margins
from dfs_desktop.ui.widgets.naming import explain

MOST_TEXT = 300


class FactGrid(QWidget):
    """A fact without a text is not shown. `hints` appear under the pointer. ``copied``: the titles of
    facts that have a button."""

    def __init__(self, *, copied: Collection[str]) -> None:
        super().__init__()
        self._copied = copied
        self._grid = QGridLayout(self)
        set_margins(self._grid, 5, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.values: dict[str, ElidedLabel] = {}
        self._lines: dict[str, list[QWidget]] = {}

    def show_facts(self, facts: dict[str, str], hints: dict[str, str] | None = None) -> None:
        """Show these facts in their order; one that was shown before and is not among them goes."""
        for title in dict.fromkeys((*facts, *self.values)):
            if title not in self.values:
                self._add(title)
            label, text = self.values[title], visible(facts.get(title, ""), limit=100_000)
            label.show_text(text[:MOST_TEXT])
            label.setProperty("whole", text)
            if hint := (hints or {}).get(title, ""):
                explain(label, hint)
            for widget in self._lines[title]:
                widget.setVisible(bool(text))

    def _add(self, title: str) -> None:
        long = title in self._copied
        mode = Qt.TextElideMode.ElideMiddle if long else Qt.TextElideMode.ElideRight
        value = self.values[title] = ElidedLabel(mode=mode)
        self._lines[title] = [plain_label(title, dim=True), value]
        if long:

            def copy() -> None:
                QGuiApplication.clipboard().setText(str(value.property("whole")))

            reads = tr("Copy {title}", title=title)
            self._lines[title].append(icon_button("copy", copy, reads=reads))
        number = len(self._lines)
        for column, widget in enumerate(self._lines[title]):
            span = 2 if widget is value and not long else 1
            self._grid.addWidget(widget, number, column, 1, span)
