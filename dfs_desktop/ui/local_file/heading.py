"""The heading over a file on this computer: where it is, its name, and what can be done with it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import choice_box, icon_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named

MOST_FILES = 200


class LocalHeading(QWidget):
    """With several files opened together, a box chooses between them."""

    chosen = Signal(object)  # a path
    upload_requested = Signal(object)  # a path
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[Path] = []
        self.path: Path | None = None
        self.place = plain_label(tr("On this computer"), dim=True)
        self.upload = named(QPushButton(tr("Upload…")), "uploadLocalButton")
        self.upload.clicked.connect(lambda _checked=False: self.upload_requested.emit(self.path))
        words = tr("Close the file")
        close = icon_button("close", self.closed.emit, name="closeLocalButton", reads=words)
        self.name = enlarge(ElidedLabel(), 1.3)
        self.files = choice_box("openedFiles", tr("Opened files"), 12)
        self.files.activated.connect(lambda number: self.chosen.emit(self._paths[number]))
        head = row((self.place, 1), self.upload, close, spacing=4)
        column(head, self.name, self.files, of=self, margins=(5, 0, 8, 8), spacing=4)

    def show_file(self, path: Path, paths: Sequence[Path]) -> None:
        """Show one of the opened files."""
        self.path = path
        self._paths = list(paths)[:MOST_FILES]
        self.name.show_text(path.name)
        self.name.setVisible(len(self._paths) == 1)
        self.files.setVisible(len(self._paths) > 1)
        self.files.clear()
        self.files.addItems([visible(each.name) for each in self._paths])
        if path in self._paths:
            self.files.setCurrentIndex(self._paths.index(path))

    def allow_upload(self, refusal: str) -> None:
        """Uploading is possible, or the tooltip says why not."""
        self.upload.setEnabled(not refusal)
        self.upload.setToolTip(refusal or tr("Review this file and send it to the open collection"))
