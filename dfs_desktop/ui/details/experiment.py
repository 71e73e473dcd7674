"""The tab of the experiment: parameters, metric curves to be compared, counts, and the attachments."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from dfs_desktop.ui.preview.attachments import AttachmentList
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.preview.metric_curves import CurvePanel
from dfs_desktop.ui.preview.text_table import FieldTable
from dfs_desktop.ui.widgets.dialogs import plain_label
from dfs_desktop.workers.reader import experiment_data
from dfs_desktop.workers.reader.experiment_data import ExperimentData
from dfs_desktop.workspace import formats
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.workspace import Workspace

from .reading_page import InsidePage


class ExperimentPage(InsidePage):
    """The database is fetched whole by one request; attachments one by one, when they are opened."""

    key = "experiment"

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Experiment")
        self.choice.activated.connect(self.choose)
        row = QHBoxLayout()
        row.addWidget(self.choice)
        row.addStretch()
        self.summary = plain_label(dim=True, wrap=True)
        self.findings = FindingList()
        self._curves_title = plain_label("Metrics", heading=True)
        self.curves = CurvePanel()
        self._parameters_title = plain_label("Parameters", heading=True)
        self.parameters = FieldTable("Parameters", ["Parameter", "Value", "Type"], stretch=1)
        self._attachments_title = plain_label("Attachments", heading=True)
        self.attachments = AttachmentList(workspace)
        self.content.addLayout(row)
        for widget in (
            self.summary, self.findings, self._curves_title, self.curves, self._parameters_title,
            self.parameters, self._attachments_title, self.attachments,
        ):  # fmt: skip
            self.content.addWidget(widget)
        self.content.addStretch()

    def leave(self) -> None:
        self.attachments.leave()
        super().leave()

    def ask(self, look: Inspection) -> Coroutine[Any, Any, ExperimentData]:
        return look.read(experiment_data.experiment, self.number)

    def fill(self, found: ExperimentData) -> None:
        self.choice.setVisible(len(found.names) > 1)
        self.choice.clear()
        self.choice.addItems([f"Experiment {n + 1}" for n in range(len(found.names))])
        self.choice.setCurrentIndex(found.number)
        self.summary.setText(counts_text(found))
        self.findings.show_findings(found.findings)
        self._curves_title.setVisible(bool(found.curves))
        self.curves.setVisible(bool(found.curves))
        self.curves.show_curves(found.curves)
        self._parameters_title.setVisible(bool(found.parameters))
        self.parameters.setVisible(bool(found.parameters))
        self.parameters.show_rows([(p.name, p.value[:500], p.value_type) for p in found.parameters])
        self._attachments_title.setVisible(bool(found.attachments))
        self.attachments.setVisible(bool(found.attachments))
        if self.look is not None:
            self.attachments.show_attachments(self.look, found.attachments)


def counts_text(data: ExperimentData) -> str:
    """`2 metrics, 100 points · 3 spans in 2 traces · 1 evaluation`."""
    counts, parts = data.counts, []
    if data.curves:
        points = sum(len(curve.steps) for curve in data.curves)
        many = formats.count(len(data.curves), "metric")
        parts.append(f"{many}, {formats.count(points, 'point')}")
    if counts.spans:
        traces = f" in {formats.count(counts.traces, 'trace')}" if counts.traces else ""
        parts.append(formats.count(counts.spans, "span") + traces)
    if counts.evals:
        parts.append(formats.count(counts.evals, "evaluation"))
    if counts.annotations:
        parts.append(formats.count(counts.annotations, "annotation"))
    return " · ".join(parts)
