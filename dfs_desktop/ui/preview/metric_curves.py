"""The metric curves of an experiment: which of them, over steps or time, smoothed, on which scale."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSlider,
    QWidget,
)

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.experiment.curves import Curve
from dfs_desktop.number_text import exact_text, short_text, told_apart
from dfs_desktop.ui.charts.colors import series_color
from dfs_desktop.ui.charts.line_chart import LineChart
from dfs_desktop.ui.charts.series import Series
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.dialogs import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.tooltips import tooltip
from dfs_desktop.workspace import formats

SHOWN_FIRST = 4  # curves that are ticked when an experiment is opened
MOST_CURVES = 500
_DOT = 12
_LINES = 6  # of the list before it scrolls


class CurvePanel(QWidget):
    """The chart, its switches, and below them the list that is legend and choice in one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: list[Curve] = []
        self.chart = LineChart()
        self.chart.setAccessibleName("Metric curves")
        self.chart.setMinimumHeight(self.fontMetrics().height() * 14)
        self.legend = QListWidget()
        self.legend.setAccessibleName("Metrics to show")
        self.legend.setUniformItemSizes(True)
        self.legend.setIconSize(QSize(_DOT, _DOT))
        self.legend.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.legend.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.legend.itemChanged.connect(lambda _item: self._draw())
        column(self.chart, self._switches(), self.legend, of=self, spacing=4)
        theme.current().changed.connect(self._recolour)

    def _switches(self) -> QHBoxLayout:
        self.axis = QComboBox()
        self.axis.setAccessibleName("Axis")
        self.axis.addItems(["Steps", "Time"])
        self.axis.activated.connect(lambda _n: self._draw())
        self.log = QCheckBox("Log scale")
        self.log.toggled.connect(self.chart.set_log)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setRange(0, 99)
        self.smoothing.setMaximumWidth(self.fontMetrics().averageCharWidth() * 20)
        self.smoothing.valueChanged.connect(lambda value: self.chart.set_smoothing(value / 100))
        label = plain_label("Smooth", dim=True)
        label.setBuddy(self.smoothing)
        return row(self.axis, self.log, None, label, self.smoothing, spacing=8)

    def show_curves(self, curves: list[Curve]) -> None:
        """Show the curves of one experiment; the first few are ticked."""
        self._curves = curves[:MOST_CURVES]
        self.smoothing.setValue(0)
        self.log.setChecked(False)
        timed = any(time is not None for curve in self._curves for time in curve.times)
        self.axis.setCurrentIndex(0)
        self.axis.setVisible(timed)
        self.legend.blockSignals(True)
        self.legend.clear()
        first = first_shown([curve.name for curve in self._curves])
        number_of = told_apart(curve.values[-1] for curve in self._curves if curve.values)
        for number, curve in enumerate(self._curves):
            last = curve.values[-1] if curve.values else math.nan
            item = QListWidgetItem(f"{visible(curve.name)}   {number_of(last)}")
            item.setToolTip(tooltip(f"{curve.name}: {formats.count(len(curve.steps), 'point')}"))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = number in first
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.legend.addItem(item)
        self.legend.blockSignals(False)
        row = max(self.legend.sizeHintForRow(0), self.fontMetrics().height() + 8)
        self.legend.setFixedHeight(row * min(_LINES, max(1, len(self._curves))) + 4)
        self._recolour()
        self._draw()

    def _recolour(self) -> None:
        self.legend.blockSignals(True)
        for number in range(self.legend.count()):
            self.legend.item(number).setIcon(_dot(series_color(number), self.devicePixelRatioF()))
        self.legend.blockSignals(False)

    def _draw(self) -> None:
        chosen = [
            number
            for number in range(self.legend.count())
            if self.legend.item(number).checkState() is Qt.CheckState.Checked
        ]
        timed = self.axis.currentText() == "Time"
        start = min(
            (time for n in chosen for time in self._curves[n].times if time is not None),
            default=0.0,
        )
        series = [_series(self._curves[number], start if timed else None) for number in chosen]
        self.chart.show_series(
            series,
            numbers=chosen,
            axis="time" if timed else "step",
            x_text=duration if timed else exact_text,
        )


def first_shown(names: list[str]) -> set[int]:
    """The curves that are ticked first: a loss of training and of validation, say, share a scale.

    Those whose last word is the commonest one; a loss where several are as common.
    """
    words = [name.rpartition("/")[2].rpartition(".")[2].casefold() for name in names]
    ranked = sorted(set(words), key=lambda w: (-words.count(w), "loss" not in w, words.index(w)))
    chosen = [number for number, word in enumerate(words) if ranked and word == ranked[0]]
    return set(chosen[:SHOWN_FIRST])


def _series(curve: Curve, start: float | None) -> Series:
    """Over steps, or over the seconds since `start` in the order of time."""
    if start is None:
        return Series(curve.name, tuple(map(float, curve.steps)), curve.values)
    points = sorted(
        (time - start, value)
        for time, value in zip(curve.times, curve.values, strict=True)
        if time is not None
    )
    return Series(curve.name, tuple(p[0] for p in points), tuple(p[1] for p in points))


def duration(seconds: float) -> str:
    """Seconds since the start as `1:02:03`, short ones as `4.5 s`."""
    if abs(seconds) < 60:
        return f"{short_text(seconds, 3)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _dot(color: QColor, ratio: float) -> QIcon:
    side = _DOT
    picture = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(2, 2, side - 4, side - 4)
    painter.end()
    return QIcon(picture)
