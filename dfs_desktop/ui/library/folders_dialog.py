"""Folders that are watched and collections that are kept in step: how they stand, and how to end it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.dialogs import (
    close_button,
    link_button,
    passing_dialog,
    resize_to,
    secondary_button,
)
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, empty, row, scrolling, sheet
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.library.list_columns import shown_path
from dfs_desktop.workspace.library.mirrors import Mirror, Mirrors
from dfs_desktop.workspace.library.watched_folders import WatchedFolder, WatchedFolders
from dfs_desktop.workspace.state import AppState

_ABOUT_WATCHED = later(
    "Artifacts in these folders are listed and known again. What is new can be offered for upload; "
    "nothing is sent by itself."
)
_ABOUT_MIRRORS = later(
    "What is new in the collection is fetched into the folder and checked, while this program runs. "
    "Nothing is ever removed or replaced by it."
)


class FoldersDialog(QDialog):
    """Not modal: it follows what happens while it is open."""

    watch_requested = Signal()
    mirror_requested = Signal()
    folder_requested = Signal(object)  # a path

    def __init__(
        self,
        parent: QWidget,
        state: AppState,
        downloads: Downloads,
        mirrors: Mirrors,
        watched_folders: WatchedFolders,
    ) -> None:
        super().__init__(parent)
        passing_dialog(self, "foldersDialog", tr("Folders"))
        self._state, self._downloads = state, downloads
        self._mirrors, self._watched_folders = mirrors, watched_folders
        self._list = QWidget()
        self._lines = column(of=self._list, margins=(0, 0, 8, 0), spacing=8)
        ask = self.watch_requested.emit
        watch = secondary_button(tr("Watch a Folder…"), ask, name="watchFolderButton")
        self._mirror = secondary_button("", self.mirror_requested.emit, name="mirrorButton")
        close = close_button(self)
        sheet(self, scrolling(self._list), row(watch, self._mirror, None, close, spacing=8))
        close.setFocus()  # the area that scrolls shows no focus
        resize_to(self, 100, 36)
        self.destroyed.connect(mirrors.changed.connect(self.refresh))
        self.destroyed.connect(watched_folders.changed.connect(self.refresh))
        self.refresh()

    def refresh(self) -> None:
        """Show what there is now."""
        empty(self._lines)
        collection = self._state.session.collection
        self._mirror.setEnabled(collection is not None)
        words = tr("Keep a Collection in Step…")
        if collection is not None:
            words = tr("Keep “{name}” in Step…", name=visible(collection.name)[:40])
        self._mirror.setText(words.replace("&", "&&"))
        watched = self._watched_folders
        self._head(tr("Watched folders"), tr(_ABOUT_WATCHED))
        downloads = str(self._downloads.folder)
        self._lines.addWidget(self._card(shown_path(downloads), tr("The download folder"), []))
        for folder in watched.all():
            self._lines.addWidget(self._watched(folder))
        self._head(tr("Collections kept in step"), tr(_ABOUT_MIRRORS))
        mirrors = self._mirrors.all()
        for mirror in mirrors:
            self._lines.addWidget(self._kept(mirror))
        if not mirrors:
            self._lines.addWidget(plain_label(tr("None yet."), dim=True))
        self._lines.addStretch()

    def _head(self, title: str, about: str) -> None:
        self._lines.addWidget(plain_label(title, heading=True))
        self._lines.addWidget(plain_label(about, wrap=True, dim=True))

    def _card(self, title: str, words: str, parts: list[QWidget]) -> QFrame:
        card = QFrame()
        card.setProperty("card", True)
        about = [plain_label(words, wrap=True, dim=True)] if words else []
        foot = [row(None, *parts, spacing=12)] if parts else []
        column(ElidedLabel(title), *about, *foot, of=card, margins=(12, 8, 12, 8))
        return card

    def _watched(self, folder: WatchedFolder) -> QFrame:
        watched = self._watched_folders
        offer = QCheckBox(tr("Offer what is new for upload"))
        offer.setChecked(folder.offer)
        offer.toggled.connect(lambda on: watched.offer(folder, offer=on))
        stop = link_button(tr("Stop Watching"), lambda: watched.remove(folder), name="stopWatching")
        stop.setAutoDefault(True)
        return self._card(shown_path(folder.path), "", [offer, stop])

    def _kept(self, mirror: Mirror) -> QFrame:
        mirrors = self._mirrors
        title = f"{mirror.server_name} › {mirror.name} → {shown_path(mirror.folder)}"
        words = tr("not run yet")
        if mirror.last:
            words = quantities.ago(quantities.file_time(mirror.last))
        if mirror.outcome:
            words = tr("{first} ({second})", first=mirror.outcome, second=words)
        run = link_button(tr("Run Now"), lambda: mirrors.run(mirror), name="runMirror")
        show = link_button(tr("Open Folder"), lambda: self.folder_requested.emit(mirror.folder))
        stop = link_button(tr("Stop"), lambda: mirrors.remove(mirror), name="stopMirror")
        stop.setToolTip(tr("Keep it in step no more; its files stay"))
        for link in (run, show, stop):
            link.setAutoDefault(True)
        return self._card(title, words, [run, show, stop])
