"""Markdown of strangers in the amount that a text view lays out without standing still.

Qt lays a table or a list out cell by cell and line by line on the window's thread. A table that is
longer than that allows is shown as aligned lines in the fixed font, where it can still be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

MOST_TEXT = 20_000  # characters that are laid out
MOST_COST = 1200.0  # list entries, or what takes as long: about a tenth of a second
MOST_CELLS = 200  # of one table
LONGEST_WORD = 500
BEGINNING = "The beginning is laid out."
_ITEM = re.compile(r"[\s>]*(?:[-*+]|\d{1,9}[.)])\s")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_WORD = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")
_QUOTES = re.compile(r"^(?:\s{0,3}>){12,}")  # within one another
_CELL, _CODE_LINE, _MARK = 1.5, 0.3, 0.4


def bounded_markdown(text: str) -> tuple[str, bool]:
    """The beginning of the text that can be laid out at once, and whether something is left out."""
    parts: list[str] = []
    room, cost = MOST_TEXT, MOST_COST
    for block in _blocks(text[: 4 * MOST_TEXT]):
        for line in block:
            price = _price(line, table=len(block) > 1)
            if len(line) > room or price > cost:
                if room > 1000 and len(line) > room:
                    parts.append(line[: room // 2])  # one line without end
                return "\n".join(_closed(parts)), True
            parts.append(line)
            room -= len(line) + 1
            cost -= price
    return "\n".join(parts), len(text) > 4 * MOST_TEXT


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines one by one; those of a table together, as code when they are too many."""
    fence = ""
    for is_row, group in groupby(text.split("\n"), key=lambda line: line.count("|") > 1):
        lines = list(group)
        cells = sum(line.count("|") for line in lines)
        if is_row and not fence and len(lines) > 1:
            if cells > MOST_CELLS:
                yield from ([line] for line in _aligned(lines))
            else:
                yield lines
            continue
        for line in lines:
            match = _FENCE.match(line)
            if match and not fence:
                fence = match[1]
            elif match and match[1].startswith(fence):
                fence = ""
            yield [line if fence else _WORD.sub("\\1\u200b", _QUOTES.sub(">" * 12, line))]


def _aligned(lines: list[str]) -> list[str]:
    """The rows of a table under each other in the fixed font, between two fences."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")[:50]] for line in lines]
    widths = [0] * max(map(len, rows))
    for row in rows:
        for place, cell in enumerate(row):
            widths[place] = min(40, max(widths[place], len(cell)))
    fence = "~" * 12
    padded = (
        "  ".join(cell.ljust(widths[place]) for place, cell in enumerate(row)).rstrip()
        for row in rows
    )
    return ["", fence, *(line.replace(fence, "") for line in padded), fence, ""]


def _price(line: str, *, table: bool) -> float:
    """How long a line takes to be laid out, measured in entries of a list."""
    if table:
        return _CELL * line.count("|")
    price = _CODE_LINE + _MARK * line.count("`") + 0.02 * len(re.findall(r"[*_\[<&~]", line))
    return price + 1 if _ITEM.match(line) else price


def _closed(parts: list[str]) -> list[str]:
    """The same lines; a fence that is open is closed."""
    fence = ""
    for line in parts:
        match = _FENCE.match(line)
        if match and not fence:
            fence = match[1]
        elif match and match[1].startswith(fence):
            fence = ""
    return [*parts, fence] if fence else parts
