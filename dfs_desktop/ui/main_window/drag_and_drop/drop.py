"""Files dropped on the window or pasted: an upload, a comparison, or with Shift a look inside."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from dfs_desktop.api import Collection, Track
from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.local_file.opener import LocalFileOpener
from dfs_desktop.ui.main_window.handlers.link_handlers import LinkHandlers
from dfs_desktop.ui.main_window.handlers.upload_handlers import UploadHandlers
from dfs_desktop.ui.main_window.main_panel import DropHint
from dfs_desktop.ui.platform.local_paths import dropped_files
from dfs_desktop.workspace.links.references import Link, parse
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.tracks.track_list import TrackList

from .drop_on_row import DropOnRow


class FileDrop(QObject):
    """Says over the table what letting go would do, and does it. Filters the events of the window."""

    def __init__(
        self, window: QWidget, state: AppState, tracks: TrackList, hint: DropHint,
        uploads: UploadHandlers, on_row: DropOnRow, opener: LocalFileOpener,
        links: LinkHandlers,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._hint, self._uploads = window, hint, uploads
        self._state, self._tracks = state, tracks
        self._on_row, self._opener, self._links = on_row, opener, links
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragMoveEvent):  # when it comes into the window, too
            self._move(event)
        elif event.type() == QEvent.Type.DragLeave:
            self._hint.hide()
        elif isinstance(event, QDropEvent):
            self._drop(event)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return event.matches(QKeySequence.StandardKey.Paste) and self._paste()
        else:
            return False
        return True

    def _move(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()
        collection, tracks = self._state.session.collection, self._tracks
        if not (paths := dropped_files(event.mimeData())):
            if isinstance(parse(event.mimeData().text()), Link):
                self._hint.say(tr("Go to this link"))
            else:
                event.ignore()
        elif _with_shift(event):
            self._hint.say(self._opener.hint(paths))
        elif collection is None:
            self._hint.say(tr("Choose a collection first, or hold Shift to look inside."))
            event.ignore()
        elif compare := self._on_row.hint(paths, event.position().toPoint()):
            self._hint.say(compare)
        else:
            home = self._state.session.collection_of(tracks.home(tracks.opened)) or collection
            self._hint.say(what_it_uploads(paths, home, tracks.track(tracks.opened)))

    def _drop(self, event: QDropEvent) -> None:
        self._hint.hide()
        if not (paths := dropped_files(event.mimeData())):
            self._links.take(event.mimeData().text())
            return
        event.acceptProposedAction()
        self._window.activateWindow()
        if _with_shift(event):
            self._opener.look_into(paths)
            return
        version = partial(self._uploads.upload_versions, paths)
        if track := self._tracks.opened:
            version(track)
            return
        upload = partial(self._uploads.upload_files, paths)
        if not self._on_row.offer(paths, event.position().toPoint(), upload, version):
            upload()

    def _paste(self) -> bool:
        """Upload the files on the clipboard, or go where its text leads; False when it is empty."""
        mime = QGuiApplication.clipboard().mimeData()
        if paths := dropped_files(mime):
            self._uploads.upload_files(paths)
        elif mime.hasText():
            self._links.paste(mime.text())
        return bool(paths) or mime.hasText()


def what_it_uploads(paths: Sequence[Path], home: Collection, track: Track | None) -> str:
    """What letting go of these files would do."""
    file, many = visible(paths[0].name), len(paths)
    collection, version = visible(home.name), visible(track.name) if track is not None else ""
    if many > 1 and version:
        return trn(
            "Upload {amount} file to “{collection}”, as a new version of “{track}”",
            "Upload {amount} files to “{collection}”, as new versions of “{track}”",
            many,
            collection=collection,
            track=version,
        )
    if many > 1:
        return trn(
            "Upload {amount} file to “{collection}”",
            "Upload {amount} files to “{collection}”",
            many,
            collection=collection,
        )
    if version:
        return tr(
            "Upload “{file}” to “{collection}”, as a new version of “{track}”",
            file=file,
            collection=collection,
            track=version,
        )
    return tr("Upload “{file}” to “{collection}”", file=file, collection=collection)


def _with_shift(event: QDropEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
