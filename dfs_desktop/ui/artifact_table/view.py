"""The artifact table: dense rows, metric columns, keys and clicks turned into signals."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)  # fmt: skip
from PySide6.QtGui import QAccessible, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.timers import RefreshTimer, single_shot
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.row_tables import select_first, show_long_list
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.row import Row

from .cell_delegate import CellPainter
from .model import TableModel
from .pinned_name import PinnedName
from .row_differences import ranges
from .rows_in_sight import Renewal, Span, paint_rows, spans
from .sort_header import SortHeader

_Move = QAbstractItemView.CursorAction
_MARKED = 2000  # milliseconds
_MOST_FITTED = 200  # rows whose cells are measured


class TableView(QTableView):
    """Double-click or Enter: `opened`. Delete: `delete_requested`. F2: `rename_requested`."""

    opened = Signal()
    delete_requested = Signal()
    rename_requested = Signal()
    copy_requested = Signal()
    cut_requested = Signal()
    drag_requested = Signal()  # the selected rows are dragged
    menu_requested = Signal(QPoint)
    columns_requested = Signal(QPoint, object)  # the menu of columns, and at which one’s head
    typed = Signal(str)  # letters typed in the table go to the filter
    selection_changed = Signal()

    def __init__(
        self, listing: Listing, refresh_timer: RefreshTimer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "artifactTable", reads=tr("Artifacts"))
        self.listing = listing
        self.table = TableModel(listing, self)
        self.setHorizontalHeader(SortHeader(self))
        self._pinned = PinnedName(self, self._draw)
        self._renewal = Renewal(self)
        self.setModel(self.table)
        self.use_cells(CellPainter(self))
        show_long_list(self)
        self._header()
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self.customContextMenuRequested.connect(self.menu_requested)
        self._chosen: list[ModelArtifact] | None = None
        for changed in (
            self.selectionModel().selectionChanged, self.table.rowsInserted,
            self.table.rowsRemoved, self.table.layoutChanged, self.table.dataChanged,
        ):  # fmt: skip
            changed.connect(self._select_anew)
        listing.rows_changed.connect(self._select_anew)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self.table.columnsInserted.connect(lambda *_: self._select_whole_rows())
        self.table.headerDataChanged.connect(lambda *_: self.show_sorting())
        self._unmark = single_shot(self, _MARKED, self._end_marks)
        self._refresh_timer = refresh_timer
        refresh_timer.tick.connect(self._show_progress)

    def _header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask_for_columns)
        # With a selection that it can see, a header asks for each row of a column that is selected.
        header.setSelectionModel(QItemSelectionModel(self.table, header))
        self.show_sorting()  # first: enabling the sort sorts by what the header shows
        self.setSortingEnabled(True)

    def _ask_for_columns(self, position: QPoint) -> None:
        header = self.horizontalHeader()
        self.columns_requested.emit(header.mapToGlobal(position), header.logicalIndexAt(position))

    def show_sorting(self) -> None:
        """Put the header's arrow where the listing sorts."""
        keys = [column.key for column in self.table.columns()]
        order = Qt.SortOrder.AscendingOrder
        if self.listing.descending:
            order = Qt.SortOrder.DescendingOrder
        there = self.listing.sort_column in keys  # not yet, while its records are on their way
        number = keys.index(self.listing.sort_column) if there else -1
        header = self.horizontalHeader()
        blocked = header.blockSignals(True)  # the rows are in this order already
        header.setSortIndicator(number, order)
        header.blockSignals(blocked)
        header.viewport().update()

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        self.executeDelayedItemsLayout()
        region = event.region()
        self._renewal.painted(region)
        painter = QPainter(self.viewport())
        # Not all that is around them: below the pointer a row is painted anew while others scroll.
        for area in list(region):  # type: ignore[call-overload]  # missing in the stubs
            self._draw(painter, area, list(spans(self, area)))
        painter.end()
        self._pinned.paint(event)

    def _draw(self, painter: QPainter, area: QRect, columns: Sequence[Span]) -> None:
        paint_rows(self, self.table, self._cells, painter, area, columns)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Of what is in sight a few rows are painted at a time."""
        editing = self.state() == QAbstractItemView.State.EditingState
        if editing or QAccessible.isActive() or first.row() == last.row():
            super().dataChanged(first, last, roles)
        else:
            self._renewal.begin()

    def doItemsLayout(self) -> None:
        """Rows came, went or moved: Qt would paint all that are in sight at once."""
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled)
        super().doItemsLayout()
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, on=False)
        self._renewal.begin()

    def visualRect(self, index: Index) -> QRect:
        area = super().visualRect(index)
        if (section := self._pinned.section) >= 0 and index.column() == section:
            area.moveLeft(0)
        return area

    def indexAt(self, position: QPoint) -> QModelIndex:
        section = self._pinned.section
        if section >= 0 and self._pinned.area(section).contains(position):
            return self.table.index(self.rowAt(position.y()), section)
        return super().indexAt(position)

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """A name is in sight whatever is scrolled sideways."""
        bar = self.horizontalScrollBar()
        before = bar.value()
        pinned = self._pinned.section
        super().scrollTo(index, hint)
        if index.column() == pinned:
            bar.setValue(before)
        elif (section := self._pinned.section) >= 0:  # what the pinned column hides is not in sight
            hidden = self._pinned.area(section).right() - self.columnViewportPosition(
                index.column()
            )
            bar.setValue(bar.value() - max(hidden, 0))

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End lead to the first and the last row, as in every list of whole rows."""
        if (rows := self.table.rowCount()) and action in {_Move.MoveHome, _Move.MoveEnd}:
            column = max(self.currentIndex().column(), 0)
            return self.table.index(0 if action is _Move.MoveHome else rows - 1, column)
        return super().moveCursor(action, modifiers)

    def sizeHintForColumn(self, column: int) -> int:
        """As wide as the column's cells in sight need, for a fit and a double click at its edge."""
        rows = self.rows_in_sight(_MOST_FITTED)
        widths = [self._cells.width(self.table, row, self.table.column(column)) for row in rows]
        return min(max(widths, default=0), self.fontMetrics().averageCharWidth() * 80)

    def _in_sight(self) -> range:
        """The numbers of the rows that are in sight."""
        top, bottom = max(self.rowAt(0), 0), self.rowAt(self.viewport().height() - 1)
        return range(top, self.table.rowCount() if bottom < 0 else bottom + 1)

    def rows_in_sight(self, most: int) -> Sequence[Row]:
        numbers = self._in_sight()[:most]
        return self.table.rows(numbers.start, numbers.stop)

    def artifacts(self) -> list[ModelArtifact]:
        """The selected records, in the order of the table: looked for once, until it changes.

        A selection is ranges; asking for an index a row costs half a second with ten thousand.
        """
        if self._chosen is None:
            areas = self.selectionModel().selection().toList()
            self._chosen, end = [], 0
            for top, bottom in sorted((area.top(), area.bottom()) for area in areas):
                self._chosen += [row.artifact for row in self.table.rows(max(top, end), bottom + 1)]
                end = max(end, bottom + 1)
        return list(self._chosen)

    def _select_whole_rows(self) -> None:
        """A column that came is part of the rows that are selected."""
        flags = QItemSelectionModel.SelectionFlag
        chosen = self.selectionModel()
        chosen.select(chosen.selection(), flags.Select | flags.Rows)

    def _select_anew(self) -> None:
        self._chosen = None

    def select(self, key: str) -> bool:
        """Select and show one record; False when the filter or another place hides it."""
        if (number := self.table.number(key)) is None:
            return False
        index = self.table.index(number, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)
        return True

    def select_all(self, keys: Sequence[str], *, focus: bool = True) -> None:
        """Select these records and no others, as far as they are shown here."""
        if not (numbers := self.table.numbers(keys)):
            return
        chosen, last = QItemSelection(), self.table.columnCount() - 1
        for first, end in ranges(numbers, len(numbers)):  # each cell asks all of them
            chosen.select(self.table.index(first, 0), self.table.index(end - 1, last))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(self.table.index(numbers[0], 0))
        if focus:
            self.setFocus()

    def startDrag(self, _actions: Qt.DropAction) -> None:
        self.drag_requested.emit()

    def use_cells(self, cells: CellPainter) -> None:
        """Have the cells painted, measured and edited by these."""
        self._cells = cells
        self.setItemDelegate(cells)

    def edit_name(self) -> bool:
        """Have the name of the one selected row typed over; False where the table does not show it."""
        chosen = self.artifacts()
        number = self.table.number(chosen[0].id) if len(chosen) == 1 else None
        keys = [column.key for column in self.table.columns()]
        if number is None or "name" not in keys or self.isColumnHidden(keys.index("name")):
            return False
        index = self.table.index(number, keys.index("name"))
        self.scrollTo(index)
        self.setCurrentIndex(index)
        self.edit(index)
        return True

    def mark(self, keys: Iterable[str]) -> None:
        """Show for two seconds that these are new, or not as they were."""
        self._cells.marked.update(keys)
        self._unmark.start()
        self.viewport().update()

    def _end_marks(self) -> None:
        self._cells.marked.clear()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            event.ignore()  # what the field in a cell left over, as its Enter, is not for the row
            return
        key, modifiers = event.key(), event.modifiers()
        mods = Qt.KeyboardModifier
        plain = modifiers in {mods.NoModifier, mods.KeypadModifier, mods.ShiftModifier}
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_requested.emit()
        elif key == Qt.Key.Key_F2:
            self.rename_requested.emit()
        elif modifiers == mods.ControlModifier and key == Qt.Key.Key_C:
            self.copy_requested.emit()
        elif modifiers == mods.ControlModifier and key == Qt.Key.Key_X:
            self.cut_requested.emit()
        elif plain and select_first(self, key):
            pass
        elif plain and event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def _show_progress(self) -> None:
        """Repaint the progress in the rows that have a transfer: numbers are pulled five times a
        second, and all else in a row is told when it is another."""
        keys = [column.key for column in self.table.columns()]
        for number in self._in_sight() if "status" in keys else ():
            if (row := self.table.row(number)) is not None and row.job is not None:
                cell = self.table.index(number, keys.index("status"))
                self.viewport().update(self.visualRect(cell))
