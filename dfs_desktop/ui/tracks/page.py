"""The page of a track: who holds which stage, a metric over the versions, and the versions as a table."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from dfs_desktop.api import Track, TrackEntry
from dfs_desktop.artifact import visible
from dfs_desktop.number_text import natural_key, told_apart
from dfs_desktop.settings import Settings
from dfs_desktop.translation import tr
from dfs_desktop.ui.charts.line_chart import LineChart
from dfs_desktop.ui.charts.series import Series
from dfs_desktop.ui.preview.text_table import Lazily, RowsTable
from dfs_desktop.ui.widgets.dialogs import choice_box, fill_box, link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel, ElidedLink
from dfs_desktop.ui.widgets.empty_state import EmptyState
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import FlowLayout, column, flowing, row, show_flowing, split
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.tracks.track_list import Membership, TrackList, stage_name

from .stage_chip import StageChip

_MOST_METRICS = 200  # names in the choice
_MOST_ASKED = 300  # of the latest versions, for the metrics that there are
_MEASURED = 30  # rows besides those in sight, for the widths of columns
_STAGE, _ADDED = 2, 3  # columns

Cell = Callable[[TrackEntry], str]


def _titles() -> list[str]:
    return [tr("Version"), tr("Artifact"), tr("Stage"), tr("Added")]


class VersionTable(RowsTable):
    """Enter or a double click: `opened`. Delete: `remove_requested`."""

    opened = Signal()
    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Versions"), _titles(), right=(0, 4), stretch=1)
        self.setObjectName("versionTable")
        self.setFrameShape(self.Shape.NoFrame)
        self.horizontalHeader().setResizeContentsPrecision(_MEASURED)
        self.setItemDelegateForColumn(_STAGE, StageChip(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def sizeHintForColumn(self, column: int) -> int:
        """“just now” grows to “59 min ago” while the page is open."""
        hint = super().sizeHintForColumn(column)
        if column != _ADDED:
            return hint
        grown = quantities.ago_there(quantities.now_there() - timedelta(minutes=59))
        return max(hint, self.fontMetrics().horizontalAdvance(grown) + 16)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)


class TrackPage(QWidget):
    """Shows the opened track; what its `table` and the button `edit` ask for, others do."""

    selection_changed = Signal()
    menu_requested = Signal(QPoint)  # at a global position

    def __init__(self, tracks: TrackList, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("trackPage")
        self._tracks, self._settings = tracks, settings
        self._shown: Track | None = None
        self._entries: list[TrackEntry] = []  # as the rows stand
        self._filling = False
        self._made_of: tuple[object, ...] = ()  # what is shown, to show nothing twice
        self._build()
        self.destroyed.connect(tracks.changed.connect(self.show_track))

    def _build(self) -> None:
        self.name = enlarge(ElidedLabel(), 1.3)
        self.facts = plain_label(wrap=True, dim=True)
        self.edit = link_button(tr("Edit Track…"), name="editTrackButton")
        back = link_button(tr("Back to the artifacts"), self._tracks.leave, name="leaveTrackButton")
        self._stages = QWidget()
        self._flow = FlowLayout(self._stages, 16, 2)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self.metrics = choice_box("trackMetricBox", tr("Metric over the versions"), 24)
        self.metrics.activated.connect(self._choose_metric)
        self.chart = named(LineChart(), reads=tr("Metric over the versions"))
        self._chart_box = QWidget()
        column(
            row(plain_label(tr("Metric"), dim=True), self.metrics, None, margins=(16, 4, 16, 0)),
            row((self.chart, 1), margins=(12, 0, 16, 8)), of=self._chart_box, spacing=4,
        )  # fmt: skip
        self.table = VersionTable()
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._chosen())
        self.table.customContextMenuRequested.connect(
            lambda place: self.menu_requested.emit(self.table.viewport().mapToGlobal(place))
        )
        self.empty = EmptyState("track", "")
        self._panes = split(Qt.Orientation.Vertical, self._chart_box, self.table)
        self._panes.setStretchFactor(1, 1)
        head = column(
            self.name, self.facts, self._stages, flowing(self.edit, back),
            margins=(16, 12, 16, 8), spacing=4,
        )  # fmt: skip
        column(head, (self._panes, 1), (self.empty, 1), of=self, spacing=0)

    # What is chosen.

    def members(self) -> list[Membership]:
        """The chosen versions, as they stand in the table."""
        track = self._shown
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [Membership(track, self._entries[n]) for n in rows] if track is not None else []

    def _chosen(self) -> None:
        if not self._filling:
            self.selection_changed.emit()

    def choose(self, entry_ids: Sequence[str]) -> None:
        """Select these versions."""
        chosen, model = QItemSelection(), self.table.content
        for number, entry in enumerate(self._entries):
            if entry.id in entry_ids:
                chosen.select(model.index(number, 0), model.index(number, model.columnCount() - 1))
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        if not chosen.isEmpty():
            self.table.scrollTo(chosen.indexes()[0])

    # What is shown.

    def show_track(self) -> None:
        tracks = self._tracks
        track = tracks.track(tracks.opened) if tracks.opened else None
        if track is None:
            self._shown, self._made_of = None, ()
            return
        fresh = self._shown is None or self._shown.id != track.id
        chosen = [] if fresh else [each.entry.id for each in self.members()]
        self._shown = track
        there = tracks.entries.get(track.id, ())
        made_of = track, there, tracks.artifacts
        if all(a is b for a, b in zip(made_of, self._made_of, strict=False)) and self._made_of:
            self._show_empty()
            return
        self._made_of = made_of
        self._entries = sorted(there, key=lambda each: -each.version)
        self.name.show_text(visible(track.name))
        facts = (
            _kind(track.artifact_type),
            quantities.count(len(self._entries), "version"),
            ", ".join(visible(tag) for tag in track.tags or ()),
            visible(track.description),
        )
        self.facts.setText(" · ".join(fact for fact in facts if fact))
        self._show_stages(track)
        self._show_metrics(track)
        self._fill(chosen)
        self._show_empty()
        if [each.entry.id for each in self.members()] != chosen:
            self.selection_changed.emit()  # one of them is gone

    def _show_stages(self, track: Track) -> None:
        """Each stage with its holder: which version is in production is seen first."""
        shown: list[QWidget] = []
        for stage in track.stages:
            if (holder := self._tracks.holder(track.id, stage.id)) is None:
                shown.append(ElidedLabel(tr("{stage}: nobody", stage=stage.name), dim=True))
                continue
            words = f"{stage.name}: v{holder.version} {holder.artifact_name or ''}".strip()
            choose = partial(self.choose, [holder.id])
            shown.append(ElidedLink(words, choose))
        show_flowing(self._flow, shown)
        self._stages.setVisible(bool(track.stages))
        self._stages.updateGeometry()

    def _value(self, entry: TrackEntry, metric: str) -> float:
        artifact = self._tracks.artifacts.get(entry.artifact_id)
        value: Any = artifact.metrics.get(metric) if artifact is not None else None
        return float(value) if _is_number(value) else math.nan

    def _show_metrics(self, track: Track) -> None:
        names: Counter[str] = Counter()
        for entry in self._entries[:_MOST_ASKED]:
            artifact = self._tracks.artifacts.get(entry.artifact_id)
            told = islice(artifact.metrics.items(), _MOST_METRICS) if artifact is not None else ()
            names.update(name for name, value in told if len(name) <= 200 and _is_number(value))
        usual = sorted(names, key=lambda name: (-names[name], natural_key(name)))
        numeric = usual[:_MOST_METRICS]
        wanted = self._settings.layout.get(f"track_metric:{track.id}", "")
        fill_box(self.metrics, [(name, name) for name in numeric], wanted)
        self._chart_box.setVisible(bool(numeric))
        self._show_chart(track)

    def _choose_metric(self) -> None:
        if (track := self._shown) is not None:
            self._settings.layout[f"track_metric:{track.id}"] = str(self.metrics.currentData())
            self._show_chart(track)
            self._fill([each.entry.id for each in self.members()])

    def _show_chart(self, track: Track) -> None:
        metric = self.metrics.currentData()
        rising = self._entries[::-1]
        values = tuple(self._value(each, metric) for each in rising)
        versions = tuple(float(each.version) for each in rising)
        series = [Series(visible(str(metric)), versions, values)] if metric else []
        self.chart.show_series(series, axis="version", x_text=lambda x: f"v{round(x)}")
        marks = [
            (float(each.version), name) for each in rising if (name := stage_name(track, each))
        ]
        self.chart.show_marks(marks)

    def _fill(self, chosen: Sequence[str]) -> None:
        """Show the rows anew, with these versions chosen."""
        track, metric = self._shown, self.metrics.currentData()
        if track is None:
            return
        titles = [*_titles(), *([str(metric)] if metric else [])]
        latest = (self._value(each, metric) for each in self._entries[:_MOST_ASKED])
        number = told_apart(value for value in latest if math.isfinite(value))

        def value(entry: TrackEntry) -> str:
            told = self._value(entry, metric)
            return quantities.number(told, number) if math.isfinite(told) else ""

        columns: list[Cell] = [
            lambda entry: f"v{entry.version}",
            lambda entry: entry.artifact_name or entry.artifact_id,
            lambda entry: stage_name(track, entry),
            lambda entry: quantities.ago_there(quantities.parse_time(entry.created_at)),
            value,
        ]
        rows = Lazily(self._entries, lambda each: Lazily(columns, lambda cell: cell(each)))
        self._filling = True
        try:
            self.table.show_rows(rows, titles)
            self.choose(chosen)
        finally:
            self._filling = False

    def _show_empty(self) -> None:
        tracks = self._tracks
        if tracks.problem is not None:
            problem, again = tracks.problem, tracks.problem.action
            self.empty.say(
                "warning", problem.detail, problem.title, again.text if again else "",
                again.run if again else None,
            )  # fmt: skip
        else:
            text = tr("Select artifacts of a collection, then choose “Add to Track…” (Ctrl+J).")
            back = tr("Show the artifacts")
            self.empty.say("track", text, tr("No versions yet"), back, tracks.leave)
        nothing = not self._entries and not tracks.loading
        self.empty.setVisible(nothing or tracks.problem is not None)
        self._panes.setVisible(not self.empty.isVisibleTo(self))


def _kind(artifact_type: str) -> str:
    """What a track holds."""
    known = {"model": tr("Models"), "dataset": tr("Datasets"), "experiment": tr("Experiments")}
    return known.get(artifact_type, visible(artifact_type))


def _is_number(value: Any) -> bool:
    """Whether a chart can show it: an integer may be too large for that."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
