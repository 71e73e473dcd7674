"""A line above content that is read: that bytes are coming, or what went wrong and the way on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.workers.process.failures import OverstayError

from .dialogs import link_button, plain_label

READING = "Reading…"
STOPPED = "Reading was stopped"
SOON = 120  # milliseconds within which most looks are there: the page is laid out once for them


class ReadingLine(QWidget):
    """One line above the content: what is going on, or what went wrong and the way to try again."""

    def __init__(
        self,
        again: Callable[[], object],
        stop: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(5, 8, 16, 8)
        row.setSpacing(4)
        column = QVBoxLayout()
        column.setSpacing(2)
        self._title = plain_label(wrap=True, dim=True)
        self._detail = plain_label(wrap=True, dim=True)
        column.addWidget(self._title)
        column.addWidget(self._detail)
        row.addLayout(column, 1)
        self.again = link_button("Try again")
        self.again.setObjectName("readAgainButton")
        self.again.clicked.connect(lambda _checked=False: again())
        self.stop = link_button("Stop")
        self.stop.setObjectName("stopReadingButton")
        self.stop.clicked.connect(lambda _checked=False: stop())
        row.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignTop)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(lambda: self.say(READING))
        self.hide()

    def wait(self) -> None:
        """Say that something is being read, unless it is there at once."""
        self.say("")
        self._soon.start(SOON)

    def fail(self, error: ArtifactError | DataForceError) -> None:
        """Say why nothing can be shown; with a way on where it only takes very much."""
        insist = isinstance(error, OverstayError)
        self.again.setText("Open all the same" if insist else "Try again")
        self.say(error.title, error.detail, failed=True)

    def say(self, title: str, detail: str = "", *, failed: bool = False) -> None:
        """Show these words; "" hides the line."""
        self._soon.stop()
        self._title.setText(visible(title))
        self._detail.setText(visible(detail))
        self._detail.setVisible(bool(detail))
        if self._title.property("failed") != failed:
            self._title.setProperty("failed", failed)
            self._title.setProperty("dim", not failed)
            self._title.style().unpolish(self._title)
            self._title.style().polish(self._title)
        self.again.setVisible(failed)
        self.stop.setVisible(title == READING)
        self.setVisible(bool(title))

    def words(self) -> str:
        """What the line says now; "" when it is hidden."""
        return "" if self.isHidden() else self._title.text()
