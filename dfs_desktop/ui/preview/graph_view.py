"""The drawing of a pipeline: boxes in layers and curves between them, painted by hand."""

import functools
from collections import Counter

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.documents.graph_layout import Box, Drawing
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import CENTER, draw_text
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import tooltip

_MOST_SPOKEN = 30


def _then(steps: str, step: str) -> str:
    return tr("{steps}, then {step}", steps=steps, step=step)


class GraphView(QWidget):
    """Shrinks to the width it gets. A click on a step, or the arrow keys, choose it."""

    chosen = Signal(object)  # the number of a step

    def __init__(self) -> None:
        super().__init__(accessibleName=tr("Pipeline"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._drawing = Drawing()
        self._places: dict[str, QRectF] = {}
        self.current: int | None = None
        theme.current().changed.connect(self.update)

    def show_drawing(self, drawing: Drawing) -> None:
        """Show this pipeline; nothing is chosen."""
        self._drawing, self.current = drawing, None
        steps = [box for box in drawing.boxes if box.kind == "step"]
        words = [visible(f"{box.title}, {box.detail}") for box in steps[:_MOST_SPOKEN]]
        if (left := len(steps) - _MOST_SPOKEN) > 0:
            words.append(trn("and {amount} more", "and {amount} more", left))
        said = tr("No steps")
        if steps:
            spoken, many = functools.reduce(_then, words), len(steps)
            said = trn("{amount} step: {steps}", "{amount} steps: {steps}", many, steps=spoken)
        self.setAccessibleDescription(said)
        self._arrange()
        self.updateGeometry()
        self.update()

    def _sizes(self) -> tuple[float, float, float, float]:
        """Width and height of a box, gaps across and down."""
        line = self.fontMetrics().height()
        columns = max(1, self._drawing.widest)
        gap = line * 0.8
        room = (self.width() - gap * (columns - 1) - 4) / columns
        return max(line * 2.0, min(line * 11.0, room)), line * 2.8, gap, line * 1.8

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        _, height, _, down = self._sizes()
        tall = self._drawing.layers * (height + down) - down + 8 if self._drawing.layers else 0
        return QSize(line * 16, round(max(0.0, tall)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().height() * 8, self.sizeHint().height())

    def _arrange(self) -> None:
        width, height, across, down = self._sizes()
        rows = Counter(box.layer for box in self._drawing.boxes)
        self._places = {}
        for box in self._drawing.boxes:
            count = rows[box.layer]
            whole = count * width + (count - 1) * across
            left = (self.width() - whole) / 2 + box.place * (width + across)
            place = QRectF(left, 4 + box.layer * (height + down), width, height)
            if box.kind != "step":
                place.adjust(0, height * 0.2, 0, -height * 0.2)
            self._places[box.key] = place

    def resizeEvent(self, event: object) -> None:
        self._arrange()

    def _box_at(self, point: QPointF) -> Box | None:
        boxes, places = self._drawing.boxes, self._places
        return next((box for box in boxes if places[box.key].contains(point)), None)

    def choose(self, step: int | None) -> None:
        """Mark a step and tell of it."""
        self.current = step
        self.update()
        if step is not None:
            self.chosen.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (box := self._box_at(event.position())) is not None and box.step is not None:
            self.choose(box.step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = [box.step for box in self._drawing.boxes if box.step is not None]
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
        if event.key() not in moves or not steps:
            super().keyPressEvent(event)
            return
        at = steps.index(self.current) if self.current in steps else -1
        self.choose(steps[max(0, min(at + moves[Qt.Key(event.key())], len(steps) - 1))])

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            box = self._box_at(QPointF(event.pos()))
            if box is not None:
                QToolTip.showText(event.globalPos(), tooltip(f"{box.title}\n{box.detail}"), self)
                return True
        return super().event(event)

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_lines(painter)
        for box in self._drawing.boxes:
            self._paint_box(painter, box, self._places[box.key])
        painter.end()

    def _paint_lines(self, painter: QPainter) -> None:
        colors, metrics = theme.current(), self.fontMetrics()
        labels = []
        for line in self._drawing.lines:
            start, end = self._places[line.source], self._places[line.target]
            begin = QPointF(start.center().x(), start.bottom())
            stop = QPointF(end.center().x(), end.top())
            middle = max(metrics.height() * 0.8, abs(stop.y() - begin.y()) / 2)
            path = QPainterPath(begin)
            path.cubicTo(begin + QPointF(0, middle), stop - QPointF(0, middle), stop)
            painter.setPen(QPen(colors.color("dim"), 1.25))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            painter.setBrush(colors.color("dim"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawPolygon([stop, stop + QPointF(-3.5, -6), stop + QPointF(3.5, -6)])
            if not line.source.startswith("in:") and not line.target.startswith("out:"):
                labels.append((line.value, path.pointAtPercent(0.5)))
        ground = colors.color("base")
        for value, at in labels[:60]:
            text = metrics.elidedText(visible(value[:60]), Qt.TextElideMode.ElideMiddle, 90)
            box = QRectF(metrics.boundingRect(text)).adjusted(-3, 0, 3, 0)
            box.moveCenter(at)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRect(box)
            painter.setPen(colors.color("dim"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_box(self, painter: QPainter, box: Box, place: QRectF) -> None:
        colors = theme.current()
        chosen = box.step is not None and box.step == self.current
        step = box.kind == "step"
        border = colors.color("accent") if chosen else colors.color("line" if step else "dim")
        painter.setPen(QPen(border, 2 if chosen else 1))
        painter.setBrush(colors.color("selection" if chosen else "button" if step else "base"))
        round_ = 6 if step else place.height() / 2
        painter.drawRoundedRect(place, round_, round_)
        room = int(place.width()) - 12
        title, ink = visible(box.title[:80]), "onSelection" if chosen else "text"
        if not step:
            draw_text(painter, place.adjusted(6, 0, -6, 0), title, ink, side=CENTER)
            return
        half = QRectF(place.left() + 6, place.top() + 3, room, place.height() / 2 - 2)
        draw_text(painter, half, title, ink, side=CENTER)
        half.translate(0, place.height() / 2 - 3)
        detail = visible(box.detail[:80])
        draw_text(painter, half, detail, "onSelection" if chosen else "dim", side=CENTER)
