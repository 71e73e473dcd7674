"""What the View menu does with the table's columns."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from dfs_desktop.ui.artifact_table.column_layout import HeaderLayout
from dfs_desktop.ui.artifact_table.column_menu import ColumnMenu
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.main_window.actions import Actions
from dfs_desktop.workspace.workspace import Workspace

_COLUMN_ACTIONS = ("fit_columns", "reset_columns", "default_columns")


class TableHandlers:
    """The menu of the header is the View menu's “Columns…” too, so that keys alone reach it."""

    def __init__(
        self, window: QWidget, workspace: Workspace, actions: Actions, table: TableView
    ) -> None:
        layouts = workspace.column_layouts
        self._table = table
        self.columns = HeaderLayout(table, layouts)
        general = [actions[key] for key in _COLUMN_ACTIONS]
        self._menu = ColumnMenu(window, self.columns, workspace.metric_directions, general)
        table.columns_requested.connect(self._menu.popup)
        actions.connect(
            columns=self._choose_columns,
            fit_columns=self.columns.fit,
            reset_columns=layouts.reset,
            default_columns=layouts.use_as_default,
        )

    def _choose_columns(self) -> None:
        """At the column of the current cell, so that this one can be moved with the keys."""
        header = self._table.horizontalHeader()
        under = self._table.currentIndex().column()
        left = max(0, header.sectionViewportPosition(under)) if under >= 0 else 0
        self._menu.popup(header.mapToGlobal(QPoint(left, header.height())), under)
