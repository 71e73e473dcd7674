"""The preview of a renaming: the name of today, the new one, and why it cannot be used."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableView

from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.whole_rows import Index, TitledRows, show_whole_rows
from dfs_desktop.workspace.editing.rename_pattern import Renaming

Role = Qt.ItemDataRole
_TITLES = (later("Name now"), later("New name"), "")
_SHOWN = 300  # characters of a name


class PreviewModel(TitledRows[Renaming]):
    """Rows in the order of the table that they were selected in."""

    def show_rows(self, rows: list[Renaming]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @guarded()
    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role in {Role.DisplayRole, Role.ToolTipRole}:
            text = (row.before, row.name if row.changed else "", row.problem)[column]
            return visible(text, limit=_SHOWN)
        if role == Role.ForegroundRole:
            wrong = row.problem and column > 0
            dim = column == 0 or not row.changed
            return theme.current().color("failed" if wrong else "dim" if dim else "text")
        return None


class PreviewTable(QTableView):
    """To be read, and walked by keys."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "renamePreview", reads=tr("Preview of the new names"))
        self.rows = PreviewModel([*map(tr, _TITLES)], self)
        self.setModel(self.rows)
        show_whole_rows(self, 1.7)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section in range(len(_TITLES)):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)

    def show_first_problem(self) -> None:
        """Go to the next row that cannot be renamed so, from the current one on."""
        rows, at = self.rows.rows, self.currentIndex().row() + 1
        order = [*range(at, len(rows)), *range(at)]
        found = next((number for number in order if rows[number].problem), None)
        if found is not None:
            self.selectRow(found)
            self.scrollTo(self.rows.index(found, 0))
