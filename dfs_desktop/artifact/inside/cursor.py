"""Reading numbers and texts one after another from a source, in growing steps and within a limit."""

import struct

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.artifact.source import Source, read_exactly

_FIRST_STEP = 64 * 1024
_LAST_STEP = 2 * 1024 * 1024


class Cursor:
    """A place in a source that only moves forward; never goes beyond `limit` bytes.

    At most `budget` bytes are read, since between skips each look may cost a request.
    """

    def __init__(self, source: Source, limit: int, budget: int | None = None) -> None:
        self._source = source
        self._limit = min(limit, source.size)
        self._left = limit if budget is None else budget
        self._step = _FIRST_STEP
        self._start = 0
        self._window = b""
        self._at = 0

    @property
    def place(self) -> int:
        """How many bytes lie behind."""
        return self._start + self._at

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self._at + count
        if end > len(self._window):
            self._load(count)
            end = count
        start, self._at = self._at, end
        return self._window[start:end]

    def line(self, keep: int) -> bytes | None:
        """The bytes up to the next line feed, which is passed; None when more than `keep`."""
        start = b""
        while True:
            end = self._window.find(b"\n", self._at)
            start += self._window[self._at : end if end >= 0 else None][: keep + 1 - len(start)]
            if end >= 0:
                self._at = end + 1
                return start if len(start) <= keep else None
            self._at = len(self._window)
            self._load(1)

    def skip(self, count: int) -> None:
        """Go on without looking."""
        self._check(count)
        self._at += count

    def number(self, form: str) -> int:
        """The next number in a format of the struct module, as "<Q"."""
        value = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return int(value)

    def skip_texts(self, count: int) -> None:
        """Go on behind `count` texts, each of which stands behind its length ("<Q")."""
        for _ in range(count):
            end = self._at + 8
            if end > len(self._window):
                self._load(8)
                end = 8
            length = int.from_bytes(self._window[end - 8 : end], "little")
            self._at = end + length
            if self._at > len(self._window):
                self._check(0)

    def _check(self, count: int) -> None:
        if count < 0 or self.place + count > self._limit:
            raise ArtifactError(
                "The header of a file cannot be read",
                f"{shortened(self._source.name)} ends before its header does, or the header is "
                "too large. The file may be damaged: build it again.",
            )

    def _load(self, count: int) -> None:
        self._check(count)
        if self._at > len(self._window):
            self._step = _FIRST_STEP  # the last look-ahead was for nothing
        self._start, self._at = self.place, 0
        length = min(max(self._step, count), self._limit - self._start)
        self._left -= length
        if self._left < 0:
            raise ArtifactError(
                "The header of a file cannot be read",
                f"{shortened(self._source.name)} would have to be read nearly whole for it. "
                "Download the artifact to look into this file.",
            )
        self._window = read_exactly(self._source, self._start, length)
        self._step = min(self._step * 2, _LAST_STEP)
