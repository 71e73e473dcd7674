"""What a person sees in a window, taken over by the one that is built in its place."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget

from dfs_desktop.ui.platform.screen_fit import FILLING

from .window import MainWindow


def seen_again(old: MainWindow) -> Callable[[MainWindow], None]:
    """What shows in another window of the same workspace, just built, what is seen in this one now.

    The place, the rows and the filter are the workspace's, and what the settings keep of a window is
    written there: this is the rest.
    """
    old.layout_state.save()
    shown, state, corner, size = old.isVisible(), old.windowState(), old.pos(), old.size()
    selected = [each.id for each in old.table.artifacts()]
    scrolled = old.table.verticalScrollBar().value()
    tab = old.details.tabs.key if old.details.is_built else ""
    files, library = tuple(old.details.files), old.library.shown
    transfers, heights = old.actions_["show_transfers"].isChecked(), old.vertical_splitter.sizes()
    notices = [card.notice for card in old.main_panel.notices.cards()]
    focus = old.focusWidget()

    def restore(window: MainWindow) -> None:
        workspace, listing = window.workspace, window.workspace.listing
        for event in (workspace.session_changed, listing.columns_changed, listing.rows_changed):
            event.emit()
        for event in (workspace.tracks.changed, workspace.deleter.changed):
            event.emit()
        if shown:
            if not window.windowState() & FILLING:
                window.resize(size)
                window.move(corner)
            window.setWindowState(state)
            window.show()
        for _ in window.details.building:
            pass
        window.details.tabs.choose(tab)
        window.table.select_all(selected, focus=False)
        window.table.verticalScrollBar().setValue(scrolled)
        if library:
            window.library.show("")
        if files:
            window.details.show_files(files)
        if transfers:
            window.toggle_transfers()
            window.vertical_splitter.setSizes(heights)
        for notice in notices:
            window.main_panel.show_notice(notice)
        name = focus.objectName() if focus is not None else ""
        if name and (focused := window.findChild(QWidget, name)) is not None:
            focused.setFocus()

    return restore


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


def open_preferences(windows: list[MainWindow]) -> QWidget | None:
    """Their window, before whichever it stands."""
    from dfs_desktop.ui.preferences.window import PreferencesWindow

    found = (each for window in windows for each in open_dialogs(window))
    return next((each for each in found if isinstance(each, PreferencesWindow)), None)


def show_preferences(window: MainWindow, place: QRect) -> None:
    """Again at this place, with the keyboard at the choice that had them built anew."""
    dialog = window.network_handlers.show_preferences("General")
    dialog.setGeometry(place)
    chosen = dialog.findChild(QWidget, "languageChoice")
    if chosen is not None:
        chosen.setFocus()
