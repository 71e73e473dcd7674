"""Markdown of strangers in the amount that a text view lays out without standing still.

Qt lays a table or a list out cell by cell and line by line on the window's thread. A table that is
longer than that allows is shown as aligned lines in the fixed font, where it can still be read.
"""

import re
from collections.abc import Iterator

MOST_TEXT = 20_000  # characters that are laid out
MOST_COST = 1200.0  # list entries, or what takes as long: about a tenth of a second
MOST_CELLS = 200  # of one table
LONGEST_WORD = 500
_ITEM = re.compile(r"[\s>]*(?:[-*+]|\d{1,9}[.)])\s")
# The line under the head of a table; from there to the next empty line all lines are rows.
_DELIMITER = re.compile(r"[\s>]*+\|?+(?:[ \t]*+:?-++:?[ \t]*+(?:\||$))++[ \t]*")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_WORD = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")
_QUOTES = re.compile(r"^(?:\s{0,3}>){12,}")  # within one another
_CELL, _CODE_LINE, _MARK = 1.5, 0.3, 0.4


def bounded_markdown(text: str) -> tuple[str, bool]:
    """The beginning of the text that can be laid out at once, and whether something is left out."""
    parts: list[str] = []
    room, cost = MOST_TEXT, MOST_COST
    for block, columns in _blocks(text[: 4 * MOST_TEXT]):
        for line in block:
            price = _price(line, columns)
            if len(line) > room or price > cost:
                if room > 1000 and len(line) > room:
                    parts.append(line[: room // 2])  # one line without end
                return "\n".join(_closed(parts)), True
            parts.append(line)
            room -= len(line) + 1
            cost -= price
    return "\n".join(parts), len(text) > 4 * MOST_TEXT


def _blocks(text: str) -> Iterator[tuple[list[str], int]]:
    """The lines one by one; those of a table together, with the number of its columns, or as code
    when its cells are too many."""
    fence = ""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        columns = 0 if fence else _columns("".join(lines[at + 1 : at + 2]))
        if columns:
            end = at + 2
            while end < len(lines) and lines[end].strip(" \t>") and not _FENCE.match(lines[end]):
                end += 1
            if columns * (end - at - 1) > MOST_CELLS:
                yield from (([each], 0) for each in _aligned(lines[at:end]))
            else:
                yield lines[at:end], columns
            at = end
            continue
        fence = _fence_behind(line, fence)
        yield [line if fence else _WORD.sub("\\1\u200b", _QUOTES.sub(">" * 12, line))], 0
        at += 1


def _columns(line: str) -> int:
    """How many columns the table has whose second line this is; 0 when it is none."""
    return len(re.findall("-+", line)) if "|" in line and _DELIMITER.fullmatch(line) else 0


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


def _price(line: str, columns: int) -> float:
    """How long a line takes to be laid out, measured in entries of a list."""
    if columns:
        return _CELL * columns
    price = _CODE_LINE + _MARK * line.count("`") + 0.02 * len(re.findall(r"[*_\[<&~]", line))
    return price + 1 if _ITEM.match(line) else price


def _closed(parts: list[str]) -> list[str]:
    """The same lines; a fence that is open is closed."""
    fence = ""
    for line in parts:
        fence = _fence_behind(line, fence)
    return [*parts, fence] if fence else parts


def _fence_behind(line: str, fence: str) -> str:
    """The fence that is open behind a line before which this one was; "" for none."""
    match = _FENCE.match(line)
    if match is None or not match[1].startswith(fence):
        return fence
    return "" if fence else match[1]
