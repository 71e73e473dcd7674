"""Texts, icons and bars of a painted row, in the theme's colours."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from dfs_desktop.artifact.names import isolated
from dfs_desktop.ui.theme import icon_files, theme

from .right_to_left_painting import upright
from .text_lines import elided

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter
_OTHER_SIDE = {LEFT: RIGHT, RIGHT: LEFT, CENTER: CENTER}
# The mirror decides, and not Qt as well. Made once: flags are slow to put together.
_DRAWN = {
    side: int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine)
    for side in _OTHER_SIDE
}
END = Qt.TextElideMode.ElideRight
MIDDLE = Qt.TextElideMode.ElideMiddle
_PIECE = 0.28  # share of the bar that wanders
_STEPS = 8  # beats for one way


def draw_text(
    painter: QPainter,
    area: QRect | QRectF,
    text: str,
    color: str,
    *,
    side: Qt.AlignmentFlag = LEFT,
    cut: Qt.TextElideMode = MIDDLE,
    whole: bool = False,
) -> int:
    """Draw one line of plain text, `cut` where the area is too narrow; how wide it became.

    A number is drawn `whole` or not at all: with figures left out it reads as another one.
    """
    painter.setPen(theme.current().pen(color))
    metrics, room = painter.fontMetrics(), int(area.width())
    short = elided(metrics, text, cut, room)
    if whole and short != text:
        short = elided(metrics, "…", cut, room)
    with upright(painter, area) as (place, turned):
        painter.drawText(place, _DRAWN[_OTHER_SIDE[side] if turned else side], isolated(short))
    return painter.fontMetrics().horizontalAdvance(short)


def draw_icon(painter: QPainter, name: str, color: str, area: QRect, side: int) -> None:
    """Draw an icon at the left of an area, in the middle of its height."""
    ratio = painter.device().devicePixelRatioF()
    image = icon_files.pixmap(name, theme.current().color(color), side, ratio)
    room = QRect(area.left(), area.top() + (area.height() - side + 1) // 2, side, side)
    with upright(painter, room) as (place, _turned):
        painter.drawPixmap(place.topLeft(), image)


def draw_bar(
    painter: QPainter, rect: QRectF, permille: float | None, color: str = "accent", step: int = 0
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
        painter.setBrush(theme.current().color(color))
        painter.drawRoundedRect(
            QRectF(left, rect.top(), max(width, rect.height()), rect.height()), radius, radius
        )
    painter.restore()
