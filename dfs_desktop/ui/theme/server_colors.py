"""The colour that a server has in menus, on its button and in the window's icon."""

import hashlib

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.translation import later

from . import theme

# Colours that can be chosen: their place on the wheel.
HUES = {
    "red": 0, "orange": 28, "yellow": 50, "green": 125, "teal": 175, "blue": 215, "violet": 265,
    "pink": 325,
}  # fmt: skip
NAMES = {
    "red": later("Red"), "orange": later("Orange"), "yellow": later("Yellow"), "green": later("Green"),
    "teal": later("Teal"), "blue": later("Blue"), "violet": later("Violet"), "pink": later("Pink"),
}  # fmt: skip


def server_color(profile: Profile) -> QColor:
    """The chosen colour of a server, or one that stays with it; the local registry has the accent."""
    if profile.id == LOCAL:
        return theme.current().color("accent")
    by_itself = int.from_bytes(hashlib.sha256(profile.id.encode()).digest()[:2], "big") % 360
    return hue_color(HUES.get(profile.color, by_itself))


def hue_color(hue: int) -> QColor:
    """A colour of the wheel that is seen on the ground of the theme."""
    return QColor.fromHsl(hue, 150, 150 if theme.current().dark() else 110)


def dot(color: QColor) -> QIcon:
    image = QPixmap(40, 40)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(10, 10, 20, 20)
    painter.end()
    image.setDevicePixelRatio(2)
    return QIcon(image)
