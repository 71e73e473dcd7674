"""Rows counted by a fact that they share: a tag, or the beginning of the name.

A group is what one term of the filter line finds, so its count is that of the rows which the filter
shows. Counting stops after each few rows and goes on when it is asked to.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import islice

from msgspec import Struct

from dfs_desktop.artifact.names import ONE_LINE
from dfs_desktop.number_text import natural_key

from .filtering.filter_parser import Comparison, Part, Words, parse
from .filtering.filter_writer import quoted, written
from .filtering.record_filter import Test
from .row import Row, prefix

MOST_GROUPS = 1000  # that are shown: the largest
MOST_TEXTS = 10_000  # of one row
LONGEST = 1000  # characters of what a filter line takes
STEP = 100  # rows between two pauses

GROUPINGS: dict[str, Callable[[Row], Iterable[str]]] = {
    "tag": lambda row: islice(row.artifact.tags or (), MOST_TEXTS),
    "prefix": lambda row: (prefix(row),),
}


class Group(Struct, frozen=True):
    """`key` is in small letters, empty for the rows that are in no other group; `text` as it was
    written first."""

    key: str
    text: str
    count: int


class Count:
    """Filled by walking `over`."""

    def __init__(self, field: str) -> None:
        self._texts = GROUPINGS[field]
        self._counts: dict[str, int] = {}
        self._written: dict[str, str] = {}
        self.all = 0
        self.without = 0

    def over(self, rows: Sequence[Row], test: Test | None) -> Iterator[None]:
        """Count the rows that pass the test, with a pause after each few."""
        counts, spelled, texts_of = self._counts, self._written, self._texts
        for start in range(0, len(rows), STEP):
            for row in rows[start : start + STEP]:
                if test is not None and not test(row):
                    continue
                self.all += 1
                found = {text.casefold(): text for text in texts_of(row) if text}
                if not found:
                    self.without += 1
                for key, text in found.items():
                    if key in counts:
                        counts[key] += 1
                    else:
                        counts[key], spelled[key] = 1, text
            yield

    def groups(self) -> tuple[list[Group], int]:
        """The largest by name, behind them the rows without any; and how many groups are left out."""
        there = [key for key in self._counts if len(key) <= LONGEST]
        largest = nlargest(MOST_GROUPS, there, key=self._counts.__getitem__)
        largest.sort(key=lambda key: natural_key(key[:ONE_LINE]))
        found = [Group(key, self._written[key], self._counts[key]) for key in largest]
        if self.without:
            found.append(Group("", "", self.without))
        return found, len(self._counts) - len(largest)


def is_group(term: Words | Comparison, field: str) -> bool:
    """Whether a term of the filter line names one group of this field."""
    return (
        isinstance(term, Comparison)
        and (term.name, term.sign, term.metric, term.negative) == (field, "=", False, False)
        and (bool(term.value) or term.without)
    )


def term_of(field: str, text: str) -> Comparison:
    """What the rows of a group have, and no others."""
    return Comparison(field, "=", text, without=not text)


def with_term(
    line: str, parts: Sequence[Part], field: str, term: Comparison | None, names: Iterable[str]
) -> str:
    """The line, which was read as these parts, with another group of this field, or with none; the
    rest of it stays as it was typed, where that is read as before."""
    names = list(names)
    others: list[Words | Comparison] = [p.term for p in parts if not is_group(p.term, field)]
    mine = [part for part in parts if is_group(part.term, field)]
    wanted = [*others, *([term] if term else [])]
    new = f"{term.name}={quoted(str(term.value))}" if term else ""
    candidate = line
    for part in reversed(mine):
        candidate = candidate[: part.start] + "\0" + candidate[part.end :]
    kept = [piece.strip(" ,;") for piece in candidate.split("\0")]
    candidate = ", ".join(piece for piece in (*kept, new) if piece)
    read = [part.term for part in parse(candidate, names)]
    return candidate if read == wanted else written(wanted)
