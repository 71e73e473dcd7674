"""What is known of all rows together, kept right while some come and go."""

from bisect import bisect_left, insort
from collections.abc import Collection

from dfs_desktop.api import ModelArtifact

from .columns import Column, Tally
from .row import STORED, UNSTORED, Row
from .sorted_rows import Order, by_place, few, without


class RowIndex:
    """The rows by time, as a column sorts them, and without a file; their metrics."""

    def __init__(self) -> None:
        self.by_time: list[Row] = []  # all rows by the time of their creation, then by id
        self.tally = Tally()
        self.unstored: dict[Row, ModelArtifact] = {}  # records without a whole file
        self._order: Order | None = None  # made when first needed

    def sort_anew(self) -> None:
        """The column that rows are sorted by is another one, or says other things of them."""
        self._order = None

    def sorted(self, column: Column | None, *, descending: bool) -> list[Row]:
        """All rows as a column sorts them; without one by time."""
        if self._order is None:
            self._order = Order(self.by_time, column)
        return self._order.rows(descending=descending)

    def take_over(
        self, gone: list[Row], fresh: list[Row], tally: Tally, rows: Collection[Row]
    ) -> list[Row]:
        """Some rows left, some came, of which this is the tally; `rows` are all. Returns what is to
        be looked at as fresh: all rows, where most left."""
        if len(gone) * 2 > len(self.by_time):
            if len(fresh) < len(rows):
                fresh = [*rows]
                tally = Tally(fresh)
            self.tally, self.by_time, self._order = Tally(), [], None
            self.unstored.clear()
        elif gone:
            self.tally.add(gone, -1)
            self.by_time = without(self.by_time, gone, by_place)
            for row in gone:
                self.unstored.pop(row, None)
        for row in fresh:
            if row.artifact.status is not STORED and row.artifact.status in UNSTORED:
                self.unstored[row] = row.artifact
        self.tally.add_all(tally)
        self._place(fresh)
        if self._order is None or len(fresh) > few(self.by_time):
            self._order = None
        else:
            self._order.take_over(gone, fresh)
        return fresh

    def _place(self, fresh: list[Row]) -> None:
        by_time = self.by_time
        if len(fresh) <= few(by_time):
            for row in fresh:
                insort(by_time, row, key=by_place)
            return
        fresh = sorted(fresh, key=by_place)
        if by_time and fresh[-1].place < by_time[0].place:  # the next page of older ones
            by_time[:0] = fresh
            return
        start = bisect_left(by_time, fresh[0].place, key=by_place)  # those before stay as they are
        by_time[start:] = sorted(by_time[start:] + fresh, key=by_place)
