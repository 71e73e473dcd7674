"""Long foreign text in pieces that a window can lay out: its beginning, its lines cut to a length.

A paragraph costs its layout the square of its length: what comes in one line of a hundred thousand
characters would hold the window for seconds.
"""

from __future__ import annotations

import re

from msgspec import Struct

from dfs_desktop.artifact.names import ONE_LINE

BEGINNING = 5_000  # characters that are shown at once
WHOLE = 200_000  # characters that are shown when a person asks for all
MOST_LINES = 5_000
LONGEST_LINE = 1_000


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
    part = text[:limit]
    lines = part.split("\n", MOST_LINES)
    cut = len(lines) > MOST_LINES or len(part) < len(text)
    shown: list[str] = []
    broken = False
    for line in lines[:MOST_LINES]:
        if len(line) > BEGINNING or (cut and len(line) > LONGEST_LINE):
            broken = True
            shown += (line[at : at + LONGEST_LINE] for at in range(0, len(line), LONGEST_LINE))
        else:
            shown.append(line)
    return Excerpt("\n".join(shown), len(text), limit, cut, broken)


_LONG_WORD = re.compile(r"\S{121,}")


def wrappable(text: str) -> str:
    """What a label can lay out: the beginning, its long words divided where a line may end."""
    found = excerpt(text)
    shown = found.text + ("…" if found.cut else "")
    return _LONG_WORD.sub(lambda word: _divided(word.group()), shown)


def _divided(word: str) -> str:
    return "\u200b".join(word[at : at + 40] for at in range(0, len(word), 40))


__all__ = ["BEGINNING", "ONE_LINE", "WHOLE", "Excerpt", "excerpt", "wrappable"]
