"""A line chart: several curves, zoomed by wheel, box and keys, with values under the pointer."""

import time
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import exact_text
from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.layouts import page_scrolls
from dfs_desktop.ui.widgets.text_lines import tabular
from dfs_desktop.workspace.time_slices import SLICE

from .curves_in_view import CurvesInView
from .plot_painter import Plot, PlotPainter, Reading, plot_area, readings_in_words
from .series import Series, all_described, nearest

_STEP = 0.8  # of the width, for one notch of the wheel or one key
_DRAG = 6  # pixels that a press moves before it is a box
_MOVE = 0.2  # of the width, for one key


class LineChart(QWidget):
    """`show_series` with rising xs.

    The wheel, a box, + and - zoom, a double click and 0 show all; the arrow keys move the reading
    line, with Shift the view.
    """

    copy_requested = Signal()

    def __init__(self, *, apart: bool = False) -> None:
        """`apart`: each curve has dashes of its own beside its colour."""
        super().__init__(accessibleName=tr("Chart"), mouseTracking=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self.setFont(tabular(font))
        self.curves = CurvesInView()
        self._apart = apart
        self._numbers: list[int] = []
        self._shown_numbers: list[int] = []
        self.axis = "step"
        self._x_text: Callable[[float], str] = exact_text
        self._marks: list[tuple[float, str]] = []
        self._reading: float | None = None  # an x value under the pointer
        self._pressed: QPointF | None = None
        self._box: QRectF | None = None
        self._words = ""
        self._steps: Iterator[None] = iter(())
        self._soon = single_shot(self, 0, self._go_on)
        self._picture: QPixmap | None = None  # of all but the readings
        theme.current().changed.connect(self._repaint)

    def show_series(
        self,
        series: Sequence[Series],
        *,
        numbers: Sequence[int] | None = None,
        axis: str = "step",
        x_text: Callable[[float], str] | None = None,
    ) -> None:
        """Show these curves; `numbers` choose their colours, `x_text` writes a place on the axis."""
        if axis != self.axis:
            self.curves.reset()
        self.curves.show(series)
        self._numbers = list(numbers if numbers is not None else range(len(series)))
        self.axis = axis
        self._x_text = x_text or exact_text
        self._reading = None
        self._words = ""
        self._prepare()

    def show_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Name places on the x axis by lines from foot to head."""
        self._marks = list(marks)
        self._repaint()

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def set_smoothing(self, weight: float) -> None:
        """0 to 1: how much of the past is in each point."""
        self.curves.smooth = weight
        self._prepare()

    def set_log(self, on: bool) -> None:
        self.curves.log_y, self.curves.zoom_y = on, None
        self._prepare()

    def set_log_x(self, on: bool) -> None:
        self.curves.log_x, self.curves.zoom_x = on, None
        self._prepare()

    def reset_zoom(self) -> None:
        self.curves.reset()
        self._prepare()

    def _prepare(self) -> None:
        """In slices: many points take longer than the window may stand still."""
        self._steps = self._work()
        self._soon.stop()
        self._go_on()

    def _work(self) -> Iterator[None]:
        """What is seen first, then what is said of it."""
        yield from self.curves.steps()
        self._shown_numbers = self._numbers
        self._repaint()
        if not self._words:
            words: list[str] = []
            for each in all_described(self.curves.raw):
                words.append(each)
                yield
            self._words = visible(". ".join(words)) or tr("No values")
            self.setAccessibleDescription(self._words)

    def _go_on(self) -> None:
        end = time.perf_counter() + SLICE
        if any(time.perf_counter() > end for _ in self._steps):
            self._soon.start(0)

    def finish(self) -> None:
        """Make all that is to be seen, now: for a picture of it."""
        self._soon.stop()
        list(self._steps)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(line * 24, line * 14)

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(line * 10, line * 9)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture = None
        self.curves.columns = max(100, self.width())
        if any(len(each.xs) > 200 for each in self.curves.raw):
            self._prepare()

    # Zooming.

    def _places(self, point: QPointF) -> tuple[float, float]:
        """0 to 1 from the left and from below."""
        plot = self._plot()
        across = (point.x() - plot.left()) / max(1.0, plot.width())
        up = (plot.bottom() - point.y()) / max(1.0, plot.height())
        return min(1.0, max(0.0, across)), min(1.0, max(0.0, up))

    def zoom(self, steps: int) -> None:
        """Zoom into, or below 0 out of, what is read, or the middle."""
        if (x := self.curves.x) is not None:
            at = x.place(self._reading) if self._reading is not None else None
            self.curves.zoom_around(at if at is not None and 0 <= at <= 1 else 0.5, _STEP**steps)
            self._prepare()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms, and sideways moves; on a page that scrolls only when the chart was clicked before."""
        turned = event.angleDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not (control or self.hasFocus() or not page_scrolls(self)) or self.curves.x is None:
            event.ignore()
            return
        if abs(turned.x()) > abs(turned.y()):
            self.curves.move(-turned.x() / 120 * _MOVE / 2)
        else:
            place = self._places(event.position())[0]
            self.curves.zoom_around(place, _STEP ** (turned.y() / 120))
        self._prepare()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        box, self._box, self._pressed = self._box, None, None
        if box is not None:
            left, top = self._places(box.topLeft())
            right, foot = self._places(box.bottomRight())
            plot = self._plot()  # a box over the whole height, or nearly flat, is about the x axis
            flat = box.height() < 2 * _DRAG or box.height() > 0.98 * plot.height()
            if box.width() >= 2 * _DRAG or not flat:
                across = (left, right) if box.width() >= 2 * _DRAG else (0.0, 1.0)
                self.curves.zoom(across, None if flat else (foot, top))
            self._prepare()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._box = None
        self.reset_zoom()

    # Reading values.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._pressed is not None:
            box = QRectF(self._pressed, place).normalized()
            if self._box is not None or max(box.width(), box.height()) > _DRAG:
                self._box = box.intersected(self._plot())
                self._read(None)
                return
        x = self.curves.x
        self._read(x.value(self._places(place)[0]) if x else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._read(None)
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """What is copied while the chart has the focus is the chart, whatever the window copies."""
        asked = event if event.type() == QEvent.Type.ShortcutOverride else None
        if isinstance(asked, QKeyEvent) and asked.matches(QKeySequence.StandardKey.Copy):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        sides = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        heights = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}
        zooms = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
        if key == Qt.Key.Key_Escape and self._box is not None:
            self._box = self._pressed = None
            self.update()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif key in zooms:
            self.zoom(zooms[Qt.Key(key)])
        elif key == Qt.Key.Key_0:
            self.reset_zoom()
        elif key in sides and shift:
            self.curves.move(sides[Qt.Key(key)] * _MOVE)
            self._prepare()
        elif key in heights and self.curves.zoom_y is not None:
            self.curves.move(0.0, heights[Qt.Key(key)] * _MOVE)
            self._prepare()
        elif key not in sides or not self._read_next(sides[Qt.Key(key)]):
            super().keyPressEvent(event)

    def _read_next(self, step: int) -> bool:
        """Read the point beside the one that is read; the view goes along. False: there is none."""
        longest = max(self.curves.whole, key=lambda each: len(each.xs), default=None)
        x = self.curves.x
        if longest is None or not longest.xs or x is None:
            return False
        at = nearest(longest, self._reading if self._reading is not None else x.low)
        number = (at or 0) + (step if self._reading is not None else 0)
        self._read(longest.xs[max(0, min(number, len(longest.xs) - 1))])
        place = x.place(self._reading) if self._reading is not None else None
        if place is not None and not 0 <= place <= 1:
            self.curves.move(place - 0.5)
            self._prepare()
        said = readings_in_words(self.readings(), tr(self.axis), self._x_text)
        self.setAccessibleDescription(visible(f"{said}. {self._words}"))
        return True

    def _read(self, x: float | None) -> None:
        self._reading = x
        self.setToolTip("")
        self.update()

    def readings(self) -> list[Reading]:
        """Name, x, y and colour number of the points that are nearest to the reading line."""
        if self._reading is None:
            return []
        found = []
        for number, shown in zip(self._shown_numbers, self.curves.whole, strict=True):
            if (at := nearest(shown, self._reading)) is not None:
                found.append((shown.name, shown.xs[at], shown.ys[at], number))
        return sorted(found, key=lambda each: abs(each[1] - self._reading))  # type: ignore[operator]

    # Painting.

    def plot(self) -> Plot | None:
        """What is painted; None for nothing."""
        seen = self.curves
        if seen.x is None or seen.y is None:
            return None
        return Plot(
            seen.thin, seen.faint, self._shown_numbers, seen.x, seen.y, tr(self.axis), self._x_text,
            whole_steps=self.axis != "time", apart=self._apart, marks=self._marks,
        )  # fmt: skip

    def _plot(self) -> QRectF:
        plot, size = self.plot(), QSizeF(self.size())
        if plot is None:
            return QRectF(0, 0, size.width(), size.height())
        return plot_area(plot, size, QFontMetricsF(self.font(), self))

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, plot = theme.current(), self.plot()
        if plot is None:
            painter.setPen(colors.color("dim"))
            log = (self.curves.log_y or self.curves.log_x) and self.curves.raw
            why = tr("Nothing above zero to show") if log else tr("Nothing to show")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, why)
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            inside = QPainter(self._picture)
            PlotPainter(inside, plot, QSizeF(self.size()), self.font()).draw()
            inside.end()
        painter.drawPixmap(0, 0, self._picture)
        at_work = PlotPainter(painter, plot, QSizeF(self.size()), self.font())
        at_work.paint_readings(self.readings())
        if self._box is not None:
            at_work.paint_box(self._box)
        if self.hasFocus():
            painter.setPen(QPen(colors.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()
