"""The artifacts of the open collection: sorted, filtered, with their running transfers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from dfs_desktop.api import ModelArtifact
from dfs_desktop.transfers.job import Job
from dfs_desktop.workspace import filters
from dfs_desktop.workspace.columns import FIXED, Column, columns_for
from dfs_desktop.workspace.events import Event


class Row:
    """One line of the table: a record and, while one runs, its transfer."""

    artifact: ModelArtifact
    job: Job | None

    def __init__(self, artifact: ModelArtifact, job: Job | None = None) -> None:
        self.artifact = artifact
        self.job = job

    @property
    def key(self) -> str:
        return self.artifact.id

    @cached_property
    def text(self) -> str:
        return filters.haystack(self)


class Listing:
    """Rows by id, and the order in which they are shown. Plain lists: Qt only mirrors them."""

    def __init__(self) -> None:
        self.rows_changed: Event[[]] = Event()  # which rows, or their order
        self.row_updated: Event[[str]] = Event()  # one row's contents
        self.columns_changed: Event[[]] = Event()
        self.columns: tuple[Column, ...] = FIXED
        self.visible: list[Row] = []
        self.sort_column = "created"
        self.descending = True
        self.filter_text = ""
        self.wide = False  # the rows come from a whole orbit
        # a provisional row (upload not yet registered) -> the record that took its place
        self.successors: dict[str, str] = {}
        self._rows: dict[str, Row] = {}
        self._hidden: set[str] = set()

    def __len__(self) -> int:
        return len(self._rows) - len(self._hidden & self._rows.keys())

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def row(self, key: str) -> Row | None:
        return self._rows.get(key)

    def artifacts(self) -> list[ModelArtifact]:
        return [row.artifact for row in self._rows.values()]

    def replace(
        self,
        artifacts: Iterable[ModelArtifact],
        jobs: Iterable[Job] = (),
        hidden: Iterable[str] = (),
    ) -> None:
        """Take the server's list; unfinished transfers keep their rows, `hidden` ids stay unseen."""
        rows = {artifact.id: Row(artifact) for artifact in artifacts}
        for job in jobs:
            if job.provisional is not None and job.artifact_id not in rows:
                rows[job.provisional.id] = Row(job.provisional, job)
            elif job.artifact_id in rows:
                rows[job.artifact_id].job = job
                if job.provisional is not None:
                    self.successors[job.provisional.id] = job.artifact_id
        self._rows = rows
        self._hidden = rows.keys() & set(hidden)
        self._refresh()

    def extend(self, artifacts: Iterable[ModelArtifact]) -> None:
        """Add a further page of the server's list; rows that are there already are renewed."""
        for artifact in artifacts:
            before = self._rows.get(artifact.id)
            self._rows[artifact.id] = Row(artifact, before.job if before else None)
        self._refresh()

    def clear(self) -> None:
        self.successors.clear()
        self.replace(())

    def put(self, artifact: ModelArtifact, job: Job | None = None) -> None:
        """Add a record or renew it."""
        self._rows[artifact.id] = Row(artifact, job)
        self._refresh()
        self.row_updated.emit(artifact.id)

    def settle(self, provisional: str, artifact: ModelArtifact | None) -> None:
        """An upload ended: its provisional row becomes the record, or goes."""
        self._rows.pop(provisional, None)
        if artifact is None:
            self._refresh()
            return
        self.successors[provisional] = artifact.id
        self.put(artifact)

    def attach(self, key: str, job: Job | None) -> None:
        row = self._rows.get(key)
        if row is not None:
            row.job = job
            self.row_updated.emit(key)

    def remove(self, key: str) -> None:
        self._hidden.discard(key)
        if self._rows.pop(key, None) is not None:
            self._refresh()

    def hide(self, keys: Iterable[str]) -> None:
        """Take rows out of sight while their deletion can still be undone."""
        self._hidden.update(keys)
        self._refresh()

    def show(self, keys: Iterable[str]) -> None:
        self._hidden.difference_update(keys)
        self._refresh()

    def sort(self, column: str, *, descending: bool) -> None:
        self.sort_column, self.descending = column, descending
        self._arrange()

    def filter(self, text: str) -> None:
        self.filter_text = text
        self._arrange()

    def _shown(self) -> list[Row]:
        return [row for key, row in self._rows.items() if key not in self._hidden]

    def _refresh(self) -> None:
        """The rows are others than before: find their columns, then arrange them."""
        columns = columns_for(self._shown(), wide=self.wide)
        if [column.key for column in columns] != [column.key for column in self.columns]:
            self.columns = columns
            self.columns_changed.emit()
        self._arrange()

    def _arrange(self) -> None:
        """Filter and sort. Columns depend on the rows alone, so typing does not look for them."""
        test = filters.parse(self.filter_text)
        self.visible = self._sorted([row for row in self._shown() if test is None or test(row)])
        self.rows_changed.emit()

    def _sorted(self, rows: list[Row]) -> list[Row]:
        """Missing values come last in both directions; ties keep the order of creation."""
        column = next((c for c in self.columns if c.key == self.sort_column), None)
        rows.sort(key=lambda row: row.artifact.created_at or "~", reverse=self.descending)
        if column is None:
            return rows
        keyed = [(column.sort_key(row), row) for row in rows]
        present = [pair for pair in keyed if pair[0] is not None]
        present.sort(key=lambda pair: pair[0], reverse=self.descending)
        return [row for _, row in present] + [row for key, row in keyed if key is None]
