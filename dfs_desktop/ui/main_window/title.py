"""The window's title and icon say which server is open, also among the windows of other programs."""

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.settings import LOCAL
from dfs_desktop.ui.theme.icon_files import application_icon
from dfs_desktop.ui.theme.server_colors import server_color
from dfs_desktop.workspace.state import AppState

_SIZES = (16, 24, 32, 48, 64, 128)


class WindowTitle(QObject):
    """Collection, server and program; on the icon a dot of the server's own colour, as in its menu."""

    def __init__(self, window: QWidget, state: AppState) -> None:
        super().__init__(window)
        self._window, self._state = window, state
        self._dot = (LOCAL, "")
        self._plain = application_icon()
        window.setWindowIcon(self._plain)
        self.destroyed.connect(state.session_changed.connect(self._show))
        self._show()

    def _show(self) -> None:
        session = self._state.session
        parts = [visible(session.collection.name)] if session.collection else []
        parts += [visible(session.profile.name), "DFS Desktop"]
        self._window.setWindowTitle(" — ".join(parts))
        if (dot := (session.profile.id, session.profile.color)) != self._dot:
            self._dot = dot
            local = session.profile.id == LOCAL
            icon = self._plain if local else _dotted(self._plain, server_color(session.profile))
            self._window.setWindowIcon(icon)


def _dotted(plain: QIcon, color: QColor) -> QIcon:
    """The icon with a dot in its corner, on a rim that sets it off from any ground."""
    icon = QIcon()
    for size in _SIZES:
        picture = QPixmap(plain.pixmap(size, size))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = picture.width() * 0.5
        area = QRectF(picture.width() - side, picture.height() - side, side, side)
        rim = side * 0.12
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawEllipse(area)
        painter.setBrush(color)
        painter.drawEllipse(area.adjusted(rim, rim, -rim, -rim))
        painter.end()
        icon.addPixmap(picture)
    return icon
