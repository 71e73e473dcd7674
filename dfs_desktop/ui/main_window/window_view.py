"""What a person sees in a window, taken over by the one that is built in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

from dfs_desktop.ui.platform.screen_fit import FILLING
from dfs_desktop.workspace.notices import Notice

from .window import MainWindow


class WindowView(Struct, frozen=True):
    """The place, the rows and the filter are the workspace's and need no care: this is the rest.

    ``selected``: the keys of rows. ``scrolled``: how far the table is. ``tab``: the tab of the details.
    ``files``: of this computer, that they show. ``library``: whether its page is open. ``heights``:
    those of the table and the transfers, where these are shown. ``focus``: the name of what has it.
    """

    shown: bool
    state: Qt.WindowState
    corner: QPoint
    size: QSize
    selected: tuple[str, ...]
    scrolled: int
    tab: str
    files: tuple[Path, ...]
    library: bool
    heights: tuple[int, ...]
    notices: tuple[Notice, ...]
    focus: str

    @classmethod
    def of(cls, window: MainWindow) -> WindowView:
        """What is seen now; what the settings keep of a window is written there."""
        window.layout_state.save()
        transfers = window.actions_["show_transfers"].isChecked()
        focus = window.focusWidget()
        return cls(
            shown=window.isVisible(),
            state=window.windowState(),
            corner=window.pos(),
            size=window.size(),
            selected=tuple(each.id for each in window.table.artifacts()),
            scrolled=window.table.verticalScrollBar().value(),
            tab=window.details.tabs.key if window.details.is_built else "",
            files=tuple(window.details.files),
            library=window.library.shown,
            heights=tuple(window.vertical_splitter.sizes()) if transfers else (),
            notices=tuple(card.notice for card in window.main_panel.notices.cards()),
            focus=focus.objectName() if focus is not None else "",
        )

    def restore(self, window: MainWindow) -> None:
        """In a window of the same workspace that has just been built."""
        state, listing = window.workspace.state, window.workspace.listing
        for event in (
            state.session_changed,
            listing.columns_changed,
            listing.rows_changed,
            window.workspace.tracks.changed,
            window.workspace.deleter.changed,
        ):
            event.emit()
        if self.shown:
            if not window.windowState() & FILLING:
                window.resize(self.size)
                window.move(self.corner)
            window.setWindowState(self.state)
            window.show()
        for _ in window.details.building:
            pass
        window.details.tabs.choose(self.tab)
        window.table.select_all(self.selected, focus=False)
        window.table.verticalScrollBar().setValue(self.scrolled)
        if self.library:
            window.library.show("")
        if self.files:
            window.details.show_files(self.files)
        if self.heights:
            window.toggle_transfers()
            window.vertical_splitter.setSizes(list(self.heights))
        for notice in self.notices:
            window.main_panel.show_notice(notice)
        if self.focus and (focused := window.findChild(QWidget, self.focus)) is not None:
            focused.setFocus()


def open_dialogs(window: QWidget) -> Iterator[QWidget]:
    """The windows that stand before this one."""
    for each in QApplication.topLevelWidgets():
        above = each.parentWidget()
        if each.isVisible() and above is not None and above.window() is window:
            yield each


def keep_direction(window: QWidget) -> None:
    """It stays as it is when lines begin at the other side from now on, with all that it has open."""
    for each in (window, *open_dialogs(window)):
        each.setLayoutDirection(each.layoutDirection())


def close_preferences(windows: list[MainWindow]) -> QRect | None:
    """Where they stood; None where they were not open."""
    from dfs_desktop.ui.preferences.window import PreferencesWindow

    for window in windows:
        for each in open_dialogs(window):
            if isinstance(each, PreferencesWindow):
                each.close()
                return each.geometry()
    return None


def show_preferences(window: MainWindow, place: QRect) -> None:
    """Again at this place, with the keyboard at the choice that had them built anew."""
    dialog = window.network_handlers.show_preferences("General")
    dialog.setGeometry(place)
    chosen = dialog.findChild(QWidget, "languageChoice")
    if chosen is not None:
        chosen.setFocus()
