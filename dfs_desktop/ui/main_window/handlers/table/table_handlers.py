"""What the View menu does with the table: its columns, its groups, what is copied of it as text."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from dfs_desktop.ui.artifact_table.column_layout import HeaderLayout
from dfs_desktop.ui.artifact_table.filter_line import FilterLine
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.ui.main_window.menus import SUBMENUS
from dfs_desktop.ui.sidebar.collection_picker import Picker
from dfs_desktop.workspace.workspace import Workspace

if TYPE_CHECKING:
    from dfs_desktop.ui.artifact_table.table_export import TableExport

_COLUMN_ACTIONS = ("fit_columns", "reset_columns", "default_columns")


class TableHandlers(Handlers):
    """The menu of the header is the View menu's “Columns…” too, so that keys alone reach it."""

    def __init__(
        self, parts: WindowParts, workspace: Workspace, filter_line: FilterLine, picker: Picker
    ) -> None:
        super().__init__(parts)
        layouts, table = workspace.column_layouts, self._table
        self._workspace, self._picker = workspace, picker
        self.columns = HeaderLayout(table, layouts)
        table.columns_requested.connect(self._show_columns)
        self._actions.connect(
            columns=self._choose_columns,
            fit_columns=self.columns.fit,
            reset_columns=layouts.reset,
            default_columns=layouts.use_as_default,
            copy_markdown=lambda: self._export().copy("markdown"),
            copy_csv=lambda: self._export().copy("csv"),
            copy_latex=lambda: self._export().copy("latex"),
            export_table=lambda: self._export().export(),
        )
        workspace.freshness.marked.connect(table.mark)
        poll = self._actions["poll"]
        poll.setCheckable(True)
        poll.setChecked(workspace.freshness.polls)
        poll.triggered.connect(workspace.freshness.poll)
        workspace.groups.filter_wanted.connect(filter_line.setText)
        self._connect_groups()

    def _export(self) -> "TableExport":
        from dfs_desktop.ui.artifact_table.table_export import TableExport

        return TableExport(self._table, self._workspace.state)

    def _connect_groups(self) -> None:
        self._actions.choose_one("group_by", self._group)
        self._workspace.groups.changed.connect(self._show_grouping)
        self._show_grouping()
        self._picker.groups_left.connect(self._table.setFocus)
        self._picker.groups_menu_requested.connect(
            lambda at: self._actions.popup(self._window, SUBMENUS["group_by"][1], at)
        )

    def _group(self, chosen: str) -> None:
        field = chosen if chosen != "none" else ""
        self._workspace.groups.by(field)
        if field and self._picker.isHidden():
            self._actions["show_picker"].trigger()
        if field and self._picker.groups is not None:
            self._picker.groups.list.setFocus()

    def _show_grouping(self) -> None:
        self._actions[f"group_{self._workspace.groups.field or 'none'}"].setChecked(True)

    def _choose_columns(self) -> None:
        """At the column of the current cell, so that this one can be moved with the keys."""
        header = self._table.horizontalHeader()
        under = self._table.currentIndex().column()
        left = max(0, header.sectionViewportPosition(under)) if under >= 0 else 0
        self._show_columns(header.mapToGlobal(QPoint(left, header.height())), under)

    def _show_columns(self, position: QPoint, under: int = -1) -> None:
        from dfs_desktop.ui.artifact_table.column_menu import ColumnMenu

        general = [self._actions[key] for key in _COLUMN_ACTIONS]
        directions = self._workspace.metric_directions
        ColumnMenu(self._window, self.columns, directions, general, under).popup(position)
