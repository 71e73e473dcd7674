"""The log of transfers: what happened when. It follows them while it is open, and can be copied."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.settings import Profile
from dfs_desktop.transfers.job import Job
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.timers import repeating
from dfs_desktop.ui.widgets.dialogs import (
    passing_dialog,
    primary_button,
    resize_to,
    secondary_button,
)
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import enlarge
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.transfers.log_text import log_text

BEAT = 500  # milliseconds between two looks at what has not ended
MOST = 100  # transfers of which the logs are shown together


class LogDialog(QDialog):
    """Closing it changes nothing."""

    def __init__(
        self, parent: QWidget | None, profiles: Callable[[], list[Profile]], jobs: Sequence[Job]
    ) -> None:
        super().__init__(parent, modal=False)
        self._profiles, self._jobs = profiles, list(jobs)[:MOST]
        title = trn("Log of {amount} transfer", "Log of {amount} transfers", len(self._jobs))
        if len(jobs) == 1:
            title = tr("Log of “{name}”", name=visible(jobs[0].title))
        passing_dialog(self, "transferLogDialog", title)
        heading = enlarge(ElidedLabel(title))
        self.text = named(QPlainTextEdit(readOnly=True), "transferLogText", reads=title)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        copy = secondary_button(tr("Copy Log"), self._copy, name="copyLogButton")
        close = primary_button(tr("Close"), "closeLogButton", self.close)
        sheet(self, heading, (self.text, 1), row(copy, None, close, spacing=8))
        resize_to(self, 110, 24)
        self._beat = repeating(self, BEAT, self._follow)
        self._beat.start()
        self._follow()
        self.text.setFocus()

    def _follow(self) -> None:
        """Add what is new; where somebody reads or has selected, nothing moves."""
        now = log_text(self._jobs, self._profiles())
        before = self.text.toPlainText()
        if now != before and now.startswith(before) and before:
            bar = self.text.verticalScrollBar()
            below, place = bar.value() == bar.maximum(), bar.value()
            end = QTextCursor(self.text.document())
            end.movePosition(QTextCursor.MoveOperation.End)
            end.insertText(now[len(before) :])
            bar.setValue(bar.maximum() if below else place)
        elif now != before:
            self.text.setPlainText(now)
        if all(job.state.ended for job in self._jobs):
            self._beat.setInterval(4 * BEAT)  # what has failed may be tried again

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(log_text(self._jobs, self._profiles()))
