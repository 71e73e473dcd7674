"""Bytes of an artifact by place and length, whether they lie on this disk or in a store far away."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr

from .file_fingerprint import AnyPath, Fingerprint, await_tick, check_unchanged, open_regular


class Source(Protocol):
    """Random access to bytes that do not change; safe to use from any thread."""

    @property
    def name(self) -> str:
        """The file name, for messages; never a path and never a URL."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes, or ArtifactError."""


def read_exactly(source: Source, offset: int, length: int) -> bytes:
    """The bytes of a span that is checked before and counted afterwards; none for length 0.

    UnreachableError when the source fails, ArtifactError when the span itself cannot be.
    """
    if offset < 0 or length < 0 or offset + length > source.size:
        raise ArtifactError(
            tr("The artifact cannot be read"),
            tr(
                "A part of {file} should lie beyond the end of the file. The file may "
                "be incomplete: fetch or build it again.",
                file=shortened(source.name),
            ),
        )
    if length == 0:
        return b""
    try:
        data = source.read(offset, length)
    except UnreachableError:
        raise
    except ArtifactError as error:
        raise UnreachableError(error.title, error.detail) from error
    if len(data) != length:
        raise _shorter(source.name)
    return data


def _shorter(name: str) -> ArtifactError:
    return UnreachableError(
        tr("The file changed while reading"),
        tr(
            "{file} has become shorter. Open it again when nobody writes to it.",
            file=shortened(name),
        ),
    )


class LocalSource:
    """A file on this computer; every read makes sure that it is still the file that was opened."""

    def __init__(self, path: AnyPath) -> None:
        self._file = open_regular(path)
        self._lock = threading.Lock()
        self.fingerprint = Fingerprint.of(self._file.fileno())
        self.name, self.size = Path(path).name, self.fingerprint.size

    def settle(self, check: Callable[[], None]) -> None:
        """Wait, if it has just been written, until every later write will be noticed."""
        await_tick(self._file.fileno(), check)

    def read(self, offset: int, length: int) -> bytes:
        """These bytes; ArtifactError when the file changed since it was opened."""
        with self._lock:
            if self._file.closed:
                raise ArtifactError(
                    tr("The artifact is closed"), tr("Open it again to read from it.")
                )
            self._file.seek(offset)
            data = self._file.read(length)
            while data and len(data) < length and (more := self._file.read(length - len(data))):
                data += more
            check_unchanged(self._file.fileno(), self.fingerprint)
        if len(data) != length:
            raise _shorter(self.name)
        return data

    def close(self) -> None:
        """Give the file back; later reads are refused."""
        with self._lock:
            self._file.close()

    def __enter__(self) -> "LocalSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Slice:
    """A part of another source as a source of its own: a member, or a file inside a member."""

    def __init__(self, inner: Source, offset: int, size: int, name: str) -> None:
        if offset < 0 or size < 0 or offset + size > inner.size:
            raise ArtifactError(
                tr("The artifact cannot be read"),
                tr(
                    "{part} should lie beyond the end of {file}. The file may be "
                    "incomplete: fetch or build it again.",
                    part=shortened(name),
                    file=shortened(inner.name),
                ),
            )
        self.name, self.size = name, size
        self._inner, self._offset = inner, offset

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes of the part, never a byte beside it."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ArtifactError(
                tr("The artifact cannot be read"),
                tr(
                    "{file} ends sooner than its content says. Build it again.",
                    file=shortened(self.name),
                ),
            )
        return read_exactly(self._inner, self._offset + offset, length)


class BytesSource:
    """Bytes that are in memory already, for a document that was fetched whole."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name, self.size = name, len(data)
        self._data = data

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


ONE_PIECE = 1024 * 1024  # a part up to this size is fetched whole, by one request
MOST_WHOLE = 64 * 1024 * 1024


def whole(part: Slice, most: int = ONE_PIECE) -> Source:
    """A member, or a part of one, to be read: fetched by one request when it is small."""
    if part.size > min(most, MOST_WHOLE):
        return part
    return BytesSource(part.read(0, part.size), part.name)


class CachedSource:
    """A source that remembers what it read, for stores where every read is a request.

    A small read takes up to `block` bytes more than asked, since documents stand side by side;
    a large one takes exactly its bytes and is not kept. `requests` and `fetched` count what went
    through to the source behind.
    """

    def __init__(self, inner: Source, block: int = 64 * 1024, keep: int = 8 * 1024 * 1024) -> None:
        self.name, self.size = inner.name, inner.size
        self._inner, self._block, self._keep = inner, block, keep
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._extents: list[tuple[int, bytes]] = []  # the latest used comes last
        self.requests = 0
        self.fetched = 0

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes, from memory where that has all of them."""
        if length == 0:
            return b""
        with self._lock:
            if (known := self._known(offset, length)) is not None:
                return known
            if length <= self._keep // 8:
                ahead = min(length + self._block, self.size - offset)
                data = self._fetch(offset, max(ahead, length))
                self._remember(offset, data)
                return data[:length]
        return self._fetch(offset, length)  # others need not wait for so much

    def prepare(self, spans: Iterable[tuple[int, int]]) -> None:
        """Fetch spans (offset, length) that will be read soon: neighbours in one request."""
        with self._lock:
            wanted = sorted(
                (offset, length) for offset, length in spans if 0 < length <= self._keep // 8
            )
            start, end, gaps = -1, -1, 0
            for offset, length in wanted:
                if self._known(offset, length) is not None:
                    continue
                gap = max(0, offset - end)
                whole = max(end, offset + length) - start
                if start >= 0 and gaps + gap <= self._block and whole <= self._keep // 4:
                    end, gaps = max(end, offset + length), gaps + gap
                    continue
                self._fetch_extent(start, end)
                start, end, gaps = offset, offset + length, 0
            self._fetch_extent(start, end)

    def _fetch_extent(self, start: int, end: int) -> None:
        if start >= 0:
            self._remember(start, self._fetch(start, end - start))

    def _known(self, offset: int, length: int) -> bytes | None:
        for place in range(len(self._extents) - 1, -1, -1):
            start, data = self._extents[place]
            if start <= offset and offset + length <= start + len(data):
                self._extents.append(self._extents.pop(place))
                return data[offset - start : offset - start + length]
        return None

    def _fetch(self, offset: int, length: int) -> bytes:
        with self._counting:
            self.requests += 1
            self.fetched += length
        return read_exactly(self._inner, offset, length)

    def _remember(self, offset: int, data: bytes) -> None:
        self._extents.append((offset, data))
        while sum(len(each) for _, each in self._extents) > self._keep:
            self._extents.pop(0)
