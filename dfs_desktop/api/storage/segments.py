"""Who receives which bytes: the missing ones of a file, handed out in order."""

from __future__ import annotations

import threading

from .partial import Partial
from .ranges import Ranges

GRID = 1 << 20  # segments that are cut end on multiples of this


class Segment:
    """Bytes [position, end) that one connection receives; the position moves as they arrive."""

    __slots__ = ("end", "position")

    def __init__(self, position: int, end: int) -> None:
        self.position = position
        self.end = end

    @property
    def left(self) -> int:
        """Bytes that have not arrived yet."""
        return self.end - self.position


class Plan:
    """The segments that are under way. Safe for threads."""

    def __init__(self, partial: Partial) -> None:
        self._partial = partial
        self._active: list[Segment] = []
        self._lock = threading.Lock()

    def _open(self) -> list[tuple[int, int]]:
        """What is missing and nobody receives."""
        known = Ranges((each.position, each.end) for each in self._active)
        missing = Ranges(self._partial.gaps())
        return [
            (max(start, low), min(end, high))
            for start, end in missing
            for low, high in known.gaps(self._partial.size)
            if max(start, low) < min(end, high)
        ]

    def take(self, piece: int | None) -> Segment | None:
        """The first open bytes, at most ``piece`` of them; None when none are open."""
        with self._lock:
            open_ranges = self._open()
            if not open_ranges:
                return None
            start, end = open_ranges[0]
            if piece is not None and end - start > piece:
                end = _on_grid(start + piece, end)
            segment = Segment(start, end)
            self._active.append(segment)
            return segment

    def steal(self, least: int) -> Segment | None:
        """The second half of the longest segment, when that is ``least`` bytes or more."""
        with self._lock:
            longest = max(self._active, key=lambda each: each.left, default=None)
            if longest is None or longest.left < 2 * least:
                return None
            middle = _on_grid(longest.position + longest.left // 2, longest.end)
            if middle >= longest.end:
                return None
            segment = Segment(middle, longest.end)
            longest.end = middle
            self._active.append(segment)
            return segment

    def shorten(self, piece: int) -> None:
        """Leave each segment at most about ``piece`` bytes; what is behind becomes open."""
        with self._lock:
            for segment in self._active:
                if segment.left > piece + GRID:
                    segment.end = _on_grid(segment.position + piece, segment.end)

    def extend(self, segment: Segment, limit: int) -> bool:
        """Add the open bytes right behind a segment, up to ``limit``; whether there were any."""
        with self._lock:
            for start, end in self._open():
                if start == segment.end < limit:
                    segment.end = min(end, limit)
                    return True
            return False

    def arrived(self, segment: Segment, count: int) -> None:
        """Move a segment on."""
        with self._lock:
            segment.position += count

    def give_back(self, segment: Segment) -> None:
        """What has not arrived of it becomes open."""
        with self._lock:
            if segment in self._active:
                self._active.remove(segment)


def _on_grid(position: int, limit: int) -> int:
    return min(-(-position // GRID) * GRID, limit)
