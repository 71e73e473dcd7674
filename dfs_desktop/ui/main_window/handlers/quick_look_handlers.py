"""Space: the quick look of the selected artifact, or of a file that another list names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.main_window.actions import Actions
from dfs_desktop.workspace.state import AppState

if TYPE_CHECKING:
    from dfs_desktop.ui.quick_look.panel import QuickLook


class QuickLookHandlers:
    """The panel follows the selection while it is open; it is made when it is first asked for."""

    def __init__(
        self,
        state: AppState,
        actions: Actions,
        table: TableView,
        make_panel: "Callable[[], QuickLook]",
    ) -> None:
        self._state, self._table, self._make_panel = state, table, make_panel
        self._panel: QuickLook | None = None
        self._page: QWidget | None = None
        action = actions["quick_look"]
        action.setAutoRepeat(False)
        table.addAction(action)
        actions.connect(quick_look=self.toggle)
        table.selection_changed.connect(self._follow)
        state.session_changed.connect(self._follow)
        state.quick_look_requested.connect(self.toggle_file)
        state.quick_look_moved.connect(self._follow_file)

    def page_shown(self, page: QWidget | None) -> None:
        """What it was opened from may be out of sight."""
        if page is not self._page and self._panel is not None and self._panel.isVisible():
            self._panel.leave()
        self._page = page

    @property
    def panel(self) -> "QuickLook":
        if self._panel is None:
            self._panel = self._make_panel()
        return self._panel

    def toggle(self) -> None:
        """Open it on the current row, or close it."""
        if self._panel is not None and self._panel.isVisible():
            self._panel.leave()
            return
        if not self._table.artifacts() and (rows := self._state.listing.visible):
            index = self._table.currentIndex()
            self._table.select(rows[index.row() if index.isValid() else 0].key)
        if chosen := self._table.artifacts():
            self.panel.show_record(chosen[0])

    def toggle_file(self, path: Path) -> None:
        """Open it on a file; the same file once more closes it."""
        if self._panel is not None and self._panel.isVisible() and self._panel.path == path:
            self._panel.leave()
        else:
            self.panel.show_file(path)

    def _follow_file(self, path: Path) -> None:
        if self._panel is not None and self._panel.isVisible() and self._panel.path is not None:
            self._panel.show_file(path)

    def _follow(self) -> None:
        panel = self._panel
        if panel is None or not panel.isVisible() or panel.path is not None:
            return
        if chosen := self._table.artifacts():
            panel.show_record(chosen[0])
        elif panel.record is not None and panel.record.id not in self._state.listing:
            panel.leave()  # another place is open, or it is gone; else the selection is on its way
