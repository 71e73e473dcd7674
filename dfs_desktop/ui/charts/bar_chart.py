"""Horizontal bars painted by hand: names at the left, lengths to compare, values at the right."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import number_text, told_apart
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.text_lines import LONGEST, elided, tabular
from dfs_desktop.ui.widgets.tooltips import tooltip

MOST_BARS = 200


class BarChart(QWidget):
    """As high as its bars. Negative values reach to the left of a common zero."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Bars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        font = self.font()
        tabular(font)
        self.setFont(font)
        self._bars: list[tuple[str, float]] = []
        self._text: Callable[[float], str] = number_text
        theme.current().changed.connect(self.update)

    def show_bars(
        self, bars: Sequence[tuple[str, float]], text: Callable[[float], str] | None = None
    ) -> None:
        """Show these (name, value) pairs from top to bottom; `text` writes a value."""
        self._bars = [(visible(name), value) for name, value in bars[:MOST_BARS]]
        self._text = text or told_apart(value for _, value in self._bars)
        spoken = ", ".join(f"{name} {self._text(value)}" for name, value in self._bars)
        self.setAccessibleDescription(spoken or "No values")
        self.updateGeometry()
        self.update()

    def _line(self) -> int:
        return round(self.fontMetrics().height() * 1.6)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 30, self._line() * len(self._bars))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 16, self._line() * len(self._bars))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = event.pos().y() // max(1, self._line())
            if 0 <= number < len(self._bars):
                name, value = self._bars[number]
                QToolTip.showText(event.globalPos(), tooltip(f"{name}: {self._text(value)}"), self)
                return True
        return super().event(event)

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, colors = self.fontMetrics(), theme.current()
        names = max(
            (metrics.horizontalAdvance(name[:LONGEST]) for name, _ in self._bars), default=0
        )
        names = min(names, self.width() * 4 // 10)
        values = [metrics.horizontalAdvance(self._text(value)) for _, value in self._bars]
        track = QRectF(names + 12, 0, self.width() - names - max(values, default=0) - 24, 6)
        real = [value for _, value in self._bars if math.isfinite(value)]
        low, high = min([0.0, *real]), max([0.0, *real])
        unit = track.width() / (high - low) if high > low else 0.0
        for number, (name, value) in enumerate(self._bars):
            area = QRectF(0, number * self._line(), self.width(), self._line())
            painter.setPen(colors.color("dim"))
            short = elided(metrics, name, Qt.TextElideMode.ElideMiddle, names)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, short)
            painter.setPen(colors.color("text"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, right, self._text(value))
            if not math.isfinite(value) or track.width() <= 0:
                continue
            start = track.left() + (min(value, 0.0) - low) * unit
            bar = QRectF(start, area.center().y() - 3, max(2.0, abs(value) * unit), 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color("accent"))
            painter.drawRoundedRect(bar, 3, 3)
        painter.end()
