"""A line around the list or table that has the keyboard, while the keyboard is what moves about."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from dfs_desktop.ui.theme import theme

from .guarded_painting import guarded

KEYS = Qt.WidgetAttribute.WA_KeyboardFocusChange  # Qt sets it with Tab and takes it with a click


class FocusRing(QWidget):
    """Goes from view to view; fields and buttons draw their own."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._window, self._view = window, window
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]
        self.hide()

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        self._view.removeEventFilter(self)
        mine = isinstance(now, QAbstractItemView) and self._window.isAncestorOf(now)
        self._view = now if mine and now is not None else self._window
        if self._view is self._window or not self._window.testAttribute(KEYS):
            self.hide()
            return
        self._view.installEventFilter(self)
        self._surround()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It stays around the view, and goes when the mouse takes over."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show}:
            self._surround()
        elif event.type() in {QEvent.Type.Hide, QEvent.Type.ContextMenu}:
            self.hide()
        return False

    def _surround(self) -> None:
        corner = self._view.mapTo(self._window, self._view.rect().topLeft())
        self.setGeometry(self._view.rect().translated(corner))
        self.raise_()
        self.show()

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._window.testAttribute(KEYS):
            return
        painter = QPainter(self)
        painter.setPen(QPen(theme.current().color("accent"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
