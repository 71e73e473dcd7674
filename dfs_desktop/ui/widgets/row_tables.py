"""Tables that are read row by row: no grid, no row numbers, all rows of one height; what walks in
them, what is under titles, and how their ground is painted."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QHeaderView,
    QTableView,
    QWidget,
)

from dfs_desktop.artifact import visible
from dfs_desktop.ui.widgets.guarded_painting import guarded

from . import cut_text_tooltips


class OpaqueGround(QObject):
    """Fills the ground of a view, in its palette's colour, before the view paints upon it."""

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent) and isinstance(watched, QWidget):
            painter = QPainter(watched)
            painter.fillRect(event.rect(), watched.palette().color(QPalette.ColorRole.Base))
            painter.end()
        return False


_FIRST = {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_PageDown}
_LAST = {Qt.Key.Key_End, Qt.Key.Key_PageUp}


def select_first(table: QTableView, key: int) -> bool:
    """Select the current row, else the first, or the last; False where rows are selected or the key
    is none that walks."""
    rows = table.model().rowCount()
    if key not in _FIRST | _LAST or not rows or table.selectionModel().hasSelection():
        return False
    index = table.model().index(rows - 1 if key in _LAST else 0, 0)
    if key in _FIRST and key != Qt.Key.Key_Home and table.currentIndex().isValid():
        index = table.currentIndex()
    flags = QItemSelectionModel.SelectionFlag
    table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
    table.scrollTo(index)
    return True


# Rows that can be selected and dragged.
ROW_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)

T = TypeVar("T")
Index = cut_text_tooltips.Index
NOWHERE = QModelIndex()


class TitledRows(QAbstractTableModel, Generic[T]):
    """Rows below titles; a subclass says what stands in a cell."""

    def __init__(self, titles: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.titles = list(titles)
        self.rows: Sequence[T] = ()

    def show_rows(self, rows: Sequence[T], titles: Sequence[str] | None = None) -> None:
        """Take all rows anew."""
        self.beginResetModel()
        self.rows = rows
        if titles is not None:
            self.titles = list(titles)
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.titles)

    @guarded()
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.titles):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and self.rowCount():
            return self.data(self.index(0, section), role)  # numbers stand below the end of theirs
        return visible(self.titles[section]) if role == Qt.ItemDataRole.DisplayRole else None


def show_whole_rows(table: QTableView, height: float) -> None:
    """Whole rows are selected, Tab leaves the table, numbers are whole. ``height`` of a row in lines
    of its text."""
    cut_text_tooltips.show_whole_text(table)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(round(table.fontMetrics().height() * height))
    table.horizontalHeader().setHighlightSections(False)


def show_long_list(table: QTableView) -> None:
    """Rows of which many are selected and dragged; columns that are moved, and scrolled by pixels."""
    OpaqueGround(table)
    show_whole_rows(table, 1.9)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setDragEnabled(True)
    header = table.horizontalHeader()
    header.setSectionsMovable(True)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
