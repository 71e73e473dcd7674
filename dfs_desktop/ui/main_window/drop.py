"""Files dropped on the window or pasted: an upload, a comparison, or with Shift a look inside."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication

from dfs_desktop.artifact import visible
from dfs_desktop.ui.local_file.opener import LocalFileOpener
from dfs_desktop.ui.platform.local_paths import dropped_files
from dfs_desktop.workspace.workspace import Workspace

from .comparison_handlers import ComparisonHandlers
from .main_panel import DropHint
from .upload_handlers import UploadHandlers


class FileDrop:
    """Says over the table what letting go would do, and does it."""

    def __init__(
        self,
        workspace: Workspace,
        hint: DropHint,
        uploads: UploadHandlers,
        comparisons: ComparisonHandlers,
        opener: LocalFileOpener,
    ) -> None:
        self._workspace, self._hint, self._uploads = workspace, hint, uploads
        self._comparisons, self._opener = comparisons, opener

    def move(self, event: QDragEnterEvent | QDragMoveEvent) -> None:
        """A drag has come into the window, or has moved in it."""
        paths = dropped_files(event.mimeData())
        if not paths:
            return
        collection = self._workspace.session.collection
        if _with_shift(event):
            self._hint.say(self._opener.hint(paths))
        elif collection is None:
            self._hint.say("Choose a collection first, or hold Shift to look inside.")
            event.ignore()
            return
        elif compare := self._comparisons.hint(paths, event.position().toPoint()):
            self._hint.say(compare)
        else:
            what = f"“{visible(paths[0].name)}”" if len(paths) == 1 else f"{len(paths)} files"
            self._hint.say(f"Upload {what} to “{visible(collection.name)}”")
        event.acceptProposedAction()

    def leave(self) -> None:
        """The drag has left the window."""
        self._hint.hide()

    def drop(self, event: QDropEvent) -> None:
        """The files were let go."""
        self._hint.hide()
        paths = dropped_files(event.mimeData())
        if not paths:
            return
        event.acceptProposedAction()
        self._hint.window().activateWindow()
        if _with_shift(event):
            self._opener.look_into(paths)
            return
        upload = partial(self._uploads.upload_files, paths)
        if not self._comparisons.offer(paths, event.position().toPoint(), upload):
            upload()

    def paste(self) -> bool:
        """Upload the files on the clipboard; False when there are none."""
        paths = dropped_files(QGuiApplication.clipboard().mimeData())
        if paths:
            self._uploads.upload_files(paths)
        return bool(paths)


def _with_shift(event: QDropEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
