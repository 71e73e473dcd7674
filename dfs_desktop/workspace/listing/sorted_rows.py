"""All rows as one column sorts them, kept right while a few rows come and go."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Sized
from operator import attrgetter
from types import NoneType
from typing import Any

from .columns import NUMBERS, Column
from .row import NEVER, Row

FEW = 100  # rows that are put in their places one by one; of very many rows it may be more
SAMPLE = 1000  # rows by which it is told whether many have the same

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
        if len(set(map(id, keys[:SAMPLE]))) * 2 <= len(keys[:SAMPLE]):
            self._present, self._missing = _gathered(rows, keys)
        else:
            order, known = _compared(keys)
            in_order = list(map(rows.__getitem__, order))
            self._present, self._missing = in_order[:known], in_order[known:]

    def rows(self, *, descending: bool) -> list[Row]:
        """A list of its own."""
        if descending:
            rows = self._missing + self._present
            rows.reverse()  # in place: to copy very many once more takes as long again
            return rows
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


def _gathered(rows: list[Row], keys: list[Any]) -> tuple[list[Row], list[Row]]:
    """Rows of which many have the same key, as tags are: in the order of these, and without one."""
    groups = defaultdict[int, list[Row]](list)
    for place, row in zip(map(id, keys), rows, strict=True):
        groups[place].append(row)
    apart = dict(zip(map(id, keys), keys, strict=True))
    alike = [(apart[place], group) for place, group in groups.items()]
    order, known = _compared([key for key, _ in alike])
    present, missing, before = list[Row](), list[Row](), None
    same: list[Row] = []  # the last of those present, of one key
    for key, group in map(alike.__getitem__, order[:known]):
        if key == before:  # written alike, and yet another object
            same = sorted(same + group, key=by_place)
            present[len(group) - len(same) :] = same
        else:
            present += group
            before, same = key, group
    for _, group in map(alike.__getitem__, order[known:]):
        missing += group
    return present, missing


def _compared(keys: list[Any]) -> tuple[list[int], int]:
    """The places of the keys in their order, and how many of them are not missing, as the last are.

    Numbers come before texts, and each kind is sorted apart: that is several times faster.
    """
    kinds = set(map(type, keys))
    if len(kinds) == 1 and NoneType not in kinds:
        return sorted(range(len(keys)), key=keys.__getitem__), len(keys)
    missing = [n for n, key in enumerate(keys) if key is None]
    numbers = [n for n, key in enumerate(keys) if isinstance(key, NUMBERS)]
    numbers.sort(key=keys.__getitem__)
    if (known := len(keys) - len(missing)) > len(numbers):
        others = [n for n, key in enumerate(keys) if not isinstance(key, (*NUMBERS, NoneType))]
        numbers += sorted(others, key=keys.__getitem__)
    return numbers + missing, known


def few(rows: Sized) -> int:
    """How many may be put among these one by one, sooner than all are looked through."""
    return max(FEW, len(rows) // 200)


def without(rows: list[Row], gone: Sequence[Row], key: Callable[[Row], Any]) -> list[Row]:
    """The rows, which this key sorts, that are not among those `gone`."""
    if len(gone) > few(rows):
        leaving = set(gone)
        return [row for row in rows if row not in leaving]
    for row in gone:
        place = bisect_left(rows, key(row), key=key)
        if place < len(rows) and rows[place] is row:
            del rows[place]
    return rows
