"""A text file of two artifacts, line by line: what went is marked with −, what came with +."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named

LONGEST_LINE = 2000  # characters; a minified file has one line of megabytes


class _Marks(QSyntaxHighlighter):
    """Colours for the signs at the beginnings of lines."""

    def highlightBlock(self, text: str) -> None:
        if (name := {"+": "good", "-": "failed", "@": "dim"}.get(text[:1])) is not None:
            ink = QTextCharFormat()
            ink.setForeground(theme.current().color(name))
            self.setFormat(0, len(text), ink)


class TextDifference(QFrame):
    """Shows one diff, or that it is being read, or why there is none."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("textDifference")
        self.setProperty("topline", True)
        self.title = ElidedLabel()
        self.state = named(plain_label(dim=True), "differenceState")
        close = link_button(tr("Close"), self.closed.emit, name="closeDifferenceButton")
        icons.dress(close, "close")
        as_is = QPlainTextEdit.LineWrapMode.NoWrap
        self.text = QPlainTextEdit(readOnly=True, tabChangesFocus=True, lineWrapMode=as_is)
        named(self.text, "differenceText", reads=tr("Differences line by line"))
        self.text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # code, in every language
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._marks = _Marks(self.text.document())
        theme.current().changed.connect(self._marks.rehighlight)
        self.reason = named(plain_label(wrap=True), "differenceReason")
        self.reason.setContentsMargins(12, 4, 12, 12)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = row((self.title, 1), self.state, close, margins=(12, 4, 4, 4), spacing=12)
        column(head, (self.text, 1), (self.reason, 1), of=self, spacing=0)

    def say_reading(self, name: str, old: str, new: str) -> None:
        """A file was chosen; its text is on its way."""
        self.title.show_text(f"{name}   {old} → {new}")
        self.state.setText(tr("Reading…"))
        self.text.clear()
        self._show_text()

    def show_difference(self, found: list[str]) -> None:
        """The diff has come."""
        changed = [line for line in found[2:] if line[:1] in ("+", "-")]
        added = sum(1 for line in changed if line.startswith("+"))
        counts = tr(
            "{added} added, {removed} removed",
            added=number_text(added),
            removed=number_text(len(changed) - added),
        )
        self.state.setText(counts if found else tr("the text is the same"))
        # Tabs stay: they are what Makefiles are made of.
        self.text.setPlainText(
            "\n".join(visible(line[:LONGEST_LINE], multiline=True) for line in found[2:])
        )
        self._show_text()

    def show_reason(self, text: str) -> None:
        """There is no diff; why."""
        self.state.setText("")
        self.reason.setText(visible(text))
        self.text.hide()
        self.reason.show()

    def _show_text(self) -> None:
        self.reason.hide()
        self.text.show()
