"""Space: the quick look of the selected artifact, or of a file that another list names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dfs_desktop.workspace.state import AppState

from .window_parts import Handlers, WindowParts

if TYPE_CHECKING:
    from dfs_desktop.ui.quick_look.panel import QuickLook


class QuickLookHandlers(Handlers):
    """The panel follows the selection while it is open; it is made when it is first asked for."""

    def __init__(
        self, parts: WindowParts, state: AppState, make_panel: "Callable[[], QuickLook]"
    ) -> None:
        super().__init__(parts)
        self._state, self._make_panel = state, make_panel
        self._panel: QuickLook | None = None
        self._page: QWidget | None = None
        action = self._actions["quick_look"]
        action.setAutoRepeat(False)
        self._table.addAction(action)
        self._actions.connect(quick_look=self.toggle)
        self._table.selection_changed.connect(self._follow)
        state.session_changed.connect(self._follow)
        state.quick_look_requested.connect(self.toggle_file)
        state.quick_look_moved.connect(self._follow_file)

    def page_shown(self, page: QWidget | None) -> None:
        """What it was opened from may be out of sight."""
        if page is not self._page and self._shown is not None:
            self._shown.leave()
        self._page = page

    @property
    def panel(self) -> "QuickLook":
        if self._panel is None:
            self._panel = self._make_panel()
        return self._panel

    @property
    def _shown(self) -> "QuickLook | None":
        """The panel while it is open."""
        return self._panel if self._panel is not None and self._panel.isVisible() else None

    def toggle(self) -> None:
        """Open it on the current row, or close it."""
        if self._shown is not None:
            self._shown.leave()
            return
        if not self._table.artifacts() and (rows := self._state.listing.visible):
            index = self._table.currentIndex()
            self._table.select(rows[index.row() if index.isValid() else 0].key)
        if chosen := self._table.artifacts():
            self.panel.show_record(chosen[0])

    def toggle_file(self, path: Path) -> None:
        """Open it on a file; the same file once more closes it."""
        if self._shown is not None and self._shown.path == path:
            self._shown.leave()
        else:
            self.panel.show_file(path)

    def _follow_file(self, path: Path) -> None:
        if self._shown is not None and self._shown.path is not None:
            self._shown.show_file(path)

    def _follow(self) -> None:
        if (panel := self._shown) is None or panel.path is not None:
            return
        if chosen := self._table.artifacts():
            panel.show_record(chosen[0])
        elif panel.record is not None and panel.record.id not in self._state.listing:
            panel.leave()  # another place is open, or it is gone; else the selection is on its way
