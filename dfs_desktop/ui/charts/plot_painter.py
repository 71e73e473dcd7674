"""Paints a chart with any painter: on the screen, into a picture, into a drawing of lines."""

import math
from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import exact_text, number_texts
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import LEFT, RIGHT, draw_text
from dfs_desktop.ui.widgets.text_lines import LONGEST

from .colors import series_color, series_dash
from .scale import Scale, tick_text
from .series import Band, Series, more

Reading = tuple[str, float, float, int]  # name, x, y, number of the colour
MOST_DOTS = 200


class Plot(Struct, frozen=True):
    """What there is to paint; `faint` are curves behind the curves."""

    curves: Sequence[Series | Band]
    faint: Sequence[Series | Band]
    numbers: Sequence[int]  # of colours
    x: Scale
    y: Scale
    axis: str
    x_text: Callable[[float], str]
    whole_steps: bool = True
    apart: bool = False  # each line has dashes of its own
    marks: Sequence[tuple[float, str]] = ()


class PlotPainter:
    """Paints one plot into a rectangle from the origin."""

    def __init__(self, painter: QPainter, plot: Plot, size: QSizeF, font: QFont) -> None:
        self._painter, self._plot = painter, plot
        self._metrics = QFontMetricsF(font, painter.device())
        self.area = plot_area(plot, size, self._metrics)
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def draw(self) -> None:
        """Axes, curves and marks."""
        painter, plot = self._painter, self._plot
        self._paint_axes()
        painter.save()
        painter.setClipRect(self.area.adjusted(-2, -2, 2, 2))
        for number, curve in zip(plot.numbers, plot.faint, strict=False):
            pale = series_color(number)
            pale.setAlphaF(0.25)
            self._paint_curve(curve, QPen(pale, 1))
        for number, curve in zip(plot.numbers, plot.curves, strict=True):
            self._paint_curve(curve, curve_pen(number, apart=plot.apart))
        painter.restore()
        self._paint_marks()

    def _across(self, x: float) -> float | None:
        place = self._plot.x.place(x)
        return None if place is None else self.area.left() + place * self.area.width()

    def _up(self, y: float) -> float | None:
        place = self._plot.y.place(y)
        return None if place is None else self.area.bottom() - place * self.area.height()

    def _paint_axes(self) -> None:
        colors, painter, area = theme.current(), self._painter, self.area
        line = self._metrics.height()
        ticks = self._plot.y.ticks(_rows(area.height(), line))
        for value in ticks:
            if (up := self._up(value)) is None:
                continue
            height = round(up) + 0.5
            painter.setPen(QPen(colors.color("line"), 1))
            painter.drawLine(QPointF(area.left(), height), QPointF(area.right(), height))
            painter.setPen(colors.color("dim"))
            box = QRectF(0, height - line / 2, area.left() - 8, line)
            painter.drawText(box, RIGHT, tick_text(value, ticks))
        self._paint_foot()

    def _paint_foot(self) -> None:
        """The values along the foot, as many as there is room for, and in its corner what they are."""
        painter, area, metrics = self._painter, self.area, self._metrics
        top, line = area.bottom() + 6, metrics.height()
        painter.setPen(theme.current().color("dim"))
        name = metrics.horizontalAdvance(self._plot.axis)
        room = area.right() - name - 8
        painter.drawText(QRectF(room, top, name + 8, line), RIGHT, self._plot.axis)
        free = area.left() - 4
        wanted = max(2, int(area.width() / (line * 6)))
        for value in x_ticks(self._plot, wanted):
            across, text = self._across(value), self._plot.x_text(value)
            width = metrics.horizontalAdvance(text)
            if across is None or across - width / 2 < free or across + width / 2 > room:
                continue
            painter.drawText(QPointF(across - width / 2, top + metrics.ascent()), text)
            at = round(across) + 0.5
            painter.drawLine(QPointF(at, area.bottom()), QPointF(at, area.bottom() + 4))
            free = across + width / 2 + 8

    def _paint_band(self, band: Band, color: QColor) -> None:
        """Of each column what is between lowest and highest, as whole pixels.

        Lines that cross each other as often would take a second to paint.
        """
        area, place = self.area, self._plot.y.place
        left, foot, tall = area.left(), area.bottom(), area.height()
        wide = area.width() / band.all_columns
        rects = []
        for column, low, high in zip(band.columns, band.lows, band.highs, strict=True):
            start, end = place(low), place(high)
            if end is None:
                continue
            top = round(_near(foot - end * tall))
            below = top if start is None else round(_near(foot - start * tall))
            rects.append(QRect(int(left + column * wide), top, 1, max(1, below - top) + 1))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._painter.drawRects(rects)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_curve(self, curve: Series | Band, pen: QPen) -> None:
        painter = self._painter
        if isinstance(curve, Band):
            self._paint_band(curve, pen.color())
            return
        lines: list[QLineF] = []
        alone: list[QPointF] = []
        before: QPointF | None = None
        for x, y in zip(curve.xs, curve.ys, strict=True):
            across, up = self._across(x), self._up(y)
            if across is None or up is None:
                before = None
                continue
            point = QPointF(_near(across), _near(up))
            if before is None:
                alone.append(point)
            else:
                lines.append(QLineF(before, point))
            before = point
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if pen.style() is Qt.PenStyle.SolidLine and pen.color().alpha() == 255:
            painter.drawLines(lines)  # thirty times as quick as a path that crosses itself
        else:
            painter.drawPath(_joined(lines))
        if len(alone) == 1 and lines:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        for point in alone[:MOST_DOTS]:  # a point between two gaps has no line that would show it
            painter.drawEllipse(point, 2.5, 2.5)

    def _paint_marks(self) -> None:
        """The names stand below each other, on the side of their line where there is more room."""
        painter, area, colors = self._painter, self.area, theme.current()
        line = self._metrics.height()
        for number, (value, name) in enumerate(self._plot.marks):
            at = self._across(value)
            if at is None or not area.left() - 1 <= at <= area.right() + 1:
                continue
            painter.setPen(QPen(colors.color("accent"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
            right = at > area.center().x()
            room = (at - area.left() if right else area.right() - at) - 6
            top = area.top() + (number % 4) * line
            box = QRectF(at - 6 - room if right else at + 6, top, room, line)
            draw_text(painter, box, visible(name), "accent", side=RIGHT if right else LEFT)

    def paint_readings(self, found: Sequence[Reading]) -> None:
        """The values at a place: dots on the curves, and in words beside them."""
        painter, area, colors = self._painter, self.area, theme.current()
        at = self._across(found[0][1]) if found else None
        if at is None or not area.left() - 1 <= at <= area.right() + 1:
            return
        painter.setPen(QPen(colors.color("dim"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
        for _name, x, value, number in found:
            across, up = self._across(x), self._up(value)
            if across is not None and up is not None and area.contains(QPointF(across, up)):
                painter.setPen(QPen(colors.color("base"), 1.5))
                painter.setBrush(series_color(number))
                painter.drawEllipse(QPointF(across, up), 4, 4)
        self._paint_box(at, found)

    def _paint_box(self, at: float, found: Sequence[Reading]) -> None:
        """The values in words beside the reading line, the highest first."""
        painter, area, metrics, colors = self._painter, self.area, self._metrics, theme.current()
        ranked = sorted(found, key=lambda each: -each[2] if math.isfinite(each[2]) else math.inf)
        room = max(1, int(area.height() / metrics.height()) - 2)
        values = [value for _n, _x, value, _c in ranked]
        texts = number_texts(values) if self._plot.faint else list(map(exact_text, values))
        rows = [
            (visible(name), text, series_color(color))
            for (name, _x, _v, color), text in zip(ranked, texts, strict=True)
        ]
        head = f"{self._plot.axis} {self._plot.x_text(found[0][1])}"
        if len(rows) > room:
            rows = [*rows[: room - 1], (more(len(rows) - room + 1), "", series_color(0))]
        names = max(metrics.horizontalAdvance(name[:LONGEST]) for name, _, _ in rows)
        names = min(names + 2, int(area.width() * 0.5))
        numbers = max(metrics.horizontalAdvance(text) for _, text, _ in rows)
        width = max(names + numbers + 34, metrics.horizontalAdvance(head) + 16)
        height = metrics.height() * (len(rows) + 1) + 12
        left = at + 10 if at + 10 + width <= area.right() else at - 10 - width
        box = QRectF(max(area.left(), left), area.top() + 2, width, height)
        ground = colors.color("base")
        ground.setAlphaF(0.94)
        painter.setPen(QPen(colors.color("line"), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 6, 6)
        line = QRectF(box.left() + 8, box.top() + 6, width - 16, metrics.height())
        painter.setPen(colors.color("dim"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, head)
        for name, text, color in rows:
            line.translate(0, metrics.height())
            if text:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color)
                painter.drawEllipse(QPointF(line.left() + 3, line.center().y()), 3, 3)
            words = QRectF(line.left() + 12, line.top(), names, line.height())
            draw_text(painter, words, name, "text")
            painter.drawText(line, RIGHT, text)

    def paint_box(self, box: QRectF) -> None:
        """What is being drawn around, to be zoomed into."""
        accent = theme.current().color("accent")
        self._painter.setPen(QPen(accent, 1))
        accent.setAlphaF(0.15)
        self._painter.setBrush(accent)
        self._painter.drawRect(box)


def plot_area(plot: Plot, size: QSizeF, metrics: QFontMetricsF) -> QRectF:
    """Where the curves are, beside and above the values of the axes."""
    height = max(10.0, size.height() - metrics.height() - 16)
    ticks = plot.y.ticks(_rows(height, metrics.height()))  # the same as are painted
    texts = [tick_text(value, ticks) for value in ticks]
    left = max((metrics.horizontalAdvance(text) for text in texts), default=0) + 12
    return QRectF(left, 8, max(10.0, size.width() - left - 12), height)


def curve_pen(number: int, *, apart: bool) -> QPen:
    """The pen of curve number so-and-so."""
    pen = QPen(series_color(number), 1.75, series_dash(number, apart=apart))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def x_ticks(plot: Plot, wanted: int) -> list[float]:
    """Round values along the foot; of steps, which are whole, only whole ones."""
    ticks = plot.x.ticks(wanted)
    if not plot.whole_steps:
        return ticks
    whole = [tick for tick in ticks if tick.is_integer()]
    if len(whole) > 1 or plot.x.log:
        return whole or ticks
    first, last = math.ceil(plot.x.low), math.floor(plot.x.high)
    return [float(n) for n in sorted({first, last}) if plot.x.low <= n <= plot.x.high]


def readings_in_words(found: Sequence[Reading], axis: str, x_text: Callable[[float], str]) -> str:
    """What is read at a place, for those who hear the chart."""
    texts = number_texts([value for _n, _x, value, _c in found])
    words = [f"{name} {text}" for (name, *_), text in zip(found, texts, strict=True)]
    return f"{axis} {x_text(found[0][1])}: {', '.join(words)}" if found else ""


def _rows(height: float, line: float) -> int:
    return max(2, int(height / (line * 3)))


def _near(place: float) -> float:
    """Far beyond the edge is as good as anywhere beyond it; the painter has no endless numbers."""
    return min(1e5, max(-1e5, place))


def _joined(lines: list[QLineF]) -> QPainterPath:
    """The lines as one path: dashes run on from one to the next, what shines through is even."""
    path = QPainterPath()
    for line in lines:
        if path.currentPosition() != line.p1():
            path.moveTo(line.p1())
        path.lineTo(line.p2())
    return path
