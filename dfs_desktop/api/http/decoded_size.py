"""How heavy an answer becomes once it is decoded, known before it is: some bytes of JSON become
sixty times as many of Python."""

import re
from collections.abc import Iterable

import msgspec
from msgspec import Raw, Struct

from dfs_desktop.translation import later, tr

LIGHT = 1 << 20  # bytes that are harmless whatever they hold
HEAVIEST = 48 << 20  # bytes that one answer may take when decoded
RECORDS = 100_000  # in one answer
_CONTAINER, _VALUE, _OBJECTS = 72, 40, 2_000_000
_WINDOW = 1 << 20
# Characters beyond the first 65 536 begin with a byte from 0xF0 on, or with half a pair of escapes.
_NARROW = bytes(range(0xF0))
_PAIR = re.compile(rb"\\u[dD][89abAB]")


class Overweight(ValueError):  # noqa: N818 - becomes an UnexpectedAnswerError that names the server
    """An answer that would take too much memory; its text says of what there is too much."""


_VALUES = later("more values than this program takes from one answer")
_RECORDS = later("more records than this program takes from one answer")


class _Object(Struct, gc=False):
    """Any object, nothing of it kept."""


class _Objects(Struct):
    items: list[_Object]


class _Undecoded(Struct):
    """What records keep as it is."""

    manifest: Raw = Raw(b"")
    file_index: Raw = Raw(b"")


_COUNTED = msgspec.json.Decoder(list[_Object])
_PAGE_COUNTED = msgspec.json.Decoder(_Objects)
_PARTS = msgspec.json.Decoder(_Undecoded)


def weight(text: bytes | Raw) -> int:
    """About the bytes that some JSON takes when it is decoded."""
    whole = memoryview(text)
    found, width = 0, 1
    for start in range(0, len(whole), _WINDOW):  # other threads come in between
        block = bytes(whole[start : start + _WINDOW])
        found += _CONTAINER * (block.count(b"[") + block.count(b"{")) + _VALUE * block.count(b",")
        width = max(width, _width(block))
        if found + width * len(whole) > HEAVIEST:
            break
    return found + width * len(whole)


def _width(text: bytes) -> int:
    """Bytes per character of the widest string: one wide character widens all of it."""
    escaped = b"\\u" in text
    if text.isascii() and not escaped:
        return 1
    return 4 if text.translate(None, _NARROW) or (escaped and _PAIR.search(text)) else 2


def check_weight(body: bytes) -> None:
    """Overweight when decoding all of it would take too much."""
    if len(body) > LIGHT and weight(body) > HEAVIEST:
        raise Overweight(tr(_VALUES))


def check_list(body: bytes, *, paged: bool) -> None:
    """Overweight for a list with too many records."""
    if len(body) <= LIGHT:
        return
    if body.count(b"{") > _OBJECTS:
        raise Overweight(tr(_RECORDS))
    # The first item that is no object ends this, before there are many of them.
    items = _PAGE_COUNTED.decode(body).items if paged else _COUNTED.decode(body)
    if len(items) > RECORDS:
        raise Overweight(tr(_RECORDS))


def check_records(body: bytes, items: Iterable[Raw]) -> None:
    """Overweight when the records, but for what they keep undecoded, would take too much."""
    if len(body) <= LIGHT or weight(body) <= HEAVIEST:
        return
    total = 0
    for item in items:
        parts = _PARTS.decode(item)
        total += own_weight(item, parts)
        if total > HEAVIEST:
            raise Overweight(tr(_VALUES))


def own_weight(item: Raw, parts: _Undecoded) -> int:
    """The weight of a record without what is kept undecoded."""
    whole = memoryview(item)
    kept = memoryview(parts.manifest), memoryview(parts.file_index)
    counted = [_width(bytes(whole)) * (len(whole) - sum(map(len, kept)))]
    for mark, each in ((b"[", _CONTAINER), (b"{", _CONTAINER), (b",", _VALUE)):
        inside = sum(bytes(part).count(mark) for part in kept)
        counted.append(each * (bytes(whole).count(mark) - inside))
    return sum(counted)
