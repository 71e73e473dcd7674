"""With nothing selected, an arrow selects: a row that is current already would else not be left."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QTableView

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
