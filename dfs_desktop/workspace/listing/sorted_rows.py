"""All rows as one column sorts them, kept right while a few rows come and go."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Sized
from functools import partial
from itertools import compress
from operator import attrgetter
from types import NoneType
from typing import Any, TypeVar

from .columns import NUMBERS, Column
from .row import NEVER, Row

FEW = 100  # rows that are put in their places one by one; of very many rows it may be more
SAMPLE = 1000  # rows by which it is told whether many have the same

by_place = attrgetter("place")
T = TypeVar("T")


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
        keys: list[Any] = column.sort_keys(rows)
        if len(set(map(id, keys[:SAMPLE]))) * 2 <= len(keys[:SAMPLE]):
            self._present, self._missing = _gathered(rows, keys)
        else:
            self._present, self._missing = _compared(rows, keys)

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
    ordered, keyless = _compared(alike, [key for key, _ in alike])
    present, missing, before = list[Row](), list[Row](), None
    same: list[Row] = []  # the last of those present, of one key
    for key, group in ordered:
        if key == before:  # written alike, and yet another object
            same = sorted(same + group, key=by_place)
            present[len(group) - len(same) :] = same
        else:
            present += group
            before, same = key, group
    for _, group in keyless:
        missing += group
    return present, missing


def _compared(things: list[T], keys: list[Any]) -> tuple[list[T], list[T]]:
    """The things in the order of their keys, and those whose key is missing.

    Numbers come before texts, and each kind is sorted apart: that is several times faster.
    """
    kinds = set(map(type, keys))
    if len(kinds) == 1 and NoneType not in kinds:
        return _sorted(things, keys), []
    numbers = [isinstance(key, NUMBERS) for key in keys]
    others = [not isinstance(key, (*NUMBERS, NoneType)) for key in keys]
    present = list[T]()
    for chosen in (numbers, others):
        present += _sorted(compress(things, chosen), compress(keys, chosen))
    return present, [thing for thing, key in zip(things, keys, strict=True) if key is None]


def _sorted(things: Iterable[T], keys: Iterable[Any]) -> list[T]:
    """Each by its key, which stands at the same place: no Python runs for the single one."""
    return sorted(things, key=partial(next, iter(keys)))


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
