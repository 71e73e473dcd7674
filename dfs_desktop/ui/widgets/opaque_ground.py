"""Lets a view that scrolls move what it has painted: only the strip that comes into sight is painted.

Under a style sheet Qt takes a view's ground for see-through, and paints all of it anew at each step.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


class OpaqueGround(QObject):
    """Fills the ground of a view, in its palette's colour, before the view paints upon it."""

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent) and isinstance(watched, QWidget):
            painter = QPainter(watched)
            painter.fillRect(event.rect(), watched.palette().color(QPalette.ColorRole.Base))
            painter.end()
        return False
