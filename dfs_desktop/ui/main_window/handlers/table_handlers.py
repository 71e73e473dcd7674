"""What the View menu does with the table: its columns, and the views that are saved of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

from dfs_desktop.translation import tr
from dfs_desktop.ui.artifact_table.column_layout import HeaderLayout
from dfs_desktop.ui.artifact_table.filter_line import FilterLine
from dfs_desktop.ui.main_window.menus import SUBMENUS, VIEW_MENU
from dfs_desktop.ui.sidebar.collection_picker import Picker
from dfs_desktop.ui.widgets.dialogs import passing_menu
from dfs_desktop.workspace.workspace import Workspace

from .window_parts import Handlers, WindowParts

if TYPE_CHECKING:
    from dfs_desktop.ui.artifact_table.table_export import TableExport

_COLUMN_ACTIONS = ("fit_columns", "reset_columns", "default_columns")
_OF_A_VIEW = tuple(key for key in VIEW_MENU if key != "-")


class TableHandlers(Handlers):
    """The menu of the header is the View menu's “Columns…” too, so that keys alone reach it; what a
    view's own menu does, the View menu does with the one that is open."""

    def __init__(
        self, parts: WindowParts, workspace: Workspace, filter_line: FilterLine, picker: Picker
    ) -> None:
        super().__init__(parts)
        layouts, self._views, table = workspace.column_layouts, workspace.views, self._table
        self._workspace, self._picker, self._list = workspace, picker, picker.views
        self._meant = ""  # the view whose menu is open
        self.columns = HeaderLayout(table, layouts)
        table.columns_requested.connect(self._show_columns)
        self._actions.connect(
            columns=self._choose_columns,
            fit_columns=self.columns.fit,
            reset_columns=layouts.reset,
            default_columns=layouts.use_as_default,
            save_view=lambda: self._name(""),
            update_view=lambda: self._with_view(self._views.update),
            rename_view=lambda: self._with_view(self._name),
            copy_view=lambda: self._with_view(self._copy),
            delete_view=lambda: self._with_view(self._views.delete),
            paste_view=lambda: self._views.paste(QGuiApplication.clipboard().text()),
        )
        self._actions.connect(
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
        self._list.menu_requested.connect(self._show_menu)
        self._views.filter_wanted.connect(filter_line.setText)
        workspace.groups.filter_wanted.connect(filter_line.setText)
        self._connect_groups()
        filter_line.textChanged.connect(self._views.filtered)
        self._allow_after(self._views.changed)

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

    def allow(self) -> None:
        session = self._workspace.session
        here = bool(session.place.collection) and not session.search
        for key in ("save_view", "paste_view"):
            self._actions.allow(key, here)
        self._list.new.setEnabled(here)
        for key in _OF_A_VIEW:
            self._actions.allow(key, self._views.opened is not None or bool(self._meant))

    def _with_view(self, act: Callable[[str], object]) -> None:
        opened = self._views.opened
        if view_id := self._meant or (opened.id if opened is not None else ""):
            act(view_id)

    def _name(self, view_id: str) -> None:
        if self._list.isHidden() or not self._list.isVisible():
            self._actions["show_picker"].trigger()
        self._list.start_naming(view_id)

    def _copy(self, view_id: str) -> None:
        QGuiApplication.clipboard().setText(self._views.text(view_id))

    def _show_columns(self, position: QPoint, under: int = -1) -> None:
        from dfs_desktop.ui.artifact_table.column_menu import ColumnMenu

        general = [self._actions[key] for key in _COLUMN_ACTIONS]
        directions = self._workspace.metric_directions
        ColumnMenu(self._window, self.columns, directions, general, under).popup(position)

    def _show_menu(self, view_id: str, position: QPoint) -> None:
        self._meant = view_id
        self.allow()
        menu = passing_menu(self._window, "viewMenu")
        menu.addAction(tr("Open"), lambda: self._views.open(view_id))
        self._actions.fill(menu, VIEW_MENU)
        menu.destroyed.connect(self._menu_closed)  # after what was chosen in it
        menu.popup(position)

    def _menu_closed(self) -> None:
        self._meant = ""
        self.allow()
