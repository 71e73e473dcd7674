"""The tab of the experiment: parameters, curves, evaluations, traces and the attachments."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.translation import tr
from dfs_desktop.ui.details.detail_page import DetailPage, Section, show_section
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.preview.member_preview import MemberPreview
from dfs_desktop.ui.preview.metric_curves import CurvePanel
from dfs_desktop.ui.preview.record_table import RecordTable
from dfs_desktop.ui.preview.save_member import SaveLine
from dfs_desktop.ui.preview.span_tree import SpanTree
from dfs_desktop.ui.preview.text_table import FieldTable, RowsTable
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import Part, column, row
from dfs_desktop.workers.reader import experiment_data
from dfs_desktop.workers.reader.experiment_data import ExperimentData
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.tasks import Tasks

_LINES = 8  # of the attachments before they scroll


class AttachmentList(QWidget):
    """The one that is chosen is read and shown below; nothing is read before."""

    def __init__(self, tasks: Tasks, saving: SaveLine) -> None:
        super().__init__()
        self._tasks = tasks
        self._look: Inspection | None = None
        self._members: list[Member] = []
        self.table = RowsTable(tr("Attachments"), [tr("File"), tr("Size")], right=(1,), stretch=0)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._chosen())
        self.preview = MemberPreview(tasks)
        self.preview.setMinimumHeight(self.fontMetrics().height() * 18)
        self.preview.save.clicked.connect(self._save)
        self.preview.hide()
        self.saving = saving
        column(self.table, self.preview, self.saving, of=self, spacing=4)

    def show_attachments(self, look: Inspection, members: list[Member]) -> None:
        """List the attachments, which are placed in the artifact's own file."""
        self._look, self._members = look, members
        self.preview.stop()
        self.preview.hide()
        self.table.show_rows([(each.name, quantities.size(each.size)) for each in members])
        self.table.fit_height(min(_LINES, max(1, len(members))))

    def _member(self) -> Member | None:
        rows = self.table.selectionModel().selectedRows()
        return self._members[rows[0].row()] if rows else None

    def _chosen(self) -> None:
        if (member := self._member()) is None or self._look is None:
            return
        self.preview.show_member(self._look, member)

    def _save(self) -> None:
        member, look = self._member(), self._look
        if member is not None and look is not None:
            self._tasks.start(self.saving.save_member(look, member), "save the attachment")


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
        yield Section(tr("Metrics"), self.curves, grows=True)
        self.parameters = FieldTable(
            tr("Parameters"), [tr("Parameter"), tr("Value"), tr("Type")], stretch=1
        )
        yield Section(tr("Parameters"), self.parameters)
        self.evaluations = RecordTable(tr("Evaluations"), self.state.tasks)
        yield Section(tr("Evaluations"), self.evaluations)
        self.traces = SpanTree(self.state.tasks)
        yield Section(tr("Traces"), self.traces)
        self.attachments = AttachmentList(self.state.tasks, self.save_line())
        yield Section(tr("Attachments"), self.attachments, grows=True)
        yield None

    def leave(self) -> None:
        self.attachments.preview.stop()
        super().leave()

    def fill(self, found: ExperimentData) -> None:
        self.show_choices(
            [tr("Experiment {number}", number=n + 1) for n in range(len(found.names))], found.number
        )
        self.summary.setText(counts_text(found))
        self.findings.show_findings(found.findings)
        show_section(self.curves, found.curves)
        self.curves.show_curves(found.curves)
        show_section(self.parameters, found.parameters)
        self.parameters.show_rows([(p.name, p.value[:500], p.value_type) for p in found.parameters])
        show_section(self.evaluations, found.evaluations.rows)
        self.evaluations.show_records(found.evaluations.titles, found.evaluations.rows)
        show_section(self.traces, found.spans)
        self.traces.show_spans(found.spans)
        show_section(self.attachments, found.attachments)
        if self.look is not None:
            self.attachments.show_attachments(self.look, found.attachments)


def counts_text(data: ExperimentData) -> str:
    """`2 metrics, 100 points · 3 spans in 2 traces · 1 evaluation`."""
    counts, count = data.counts, quantities.count
    points = count(sum(len(curve.steps) for curve in data.curves), "point")
    spans, traces = count(counts.spans or 0, "span"), count(counts.traces or 0, "trace")
    if counts.traces:
        spans = tr("{spans} in {traces}", spans=spans, traces=traces)
    told = (
        (data.curves, f"{count(len(data.curves), 'metric')}, {points}"),
        (counts.spans, spans),
        (counts.evals, count(counts.evals or 0, "evaluation")),
        (counts.annotations, count(counts.annotations or 0, "annotation")),
    )
    return " · ".join(words for there, words in told if there)
