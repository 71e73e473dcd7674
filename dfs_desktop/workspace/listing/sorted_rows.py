"""All rows as one column sorts them, kept right while a few rows come and go."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from types import NoneType
from typing import Any

from .columns import NUMBERS, Column
from .row import NEVER, Row

FEW = 100  # rows that are put in their places one by one

by_place = attrgetter("place")


class Order:
    """Missing values come last in both directions; ties go by the time of creation, then by id."""

    def __init__(self, rows: list[Row], column: Column | None) -> None:
        """`rows` are in their places; without a column that is the order."""
        self._key = column.sort_key if column is not None else lambda _row: 0
        self._present, self._missing = list(rows), list[Row]()  # ascending
        if column is None:
            return
        if column.key == "created":  # so they are in their places
            known = bisect_left(rows, NEVER, key=lambda row: row.created or NEVER)
            self._present, self._missing = rows[:known], rows[known:]
            return
        keys: list[Any] = list(map(self._key, rows))
        kinds = set(map(type, keys))
        if len(kinds) == 1 and NoneType not in kinds:
            order = sorted(range(len(keys)), key=keys.__getitem__)
        else:
            # Numbers come before texts, and each kind is sorted apart: that is several times faster.
            numbers = [n for n, key in enumerate(keys) if isinstance(key, NUMBERS)]
            others = [n for n, key in enumerate(keys) if not isinstance(key, (*NUMBERS, NoneType))]
            numbers.sort(key=keys.__getitem__)
            _sort_alike(others, keys)
            order = numbers + others
            self._missing = [rows[n] for n, key in enumerate(keys) if key is None]
        self._present = [rows[n] for n in order]

    def rows(self, *, descending: bool) -> list[Row]:
        """A list of its own."""
        if descending:
            return self._present[::-1] + self._missing[::-1]
        return self._present + self._missing

    def take_over(self, gone: Iterable[Row], fresh: Iterable[Row]) -> None:
        """Some rows leave, few come."""
        if gone := list(gone):
            placed = [row for row in gone if self._key(row) is not None]
            self._present = without(self._present, placed, self._rank)
            if len(placed) < len(gone):
                self._missing = without(self._missing, gone, by_place)
        for row in fresh:
            if self._key(row) is None:
                insort(self._missing, row, key=by_place)
            else:
                insort(self._present, row, key=self._rank)

    def _rank(self, row: Row) -> tuple[bool, Any, Any]:
        key = self._key(row)
        return not isinstance(key, NUMBERS), key, row.place


def _sort_alike(places: list[int], keys: list[Any]) -> None:
    """Sort by keys that many have in common, as tags are: each key is compared once, then numbers."""
    shared = {id(keys[n]): keys[n] for n in places}
    if len(shared) * 2 > len(places):
        places.sort(key=keys.__getitem__)
        return
    ranks, rank, before = dict[int, int](), 0, None
    for key in sorted(shared.values()):
        rank += key != before
        ranks[id(key)], before = rank, key
    by_rank = [ranks.get(id(key), 0) for key in keys]
    places.sort(key=by_rank.__getitem__)


def without(rows: list[Row], gone: Sequence[Row], key: Callable[[Row], Any]) -> list[Row]:
    """The rows, which this key sorts, that are not among those `gone`."""
    if len(gone) > FEW:
        leaving = set(gone)
        return [row for row in rows if row not in leaving]
    for row in gone:
        place = bisect_left(rows, key(row), key=key)
        if place < len(rows) and rows[place] is row:
            del rows[place]
    return rows
