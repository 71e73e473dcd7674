"""A place with nothing in it says why and what to do: an icon, one sentence, one button."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from dfs_desktop.ui.theme import icon_files, theme

from .labels import enlarge, plain_label, say
from .layouts import column, scrolling
from .naming import named


class EmptyState(QWidget):
    """Icon, sentence, optional heading and button, in the middle of its room, or scrolled in it."""

    def __init__(self, icon: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = icon
        self._run: Callable[[], object] = lambda: None
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.heading = plain_label(wrap=True)
        enlarge(self.heading, 1.25)
        self.text = plain_label(wrap=True, dim=True)
        self.button = named(QPushButton(), "emptyStateButton")
        self.button.clicked.connect(lambda _checked=False: self._run())
        self._run_other: Callable[[], object] = lambda: None
        self.other = named(QPushButton(), "emptyStateOtherButton")
        self.other.clicked.connect(lambda _checked=False: self._run_other())
        for label in (self._icon, self.heading, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole = QWidget()
        column(
            (None, 2), self._icon, self.heading, self.text, 4,
            (self.button, Qt.AlignmentFlag.AlignCenter), (self.other, Qt.AlignmentFlag.AlignCenter),
            (None, 3), of=whole, margins=(16, 16, 16, 16), spacing=8,
        )  # fmt: skip
        column(scrolling(whole), of=self)
        theme.current().changed.connect(self._paint_icon)
        self.say(icon, text)

    def say(
        self,
        icon: str,
        text: str,
        heading: str = "",
        button: str = "",
        run: Callable[[], object] | None = None,
        other: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        self._name = icon
        say(self.heading, heading)
        self.text.setText(text)
        say(self.button, button)
        if run is not None:
            self._run = run
        words, self._run_other = other or ("", self._run_other)
        say(self.other, words)
        self._paint_icon()

    def _paint_icon(self) -> None:
        size = self.fontMetrics().height() * 3
        color = theme.current().color("dim")
        self._icon.setPixmap(icon_files.pixmap(self._name, color, size, self.devicePixelRatioF()))
