"""The tab of the experiment: parameters, metric curves to be compared, counts, and the attachments."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive import Member
from dfs_desktop.artifact.experiment import (
    Attachments,
    Counts,
    Curve,
    Parameter,
    Snapshot,
    find_attachments,
    find_snapshots,
)
from dfs_desktop.artifact.opened import OpenArtifact
from dfs_desktop.ui.dialogs import plain_label
from dfs_desktop.ui.inspect_attachments import AttachmentList
from dfs_desktop.ui.inspect_curves import CurvePanel
from dfs_desktop.ui.inspect_findings import FindingList
from dfs_desktop.ui.inspect_page import InsidePage
from dfs_desktop.ui.inspect_table import FieldTable
from dfs_desktop.workspace import formats
from dfs_desktop.workspace.inspecting import MOST_WHOLE, whole
from dfs_desktop.workspace.workspace import Workspace

NO_COUNTS = Counts(None, None, None, None, None)
_ABSENT = "has no table"
Findings = list[tuple[str, str, str]]


class Trial(Struct, frozen=True):
    """One snapshot as it was read; `tar` is the member that holds its attachments, "" for none."""

    names: tuple[str, ...]
    number: int
    parameters: list[Parameter]
    curves: list[Curve]
    counts: Counts
    tar: str
    attachments: list[Member]
    findings: Findings


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

    def work(self, artifact: OpenArtifact) -> Trial:
        return read_trial(artifact, self.number)

    def fill(self, found: Trial) -> None:
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
            self.attachments.show_attachments(self.look, found.tar, found.attachments)


def read_trial(artifact: OpenArtifact, number: int) -> Trial:
    """On a worker thread: one snapshot, and the list of the attachments that belong to it."""
    names = tuple(find_snapshots(artifact))
    number = min(number, max(0, len(names) - 1))
    folder = names[number].rpartition("/")[0] if names else None
    tars = find_attachments(artifact)
    beside = [tar for tar in tars if folder is None or tar.rpartition("/")[0] == folder]
    tar = beside[0] if beside else ""
    members, findings = _attached(artifact, tar)
    trial = Trial(names, number, [], [], NO_COUNTS, tar, members, findings)
    if not names:
        return trial
    source = whole(artifact.slice(names[number]), MOST_WHOLE)
    try:
        snapshot = Snapshot(source)
    except ArtifactError as error:
        if len(names) == 1 and not members:
            raise
        findings.insert(0, ("error", error.title, error.detail))  # the rest can be seen
        return trial
    with snapshot:
        parameters, curves, counts = snapshot.parameters(), snapshot.curves(), snapshot.counts()
        told = [(f.level, f.title, f.remedy) for f in snapshot.findings()]
    # Trackers of different ages have different tables; what is there speaks for itself.
    something = bool(parameters or curves)
    findings[:0] = [each for each in told if not (something and _ABSENT in each[1])]
    return Trial(names, number, parameters, curves, counts, tar, members, findings)


def _attached(artifact: OpenArtifact, tar: str) -> tuple[list[Member], Findings]:
    """The attachments inside a member, or why they cannot be listed."""
    if not tar:
        return [], []
    try:
        found = Attachments(artifact, tar)
    except ArtifactError as error:
        return [], [("warning", error.title, error.detail)]
    return found.members(), [(f.level, f.title, f.remedy) for f in found.findings]


def counts_text(trial: Trial) -> str:
    """`2 metrics, 100 points · 3 spans in 2 traces · 1 evaluation`."""
    counts, parts = trial.counts, []
    if trial.curves:
        points = sum(len(curve.steps) for curve in trial.curves)
        many = formats.count(len(trial.curves), "metric")
        parts.append(f"{many}, {formats.count(points, 'point')}")
    if counts.spans:
        traces = f" in {formats.count(counts.traces, 'trace')}" if counts.traces else ""
        parts.append(formats.count(counts.spans, "span") + traces)
    if counts.evals:
        parts.append(formats.count(counts.evals, "evaluation"))
    if counts.annotations:
        parts.append(formats.count(counts.annotations, "annotation"))
    return " · ".join(parts)
