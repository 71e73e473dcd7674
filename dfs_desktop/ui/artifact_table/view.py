"""The artifact table: dense rows, metric columns, keys and clicks turned into signals."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.ui.platform.refresh_timer import RefreshTimer
from dfs_desktop.ui.widgets.opaque_ground import OpaqueGround
from dfs_desktop.ui.widgets.text_lines import LONGEST
from dfs_desktop.workspace.listing.listing import Listing

from .cell_delegate import CellPainter
from .model import TableModel

_WIDTHS = {"name": 30, "file": 22, "status": 22, "size": 12, "tags": 20, "created": 15}


class TableView(QTableView):
    """Double-click or Enter: `opened`. Delete: `delete_requested`. F2: `rename_requested`."""

    opened = Signal()
    delete_requested = Signal()
    rename_requested = Signal()
    copy_requested = Signal()
    menu_requested = Signal(QPoint)
    typed = Signal(str)  # letters typed in the table go to the filter
    selection_changed = Signal()

    def __init__(
        self, listing: Listing, refresh_timer: RefreshTimer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("artifactTable")
        self.setAccessibleName("Artifacts")
        self.listing = listing
        self.table = TableModel(listing, self)
        self.setModel(self.table)
        self.setItemDelegate(CellPainter(self))
        self._appearance()
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
        self.table.columnsInserted.connect(lambda *_: self._fit_new_columns())
        self.table.headerDataChanged.connect(lambda *_: self.show_sorting())
        self._refresh_timer = refresh_timer
        refresh_timer.tick.connect(self._show_progress)

    def _appearance(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setShowGrid(False)
        OpaqueGround(self)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        height = round(self.fontMetrics().height() * 1.9)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)
        # With a selection that it can see, a header asks for each row of a column that is selected.
        header.setSelectionModel(QItemSelectionModel(self.table, header))
        self.show_sorting()  # first: enabling the sort sorts by what the header shows
        self.setSortingEnabled(True)
        character = self.fontMetrics().averageCharWidth()
        for number, column in enumerate(self.table.columns()):
            header.resizeSection(number, character * _WIDTHS.get(column.key, 13))

    def show_sorting(self) -> None:
        """Put the header's arrow where the listing sorts."""
        keys = [column.key for column in self.table.columns()]
        if self.listing.sort_column in keys:
            order = (
                Qt.SortOrder.DescendingOrder
                if self.listing.descending
                else Qt.SortOrder.AscendingOrder
            )
            header = self.horizontalHeader()
            blocked = header.blockSignals(True)  # the rows are in this order already
            header.setSortIndicator(keys.index(self.listing.sort_column), order)
            header.blockSignals(blocked)

    def _fit_new_columns(self) -> None:
        header = self.horizontalHeader()
        character = self.fontMetrics().averageCharWidth()
        for number, column in enumerate(self.table.columns()):
            if column.key not in _WIDTHS:
                title = self.fontMetrics().horizontalAdvance(column.title[:LONGEST]) + 4 * character
                header.resizeSection(number, max(character * 13, min(title, character * 24)))

    def _choose_columns(self, position: QPoint) -> None:
        """Tick which columns show; the last visible one cannot be hidden."""
        header = self.horizontalHeader()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = [n for n in range(header.count()) if not header.isSectionHidden(n)]
        for number, column in enumerate(self.table.columns()):
            action = QAction(column.title.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(number in shown)
            action.setEnabled(shown != [number])
            action.toggled.connect(lambda on, n=number: header.setSectionHidden(n, not on))
            menu.addAction(action)
        menu.popup(header.mapToGlobal(position))

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

    def _select_anew(self) -> None:
        self._chosen = None

    def select(self, key: str) -> bool:
        """Select and show one record; False when the filter or another place hides it."""
        number = self.table.number(key)
        if number is None:
            return False
        index = self.table.index(number, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)
        return True

    def select_all(self, keys: Sequence[str]) -> None:
        """Select these records and no others, as far as they are shown here."""
        numbers = self.table.numbers(keys)
        if not numbers:
            return
        chosen, last = QItemSelection(), self.table.columnCount() - 1
        for number in numbers:
            chosen.select(self.table.index(number, 0), self.table.index(number, last))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(self.table.index(numbers[0], 0))
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        plain = modifiers in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
            Qt.KeyboardModifier.ShiftModifier,
        }
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_requested.emit()
        elif key == Qt.Key.Key_F2:
            self.rename_requested.emit()
        elif modifiers == Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_C:
            self.copy_requested.emit()
        elif plain and event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def _show_progress(self) -> None:
        """Repaint the rows whose transfer runs: numbers are pulled ten times a second."""
        top = self.rowAt(0)
        bottom = self.rowAt(self.viewport().height() - 1)
        if top < 0:
            return
        for number in range(top, (self.table.rowCount() if bottom < 0 else bottom + 1)):
            row = self.table.row(number)
            if row is not None and row.job is not None:
                self._repaint_row(self.table.index(number, 0))

    def _repaint_row(self, index: QModelIndex) -> None:
        area = self.visualRect(index)
        area.setLeft(0)
        area.setRight(self.viewport().width())
        self.viewport().update(area)
