"""One window with all preferences; what is chosen holds at once."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QTabWidget, QWidget

from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import close_button, passing_dialog, resize_to, to_front
from dfs_desktop.ui.widgets.layouts import row, scrolling, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.library.library import Library
from dfs_desktop.workspace.registry.network import NetworkChoice
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers.limits import TransferLimits

from .network_page import NetworkPage
from .page import Page
from .pages import AppearancePage, GeneralPage, LibraryPage, TransfersPage


class PreferencesWindow(QDialog):
    """Not modal: the window behind it shows what a choice does."""

    def __init__(
        self, parent: QWidget, state: AppState, network: NetworkChoice, downloads: Downloads,
        limits: TransferLimits, library: Library, look_weekly: Callable[[bool], object],
        action: Callable[[str], QAction],
    ) -> None:  # fmt: skip
        """``action``: those of the main window, which a few choices are made by, too."""
        super().__init__(parent)
        passing_dialog(self, "preferences", tr("Preferences"))
        self.pages: tuple[Page, ...] = (
            GeneralPage(state, downloads, action, look_weekly),
            TransfersPage(limits, state.settings, action),
            NetworkPage(network, state.tasks.start, action),
            AppearancePage(action),
            LibraryPage(library, action),
        )
        self.tabs = named(QTabWidget(), "preferencesTabs")
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after that: Qt hands it on
        for page in self.pages:
            self.tabs.addTab(scrolling(page), tr(page.title))
        unsubscribe = network.changed.connect(self.fill)
        self.finished.connect(lambda _code: unsubscribe())
        sheet(self, (self.tabs, 1), row(None, close_button(self)))
        resize_to(self, 88, 39)

    def open_at(self, key: str) -> None:
        """Show it, at one of its pages, in front."""
        keys = [page.key for page in self.pages]
        if key in keys:
            self.tabs.setCurrentIndex(keys.index(key))
        to_front(self)

    def event(self, event: QEvent) -> bool:
        """What was chosen elsewhere meanwhile is shown."""
        if event.type() in {QEvent.Type.WindowActivate, QEvent.Type.Show}:
            self.fill()
        return super().event(event)

    def fill(self) -> None:
        """Show what is chosen now."""
        for page in self.pages:
            page.fill()
