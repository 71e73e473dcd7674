"""Rows are dragged out of the window: to file managers, terminals and other programs."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QTimer

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import safe_name
from dfs_desktop.disk_errors import is_file
from dfs_desktop.translation import tr
from dfs_desktop.ui.main_window.handlers.download_handlers import DownloadHandlers
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.ui.platform.outgoing_files import PromisedFiles, drag_out, offer_files
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.workspace.downloads.downloads import Origin
from dfs_desktop.workspace.library.library import Library
from dfs_desktop.workspace.notices import Action, Notice
from dfs_desktop.workspace.state import AppState

MOST_FILES = 500  # of one drag; each is looked for on the disk before it begins
PATIENCE = 1500  # milliseconds in which a file manager asks for what was let go over it


class DragOut(Handlers):
    """What is on this computer goes as files, at once. The rest is fetched where it is dropped, and
    where that cannot be, “Download to…” is offered."""

    def __init__(
        self, parts: WindowParts, state: AppState, library: Library, downloads: DownloadHandlers
    ) -> None:
        super().__init__(parts)
        self._state, self._library, self._downloads = state, library, downloads
        self._promise: PromisedFiles | None = None

    def drag(self, own: QMimeData) -> None:
        """Begin a drag of the selected rows. ``own``: what it means to this program.

        Only a copy is offered: a file manager that moves would take the library's file away.
        """
        if not (chosen := self._records()):
            return
        here, picture = self._here(chosen), icons.get("artifact").pixmap(24)
        if self._promise is not None:
            self._promise.end()
            self._promise = None
        if len(here) == len(chosen):
            offer_files(own, here)
            drag_out(self._table, own, picture)
            return
        name = safe_name(chosen[0].file_name)
        fetch = partial(self._downloads.start, chosen, origin=self._origin())
        self._promise = promise = PromisedFiles(own, name, fetch)
        promise.begin()
        elsewhere = drag_out(self._table, promise, picture)
        settle = partial(self._settle, promise, elsewhere=elsewhere)
        QTimer.singleShot(PATIENCE, self._table, settle)

    def _origin(self) -> Origin:
        """The place where the drag begins: another one may be open when the file is asked for."""
        session = self._state.session
        return session.profile.id, session.place

    def _here(self, chosen: Sequence[ModelArtifact]) -> list[Path]:
        """Where right copies of these are; as many as there are rows, or none."""
        found: list[Path] = []
        for each in chosen[:MOST_FILES]:
            copy = self._library.copy_of(each)
            if copy is None or not is_file(Path(copy.path)):
                return []
            found.append(Path(copy.path))
        return found

    def _settle(self, promise: PromisedFiles, *, elsewhere: bool) -> None:
        """Another program took the drag and asked for no file: it knows only files that are here."""
        if promise is not self._promise:
            return
        promise.end()
        self._promise = None
        if elsewhere and not promise.asked:
            title = tr("That program takes only files that are on this computer")
            text = tr(
                "Download them into a folder first; from then on they can be dragged anywhere."
            )
            choose = Action(tr("Download to…"), self._actions["download_to"].trigger)
            said = Notice(title, text, action=choose, seconds=15, key="drag")
            self._state.notices.notify(said)
