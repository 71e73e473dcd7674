"""Schedules the byte ranges that a file lacks over the requests that bring them, in order."""

import threading
import time
from bisect import insort
from collections.abc import Iterable

from dfs_desktop.api.storage.local.byte_ranges import Range

GRID = 1 << 20  # where pieces are cut, they end on multiples of this
LONG = 1.0  # seconds that a piece still has to need, so that another worker takes half of it
STILL = 5.0  # seconds without a byte, after which another worker takes all of it
TAKEOVERS = 1  # in a row without a byte; then whoever has the piece waits for the silence to end


class PieceTaken(Exception):  # noqa: N818 - never leaves this room
    """Another worker has taken what was left of a piece that stood still."""


class Piece:
    """Bytes [position, end) that one request brings; the position moves as they arrive."""

    __slots__ = ("begun", "end", "moved", "position", "start", "taken", "takeovers")

    def __init__(self, start: int, end: int, takeovers: int = 0) -> None:
        self.start = self.position = start
        self.end = end
        self.begun = self.moved = time.monotonic()
        self.taken, self.takeovers = False, takeovers

    @property
    def left(self) -> int:
        """Bytes that have not arrived yet."""
        return self.end - self.position

    def check(self) -> None:
        """PieceTaken once another worker has it."""
        if self.taken:
            raise PieceTaken

    def seconds_left(self, now: float) -> float:
        """How long the rest will take at the rate so far; 0 while that says nothing."""
        if self.position == self.start:
            return now - self.begun if now - self.begun > STILL else 0.0
        return self.left * (now - self.begun) / (self.position - self.start)


class RangeQueue:
    """The bytes that nobody receives yet, and the pieces that are under way. Safe for threads."""

    def __init__(self, missing: Iterable[Range]) -> None:
        self._open = list(missing)
        self.total = sum(end - start for start, end in self._open)
        self._active: list[Piece] = []
        self._changed = threading.Condition()

    def take(self, size: int | None = None) -> Piece | None:
        """The first open bytes, about ``size`` of them; None when none are open."""
        with self._changed:
            if not self._open:
                return None
            start, end = self._open.pop(0)
            if size is not None and end - start > size:
                cut = _on_grid(start + size, end)
                if cut < end:
                    self._open.insert(0, (cut, end))
                end = cut
            return self._begin(Piece(start, end))

    def take_over(self) -> Piece | None:
        """Half of the piece that will take longest, or all of one that stands still."""
        with self._changed:
            now = time.monotonic()
            unfinished = [each for each in self._active if each.left > 0]
            if not unfinished:
                return None
            slow = max(unfinished, key=lambda each: each.seconds_left(now))
            if now - slow.moved > STILL:
                takeovers = 1 if slow.position > slow.start else slow.takeovers + 1
                if takeovers > TAKEOVERS:
                    return None
                piece, slow.taken = Piece(slow.position, slow.end, takeovers), True
            elif slow.seconds_left(now) > LONG and slow.left >= 2 * GRID:
                piece = Piece(_on_grid(slow.position + slow.left // 2, slow.end), slow.end)
            else:
                return None
            slow.end = piece.start
            return self._begin(piece)

    def share(self, size: int) -> None:
        """Leave each piece about ``size`` more bytes, and open what lies behind them."""
        with self._changed:
            for piece in self._active:
                cut = _on_grid(piece.position + size, piece.end)
                if piece.position < cut < piece.end:
                    insort(self._open, (cut, piece.end))
                    piece.end = cut

    def _begin(self, piece: Piece) -> Piece:
        self._active.append(piece)
        return piece

    def arrived(self, piece: Piece, count: int) -> None:
        """Move a piece on."""
        with self._changed:
            piece.position += count
            piece.moved = time.monotonic()

    def give_back(self, piece: Piece) -> None:
        """What has not arrived of it becomes open."""
        with self._changed:
            if piece in self._active:
                self._active.remove(piece)
                if piece.left > 0:
                    insort(self._open, (piece.position, piece.end))
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Until a piece has come to its end, or some time has passed."""
        with self._changed:
            self._changed.wait(seconds)


def _on_grid(position: int, limit: int) -> int:
    return min(-(-position // GRID) * GRID, limit)
