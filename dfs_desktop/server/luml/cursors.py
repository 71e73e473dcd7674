"""Cursors of paged lists: opaque, and good only for the list they were taken from."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, NamedTuple

import msgspec

_INT64 = 1 << 63


class Position(NamedTuple):
    """Where a page ended: the value that the list is sorted by, and the id that breaks ties."""

    value: str | int | float | None
    id: str


class _Cursor(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    id: str
    value: str | int | float | None
    binding: str


def binding(*parts: Any) -> str:
    """What a cursor is bound to, in short."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


def write(position: Position, bound_to: str) -> str:
    """The cursor of the page behind *position*."""
    cursor = _Cursor(position.id, position.value, bound_to)
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode("ascii")


def read(text: str | None, bound_to: str) -> Position | None:
    """The position in a cursor. One that is unreadable or of another list counts as none."""
    if text is None:
        return None
    try:
        plain = base64.b64decode(text.encode("ascii"), b"-_", validate=True)
        cursor = msgspec.json.decode(plain, type=_Cursor)
        cursor.id.encode("utf-8")
    except ValueError:
        return None
    fits = not isinstance(cursor.value, int) or -_INT64 <= cursor.value < _INT64
    return Position(cursor.value, cursor.id) if fits and cursor.binding == bound_to else None
