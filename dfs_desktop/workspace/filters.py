"""Which records a filter line lets through."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from dfs_desktop.number_text import typed_number
from dfs_desktop.workspace import filter_line, formats
from dfs_desktop.workspace.columns import NUMBERS, status_text
from dfs_desktop.workspace.filter_line import FIELDS, TEXT, Comparison, Part, Words, folded
from dfs_desktop.workspace.filter_values import day_of, same_day

if TYPE_CHECKING:
    from dfs_desktop.workspace.row import Row

Test = Callable[["Row"], bool]

SHORTEST_ID = 6
MOST_TEXT = 200_000  # characters of a record in which words are looked for

_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
    ":": operator.eq,
    "!=": operator.ne,
}


def _status(row: Row) -> Sequence[str]:
    value = row.artifact.status.value
    return value, value.replace("_", " "), status_text(row)


_TEXTS: dict[str, Callable[[Row], Sequence[str | None]]] = {
    "tag": lambda row: row.artifact.tags or (),
    "status": _status,
    "name": lambda row: (row.artifact.model_name or row.artifact.file_name,),
    "file": lambda row: (row.artifact.file_name,),
    "description": lambda row: (row.artifact.description,),
    "id": lambda row: (row.artifact.id,),
    "type": lambda row: (row.artifact.type,),
    "by": lambda row: (row.artifact.created_by_user,),
    "collection": lambda row: (row.artifact.collection_name,),
}


def haystack(row: Row) -> str:
    """What plain words are looked for in: name, file, tags, description, status."""
    record = row.artifact
    tags = "\n".join(record.tags) if record.tags else ""
    text = f"{record.model_name or ''}\n{record.file_name}\n{tags}\n{record.description or ''}"
    return f"{text}\n{status_text(row)}"[:MOST_TEXT].casefold()


def _words(text: str) -> Test:
    """In the texts anywhere; an id or a hash by its beginning, from six signs on: short words
    would be found in most of them."""
    if len(text) < SHORTEST_ID:
        return lambda row: text in row.text
    return lambda row: (
        text in row.text
        or row.artifact.id.startswith(text)
        or row.artifact.file_hash.casefold().startswith(text)
        or row.artifact.sha256.startswith(text)
    )


def _text(term: Comparison, wanted: str, row: Row) -> bool:
    """`:` finds a part of a text, `=` a whole one, in any case of the letters."""
    texts = [text.casefold() for text in _TEXTS[term.name](row) if text]
    found = any(wanted in text for text in texts) if term.sign == ":" else wanted in texts
    return found is (term.sign != "!=")


def _size(term: Comparison, row: Row) -> bool:
    size = formats.possible(row.artifact.size)
    return size is not None and _HOLDS[term.sign](size, term.value)


def _created(term: Comparison, row: Row) -> bool:
    day = day_of(str(term.value))
    if day is None or row.created is None:
        return False
    return _HOLDS[term.sign](same_day(row.created, day), 0)


def _metric(term: Comparison, spellings: Sequence[str], row: Row) -> bool:
    metrics = row.artifact.metrics
    values = [metrics[name] for name in spellings if name in metrics]
    if not isinstance(term.value, str):
        holds = _HOLDS[term.sign]
        if term.sign in (":", "="):  # a server may keep numbers as texts
            values = [typed_number(each) if isinstance(each, str) else each for each in values]
        return any(isinstance(value, NUMBERS) and holds(value, term.value) for value in values)
    equal = any(_same(value, term.value.casefold(), term.sign == ":") for value in values)
    return bool(values) and equal is (term.sign != "!=")


def _same(value: object, wanted: str, part: bool) -> bool:
    """Whether a metric is what was typed as a text; `part`: a text may also have it in it."""
    if isinstance(value, str):
        return wanted in value.casefold() if part else wanted == value.casefold()
    if isinstance(value, bool):
        return wanted in (("yes", "true") if value else ("no", "false"))
    return isinstance(value, NUMBERS) and (
        value == typed_number(wanted) or formats.number(value).casefold() == wanted
    )


def test_of(term: Words | Comparison, names: Iterable[str]) -> Test:
    """What one term asks of a row; a metric may be spelled in several ways among `names`."""
    if isinstance(term, Words):
        return _words(term.text.casefold())
    if term.value == "":
        return lambda _row: True  # still being typed
    test: Test
    if term.metric:
        wanted = folded(term.name)
        test = partial(_metric, term, [name for name in names if folded(name) == wanted])
    elif FIELDS[term.name] == TEXT:
        test = partial(_text, term, str(term.value).casefold())
    else:
        test = partial(_size if term.name == "size" else _created, term)
    return (lambda row: not test(row)) if term.negative else test


def all_of(parts: Iterable[Part], names: Collection[str]) -> Test | None:
    """A test for a row, or None when nothing is asked."""
    tests = [test_of(part.term, names) for part in parts]
    if len(tests) <= 1:
        return tests[0] if tests else None
    return lambda row: all(test(row) for test in tests)


def parse(text: str, names: Iterable[str] | None = None) -> Test | None:
    """A test for a row, or None when the line is empty. Never fails: unknown forms are plain words.

    `names` are the metrics that there are; without them each row is asked for its own.
    """
    if names is not None:
        names = frozenset(names)
        return all_of(filter_line.parse(text, names), names)
    if not filter_line.parse(text):
        return None
    known: dict[frozenset[str], Test | None] = {}

    def test(row: Row) -> bool:
        own = frozenset(row.artifact.metrics)
        if own not in known:
            known[own] = all_of(filter_line.parse(text, own), own)
        found = known[own]
        return found is None or found(row)

    return test
