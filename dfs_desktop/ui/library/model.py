"""Shows the copies that the library wants shown to Qt."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.ui.widgets.row_tables import ROW_FLAGS, TitledRows
from dfs_desktop.workspace.library.list_columns import COLUMNS, STATE, shown
from dfs_desktop.workspace.library.local_copy import LocalCopy, State

Role = Qt.ItemDataRole
_COLORS = {State.CHANGED: "waiting", State.DAMAGED: "failed", State.MISSING: "failed"}


class LibraryModel(TitledRows[LocalCopy]):
    """Rows are replaced together; where the same files are shown, only their cells are painted."""

    def __init__(
        self, copies: Callable[[], list[LocalCopy]], parent: QObject | None = None
    ) -> None:
        super().__init__([column.title for column in COLUMNS], parent)
        self._copies = copies
        self.text, self.kind = "", "all"
        self.column, self.descending = 0, False

    def refresh(self) -> None:
        """Show what there is now."""
        rows = shown(self._copies(), self.text, self.kind, self.column, descending=self.descending)
        if [row.path for row in rows] == [row.path for row in self.rows]:
            self.rows = rows
            if rows:
                last = self.index(len(rows) - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.layoutAboutToBeChanged.emit()
        before = [(index, self.rows[index.row()].path) for index in self.persistentIndexList()]
        numbers = {row.path: number for number, row in enumerate(rows)}
        self.rows = rows
        for index, path in before:
            number = numbers.get(path)
            new = QModelIndex() if number is None else self.index(number, index.column())
            self.changePersistentIndex(index, new)
        self.layoutChanged.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Files can be dragged out of the window."""
        return ROW_FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    @guarded()
    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        copy, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == Role.DisplayRole:
            return column.text(copy)
        if role == Role.ToolTipRole:
            return tooltip((column.hint or column.text)(copy))
        if role == Role.TextAlignmentRole and column.numeric:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.ForegroundRole:
            state = column is STATE
            color = _COLORS.get(copy.state, "dim") if state else "text"
            return theme.current().color(color if index.column() < 4 else "dim")
        if role == Role.AccessibleTextRole:
            return f"{column.title}: {column.text(copy)}"
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.column, self.descending = max(column, 0), order == Qt.SortOrder.DescendingOrder
        self.refresh()
