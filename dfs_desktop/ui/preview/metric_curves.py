"""The metric curves of an experiment: which of them, over steps or time, smoothed, on which scale."""

import math

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSlider,
    QWidget,
)

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.experiment.curves import Curve
from dfs_desktop.number_text import exact_text, short_text, told_apart
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.charts.chart_export import ChartExport
from dfs_desktop.ui.charts.colors import series_color
from dfs_desktop.ui.charts.line_chart import LineChart
from dfs_desktop.ui.charts.plot_painter import curve_pen
from dfs_desktop.ui.charts.series import over_steps, over_time
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import FlowLayout, column, row
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.tasks import Tasks

SHOWN_FIRST = 4  # curves that are ticked when an experiment is opened
MOST_CURVES = 500
_DOT = 12
_LINES = 6  # of the list before it scrolls


class CurvePanel(QWidget):
    """The chart, its switches, and below them the list that is legend and choice in one."""

    def __init__(self, tasks: Tasks, *, runs: bool = False) -> None:
        """`runs`: each curve is of another run, which has a start of its own."""
        super().__init__()
        self._curves: list[Curve] = []
        self._runs = runs
        self.chart = named(LineChart(apart=runs), reads=tr("Metric curves"))
        self.said = plain_label(dim=True)
        self.export = ChartExport(self.chart, tasks, self._name, self.said.setText)
        self.chart.setMinimumHeight(self.fontMetrics().height() * 14)
        self.legend = named(QListWidget(), reads=tr("Metrics to show"))
        self.legend.setUniformItemSizes(True)
        self.legend.setIconSize(QSize(_DOT * 2 if runs else _DOT, _DOT))
        self.legend.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.legend.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.legend.itemChanged.connect(lambda _item: self._draw())
        column((self.chart, 1), self._switches(), self.legend, self.said, of=self, spacing=4)
        theme.current().changed.connect(self._recolour)

    def _switches(self) -> QWidget:
        self.axis = named(QComboBox(), reads=tr("Axis"))
        self.axis.addItem(tr("Steps"), later("step"))
        self.axis.addItem(tr("Time"), later("time"))
        self.axis.activated.connect(lambda _n: self._draw())
        self.log = named(QCheckBox(tr("Log y")), tip=tr("Logarithmic scale of the values"))
        self.log.toggled.connect(self.chart.set_log)
        hint = tr("Logarithmic scale of the steps or the time")
        self.log_x = named(QCheckBox(tr("Log x")), tip=hint)
        self.log_x.toggled.connect(self.chart.set_log_x)
        hint = tr("How much of the past is in each point; what was measured is pale")
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        named(self.smoothing, reads=tr("Smoothing"), tip=hint)
        self.smoothing.setRange(0, 99)
        self.smoothing.valueChanged.connect(lambda value: self.chart.set_smoothing(value / 100))
        label = plain_label(tr("Smooth"), dim=True)
        label.setBuddy(self.smoothing)
        slider = QWidget()
        row(label, (self.smoothing, 1), of=slider, spacing=6)
        slider.setMinimumWidth(self.fontMetrics().averageCharWidth() * 22)
        save = named(QPushButton(tr("Export"), autoDefault=False), "exportChartButton")
        menu = QMenu(save)
        self.export.fill(menu)
        menu.addSeparator()
        menu.addAction(tr("Show All"), self.chart.reset_zoom)
        save.setMenu(menu)
        switches = QWidget()
        flow = FlowLayout(switches, 8)
        for each in (self.axis, self.log, self.log_x, save, slider):
            each.setMinimumHeight(save.sizeHint().height())
            flow.addWidget(each)
        return switches

    def _name(self) -> str:
        shown = [each.name for each in self.chart.curves.raw]
        return shown[0] if len(shown) == 1 else "curves"

    def show_curves(self, curves: list[Curve], *, keep: bool = False) -> None:
        """Show the curves of one experiment, of which the first few are ticked, or of all runs.

        `keep`: the switches stay as they are.
        """
        self._curves = curves[:MOST_CURVES]
        self.chart.reset_zoom()
        self.said.setText("")
        if not keep:
            self.smoothing.setValue(0)
            self.log.setChecked(False)
            self.log_x.setChecked(False)
            self.axis.setCurrentIndex(0)
        timed = any(time is not None for curve in self._curves for time in curve.times)
        if not timed:
            self.axis.setCurrentIndex(0)
        self.axis.setVisible(timed)
        self.legend.blockSignals(True)
        self.legend.clear()
        names = [curve.name for curve in self._curves]
        first = set(range(len(names))) if self._runs else first_shown(names)
        number_of = told_apart(curve.values[-1] for curve in self._curves if curve.values)
        for number, curve in enumerate(self._curves):
            last = curve.values[-1] if curve.values else math.nan
            item = QListWidgetItem(f"{visible(curve.name)}   {number_of(last)}")
            points = quantities.count(len(curve.steps), "point")
            item.setToolTip(tooltip(f"{curve.name}: {points}"))
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
        with QSignalBlocker(self.legend):
            for number in range(self.legend.count()):
                icon = _sample(number, self.devicePixelRatioF(), apart=self._runs)
                self.legend.item(number).setIcon(icon)

    def _draw(self) -> None:
        chosen = [
            number
            for number in range(self.legend.count())
            if self.legend.item(number).checkState() is Qt.CheckState.Checked
        ]
        axis = str(self.axis.currentData())
        timed = axis == "time"
        shown = [self._curves[number] for number in chosen]
        start = _start(shown)
        series = [
            over_time(each, _start([each]) if self._runs else start) if timed else over_steps(each)
            for each in shown
        ]
        x_text = duration if timed else exact_text
        self.chart.show_series(series, numbers=chosen, axis=axis, x_text=x_text)


def first_shown(names: list[str]) -> set[int]:
    """The curves that are ticked first: a loss of training and of validation, say, share a scale.

    Those whose last word is the commonest one; a loss where several are as common.
    """
    words = [name.rpartition("/")[2].rpartition(".")[2].casefold() for name in names]
    ranked = sorted(set(words), key=lambda w: (-words.count(w), "loss" not in w, words.index(w)))
    chosen = [number for number, word in enumerate(words) if ranked and word == ranked[0]]
    return set(chosen[:SHOWN_FIRST])


def _start(curves: list[Curve]) -> float:
    times = (t for each in curves for t in each.times if t is not None and math.isfinite(t))
    return min(times, default=0.0)


def duration(seconds: float) -> str:
    """Seconds since the start as `1:02:03`, short ones as `4.5 s`."""
    if abs(seconds) < 60:
        return f"{short_text(seconds, 3)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _sample(number: int, ratio: float, *, apart: bool) -> QIcon:
    """A dot in the colour of a curve, or a piece of its line."""
    wide = _DOT * 2 if apart else _DOT
    picture = QPixmap(QSize(round(wide * ratio), round(_DOT * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if apart:
        painter.setPen(curve_pen(number, apart=True))
        painter.drawLine(1, _DOT // 2, wide - 1, _DOT // 2)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(series_color(number))
        painter.drawEllipse(2, 2, _DOT - 4, _DOT - 4)
    painter.end()
    return QIcon(picture)
