"""Windows stand whole inside the free part of their screen: frame, title bar and all."""

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QStyle, QWidget

_KINDS = {Qt.WindowType.Window, Qt.WindowType.Dialog}
FILLING = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen


def fitted(frame: QRect, free: QRect) -> QRect:
    """The frame, made smaller and moved as little as needed to lie inside the free part."""
    size = frame.size().boundedTo(free.size())
    x = max(free.left(), min(frame.left(), free.right() + 1 - size.width()))
    y = max(free.top(), min(frame.top(), free.bottom() + 1 - size.height()))
    return QRect(QPoint(x, y), size)


def fit_before_show(window: QWidget) -> None:
    """Place a window that has no frame yet: room is left for the title bar to come."""
    if window.windowState() & FILLING:
        return
    bar = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    free = window.screen().availableGeometry().adjusted(0, bar, 0, 0)
    if (good := fitted(window.geometry(), free)) != window.geometry():
        window.setGeometry(good)


def fit(window: QWindow) -> None:
    """Bring a window back inside its screen; one that fills the screen stays as it is."""
    if window.type() not in _KINDS or window.windowStates() & FILLING or not window.isVisible():
        return
    frame = window.frameGeometry()
    if (good := fitted(frame, window.screen().availableGeometry())) != frame:
        border = frame.size() - window.size()
        window.resize((good.size() - border).expandedTo(window.minimumSize()))
        window.setFramePosition(good.topLeft())


class ScreenFit(QObject):
    """Looks at each window and dialog when it comes to the front: by then it has its frame."""

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        application.focusWindowChanged.connect(self._came_to_front)

    def _came_to_front(self, window: QWindow | None) -> None:
        if window is not None:
            fit(window)
