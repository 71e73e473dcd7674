"""Cells that leave the program for a spreadsheet: none of them is a formula there."""

import re
from collections.abc import Iterable

_SIGNS = frozenset(
    "=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
)  # small and full-width ones count in Asian versions
# Which of these divides cells depends on the reader's country, not on how the file was written.
_DIVIDERS = re.compile("([;,|\t\r\n\v\f\u2028\u2029])")
_UNSEEN = re.compile(
    "^[\\s\0-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)


def guarded(cell: str) -> str:
    """The cell with an apostrophe before all that a spreadsheet may take for a formula.

    A number keeps its sign.
    """
    first = "'" if cell[:1] in ("\t", "\r") else ""
    return first + "".join(map(_piece, _DIVIDERS.split(cell)))


def _piece(text: str) -> str:
    seen = _UNSEEN.sub("", text)
    if seen[:1] not in _SIGNS or not seen:
        return text
    try:
        float(seen)
    except ValueError:
        return "'" + text
    return text


def table_text(rows: Iterable[Iterable[str]]) -> str:
    """Rows for the clipboard: a tab between cells, which have no tab and no line break themselves."""
    return "\n".join(
        "\t".join(re.sub("[\t\r\n]+", " ", guarded(cell)) for cell in row) for row in rows
    )
