"""A report of a problem: all that it would hold is read before anything is saved; it is sent by nobody."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from dfs_desktop.redaction import LOG, redact
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.dialogs import (
    FittedDialog,
    close_button,
    file_to_save,
    passing_dialog,
    resize_to,
    saved,
)
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.tasks import Tasks

_MOST_LOG = 60_000  # bytes of the log, the last ones
WHAT = later(
    "This is all that the report holds. Keys and links that grant access are taken out; names of "
    "files and servers may be in it. You can change it. Nothing is sent: give it to whom you like."
)


def report(facts: Mapping[str, str], state: Path) -> str:
    """The facts about this program and machine, and the end of its log; `state` is the log's folder."""
    lines = [f"{name}: {fact}" for name, fact in facts.items()]
    return redact(
        "\n".join([tr("What happened:"), "", "", *lines, "", tr("Log:"), _log_end(state / LOG)])
    )


def _log_end(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            start = max(file.tell() - _MOST_LOG, 0)
            file.seek(start)
            text = file.read(_MOST_LOG).decode("utf-8", "replace")
    except OSError as error:
        return tr("(it cannot be read: {reason})", reason=error.strerror)
    return text.partition("\n")[2] if start else text


class ProblemReport(FittedDialog):
    """The text can be changed, copied and saved."""

    def __init__(self, parent: QWidget, text: str, tasks: Tasks) -> None:
        super().__init__(parent.window())
        self._tasks = tasks
        passing_dialog(self, "problemReport", tr("Report a Problem"))
        self.text = named(QPlainTextEdit(text), "reportText", reads=tr("The report"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        copy, save = QPushButton(tr("Copy")), QPushButton(tr("Save…"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        save.clicked.connect(lambda: tasks.start(self._save(), "save the report"))
        self.note = plain_label("", dim=True)
        foot = row(self.note, None, copy, save, close_button(self))
        sheet(self, plain_label(tr(WHAT), wrap=True), self.text, foot)
        resize_to(self, 100, 36)

    async def _save(self) -> None:
        first, kinds = Path.home() / "dfs-desktop-report.txt", [tr("Text (*.txt)")]
        if path := await file_to_save(self, tr("Save the report"), first, kinds):
            await self.save_to(path)

    async def save_to(self, path: Path) -> None:
        """Write the text as it is shown now; say so, or why not."""
        text = self.text.toPlainText()
        write = partial(Path.write_text, data=text, encoding="utf-8", errors="replace")
        self.note.setText(await saved(self._tasks, path, write))
