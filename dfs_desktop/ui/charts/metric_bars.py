"""Metrics as a list with bars: the eye compares lengths faster than digits."""

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.comparison.metric_direction import better
from dfs_desktop.translation import series, tr
from dfs_desktop.ui.widgets.cell_painting import END, RIGHT, draw_bar, draw_text
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.ui.widgets.right_to_left_painting import mirrored
from dfs_desktop.ui.widgets.text_lines import LONGEST, tabular
from dfs_desktop.workspace import quantities

MOST_METRICS = 200
_ARROWS = {1: " ↑", -1: " ↓", 0: ""}
_SHOWN = 200  # characters of a name or a value


def _flat(metrics: dict[str, Any], prefix: str = "", depth: int = 0) -> list[tuple[str, Any]]:
    """Nested metrics as `group.name`, at most four levels deep."""
    found: list[tuple[str, Any]] = []
    for name, value in metrics.items():
        if isinstance(value, dict) and depth < 4:
            found += _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            found.append((prefix + str(name), value))
        if len(found) > MOST_METRICS:
            break
    return found[:MOST_METRICS]


class MetricBars(QWidget):
    """Values between 0 and 1 get a bar; other values stand as numbers. An arrow behind a name points
    to where it is better."""

    def __init__(self) -> None:
        super().__init__(accessibleName=tr("Metrics"))
        self._metrics: list[tuple[str, Any, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(tabular(self.font()))

    def show_metrics(
        self, metrics: dict[str, Any], direction: Callable[[str], int] = better
    ) -> None:
        """`direction`: 1 when more is better in a metric of this name, -1 when less is."""
        self._metrics, spoken = [], []
        for name, value in _flat(metrics):
            shown = visible(name, limit=_SHOWN)
            text = visible(quantities.number(value), limit=_SHOWN)
            self._metrics.append((shown + _ARROWS[direction(name)], value, text))
            spoken.append(f"{shown} {text}")
        self.setAccessibleDescription(series(spoken))
        self.setVisible(bool(self._metrics))
        self.updateGeometry()
        self.update()

    def event(self, event: QEvent) -> bool:
        """Under the pointer the whole name and value: both may be cut."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = event.pos().y() // self._line()
            if 0 <= number < len(self._metrics):
                name, _value, words = self._metrics[number]
                QToolTip.showText(event.globalPos(), tooltip(f"{name}: {words}"), self)
            return True
        return super().event(event)

    def _line(self) -> int:
        return round(self.fontMetrics().height() * 1.6)

    def _name_room(self, metrics: QFontMetrics) -> int:
        """For the widest of the longest names: to measure all would take long."""
        names = sorted((name[:LONGEST] for name, _, _ in self._metrics), key=len)[-10:]
        return max(map(metrics.horizontalAdvance, names), default=0) + 2

    def sizeHint(self) -> QSize:
        return QSize(100, self._line() * len(self._metrics))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = self.fontMetrics()
        name_room = min(self._name_room(metrics), self.width() * 4 // 10)
        value_room = metrics.horizontalAdvance("0.0000000") + 4
        first, last = (at // self._line() for at in (event.rect().top(), event.rect().bottom()))
        with mirrored(painter, self.rect(), self.layoutDirection()):
            for number in range(max(first, 0), min(last + 1, len(self._metrics))):
                name, value, words = self._metrics[number]
                top = number * self._line()
                area = QRectF(5, top, name_room, self._line())
                draw_text(painter, area, name, "dim")
                left = 5 + name_room + 12
                right = self.width() - value_room
                plain = isinstance(value, int | float) and not isinstance(value, bool)
                bar = plain and math.isfinite(value) and 0 <= value <= 1 and right - left > 24
                if bar:
                    track = QRectF(left, top + self._line() / 2 - 3, right - left - 8, 6)
                    draw_bar(painter, track, value * 1000)
                room = value_room if bar else self.width() - left
                box = QRectF(self.width() - room, top, room, self._line())
                draw_text(painter, box, words, "text", side=RIGHT, cut=END, whole=plain)
        painter.end()
