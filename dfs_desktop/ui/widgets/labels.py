"""Labels that show texts as they are, never as HTML; names with facts beside them; icons."""

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from dfs_desktop.translation import right_to_left
from dfs_desktop.ui.theme import icon_files, theme
from dfs_desktop.workspace.inspection.excerpts import wrappable

from .guarded_painting import guarded

W = TypeVar("W", bound=QWidget)


class PlainLabel(QLabel):
    """Text as it is, never HTML; of a very long one the beginning, its long words divided."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        if right_to_left():  # Qt would put a text in Latin letters at the left, far from its name
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
            self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def setText(self, text: str) -> None:
        super().setText(wrappable(text))


def plain_label(
    text: str = "", *, wrap: bool = False, selectable: bool = False, **marks: bool
) -> QLabel:
    """A label that shows text as it is: names come from servers and files, and Qt would read HTML.

    `marks` are style-sheet properties: dim, heading, title, failed, waiting, good.
    """
    label = PlainLabel()
    label.setText(text)
    label.setWordWrap(wrap)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    for name, on in marks.items():
        label.setProperty(name, on)
    if marks.get("title"):
        enlarge(label, 1.35)
    return label


def label_of(field: QWidget, text: str) -> QLabel:
    """The title of a field."""
    label = plain_label(text, dim=True)
    label.setBuddy(field)
    return label


def say(label: QLabel | QPushButton, text: str) -> None:
    """Have a label, or a button, say this; without words it is not there."""
    label.setText(text)
    label.setVisible(bool(text))


def mark(label: QLabel, **marks: bool) -> None:
    """Give a label that is shown other marks."""
    for name, on in marks.items():
        label.setProperty(name, on)
    label.style().unpolish(label)
    label.style().polish(label)


def enlarge(widget: W, factor: float = 1.1) -> W:
    """The same as a heading: it grows with the person's font instead of having a size of its own."""
    font = widget.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setWeight(QFont.Weight.DemiBold)
    widget.setFont(font)
    return widget


def headline(text: str = "", *, wrap: bool = False) -> QLabel:
    """What a dialog is about, above its content."""
    return enlarge(plain_label(text, wrap=wrap))


def facts_grid(facts: Iterable[tuple[str, str]], gap: int, line_gap: int = -1) -> QGridLayout:
    """Names, and beside each a fact that can be copied; one of several lines has letters of one width."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(gap)
    grid.setVerticalSpacing(line_gap)
    grid.setColumnStretch(1, 1)
    for number, (name, fact) in enumerate(facts):
        label = plain_label(fact, wrap="\n" not in fact, selectable=True)
        if "\n" in fact:
            label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        grid.addWidget(plain_label(name, dim=True), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label, number, 1)
    return grid


class IconLabel(QWidget):
    """An icon in a colour of the theme, decoration only: words say the same, and screen readers skip it."""

    def __init__(self, name: str, color: str = "text", *, scale: float = 1.15) -> None:
        super().__init__()
        self._name, self._color, self._scale = name, color, scale
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, color: str) -> None:
        """Change the icon; `color` is the name of a theme colour."""
        if (name, color) != (self._name, self._color):
            self._name, self._color = name, color
            self.update()

    def sizeHint(self) -> QSize:
        side = max(16, round(self.fontMetrics().height() * self._scale))
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        side = min(self.width(), self.height())
        color = theme.current().color(self._color)
        image = icon_files.pixmap(self._name, color, side, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, image)
