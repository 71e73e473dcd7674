"""One line of foreign text, to be read or pressed: cut in the middle when the room is short, whole in
the tooltip."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QStyle, QStyleOptionButton

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import isolated

from .guarded_painting import guarded
from .naming import explain, tooltip
from .text_lines import LONGEST, elided, is_dear

_LONGEST_LINK = 100  # letters


class ElidedLabel(QLabel):
    """Plain text on one line. It never asks for more width than it is given."""

    def __init__(
        self,
        text: str = "",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        **marks: bool,
    ) -> None:
        """`marks` are style-sheet properties, as those of `plain_label`."""
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self._mode = mode
        self._cut = ("", -1, "")  # a text and a width, and what is shown of it
        self._measured = ("", 2)  # a text and how wide it is
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for mark, on in marks.items():
            self.setProperty(mark, on)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show `text` with its control characters made visible."""
        if (shown := visible(text)) != self.text():
            self.setText(shown)
            self.setAccessibleName(shown)
            self._hint = ""
            self.setToolTip("")

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(min(metrics.averageCharWidth() * 8, self.sizeHint().width()), metrics.height())

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        if self._measured[0] != self.text():
            most = LONGEST if is_dear(self.text()) else 2 * LONGEST  # more gets no room anyway
            self._measured = (self.text(), metrics.horizontalAdvance(self.text()[:most]) + 2)
        return QSize(self._measured[1], metrics.height())

    def _elided(self) -> str:
        text, width = self.text(), self.width()
        if self._cut[:2] != (text, width):
            shown = elided(self.fontMetrics(), text, self._mode, width)
            self._cut = (text, width, shown)
        return self._cut[2]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._cut, self._measured = ("", -1, ""), ("", 2)

    def _explain(self) -> None:
        """The whole text under the pointer when it is cut; known when it is painted."""
        hint = self.text() if self._elided() != self.text() else ""
        if hint != self._hint:
            self._hint = hint
            explain(self, hint)

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.rect(),
            int(self.alignment() | Qt.TextFlag.TextSingleLine),
            self.palette(),
            self.isEnabled(),
            isolated(self._elided()),
            QPalette.ColorRole.WindowText,
        )
        self._explain()


class ElidedLink(QPushButton):
    """Looks like a `link_button`, and may be narrower than its words, which hold a foreign name."""

    def __init__(self, words: str, run: Callable[[], object]) -> None:
        self._words = visible(words)
        super().__init__(autoDefault=False)
        self.setText(visible(words, limit=_LONGEST_LINK).replace("&", "&&"))
        self.setProperty("link", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _checked=False: run())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 12, super().minimumSizeHint().height())

    @guarded()
    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        middle = Qt.TextElideMode.ElideMiddle
        shown = elided(self.fontMetrics(), self._words, middle, room.width())
        self.setToolTip(tooltip(self._words) if shown != self._words else "")
        option.text = shown.replace("&", "&&")
