"""The table of a comparison: the same columns through all sections, values with bars, marks in words."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.safety.written_tables import table_text
from dfs_desktop.translation import series, tr
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.labels import IconLabel
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.ui.widgets.row_tables import OpaqueGround, TitledRows, show_whole_rows

from .delegate import LinePainter, SideHeader, Words
from .table_rows import Kind, Line, said, spoken

LINE_ROLE = Qt.ItemDataRole.UserRole
_PICTURED = 400  # lines of a picture


class LinesModel(TitledRows[Line]):
    """One column for the labels, one for each side, one for what changed."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(["", tr("Change")], parent)
        self.words = words  # of a side, for its column's head
        self.names: list[str] = []

    def show(self, lines: list[Line], names: list[str]) -> None:
        """Take all lines anew."""
        self.names = names
        self.show_rows(lines, ["", *names, tr("Change")])

    @guarded()
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        name = visible(self.titles[section])
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if not 0 < section <= len(self.names):
            return None
        words = series(part for part in self.words(section - 1)[::3] if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{name}, {words}"
        if role == Qt.ItemDataRole.ToolTipRole:
            hint = [] if section == 1 else [tr("Click to measure the others by it")]
            return tooltip("\n".join([name, words, *hint]))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only rows can be selected; the cursor goes over all lines."""
        enabled = Qt.ItemFlag.ItemIsEnabled
        if self.rows[index.row()].row is None:
            return enabled
        return enabled | Qt.ItemFlag.ItemIsSelectable

    def cell(self, line: Line, column: int) -> str:
        """The text of one cell."""
        if line.row is None:
            return line.text if column == 0 else ""
        if column == 0:
            return visible(line.text)
        if column > len(self.names):
            return line.note
        return said(line, column - 1)

    @guarded()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(line, index.column())
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self.cell(line, index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(line, self.names)
        return None


class Remark(QWidget):
    """An icon, a sentence and a button."""

    def __init__(self, line: Line, choose: Callable[[Line], object]) -> None:
        super().__init__()
        icon = IconLabel(line.icon, line.color, scale=1.0)
        text = ElidedLabel(line.text, mode=Qt.TextElideMode.ElideRight)
        text.setMaximumWidth(text.sizeHint().width())
        self.button = link_button(line.action, lambda: choose(line), name="remarkButton")
        # The style sheet pads the cell by 8.
        row(icon, (text, 1), self.button, None, of=self, margins=(4, 0, 8, 0), spacing=8)


class CompareTable(QTableView):
    """Enter or a double click on a file: `file_opened`. A click on a column's head: `side_chosen`."""

    file_opened = Signal(str, object)
    side_chosen = Signal(object)
    action_chosen = Signal(object)

    def __init__(self, words: Words) -> None:
        """``words``: what stands below the names of the sides."""
        super().__init__(cornerButtonEnabled=False)
        named(self, "compareTable", reads=tr("Comparison"))
        self.table = LinesModel(words, self)
        self.setModel(self.table)
        self.heads = SideHeader(self, words)
        self.setHorizontalHeader(self.heads)
        self.heads.sectionClicked.connect(self._head_clicked)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        OpaqueGround(self)
        show_whole_rows(self, 1.75)
        self.setItemDelegate(LinePainter(self))
        self.doubleClicked.connect(self._open)

    def show_lines(self, lines: list[Line], names: list[str]) -> None:
        """Take what is known now; the selected line and the place on the screen stay."""
        if lines == self.table.rows and names == self.table.names:
            self.heads.viewport().update()
            return
        current = self._key(self.currentIndex().row())
        top = self.rowAt(0)
        anchor, above = self._key(top), self.rowViewportPosition(top) if top >= 0 else 0
        self.clearSpans()
        self.table.show(lines, names)
        for number, line in enumerate(lines):
            if line.kind is not Kind.ROW:
                self.setSpan(number, 0, 1, len(names) + 2)
            if line.action:
                remark = Remark(line, self.action_chosen.emit)
                self.setIndexWidget(self.table.index(number, 0), remark)
        self._fit()
        found = {line.key: number for number, line in enumerate(lines)}
        if current in found:
            self.setCurrentIndex(self.table.index(found[current], 0))
        if anchor in found:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(found[anchor]) - above)

    def _key(self, row: int) -> tuple[str, str, str] | None:
        rows = self.table.rows
        return rows[row].key if 0 <= row < len(rows) else None

    def _fit(self) -> None:
        """Labels and changes get what they need, the sides share the rest."""
        if not (count := len(self.table.names)):
            return
        em = self.fontMetrics().averageCharWidth()
        width = self.viewport().width()
        label = min(em * 30, max(em * 18, width * 22 // 100))
        change = em * 20
        each = max(em * 22, (width - label - change) // count)
        self.setColumnWidth(0, label)
        for column in range(1, count + 1):
            self.setColumnWidth(column, each)
        self.setColumnWidth(count + 1, max(change, width - label - each * count))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _head_clicked(self, section: int) -> None:
        if 1 < section <= len(self.table.names):
            self.side_chosen.emit(section - 1)

    def chosen(self) -> list[Line]:
        """The selected rows, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.table.rows[row] for row in rows if self.table.rows[row].row is not None]

    def current_file(self) -> tuple[str, int] | None:
        """The file under the cursor, and the side whose column that is (the second at least)."""
        index = self.currentIndex()
        if not index.isValid():
            return None
        line = self.table.rows[index.row()]
        if line.kind is not Kind.ROW or line.section != "Files":
            return None
        side = index.column() - 1
        return line.text, side if 1 <= side < len(self.table.names) else 1

    def _open(self) -> None:
        if (found := self.current_file()) is not None:
            self.file_opened.emit(*found)

    def as_text(self) -> str:
        """The selected rows with tabs between the cells, as spreadsheets take them."""
        columns = range(self.table.columnCount())
        return table_text(
            [[self.table.cell(line, column) for column in columns] for line in self.chosen()]
        )

    def picture(self) -> QPixmap:
        """All lines as they are seen, also those to which one would have to scroll; at most as many as
        a picture can have."""
        whole = CompareTable(self.table.words)
        try:
            whole.setFrameShape(QFrame.Shape.NoFrame)
            whole.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            whole.show_lines(list(self.table.rows[:_PICTURED]), self.table.names)
            whole.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            rows = whole.verticalHeader().length() + whole.heads.sizeHint().height() + 4
            whole.resize(max(self.width(), 640), rows)
            return whole.grab()
        finally:
            whole.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open()
        elif event.matches(QKeySequence.StandardKey.Copy) or event.key() == Qt.Key.Key_D:
            event.ignore()  # the window's keys
        else:
            super().keyPressEvent(event)
