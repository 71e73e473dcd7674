"""Bounds on an answer while it comes: its head, its bytes (unpacked ones too), and its time."""

import io
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from dfs_desktop.api.errors import UnexpectedAnswerError
from dfs_desktop.text.decoding import decode_json, has_mark
from dfs_desktop.translation import tr

BODY_LIMIT = 48 << 20  # a list of 10 000 records with their manifests has up to 42 MB
ERROR_LIMIT = 256 << 10  # of a refusal, and of the answers that tell which registry it is
HEAD_LIMIT = 128 << 10  # with all interim answers before it
BITE = 4 << 10
MOST_PIECES = 20_000  # chunks of a body, beside one more for every SMALLEST bytes
SMALLEST = 256
SLOWEST = 8 << 10  # bytes per second that the rest of an answer may not stay below


class Patience:
    """How long one request may take in all, in seconds: a silence bounds each wait, this their sum."""

    def __init__(self, silence: float, sending: int) -> None:
        self._end = time.monotonic() + 2 * silence + sending / SLOWEST

    def came(self, count: int) -> None:
        """So many bytes of the body came, which earns time for more."""
        self._end += count / SLOWEST

    def left(self) -> float:
        """Seconds that are left."""
        return self._end - time.monotonic()

    def check(self) -> None:
        """Raises what httpx raises for a silence, when the time is over."""
        if self.left() <= 0:
            raise httpx.ReadTimeout("the answer came too slowly")


class Body:
    """The body of an answer, unpacked when it is packed once. ``cut``: keep the beginning of a
    longer one instead of refusing it."""

    def __init__(self, answer: httpx.Response, host: str, limit: int, *, cut: bool) -> None:
        self._host, self._limit, self._cut = host, limit, cut
        self._kept = io.BytesIO()  # hands its bytes out without a copy
        self._unpack: Any = None
        self.bite: int | None = None  # how much of a packed body is to be taken at once
        packed = answer.headers.get("content-encoding", "").strip().lower()
        self.complete = answer.is_stream_consumed  # a given transport may bring it at once
        if self.complete:
            self.take(answer.content)
            return
        answer.stream = _Pieces(answer.stream, host)
        if packed in ("gzip", "x-gzip", "deflate"):
            self._unpack, self.bite = zlib.decompressobj(wbits=47), BITE
        elif packed not in ("", "identity"):
            raise UnexpectedAnswerError(
                tr(
                    "{host} answered in a packing that nobody asked for ({encoding!r}).",
                    host=host,
                    encoding=packed[:40],
                )
            )

    def take(self, chunk: bytes) -> bool:
        """Add what came as it came; False when no more is wanted."""
        left = self._limit - self._kept.tell()
        if self._unpack is not None:
            try:
                chunk = self._unpack.decompress(chunk, left + 1)
            except zlib.error:
                raise UnexpectedAnswerError(
                    tr("{host} answered with packed data that cannot be unpacked.", host=self._host)
                ) from None
        self._kept.write(chunk[:left])
        if len(chunk) <= left:
            return True
        if not self._cut:
            raise UnexpectedAnswerError(
                tr(
                    "{host} answered with more than {limit} MiB.",
                    host=self._host,
                    limit=self._limit >> 20,
                )
            )
        return False

    def whole(self) -> bytes:
        """What is kept of it; a text that begins with a byte order mark comes as plain UTF-8."""
        data = self._kept.getvalue()
        return decode_json(data).text.encode() if has_mark(data) else data


class _Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The chunks of a body, counted: a chunk of one byte takes as long to be read as a large one."""

    def __init__(self, inner: Any, host: str) -> None:
        self._inner, self._host = inner, host
        self._count = self._bytes = 0

    def _came(self, piece: bytes) -> bytes:
        self._count, self._bytes = self._count + 1, self._bytes + len(piece)
        if self._count > MOST_PIECES + self._bytes // SMALLEST:
            raise UnexpectedAnswerError(
                tr("{host} answered in too many tiny pieces.", host=self._host)
            )
        return piece

    def __iter__(self) -> Iterator[bytes]:
        return map(self._came, self._inner)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            yield self._came(piece)

    def close(self) -> None:
        self._inner.close()

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Watched:
    """A backend of httpcore, or a stream that it opened: counts what is read before the head of an
    answer is complete."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._count: int | None = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def complete(self) -> None:
        self._count = None

    def _check(self) -> None:
        if self._count is not None and self._count >= HEAD_LIMIT:
            raise UnexpectedAnswerError(
                tr("The server sends no end of interim answers or headers instead of an answer.")
            )

    def _came(self, data: bytes) -> bytes:
        if self._count is not None:
            self._count += len(data)
        return data


class _Blocking(_Watched):
    def connect_tcp(self, *where: Any, **how: Any) -> "_Blocking":
        return _Blocking(self._inner.connect_tcp(*where, **how))

    def start_tls(self, *with_whom: Any, **how: Any) -> "_Blocking":
        return _Blocking(self._inner.start_tls(*with_whom, **how))

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._check()
        return self._came(self._inner.read(max_bytes, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._count = 0
        self._inner.write(buffer, timeout)


class _Awaited(_Watched):
    async def connect_tcp(self, *where: Any, **how: Any) -> "_Awaited":
        return _Awaited(await self._inner.connect_tcp(*where, **how))

    async def start_tls(self, *with_whom: Any, **how: Any) -> "_Awaited":
        return _Awaited(await self._inner.start_tls(*with_whom, **how))

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        self._check()
        return self._came(await self._inner.read(max_bytes, timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._count = 0
        await self._inner.write(buffer, timeout)


def bound_heads(transport: httpx.HTTPTransport | httpx.AsyncHTTPTransport) -> None:
    """Bound what its connections read before the head of an answer is complete.

    As in ``make_cancellable``, the pools of httpx are reached by private names.
    """
    watched = _Blocking if isinstance(transport, httpx.HTTPTransport) else _Awaited
    pool: Any = transport._pool
    pool._network_backend = watched(pool._network_backend)


def head_came(answer: httpx.Response) -> None:
    """The head is complete; what follows is the body's."""
    stream = answer.extensions.get("network_stream")
    if isinstance(stream, _Watched):
        stream.complete()
