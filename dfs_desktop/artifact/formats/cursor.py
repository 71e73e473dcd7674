"""Reading numbers and texts one after another from a source, in growing steps and within a limit."""

import struct

from dfs_desktop.artifact.archive.byte_source import Source, read_exactly
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr

_FIRST_STEP = 64 * 1024
_LAST_STEP = 8 * 1024 * 1024
_CUT_OFF = later(
    "{file} ends before its header does. The file may be damaged or incomplete: fetch or build it "
    "again."
)
_TOO_LONG = later(
    "The header of {file} goes on behind {limit} bytes, which is more than is gone through here. "
    "Download the artifact to look into this file."
)
_SCATTERED = later(
    "{file} would have to be read nearly whole for it. Download the artifact to look into this file."
)


class Cursor:
    """A place in a source that only moves forward; never goes beyond `limit` bytes.

    At most `budget` bytes are read, since between skips each look may cost a request. "Damaged" is
    said of a file that ends too early, never of one that goes beyond what is read here.
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
        self._check(count)
        self._at += count

    def number(self, form: str) -> int:
        """The next number in a format of the struct module, as "<Q"."""
        value = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return int(value)

    def skip_texts(self, count: int, form: str) -> None:
        """Go on behind `count` texts, each of which stands behind its length in this format."""
        width, length_at = struct.calcsize(form), struct.Struct(form).unpack_from
        window, at = self._window, self._at
        for _ in range(count):
            if at + width > len(window):
                self._at = at
                self._load(width)
                window, at = self._window, 0
            at += width + length_at(window, at)[0]
        self._at = at
        self._check(0)

    def _check(self, count: int) -> None:
        if count < 0 or self.place + count > self._limit:
            beyond = self.place + count > self._source.size
            raise self._unreadable(_CUT_OFF if beyond else _TOO_LONG)

    def _unreadable(self, why: str) -> ArtifactError:
        file, limit = shortened(self._source.name), number_text(self._limit)
        return ArtifactError(
            tr("The header of a file cannot be read"), tr(why, file=file, limit=limit)
        )

    def _load(self, count: int) -> None:
        self._check(count)
        if self._at > len(self._window) + _FIRST_STEP:
            self._step = _FIRST_STEP  # much is skipped: looking ahead is for nothing
        self._start, self._at = self.place, 0
        length = min(max(self._step, count), self._limit - self._start)
        self._left -= length
        if self._left < 0:
            raise self._unreadable(_SCATTERED)
        self._window = read_exactly(self._source, self._start, length)
        self._step = min(self._step * 2, _LAST_STEP)
