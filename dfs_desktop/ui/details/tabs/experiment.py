"""The tab of the experiment: parameters, curves, evaluations, traces and the attachments."""

from collections.abc import Iterator

from dfs_desktop.translation import tr
from dfs_desktop.ui.details.detail_page import DetailPage, Section
from dfs_desktop.ui.preview.attachments import AttachmentList
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.preview.metric_curves import CurvePanel
from dfs_desktop.ui.preview.record_table import RecordTable
from dfs_desktop.ui.preview.span_tree import SpanTree
from dfs_desktop.ui.preview.text_table import FieldTable
from dfs_desktop.ui.widgets.dialogs import plain_label
from dfs_desktop.ui.widgets.layouts import Part, row
from dfs_desktop.workers.reader import experiment_data
from dfs_desktop.workers.reader.experiment_data import ExperimentData
from dfs_desktop.workspace import quantities


class ExperimentPage(DetailPage):
    """The database is fetched whole by one request; attachments one by one, when they are opened."""

    key = "experiment"
    operation = staticmethod(experiment_data.experiment)
    several = True

    def make(self) -> Iterator[Part]:
        yield row(self.chooser(tr("Experiment")), None)
        self.summary = plain_label(dim=True, wrap=True)
        yield self.summary
        self.findings = FindingList()
        yield self.findings
        self.curves = CurvePanel(self.state.tasks)
        self._curves_section = Section(tr("Metrics"), self.curves, grows=True)
        yield self._curves_section
        self.parameters = FieldTable(
            tr("Parameters"), [tr("Parameter"), tr("Value"), tr("Type")], stretch=1
        )
        self._parameters_section = Section(tr("Parameters"), self.parameters)
        yield self._parameters_section
        self.evaluations = RecordTable(tr("Evaluations"), self.state.tasks)
        self._evaluations_section = Section(tr("Evaluations"), self.evaluations)
        yield self._evaluations_section
        self.traces = SpanTree(self.state.tasks)
        self._traces_section = Section(tr("Traces"), self.traces)
        yield self._traces_section
        self.attachments = AttachmentList(self.state.tasks, self.save_line())
        self._attachments_section = Section(tr("Attachments"), self.attachments, grows=True)
        yield self._attachments_section
        yield None

    def leave(self) -> None:
        self.attachments.leave()
        super().leave()

    def fill(self, found: ExperimentData) -> None:
        self.show_choices(
            [tr("Experiment {number}", number=n + 1) for n in range(len(found.names))], found.number
        )
        self.summary.setText(counts_text(found))
        self.findings.show_findings(found.findings)
        self._curves_section.setVisible(bool(found.curves))
        self.curves.show_curves(found.curves)
        self._parameters_section.setVisible(bool(found.parameters))
        self.parameters.show_rows([(p.name, p.value[:500], p.value_type) for p in found.parameters])
        self._evaluations_section.setVisible(bool(found.evaluations.rows))
        self.evaluations.show_records(found.evaluations.titles, found.evaluations.rows)
        self._traces_section.setVisible(bool(found.spans))
        self.traces.show_spans(found.spans)
        self._attachments_section.setVisible(bool(found.attachments))
        if self.look is not None:
            self.attachments.show_attachments(self.look, found.attachments)


def counts_text(data: ExperimentData) -> str:
    """`2 metrics, 100 points · 3 spans in 2 traces · 1 evaluation`."""
    counts, parts = data.counts, []
    if data.curves:
        points = sum(len(curve.steps) for curve in data.curves)
        many = quantities.count(len(data.curves), "metric")
        parts.append(f"{many}, {quantities.count(points, 'point')}")
    if counts.spans:
        spans, traces = quantities.count(counts.spans, "span"), counts.traces
        if traces:
            traces_text = quantities.count(traces, "trace")
            spans = tr("{spans} in {traces}", spans=spans, traces=traces_text)
        parts.append(spans)
    if counts.evals:
        parts.append(quantities.count(counts.evals, "evaluation"))
    if counts.annotations:
        parts.append(quantities.count(counts.annotations, "annotation"))
    return " · ".join(parts)
