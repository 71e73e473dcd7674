"""Which bytes of a file are there: sorted ranges that neither overlap nor touch each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

Range = tuple[int, int]


class Ranges:
    """Disjoint ranges [start, end) in bytes; neighbours become one."""

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.total = 0
        for start, end in ranges:
            self.add(start, end)

    def __iter__(self) -> Iterator[Range]:
        return zip(self._starts, self._ends, strict=True)

    def add(self, start: int, end: int) -> int:
        """How many of these bytes were not there before. Nonsense adds nothing."""
        if not 0 <= start < end:
            return 0
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        there = sum(self._ends[first:last]) - sum(self._starts[first:last])
        if first < last:
            start = min(start, self._starts[first])
            end = max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]
        self.total += end - start - there
        return end - start - there

    @property
    def frontier(self) -> int:
        """Up to where everything is there, from byte 0 on."""
        return self._ends[0] if self._starts[:1] == [0] else 0

    @property
    def end(self) -> int:
        """The end of the last range."""
        return self._ends[-1] if self._ends else 0

    def gaps(self, size: int) -> list[Range]:
        """What is missing of ``size`` bytes, in order."""
        edges = [0, *(edge for each in self for edge in each), size]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return [(start, end) for start, end in pairs if start < end]

    def within(self, size: int) -> "Ranges":
        """The same without what lies behind ``size``."""
        return Ranges((start, min(end, size)) for start, end in self)
