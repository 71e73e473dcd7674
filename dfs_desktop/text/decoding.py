"""Bytes that people saved as text become text: by their mark, else by how they look.

Editors save JSON and plain text in UTF-8 with a byte order mark, in UTF-16, in UTF-32, or in the
encoding of a country. Every reader of such files decodes here. What the bytes do not say by
themselves is a guess, and marked as one.
"""

import codecs
import re
import unicodedata
from functools import partial
from typing import NamedTuple

_MARKS = (  # the long ones first: UTF-32's begins with that of UTF-16; no text begins with NUL
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT = 64 * 1024  # bytes by which an encoding is told
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])  # no text has many
_ASCII = re.compile(rb"[\0\t-\r\x1b -\x7e]*+")
_NO_TEXT = frozenset(["Cn", "Co", "Cs"])  # not assigned, private, half of a character


class Decoded(NamedTuple):
    """The text, the encoding it was in, and whether that is only a guess."""

    text: str
    encoding: str
    guessed: bool


def decode_json(data: bytes) -> Decoded:
    """The text of a whole JSON document in any encoding; never raises.

    JSON begins with an ASCII character, so that zeros among the first bytes tell UTF-16 and UTF-32
    for certain (RFC 4627, section 3). What is neither these nor UTF-8 is a guess.
    """
    encoding, skip = _marked(data) or (_wide_json(data[:4]), 0)
    try:
        return Decoded(data[skip:].decode(encoding), encoding, guessed=False)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            return Decoded(data[skip:].decode(encoding, "replace"), encoding, guessed=True)
    return _legacy(data) or Decoded(data.decode("latin-1"), "latin-1", guessed=True)


def decode_text(head: bytes, *, whole: bool) -> Decoded | None:
    """The text of a file's first bytes, or None when they are no text.

    Unless it is the `whole` file, a character that is cut at the end is left out.
    """
    marked = _marked(head)
    encoding, skip = marked or (_wide_text(head[:_LOOKED_AT]) or "utf-8", 0)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head[skip:], final=whole)
        found = Decoded(text, encoding, guessed=not marked and encoding != "utf-8")
    except UnicodeDecodeError:
        if marked or _controls(head):  # which are themselves in all but UTF-16 and UTF-32
            return None
        if mended := _nearly_utf8(head, whole=whole):
            return mended
        return _legacy(head, whole=whole)
    if _controls(text[:65536].encode()) > len(text) // 200:
        return None
    return found


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))


def has_mark(data: bytes) -> bool:
    """Whether the bytes begin with a byte order mark."""
    return _marked(data) is not None


def _marked(data: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark names, and the length of the mark."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, len(mark)
    return None


def _wide_json(start: bytes) -> str:
    zeros = tuple(byte == 0 for byte in start)
    if zeros[:4] == (False, True, True, True):
        return "utf-32-le"
    if zeros[:4] == (True, True, True, False):
        return "utf-32-be"
    if zeros[:2] == (False, True):
        return "utf-16-le"
    return "utf-16-be" if zeros[:2] == (True, False) else "utf-8"


def _wide_text(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: zeros among the bytes, and letters when read so."""
    zeros = head.count(0)
    if not zeros or (zeros < len(head) / 4 and _ASCII.fullmatch(head)):  # ASCII with some zeros
        return None
    found = {
        encoding: _plain_share(text)
        for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
        if (text := _decoded(head, encoding)) is not None
    }
    best = max(found, key=found.__getitem__, default=None)
    return best if best is not None and found[best] > 0.02 else None


def _decoded(head: bytes, encoding: str) -> str | None:
    """The first bytes of a text in this encoding, or None when they are none."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        return None


def _plain_share(text: str) -> float:
    if any(each == "\0" or unicodedata.category(each) in _NO_TEXT for each in set(text)):
        return 0.0
    return len(text.encode("ascii", "ignore")) / max(len(text), 1)


def _nearly_utf8(data: bytes, *, whole: bool) -> Decoded | None:
    """UTF-8 into which some other bytes got, as lines of two programs in one log."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data, final=whole)
    odd = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text[:_LOOKED_AT]) - odd
    if good < 2 * odd:
        return None
    return Decoded(text, "utf-8", guessed=True)


def _legacy(data: bytes, *, whole: bool = True) -> Decoded | None:
    """The likeliest encoding of a country, or None when the bytes look like no text in any."""
    from dfs_desktop.text.country_encodings import likeliest  # rare, and slow to import

    if (encoding := likeliest(partial(_decoded, data[:_LOOKED_AT]))) is None:
        return None
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return Decoded(decoder.decode(data, final=whole), encoding, guessed=True)
