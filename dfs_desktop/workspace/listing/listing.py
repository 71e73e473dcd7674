"""The artifacts of the open collection: sorted, filtered, with their running transfers."""

import asyncio
import contextlib
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import islice

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.comparison.metric_direction import better
from dfs_desktop.transfers.job import Job, is_provisional
from dfs_desktop.workspace.events import Event

from .columns import MOST_COMPANY, Stages, Tally, columns_for
from .filtering.applied_filter import AppliedFilter
from .new_rows import NewRows
from .row import Row, completed
from .row_index import RowIndex

PIECE = 500  # rows that are made before the loop has its turn


class Listing:
    """Rows by id, and the order in which they are shown. Plain lists: Qt only mirrors them."""

    def __init__(self) -> None:
        self.rows_changed: Event[[]] = Event()  # which rows, or their order
        self.row_updated: Event[[str]] = Event()  # one row's contents
        self.columns_changed: Event[[]] = Event()
        self.columns = columns_for((), ())
        self.visible: list[Row] = []
        self.touched: set[Row] = set()  # when rows change: those that went, came, are told anew
        self.reordered = False  # when rows change: they are the same ones
        self.sort_column = "created"
        self.descending = True
        self.applied = AppliedFilter()
        self.metric_names: frozenset[str] = frozenset()
        self.direction: Callable[[str], int] = better  # of a metric: 1 more is better, -1 less
        self.wide = False  # the rows come from a whole orbit
        self.told_of_copy: Callable[[ModelArtifact], str] = lambda _record: ""
        self.copies: Container[str] = frozenset()  # the SHA-256 of what is on this computer
        self.stages: Stages | None = None  # what artifacts hold in tracks, where there are any
        self.successors: dict[str, str] = {}  # a provisional row -> the record that took its place
        self._rows: dict[str, Row] = {}
        self._ahead: NewRows | None = None  # until rows are others than before
        self._index = RowIndex()
        self._columns_of: object = None  # what the columns were made of
        self.going: set[str] = set()  # what waits to be deleted, or is being deleted, anywhere
        self._cancelled: set[str] = set()
        self.waiting: set[str] = set()  # ids of records with a change that waits for the server
        # Ids never come back: an answer that was on its way when one was deleted is older than that.
        self._deleted: set[str] = set()
        # Gone and fresh, while `together`.
        self._postponed: tuple[list[Row], list[Row]] | None = None

    def __len__(self) -> int:
        """How many artifacts there are; records that are none, or will be none soon, do not count."""
        going = self.going & self._rows.keys()
        return len(self._rows) - len(going.union(row.key for row in self._index.unstored))

    @property
    def by_time(self) -> list[Row]:
        """All rows by the time of their creation, then by id."""
        return self._index.by_time

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def row(self, key: str) -> Row | None:
        return self._rows.get(key)

    def is_best(self, row: Row, name: str) -> bool:
        """Whether this one's number of a metric is the best of all records that are loaded."""
        direction = self.direction(name) if name and row.is_artifact else 0
        return bool(direction) and self._index.tally.has_best(
            row, name, direction, self._rows.values
        )

    def notes(self) -> list[str]:
        """What is to be said of parts of the filter that look like more than the words they are."""
        return [part.note for part in self.applied.parts if part.note]

    def artifacts(self) -> list[ModelArtifact]:
        return [row.artifact for row in self._rows.values()]

    def unstored(self) -> list[ModelArtifact]:
        """The records without a whole file."""
        return list(self._index.unstored.values())

    def shown(self) -> tuple[int, int]:
        """How many artifacts the filter lets through, and how many records that are going."""
        going = [self._rows[key] for key in self.going if key in self._rows]
        dimmed = list(self._index.unstored)
        if (test := self.applied.test) is not None:
            going, dimmed = list(filter(test, going)), list(filter(test, dimmed))
        return len(self.visible) - len({*going, *dimmed}), len(going)

    def replace(self, artifacts: Iterable[ModelArtifact], jobs: Iterable[Job] = ()) -> None:
        """Take the server's list; unfinished transfers keep their rows."""
        ahead = self._made(artifacts)
        rows = ahead.rows
        for job in jobs:
            if job.provisional is not None and job.artifact_id not in rows:
                row = self._row(job.provisional, job)
                ahead.add([(row, self._rows.get(row.key))])
            elif job.artifact_id in rows:
                rows[job.artifact_id].job = job
                if job.provisional is not None:
                    self.successors[job.provisional.id] = job.artifact_id
        before, self._rows = self._rows, rows
        self.applied.ask_anew()  # a day like “today” may have become another one
        gone = [before[key] for key in before.keys() - rows.keys()]
        if before:
            gone += [before[row.key] for row in ahead.fresh if row.key in before]
        self._refresh(gone, [*ahead.fresh], ahead.tally)

    def extend(self, artifacts: Iterable[ModelArtifact]) -> None:
        """Add a further page of the server's list; rows that are there already are renewed."""
        ahead = self._made(artifacts)
        gone = [self._rows[row.key] for row in ahead.fresh if row.key in self._rows]
        self._rows |= ahead.rows
        self._refresh(gone, [*ahead.fresh], ahead.tally)

    async def make_ready(self, artifacts: Sequence[ModelArtifact]) -> None:
        """Make the rows of what is to be taken over, with what sorting and filtering ask for, a
        little at a time."""
        ahead = self._ahead = NewRows()
        for start in range(0, len(artifacts), PIECE):
            if self._ahead is not ahead:
                return  # rows are others than before: all is made when it is taken over
            for row in ahead.add(self._make(artifacts[start : start + PIECE])):
                row.prepare()
            await asyncio.sleep(0)
        ahead.artifacts = artifacts

    def _made(self, artifacts: Iterable[ModelArtifact]) -> NewRows:
        """The rows of these, which may be ready."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.artifacts is not artifacts:
            ahead = NewRows()
            ahead.add(self._make(artifacts))
        return ahead

    def _make(self, artifacts: Iterable[ModelArtifact]) -> Iterator[tuple[Row, Row | None]]:
        for artifact in artifacts:
            if artifact.id not in self._deleted:
                before = self._rows.get(artifact.id)
                yield self._row(artifact, before.job if before is not None else None), before

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Show at once what is done to many records within: with very many rows each costs time."""
        if self._postponed is not None:
            yield
            return
        self._postponed = [], []
        try:
            yield
        finally:
            (gone, fresh), self._postponed = self._postponed, None
            if gone or fresh:
                came = dict.fromkeys(fresh)
                left = [row for row in dict.fromkeys(gone) if row not in came]
                self._refresh(left, [row for row in came if self._rows.get(row.key) is row])

    def clear(self) -> None:
        self.successors.clear()
        self.replace(())

    def put(self, artifact: ModelArtifact, job: Job | None = None) -> None:
        """Add a record or renew it; what this answer leaves out stays as another one told it."""
        if artifact.id in self._deleted:
            return
        before = self._rows.get(artifact.id)
        if before is not None:
            artifact = completed(artifact, before.artifact)
        row = self._rows[artifact.id] = self._row(artifact, job)
        self._refresh(*(([before] if before else [], [row]) if row is not before else ([], [])))
        if before is not None or self._postponed is None:  # else nobody sees it yet
            self.row_updated.emit(artifact.id)

    def settle(self, provisional: str, artifact: ModelArtifact | None) -> None:
        """An upload ended: its provisional row becomes the record, or goes."""
        gone = self._rows.pop(provisional, None)
        if gone is not None and self._postponed is not None:
            self._postponed[0].append(gone)
        elif gone is not None:
            self._take_over([gone], [], Tally())
        if artifact is None or artifact.id in self._deleted:
            self._refresh([], [])
            return
        self.successors[provisional] = artifact.id
        self.put(artifact)

    def attach(self, key: str, job: Job | None) -> None:
        if (row := self._rows.get(key)) is not None:
            row.job = job
            self.row_updated.emit(key)

    def _row(self, artifact: ModelArtifact, job: Job | None = None) -> Row:
        """The row that there is, when it says the same; else a new one."""
        key = artifact.id
        row, going, cancelled = self._rows.get(key), key in self.going, key in self._cancelled
        if (
            row is None
            or row.going is not going
            or row.cancelled is not cancelled
            or row.waiting is not (key in self.waiting)
            or not row.artifact.told_like(artifact)
        ):
            return Row(artifact, job, going, cancelled, key in self.waiting)
        row.job = job
        return row

    def remove(self, *keys: str) -> None:
        """Drop records that were deleted, for good: no later answer brings their rows back."""
        self._deleted.update(keys)
        self._ahead = None
        if gone := list(filter(None, (self._rows.pop(key, None) for key in keys))):
            self._refresh(gone, [])

    def strike(self, keys: Iterable[str]) -> None:
        """Rows stay in their place, struck through, while their deletion can still be undone."""
        self._show_going(set(keys), going=True)

    def unstrike(self, keys: Iterable[str]) -> None:
        self._show_going(set(keys), going=False)

    def stays(self, record_id: str) -> bool:
        """Whether there is a record, and nobody deletes it now."""
        return not is_provisional(record_id) and record_id not in self.going

    def _show_going(self, keys: set[str], *, going: bool) -> None:
        self.going = self.going | keys if going else self.going - keys
        self.applied.forget_rows()  # it may ask for it
        self._ahead = None
        for key in keys & self._rows.keys():
            self._rows[key].going = going
            self._rows[key].forget_text()
        self.rows_changed.emit()

    def note_cancelled(self, key: str) -> None:
        """The upload of this record was given up here: it did not fail."""
        self._cancelled.add(key)
        self._ahead = None
        if (row := self._rows.get(key)) is not None:
            row.cancelled = True
            row.forget_text()
            self.applied.forget_rows()
            self.row_updated.emit(key)

    def show_stages(self, stages: Stages | None) -> None:
        self.stages = stages
        self._index.sort_anew()
        self._refresh([], [])

    def sort(self, column: str, *, descending: bool) -> None:
        if column != self.sort_column:
            self._index.sort_anew()
        self.sort_column, self.descending = column, descending
        self.reordered = self.applied.known
        self._arrange()

    def filter(self, text: str) -> None:
        self.applied.text = text
        self._arrange()

    def copies_changed(self) -> None:
        """Other artifacts are on this computer than before."""
        if self.applied.asks_for_copies():
            self.applied.ask_anew()
            self._arrange()
        elif self._rows:
            self.row_updated.emit(next(iter(self._rows)))  # what is in sight is painted anew

    def _refresh(self, gone: list[Row], fresh: list[Row], tally: Tally | None = None) -> None:
        """Some rows are others than before: find the columns, then arrange all. `tally`: of those
        that are fresh."""
        self._ahead = None
        if self._postponed is not None:
            self._postponed[0].extend(gone)
            self._postponed[1].extend(fresh)
            return
        if gone or fresh:
            self._take_over(gone, fresh, tally or Tally(fresh))
        before = [column.key for column in self.columns]
        self.metric_names = self._index.tally.names()
        first = islice(self._rows.values(), MOST_COMPANY)
        facts = list(first), self._metrics_in_order(), self.wide, self.stages
        if facts != self._columns_of:
            self._columns_of, self.columns = facts, columns_for(*facts)
        if [column.key for column in self.columns] != before:
            self._index.sort_anew()  # the column that it goes by may be a new one, or gone
            self.columns_changed.emit()
        self._arrange()

    def _metrics_in_order(self) -> list[str]:
        """Those that are shown stay where they are: a new row moves no column under the eye."""
        names = self._index.tally.commonest()
        there, shown = set(names), [column.metric for column in self.columns if column.metric]
        kept = dict.fromkeys(name for name in shown if name in there)
        return [*kept, *(name for name in names if name not in kept)]

    def _take_over(self, gone: list[Row], fresh: list[Row], tally: Tally) -> None:
        """Bring up to date what is kept beside the rows."""
        self.touched.update(gone, fresh)
        fresh = self._index.take_over(gone, fresh, tally, self._rows.values())
        self.applied.take_over(gone, fresh)
        # What it says of a row changes while the row stays in its place.
        if self.sort_column == "status":
            self._index.sort_anew()

    def _arrange(self) -> None:
        """Filter what is sorted. Columns depend on the rows alone, so typing does not look for them,
        nor does it sort anew."""
        self.applied.ask(self.metric_names, self.copies)
        column = next((c for c in self.columns if c.key == self.sort_column), None)
        ordered = self._index.sorted(column, descending=self.descending)
        self.visible = self.applied.through(ordered)
        self.rows_changed.emit()
        self.touched, self.reordered = set(), False
