"""Long foreign text in pieces that a window can lay out: its beginning, its lines cut to a length.

A paragraph costs its layout the square of its length: what comes in one line of a hundred thousand
characters would hold the window for seconds.
"""

import re

from msgspec import Struct

from dfs_desktop.artifact.names import ONE_LINE

BEGINNING = 5_000  # characters that are shown at once
IN_LABEL = 2_000  # of a label that wraps: it is laid out several times
WHOLE = 200_000  # characters that are shown when a person asks for all
MOST_LINES = 5_000
LONGEST_LINE = 1_000
# Where no chosen font has a letter all fonts are searched for it: it costs as much as many others.
TIMES = 6
_SEARCHED = "\u0900"  # the first of these letters
_PIECE = 100


class Excerpt(Struct, frozen=True):
    """What is shown of a text of `total` characters."""

    text: str
    total: int
    limit: int
    cut: bool  # there is more behind it
    broken: bool  # long lines were divided

    @property
    def complete(self) -> bool:
        """It is the text itself, to be edited as it stands."""
        return not self.cut and not self.broken


def excerpt(text: str, limit: int = BEGINNING) -> Excerpt:
    """At most `limit` characters in at most 5,000 lines, each of them short enough to be laid out."""
    part = _beginning(text, limit)
    lines = part.split("\n", MOST_LINES)
    cut = len(lines) > MOST_LINES or len(part) < len(text)
    shown: list[str] = []
    broken = False
    for line in lines[:MOST_LINES]:
        times = TIMES if len(line) > LONGEST_LINE // TIMES and max(line) >= _SEARCHED else 1
        if len(line) > BEGINNING // times or (cut and len(line) > LONGEST_LINE // times):
            broken = True
            step = LONGEST_LINE // times
            shown += (line[at : at + step] for at in range(0, len(line), step))
        else:
            shown.append(line)
    return Excerpt("\n".join(shown), len(text), limit, cut, broken)


def _beginning(text: str, limit: int) -> str:
    """What may be laid out as fast as so many Latin letters."""
    part = text[:limit]
    if part.isascii():
        return part
    room = limit
    for at in range(0, len(part), _PIECE):
        piece = part[at : at + _PIECE]
        room -= len(piece) + (TIMES - 1) * sum(letter >= _SEARCHED for letter in piece)
        if room < 0:
            return part[:at]
    return part


_LONG_WORD = re.compile(r"\S{121,}")


def wrappable(text: str) -> str:
    """What a label can lay out: the beginning, its long words divided where a line may end."""
    found = excerpt(text, IN_LABEL)
    shown = found.text + ("…" if found.cut else "")
    return _LONG_WORD.sub(lambda word: _divided(word.group()), shown)


def _divided(word: str) -> str:
    return "\u200b".join(word[at : at + 40] for at in range(0, len(word), 40))


__all__ = ["BEGINNING", "ONE_LINE", "WHOLE", "Excerpt", "excerpt", "wrappable"]
