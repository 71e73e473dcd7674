"""A small icon beside a text, in a colour of the theme; it follows the font's size and the theme."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dfs_desktop.ui.theme import icon_files, theme

from .guarded_painting import guarded


class IconLabel(QWidget):
    """Decoration only: what it says is also said in words, so screen readers skip it."""

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
