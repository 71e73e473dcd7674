"""The saved views of a collection: saved, named, opened, copied, pasted, deleted."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

from dfs_desktop.translation import tr
from dfs_desktop.ui.artifact_table.filter_line import FilterLine
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.ui.main_window.menus import VIEW_MENU
from dfs_desktop.ui.sidebar.view_list import ViewList
from dfs_desktop.ui.widgets.dialogs import passing_menu
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.views.saved_views import SavedViews

_OF_A_VIEW = tuple(key for key in VIEW_MENU if key != "-")


class SavedViewHandlers(Handlers):
    """What a view's own menu does, the View menu does with the one that is open."""

    def __init__(
        self,
        parts: WindowParts,
        state: AppState,
        views: SavedViews,
        listed: ViewList,
        line: FilterLine,
    ) -> None:
        super().__init__(parts)
        self._state, self._views, self._list = state, views, listed
        self._meant = ""  # the view whose menu is open
        self._actions.connect(
            save_view=lambda: self._name(""),
            update_view=lambda: self._with_view(views.update),
            rename_view=lambda: self._with_view(self._name),
            copy_view=lambda: self._with_view(self._copy),
            delete_view=lambda: self._with_view(views.delete),
            paste_view=lambda: views.paste(QGuiApplication.clipboard().text()),
        )
        listed.menu_requested.connect(self._show_menu)
        views.filter_wanted.connect(line.setText)
        line.textChanged.connect(views.filtered)
        self._allow_after(views.changed)

    def allow(self) -> None:
        session = self._state.session
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
