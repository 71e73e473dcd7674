"""Lines of text in one font, cut to a width and laid out once, to be drawn as often as they are seen."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QStaticText,
    QTextOption,
)

from dfs_desktop.translation import right_to_left

from .right_to_left_painting import in_mirror, upright

_NARROWEST = 2  # pixels of a letter
_SEARCHED = "\u0900"  # from here on a letter may have to be looked for in all fonts
LONGEST = 60  # characters of a name that is measured: it gets no more room
_MOST_PLACES = 8  # of one word in a line
MOST = 4000  # lines that are kept; then all are forgotten, which costs one repaint

# From left to right as the window is: a name does not decide that. Where lines of ours begin at the
# right, each has the direction of its first letter, so that names keep their order.
_AS_DRAWN = QTextOption()
_AS_DRAWN.setTextDirection(
    Qt.LayoutDirection.LayoutDirectionAuto if right_to_left() else Qt.LayoutDirection.LeftToRight
)
_AS_DRAWN.setWrapMode(QTextOption.WrapMode.NoWrap)


def is_dear(text: str) -> bool:
    """Whether to lay it out may take fifty times as long as Latin letters do."""
    return max(text, default="") >= _SEARCHED


def tabular(font: QFont) -> QFont:
    """Figures of equal width, so that columns of numbers line up."""
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def elided(
    metrics: QFontMetrics | QFontMetricsF, text: str, mode: Qt.TextElideMode, room: int
) -> str:
    """The text with its end or its middle left out where the room is short.

    Only as much of it as may have room is laid out: a line of a thousand letters that are in none
    of the chosen fonts takes ten milliseconds.
    """
    most = room // (_NARROWEST * 2 if is_dear(text) else _NARROWEST) + 8
    if len(text) > most:
        half = most // 2 if mode is Qt.TextElideMode.ElideMiddle else 0
        text = text[: most - half] + "…" + text[len(text) - half :]
    short = metrics.elidedText(text, mode, room)
    if short != text and (over := metrics.horizontalAdvance(short) - room) > 0:
        # Qt measured “…” in another font than the one that it takes behind a letter of few fonts.
        short = metrics.elidedText(text, mode, room - math.ceil(over))
    # What was shortened before may be cut beside its “…”; Chinese writes two.
    return short if "……" in text else short.replace("……", "…")


class _Line(NamedTuple):
    """A line that is laid out, how large it is, and whether nothing was left out of it."""

    text: QStaticText
    width: float
    height: float
    whole: bool


class TextLines:
    """Draws in its font, with the pen of the painter, in the middle of an area's height."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetricsF(font)
        self._lines: dict[tuple[str, int, bool], _Line] = {}

    @property
    def height(self) -> float:
        return self._metrics.height()

    def width(self, text: str) -> float:
        return self._line(text, 1 << 20, middle=False).width

    def places(
        self, area: QRect | QRectF, text: str, words: tuple[str, ...], *, right: bool = False
    ) -> Iterator[QRectF]:
        """Where these words, in small letters, stand in a line that lost its middle for want of room."""
        line, width, height, _whole = self._line(text, int(area.width()), middle=True)
        shown = line.text()
        folded = shown.casefold()
        if len(folded) != len(shown) or is_dear(shown):  # letters do not stand one beside the other
            return
        top = area.y() + math.ceil((area.height() - height) / 2)
        begin = area.x() + area.width() - width if right else area.x()
        for word in words:
            at = folded.find(word)
            for _ in range(_MOST_PLACES):
                if at < 0:
                    break
                left = self._metrics.horizontalAdvance(shown[:at])
                end = self._metrics.horizontalAdvance(shown[: at + len(word)])
                yield QRectF(begin + left, top, end - left, height)
                at = folded.find(word, at + len(word))

    def draw(
        self,
        painter: QPainter,
        area: QRect | QRectF,
        text: str,
        *,
        middle: bool = False,
        right: bool = False,
        whole: bool = False,
        struck: bool = False,
    ) -> None:
        """At the left of the area, or at its right; what has no room loses its end, or its middle.

        A number is drawn `whole` or not at all: with figures left out it reads as another one.
        """
        room = int(area.width())
        line = self._line(text, room, middle=middle)
        if whole and not line.whole:
            line = self._line("…", room, middle=middle)
        painter.setFont(self.font)
        if not in_mirror():
            self._put(painter, area, line, right=right, struck=struck)
            return
        with upright(painter, area) as (place, turned):
            self._put(painter, place, line, right=right != turned, struck=struck)

    def _put(
        self,
        painter: QPainter,
        place: QRect | QRectF,
        line: _Line,
        *,
        right: bool,
        struck: bool,
    ) -> None:
        text, width, height, _whole = line
        left = place.x() + (place.width() - width if right else 0)
        top = place.y() + math.ceil((place.height() - height) / 2)
        painter.drawStaticText(QPointF(left, top), text)
        if struck and width:  # not by the font, which leaves out letters of other fonts
            height = round(top + self._metrics.ascent() - self._metrics.strikeOutPos())
            painter.drawLine(QPointF(left, height), QPointF(left + width, height))

    def _line(self, text: str, room: int, *, middle: bool) -> _Line:
        key = (text, room, middle)
        found = self._lines.get(key)
        if found is None:
            if len(self._lines) >= MOST:
                self._lines.clear()
            mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
            shown = elided(self._metrics, text, mode, room)
            line = QStaticText(shown)
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setTextOption(_AS_DRAWN)
            line.prepare(font=self.font)
            size = line.size()
            found = self._lines[key] = _Line(line, size.width(), size.height(), shown == text)
        return found
