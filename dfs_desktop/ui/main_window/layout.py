"""Where the window stood and how its panes and columns were: kept in the settings, restored at the start.

What changes is written soon: a program that is killed comes up as it was.
"""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from dfs_desktop.settings import OpenWindow
from dfs_desktop.ui.artifact_table.column_layout import HeaderLayout
from dfs_desktop.ui.artifact_table.filter_line import FilterLine
from dfs_desktop.ui.platform import screen_fit
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.layouts import state_of, state_text
from dfs_desktop.workspace.registry.remembered_rows import RememberedRows
from dfs_desktop.workspace.state import AppState

from .actions import Actions

SOON = 700  # milliseconds in which changes that come together are written together
_CHANGES = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange}
_LONGEST_FILTER = 1000  # characters


class WindowLayout(QObject):
    """Geometry, panes and filter; with them the settings and the rows are written."""

    def __init__(
        self, window: QMainWindow, state: AppState, rows: RememberedRows, actions: Actions,
        panes: QSplitter, columns: HeaderLayout, filter_line: FilterLine, sides: dict[str, QWidget],
    ) -> None:  # fmt: skip
        """Restore the layout, and watch it from then on."""
        super().__init__(window)
        self._window, self._state, self._rows, self._panes = window, state, rows, panes
        self._filter, self._sides, self._actions = filter_line, sides, actions
        self.restore(state.settings.layout)
        self._sizes_before: list[int] = []  # of the panes, before the details took half
        self._rows_too = False
        self._soon = single_shot(self, SOON, self._write)
        for changed in (
            columns.changed,
            panes.splitterMoved,
            filter_line.textChanged,
            *(action.triggered for _key, action in actions.all()),
        ):
            changed.connect(lambda *_: self._soon.start())
        window.installEventFilter(self)
        self.destroyed.connect(state.session_changed.connect(self._session_changed))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES:
            self._soon.start()
        return super().eventFilter(watched, event)

    def _session_changed(self) -> None:
        self._rows_too = True
        self._soon.start()

    def _write(self) -> None:
        if not self._window.isVisible():
            return  # it is on its way out: the ordered end writes
        self.save()
        self._state.window_changed.emit()
        self._state.save_settings()
        if self._rows_too:
            self._rows_too = False
            self._rows.remember_soon()

    def make_room(self, files: object) -> None:
        """The details take half of the window while they show files of this computer."""
        sizes = self._panes.sizes()
        if not files:
            if self._sizes_before:
                self._panes.setSizes(self._sizes_before)
                self._sizes_before = []
        elif len(sizes) == 3 and sizes[2] < sum(sizes[1:]) // 2:
            self._sizes_before = sizes
            half = sum(sizes[1:]) // 2
            self._panes.setSizes([sizes[0], sum(sizes[1:]) - half, half])

    def save(self) -> None:
        """Into the settings; the application writes them."""
        self._state.settings.layout |= self._now()

    def opened(self) -> OpenWindow:
        """The same, and where the window is, for one that is not in front."""
        session = self._state.session
        place = session.place if session.place.collection else session.wanted or session.place
        return OpenWindow(session.profile.id, place.text(), self._now())

    def _now(self) -> dict[str, str]:
        sides = {key: str(not pane.isHidden()) for key, pane in self._sides.items()}
        return sides | {
            "geometry": state_text(self._window.saveGeometry()),
            "maximized": str(self._window.isMaximized()),
            "panes": state_text(self._panes.saveState()),
            "filter": self._filter.text()[:_LONGEST_FILTER],
        }

    def restore(self, layout: Mapping[str, str]) -> None:
        """As it was, or a size that fits the screen and the font."""
        window = self._window
        em = window.fontMetrics().averageCharWidth()
        room = window.screen().availableSize()
        window.resize(min(em * 212, room.width()), min(em * 128, room.height()))
        if "geometry" in layout:  # does nothing on a screen of another width
            window.restoreGeometry(state_of(layout["geometry"]))
        screen_fit.fit_before_show(window)
        if layout.get("maximized") == "True":
            window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)
        if "panes" in layout:
            self._panes.restoreState(state_of(layout["panes"]))
        for key, pane in self._sides.items():
            shown = layout.get(key, "True") == "True"
            pane.setVisible(shown)
            self._actions[f"show_{key}"].setChecked(shown)
        self._filter.setText(layout.get("filter", "")[:_LONGEST_FILTER])
