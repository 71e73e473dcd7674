"""What a store's answer to a download request brings, before a byte of its body is looked at."""

import enum
import re
from typing import NamedTuple

import httpx

from dfs_desktop.api.errors import ChecksumError, FileDownloadError, MissingFileError
from dfs_desktop.api.http.scrubbing import scrub
from dfs_desktop.api.storage.error_meaning import Meaning
from dfs_desktop.api.storage.local.checksum import tell_packing
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.store_errors import StoreResponseError, refusal
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, sentences, tr

from .range_queue import Piece

_RANGE = re.compile(r"bytes\s+(?:(\d{1,20})-(\d{1,20})|\*)/(?:(\d{1,20})|\*)", re.IGNORECASE)


class TransferInterrupted(Exception):  # noqa: N818 - never leaves this room
    """No more bytes come this way now; another try may help. ``retry_after``: seconds."""

    def __init__(
        self, why: str, retry_after: float | None = None, *, stalled: bool = False
    ) -> None:
        super().__init__(why)
        self.why, self.retry_after, self.stalled = why, retry_after, stalled


class UrlRejected(Exception):  # noqa: N818 - never leaves this room
    """The store does not take this URL (any more), and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class RangeOutcome(enum.Enum):
    """Which bytes an answer brings; each value is what a person reads of it in English."""

    PART = later("The storage sent the part that was asked for.")
    WHOLE = later("The storage sent the object from its first byte, as nothing else was asked for.")
    WHOLE_INSTEAD = later(
        "The storage sent the same object from its first byte instead of the part."
    )
    OTHER_OBJECT = later(
        "The storage sent another object than the one that was begun, or one that became shorter."
    )
    WRONG_PART = later("The storage sent a part that nobody asked for.")


def classify_response(
    answer: httpx.Response, piece: Piece, partial: PartialFile, *, part: bool
) -> RangeOutcome:
    """What ``answer`` brings; ``part``: a range was asked for. StoreResponseError when it brings none.

    Nothing has arrived while the file's ETag is not known: then a part may begin any object of the
    registered size.
    """
    status = answer.status_code
    if status == httpx.codes.PARTIAL_CONTENT:
        return _part(answer, piece, partial) if part else RangeOutcome.WRONG_PART
    if status == httpx.codes.OK:
        if part:
            same = partial.etag in ("", strong_etag(answer))
            return RangeOutcome.WHOLE_INSTEAD if same else RangeOutcome.OTHER_OBJECT
        return RangeOutcome.WHOLE
    if part and status in (412, 416):
        return RangeOutcome.OTHER_OBJECT
    raise refusal(answer)


def _part(answer: httpx.Response, piece: Piece, partial: PartialFile) -> RangeOutcome:
    if partial.etag and answer.headers.get("etag", partial.etag) != partial.etag:
        return RangeOutcome.OTHER_OBJECT
    found = content_range(answer)
    if found is None or found.first != piece.position:
        return RangeOutcome.WRONG_PART
    length = declared_length(answer)
    stated = found.last + 1 - found.first
    if not partial.etag and found.total is not None and found.total != partial.size:
        raise wrong_size(partial, number_text(found.total), packing(answer))
    fits = found.total in (None, partial.size) and found.last < partial.size
    return RangeOutcome.PART if fits and length in (None, stated) else RangeOutcome.WRONG_PART


def fault_of(refused: StoreResponseError) -> Exception:
    """What a refusal means to a download: UrlRejected, TransferInterrupted, or an error for a person."""
    if refused.of_link:
        return UrlRejected(refused.explain_absence())
    if refused.passing:
        return TransferInterrupted(refused.explain(), refused.wait)
    if refused.meaning is Meaning.ABSENT:
        return MissingFileError(refused.explain(), title=tr("The download failed"))
    return FileDownloadError(refused.explain(), retryable=False)


class ContentRange(NamedTuple):
    """Which bytes of an object a part is, both ends included; ``total``: how many there are, if told."""

    first: int  # -1 where the store has no such part, and tells the total alone
    last: int
    total: int | None


def content_range(answer: httpx.Response) -> ContentRange | None:
    """What the header of that name says; None when it is not there, or odd."""
    found = _RANGE.fullmatch(answer.headers.get("content-range", "").strip())
    if found is None:
        return None
    total = int(found[3]) if found[3] else None
    return ContentRange(int(found[1] or -1), int(found[2] or -1), total)


def declared_length(answer: httpx.Response) -> int | None:
    """Bytes that the body will have; None when the answer does not say."""
    text = answer.headers.get("content-length", "")
    plain = text.isascii() and text.isdigit() and len(text) <= 20
    if "transfer-encoding" in answer.headers or not plain:
        return None
    return int(text)


def packing(answer: httpx.Response) -> str:
    """With what the body is packed, if it is: nobody asked for that, and nothing unpacks it. A store
    may have it from who put the object there, whose bytes are the file's all the same."""
    told = scrub(answer.headers.get("content-encoding", "")[:80]).lower()
    return "" if told == "identity" else told


def strong_etag(answer: httpx.Response) -> str:
    """The ETag, when it tells states of the object apart for sure; else nothing."""
    etag: str = answer.headers.get("etag", "")
    return etag if etag.startswith('"') else ""


def check_length(answer: httpx.Response, partial: PartialFile) -> None:
    """ChecksumError when a whole object does not have the registered size."""
    if (length := declared_length(answer)) is not None and length != partial.size:
        raise wrong_size(partial, number_text(length), packing(answer))


def wrong_size(partial: PartialFile, found: str, packed: str) -> ChecksumError:
    """The exception for an object of another size."""
    return ChecksumError(sentences(tell_sizes(partial.size, found, packed), tr("It was not kept.")))


def tell_sizes(size: int, found: str, packed: str) -> str:
    """That another size is registered than the storage has."""
    told = tr(
        "{size} bytes are registered, the storage holds {found}.",
        size=number_text(size),
        found=found,
    )
    return sentences(told, tell_packing(packed))
