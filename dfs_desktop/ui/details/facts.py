"""Facts as a grid: a dim title, one line that is cut in the middle; what is long is copied by a button."""

from collections.abc import Collection

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import plain_label
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.tooltips import explain

MOST_TEXT = 300


class FactGrid(QWidget):
    """A fact without a text is not shown. `hints` appear under the pointer. ``copied``: the titles of
    facts that have a button."""

    def __init__(self, parent: QWidget | None = None, *, copied: Collection[str] = ()) -> None:
        super().__init__(parent)
        self._copied = copied
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(5, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.values: dict[str, ElidedLabel] = {}

    def show_facts(self, facts: dict[str, str], hints: dict[str, str] | None = None) -> None:
        """Show these facts in their order; one that was shown before and is not among them goes."""
        for title in (*facts, *(each for each in self.values if each not in facts)):
            self._fact(
                title, visible(facts.get(title, ""), limit=100_000), (hints or {}).get(title, "")
            )

    def _fact(self, title: str, text: str, hint: str) -> None:
        if title not in self.values:
            self._add(title)
        label = self.values[title]
        label.show_text(text[:MOST_TEXT])
        label.setProperty("whole", text)
        if hint:
            explain(label, hint)
        row = list(self.values).index(title)
        for column in range(3):
            item = self._grid.itemAtPosition(row, column)
            widget = item.widget() if item else None
            if widget is not None:
                widget.setVisible(bool(text))

    def _add(self, title: str) -> None:
        number = len(self.values)
        value = ElidedLabel()
        self._grid.addWidget(plain_label(title, dim=True), number, 0)
        self._grid.addWidget(value, number, 1)
        self.values[title] = value
        if title not in self._copied:
            return
        copy = QToolButton()
        named(copy, reads=tr("Copy {title}", title=title), tip=tr("Copy {title}", title=title))
        icons.dress(copy, "copy")
        copy.clicked.connect(lambda _checked=False: _copy(value))
        self._grid.addWidget(copy, number, 2)


def _copy(label: QLabel) -> None:
    QGuiApplication.clipboard().setText(str(label.property("whole")))
