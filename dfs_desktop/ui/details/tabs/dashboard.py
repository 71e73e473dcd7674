"""The tab of the dashboard: a forecast's metrics and curves, or the graph of a prompt pipeline."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.documents.dashboards import Dashboard
from dfs_desktop.translation import tr
from dfs_desktop.ui.charts.colors import series_color
from dfs_desktop.ui.charts.line_chart import LineChart
from dfs_desktop.ui.charts.metric_bars import MetricBars
from dfs_desktop.ui.charts.series import Series
from dfs_desktop.ui.details.detail_page import DetailPage, Section, show_section
from dfs_desktop.ui.preview.graph_view import GraphView
from dfs_desktop.ui.preview.json_tree import JsonTree
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.server_colors import dot
from dfs_desktop.ui.widgets.cut_text_tooltips import show_whole_text
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import Part
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workers.reader import operations


class DashboardPage(DetailPage):
    """A click on a step of the graph shows it below the drawing."""

    key = "dashboard"
    operation = staticmethod(operations.dashboard)

    def make(self) -> Iterator[Part]:
        self._found = Dashboard()
        self.nothing = plain_label(
            tr("Nothing of it is known here. All of what was written stands in the metadata."),
            dim=True,
        )
        yield self.nothing
        self.metrics = MetricBars()
        yield Section(tr("Forecast quality"), self.metrics)
        self.chart = named(LineChart(), reads=tr("Forecast"))
        self.chart.setMinimumHeight(self.fontMetrics().height() * 16)
        self.legend = named(QListWidget(), reads=tr("Curves of the forecast"))
        self.legend.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.legend.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.legend.setFlow(QListWidget.Flow.LeftToRight)
        self.legend.setWrapping(True)
        self.legend.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.legend.setFixedHeight(round(self.fontMetrics().height() * 2.2))
        self.legend.setStyleSheet("QListView { background: transparent; }")
        show_whole_text(self.legend)
        yield Section(tr("Forecast"), self.chart, self.legend)
        self.graph = GraphView()
        self.graph.chosen.connect(self._chosen)
        yield Section(tr("Prompt graph"), self.graph)
        self.step = JsonTree(tr("The chosen step"))
        self.step.setMinimumHeight(self.fontMetrics().height() * 12)
        self._step = Section("", self.step, grows=True)
        yield self._step
        yield None
        theme.current().changed.connect(self._name_curves)

    def fill(self, found: Dashboard) -> None:
        self._found = found
        self.nothing.setVisible(not found)
        self.metrics.show_metrics(found.metrics)
        show_section(self.metrics, found.metrics)
        axis = [visible(name) for name in found.axis]
        self.chart.show_series(
            [
                Series(visible(each.name), tuple(map(float, each.places)), tuple(each.values))
                for each in found.curves
            ],
            axis="time",
            x_text=lambda x: axis[round(x)] if 0 <= round(x) < len(axis) else "",
        )
        show_section(self.chart, found.curves)
        self._name_curves()
        self.graph.show_drawing(found.drawing)
        show_section(self.graph, found.steps)
        self._step.hide()

    def _name_curves(self) -> None:
        self.legend.clear()
        for number, each in enumerate(self._found.curves):
            self.legend.addItem(QListWidgetItem(dot(series_color(number)), visible(each.name)))

    def _chosen(self, number: int) -> None:
        box = next((each for each in self._found.drawing.boxes if each.step == number), None)
        if box is not None and number < len(self._found.steps):
            self._step.heading.setText(visible(box.title))
            self.step.show_value(self._found.steps[number])
            self._step.show()
