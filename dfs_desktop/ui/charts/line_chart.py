"""A line chart painted by hand: several curves, linear or logarithmic, values under the pointer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import exact_text, number_texts
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import LEFT, RIGHT, draw_text
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.text_lines import LONGEST, tabular

from .colors import series_color, series_dash
from .scale import Scale, exact_scale, scale_for, tick_text
from .series import Series, described, nearest, smoothed, thinned

_SPOKEN = 12  # curves that the description for a screen reader goes through


class LineChart(QWidget):
    """`show_series` with rising xs. The arrow keys move the reading line as the pointer does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Chart")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self.setFont(tabular(font))
        self._raw: list[Series] = []
        self._whole: list[Series] = []
        self._thin: list[Series] = []
        self._numbers: list[int] = []
        self._smoothing, self._log = 0.0, False
        self._axis = "step"
        self._x_text: Callable[[float], str] = exact_text
        self._x: Scale | None = None
        self._y: Scale | None = None
        self._marks: list[tuple[float, str]] = []
        self._reading: float | None = None  # an x value under the pointer
        theme.current().changed.connect(self.update)

    def show_series(
        self,
        series: Sequence[Series],
        *,
        numbers: Sequence[int] | None = None,
        axis: str = "step",
        x_text: Callable[[float], str] | None = None,
    ) -> None:
        """Show these curves; `numbers` choose their colours, `x_text` writes a place on the axis."""
        self._raw = list(series)
        self._numbers = list(numbers if numbers is not None else range(len(series)))
        self._axis = axis
        self._x_text = x_text or exact_text
        self._reading = None
        self._prepare()

    def show_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Name places on the x axis by lines from foot to head."""
        self._marks = list(marks)
        self.update()

    def set_smoothing(self, weight: float) -> None:
        """0 to 1: how much of the past is in each point."""
        self._smoothing = weight
        self._prepare()

    def set_log(self, on: bool) -> None:
        self._log = on
        self._prepare()

    def _prepare(self) -> None:
        self._whole = [
            Series(each.name, each.xs, smoothed(each.ys, self._smoothing)) for each in self._raw
        ]
        self._thin = [thinned(each) for each in self._whole]
        self._x = exact_scale(x for each in self._whole for x in each.xs)
        self._y = scale_for((y for each in self._whole for y in each.ys), log=self._log)
        words = [described(each) for each in self._raw[:_SPOKEN]]
        if len(self._raw) > _SPOKEN:
            words.append(f"and {len(self._raw) - _SPOKEN} more")
        self.setAccessibleDescription(visible(". ".join(words)) or "No values")
        self.update()

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(line * 24, line * 14)

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(line * 10, line * 9)

    # Reading values.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        plot = self._plot()
        place = (event.position().x() - plot.left()) / max(1.0, plot.width())
        self._read(self._x.value(min(1.0, max(0.0, place))) if self._x else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._read(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        longest = max(self._whole, key=lambda each: len(each.xs), default=None)
        if event.key() not in steps or longest is None or not longest.xs:
            super().keyPressEvent(event)
            return
        at = nearest(longest, self._reading) if self._reading is not None else None
        number = 0 if at is None else at + steps[Qt.Key(event.key())]
        self._read(longest.xs[max(0, min(number, len(longest.xs) - 1))])

    def _read(self, x: float | None) -> None:
        self._reading = x
        self.setToolTip("")
        self.update()

    def readings(self) -> list[tuple[str, float, float, int]]:
        """Name, x, y and colour number of the points that are nearest to the reading line."""
        if self._reading is None:
            return []
        found = []
        for number, raw, shown in zip(self._numbers, self._raw, self._whole, strict=True):
            at = nearest(shown, self._reading)
            if at is not None:
                value = raw.ys[at] if not self._smoothing else shown.ys[at]
                found.append((raw.name, shown.xs[at], value, number))
        return found

    # Painting.

    def _plot(self) -> QRectF:
        metrics = self.fontMetrics()
        ticks = self._y.ticks(self._y_count()) if self._y else []
        texts = [tick_text(value, ticks) for value in ticks]
        left = max((metrics.horizontalAdvance(text) for text in texts), default=0) + 12
        foot = metrics.height() + 8
        width, height = self.width() - left - 12, self.height() - foot - 8
        return QRectF(left, 8, max(10.0, width), max(10.0, height))

    def _y_count(self) -> int:
        return max(2, int(self.height() / (self.fontMetrics().height() * 3)))

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.current()
        if self._x is None or self._y is None:
            painter.setPen(colors.color("dim"))
            why = "Nothing above zero to show" if self._log and self._raw else "Nothing to show"
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, why)
            painter.end()
            return
        plot = self._plot()
        self._paint_axes(painter, plot, self._x, self._y)
        painter.save()
        painter.setClipRect(plot.adjusted(-2, -2, 2, 2))
        if self._smoothing:
            for number, raw in zip(self._numbers, self._raw, strict=True):
                faint = series_color(number)
                faint.setAlphaF(0.25)
                self._paint_curve(painter, plot, thinned(raw), QPen(faint, 1))
        for number, curve in zip(self._numbers, self._thin, strict=True):
            pen = QPen(series_color(number), 1.75, series_dash(number))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            self._paint_curve(painter, plot, curve, pen)
        painter.restore()
        self._paint_marks(painter, plot, self._x)
        self._paint_reading(painter, plot, self._x, self._y)
        if self.hasFocus():
            painter.setPen(QPen(colors.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    def _paint_axes(self, painter: QPainter, plot: QRectF, x: Scale, y: Scale) -> None:
        colors, metrics = theme.current(), self.fontMetrics()
        ticks = y.ticks(self._y_count())
        for value in ticks:
            place = y.place(value)
            if place is None:
                continue
            height = round(plot.bottom() - place * plot.height()) + 0.5
            painter.setPen(QPen(colors.color("line"), 1))
            painter.drawLine(QPointF(plot.left(), height), QPointF(plot.right(), height))
            painter.setPen(colors.color("dim"))
            box = QRectF(0, height - metrics.height() / 2, plot.left() - 8, metrics.height())
            painter.drawText(box, RIGHT, tick_text(value, ticks))
        painter.setPen(colors.color("dim"))
        foot = QRectF(plot.left(), plot.bottom() + 6, plot.width(), metrics.height())
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, self._x_text(x.low))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, self._x_text(x.high))
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, self._axis)

    def _paint_curve(self, painter: QPainter, plot: QRectF, curve: Series, pen: QPen) -> None:
        if self._x is None or self._y is None:
            return
        lines: list[QLineF] = []
        alone: list[QPointF] = []
        before: QPointF | None = None
        for x, y in zip(curve.xs, curve.ys, strict=True):
            across, up = self._x.place(x), self._y.place(y)
            if across is None or up is None:
                before = None
                continue
            point = QPointF(plot.left() + across * plot.width(), plot.bottom() - up * plot.height())
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
        for point in alone[:200]:  # a point between two gaps has no line that would show it
            painter.drawEllipse(point, 2.5, 2.5)

    def _paint_marks(self, painter: QPainter, plot: QRectF, x: Scale) -> None:
        """The names stand below each other, on the side of their line where there is more room."""
        colors, metrics = theme.current(), self.fontMetrics()
        for number, (value, name) in enumerate(self._marks):
            across = x.place(value)
            if across is None:
                continue
            at = plot.left() + across * plot.width()
            painter.setPen(QPen(colors.color("accent"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()))
            right = at > plot.center().x()
            room = (at - plot.left() if right else plot.right() - at) - 6
            top = plot.top() + (number % 4) * metrics.height()
            box = QRectF(at - 6 - room if right else at + 6, top, room, metrics.height())
            draw_text(painter, box, visible(name), "accent", side=RIGHT if right else LEFT)

    def _paint_reading(self, painter: QPainter, plot: QRectF, x: Scale, y: Scale) -> None:
        found = self.readings()
        if not found:
            return
        colors = theme.current()
        across = x.place(found[0][1]) or 0.0
        at = plot.left() + across * plot.width()
        painter.setPen(QPen(colors.color("dim"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()))
        for _name, _x, value, number in found:
            up = y.place(value)
            if up is not None:
                painter.setPen(QPen(colors.color("base"), 1.5))
                painter.setBrush(series_color(number))
                painter.drawEllipse(QPointF(at, plot.bottom() - up * plot.height()), 4, 4)
        self._paint_box(painter, plot, at, found)

    def _paint_box(
        self,
        painter: QPainter,
        plot: QRectF,
        at: float,
        found: list[tuple[str, float, float, int]],
    ) -> None:
        """The values in words beside the reading line, the highest first."""
        colors, metrics = theme.current(), self.fontMetrics()
        ranked = sorted(found, key=lambda each: -each[2] if math.isfinite(each[2]) else math.inf)
        room = max(1, int(plot.height() / metrics.height()) - 2)
        texts = number_texts([value for _n, _x, value, _c in ranked])
        rows = [
            (visible(name), text, series_color(color))
            for (name, _x, _v, color), text in zip(ranked, texts, strict=True)
        ]
        head = f"{self._axis} {self._x_text(found[0][1])}"
        if len(rows) > room:
            rows = [*rows[: room - 1], (f"and {len(rows) - room + 1} more", "", series_color(0))]
        names = max(metrics.horizontalAdvance(name[:LONGEST]) for name, _, _ in rows)
        names = min(names + 2, int(plot.width() * 0.5))
        values = max(metrics.horizontalAdvance(text) for _, text, _ in rows)
        width = max(names + values + 34, metrics.horizontalAdvance(head) + 16)
        height = metrics.height() * (len(rows) + 1) + 12
        left = at + 10 if at + 10 + width <= plot.right() else at - 10 - width
        box = QRectF(max(plot.left(), left), plot.top() + 2, width, height)
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


def _joined(lines: list[QLineF]) -> QPainterPath:
    """The lines as one path: dashes run on from one to the next, what shines through is even."""
    path = QPainterPath()
    for line in lines:
        if path.currentPosition() != line.p1():
            path.moveTo(line.p1())
        path.lineTo(line.p2())
    return path
