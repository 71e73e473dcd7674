"""A thin progress bar in permille that shows a wandering piece where the total is unknown."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy

from .cell_painting import draw_bar
from .guarded_painting import guarded
from .right_to_left_painting import mirrored

THICKNESS = 4


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
        painter = QPainter(self)
        with mirrored(painter, rect, self.layoutDirection()):
            draw_bar(painter, rect, permille, self._color, self._step)
