"""What other programs get of a copy or a drag: files that are here, or a way to have them saved."""

import logging
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QWidget

from . import direct_save
from .direct_save import DirectSave
from .local_paths import url_of

log = logging.getLogger(__name__)


def offer_files(mime: QMimeData, paths: Sequence[Path]) -> None:
    """Files on this computer: for file managers as URLs, for a terminal as quoted paths."""
    mime.setUrls([url_of(path) for path in paths])
    mime.setText(" ".join(shlex.quote(str(path)) for path in paths))


def drag_files(view: QWidget, paths: Sequence[Path], picture: QPixmap) -> None:
    """Drag files of this computer out of a list. A copy only: to move them would leave it wrong."""
    mime = QMimeData()
    offer_files(mime, paths)
    drag_out(view, mime, picture)


def drag_out(view: QWidget, mime: QMimeData, picture: QPixmap) -> bool:
    """Drag a copy out of a list; whether another program took it."""
    drag = QDrag(view)
    drag.setMimeData(mime)
    drag.setPixmap(picture)
    return drag.exec(Qt.DropAction.CopyAction) != Qt.DropAction.IgnoreAction and not drag.target()


class PromisedFiles(QMimeData):
    """Files that are fetched into the folder where they are dropped, if its program says which.

    Nobody waits at the drop: `wanted` begins to fetch, and the files appear when they are checked.
    """

    def __init__(self, original: QMimeData, name: str, wanted: Callable[[Path], object]) -> None:
        """``original``: what the drag offers besides, to this program."""
        super().__init__()
        self._wanted, self._save = wanted, None if not direct_save.is_possible() else _open(name)
        for kind in original.formats():
            self.setData(kind, original.data(kind))
        self.asked = False  # whether somebody took it

    def begin(self) -> None:
        """To be called before the drag runs."""
        if self._save is not None:
            QTimer.singleShot(0, self._save.propose)

    def formats(self) -> list[str]:
        own = [direct_save.FORMAT] if self._save is not None else []
        return [*own, *super().formats()]

    def hasFormat(self, mimetype: str) -> bool:
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, preferred: object) -> object:
        if mimetype != direct_save.FORMAT:
            return super().retrieveData(mimetype, preferred)  # type: ignore[arg-type]
        if self._save is None or self.asked:
            return direct_save.REFUSED
        if (folder := self._save.folder()) is None:
            return direct_save.REFUSED
        self.asked = True
        self._wanted(folder)
        return direct_save.SAVED

    def end(self) -> None:
        """Nobody will ask any more."""
        if self._save is not None:
            self._save.close()
            self._save = None


def _open(name: str) -> DirectSave | None:
    try:
        return DirectSave(name)
    except (OSError, AttributeError) as error:
        log.info("no direct save: %s", error)
        return None
