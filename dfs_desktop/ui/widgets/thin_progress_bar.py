"""A thin progress bar in permille that shows a wandering piece where the total is unknown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy

from dfs_desktop.ui.theme import theme

from .guarded_painting import guarded

THICKNESS = 4
_PIECE = 0.28  # share of the bar that wanders
_STEPS = 16  # beats for one way


def paint_bar(
    painter: QPainter, rect: QRectF, permille: int | None, step: int, color: QColor
) -> None:
    """Draw a rounded bar; `permille` None draws the wandering piece at `step`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(theme.current().color("line"))
    painter.drawRoundedRect(rect, radius, radius)
    if permille is None:
        place = step % (2 * _STEPS)
        share = (place if place < _STEPS else 2 * _STEPS - place) / _STEPS
        width = rect.width() * _PIECE
        left = rect.left() + (rect.width() - width) * share
    else:
        width, left = rect.width() * permille / 1000, rect.left()
    if width > 0:
        painter.setBrush(color)
        painter.drawRoundedRect(
            QRectF(left, rect.top(), max(width, rect.height()), rect.height()), radius, radius
        )
    painter.restore()


class ThinBar(QProgressBar):
    """Fed on each tick of the refresh timer, which also moves the wandering piece: no own timer."""

    def __init__(self) -> None:
        super().__init__()
        self._step = 0
        self._color = "accent"
        self.setRange(0, 1000)
        self.setValue(0)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def advance(self, permille: int | None, color: str = "accent") -> None:
        """Show how far it is, or, with None, that it moves."""
        if permille is None:
            self._step += 1
            if self.maximum():
                self.setRange(0, 0)
        else:
            if not self.maximum():
                self.setRange(0, 1000)
            if permille != self.value():
                self.setUpdatesEnabled(False)  # Qt would paint the window on the spot
                self.setValue(permille)
                self.setUpdatesEnabled(True)
        if permille is None or color != self._color:
            self._color = color
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 24, THICKNESS)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 8, THICKNESS)

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        permille = self.value() if self.maximum() else None
        top = (self.height() - THICKNESS) / 2
        rect = QRectF(0, top, self.width(), THICKNESS)
        paint_bar(QPainter(self), rect, permille, self._step, theme.current().color(self._color))
