"""Which records a filter line lets through."""

import operator
from collections.abc import Callable, Collection, Container, Iterable, Sequence
from functools import partial, reduce
from typing import Any

from dfs_desktop.number_text import typed_number
from dfs_desktop.translation import tr
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing.columns import NUMBERS
from dfs_desktop.workspace.listing.row import MOST_TEXT, Row, has_copy, prefix, status_text

from .filter_parser import FIELDS, SIZE, TEXT, Comparison, Part, Words, folded
from .filter_values import day_of, same_day, surely_after, surely_before

Test = Callable[[Row], bool]

SHORTEST_ID = 6

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
    "name": lambda row: (row.artifact.display_name,),
    "prefix": lambda row: (prefix(row),),
    "file": lambda row: (row.artifact.file_name,),
    "description": lambda row: (row.artifact.description,),
    "id": lambda row: (row.artifact.id,),
    "type": lambda row: (row.artifact.type,),
    "by": lambda row: (row.artifact.created_by_user,),
    "collection": lambda row: (row.artifact.collection_name,),
}

# What a row's text has, if it is not cut.
_GATHERED = {"tag", "name", "prefix", "file", "description"}


# Each of these is called for every row at every letter typed: what the term decides is decided
# before, and a row is asked with plain loops.


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


def _text(term: Comparison) -> Test:
    """`:` finds a part of a text, `=` a whole one, in any case of the letters."""
    texts, wanted = _TEXTS[term.name], str(term.value).casefold()
    if term.name == "prefix" and term.sign == ":":
        # The name begins so; it need not be all that stands before its first divider.
        return lambda row: row.artifact.display_name.casefold().startswith(wanted)
    if term.without:
        return lambda row: any(texts(row)) is (term.sign == "!=")
    part, found = term.sign == ":", term.sign != "!="

    def test(row: Row) -> bool:
        for text in texts(row):
            if text and ((folded := text.casefold()) == wanted or (part and wanted in folded)):
                return found
        return not found

    def gathered(row: Row) -> bool:
        if wanted not in row.text and len(row.text) < MOST_TEXT:
            return not found
        return test(row)

    return gathered if term.name in _GATHERED else test


def _size(term: Comparison) -> Test:
    holds, wanted = _HOLDS[term.sign], term.value

    def test(row: Row) -> bool:
        size = quantities.possible(row.artifact.size)
        return size is not None and holds(size, wanted)

    return test


def _created(term: Comparison) -> Test:
    day, holds = day_of(str(term.value)), _HOLDS[term.sign]
    if day is None:
        return lambda _row: False
    # What day a moment is in a zone takes long to say, and most are far away from it.
    first, last = surely_before(day), surely_after(day)

    def test(row: Row) -> bool:
        if (made := row.created) is None:
            return False
        return holds(-1 if made < first else 1 if made > last else same_day(made, day), 0)

    return test


def _metric(name: str, term: Comparison) -> Test:
    """One spelling of a metric against a number."""
    holds, wanted = _HOLDS[term.sign], term.value
    typed = term.sign in (":", "=")  # a server may keep numbers as texts

    def test(row: Row) -> bool:
        value = row.artifact.metrics.get(name)
        if typed and isinstance(value, str):
            value = typed_number(value)
        return isinstance(value, NUMBERS) and holds(value, wanted)

    return test


def _metric_text(term: Comparison, spellings: Sequence[str], row: Row) -> bool:
    metrics, wanted = row.artifact.metrics, str(term.value).casefold()
    values = [metrics[name] for name in spellings if name in metrics]
    equal = any(_same(value, wanted, term.sign == ":") for value in values)
    return bool(values) and equal is (term.sign != "!=")


def _same(value: object, wanted: str, part: bool) -> bool:
    """Whether a metric is what was typed as a text; `part`: a text may also have it in it."""
    if isinstance(value, str):
        return wanted in value.casefold() if part else wanted == value.casefold()
    if isinstance(value, bool):
        typed = ("yes", "true", tr("yes")) if value else ("no", "false", tr("no"))
        return wanted in map(str.casefold, typed)
    return isinstance(value, NUMBERS) and (
        value == typed_number(wanted) or quantities.number(value).casefold() == wanted
    )


def asks_for_copies(term: Words | Comparison) -> bool:
    """Whether a term asks what is on this computer."""
    return isinstance(term, Comparison) and term.name == "have" and not term.metric


def _have(term: Comparison, copies: Container[str]) -> Test:
    """Yes, and what it begins with; everything else is no."""
    wanted = "yes".startswith(str(term.value).casefold()) == (term.sign != "!=")
    return lambda row: has_copy(row.artifact, copies) is wanted


def test_of(term: Words | Comparison, names: Iterable[str], copies: Container[str]) -> Test:
    """What one term asks of a row; a metric may be spelled in several ways among `names`."""
    if isinstance(term, Words):
        return _words(term.text.casefold())
    if term.value == "" and not term.without:
        return lambda _row: True  # still being typed
    test: Test
    if asks_for_copies(term):
        test = _have(term, copies)
    elif not term.metric:
        kind = FIELDS[term.name]
        test = (_text if kind == TEXT else _size if kind == SIZE else _created)(term)
    else:
        wanted = folded(term.name)
        spellings = [name for name in names if folded(name) == wanted]
        if isinstance(term.value, str):
            test = partial(_metric_text, term, spellings)
        else:
            test = _any([_metric(name, term) for name in spellings])
    return (lambda row: not test(row)) if term.negative else test


def _any(tests: Sequence[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)


def needed(parts: Iterable[Part]) -> str:
    """The longest text that all rows have in theirs that are let through, as far as it is not cut;
    empty for none."""
    found = [""]
    for term in (part.term for part in parts):
        if isinstance(term, Words):
            text = term.text if len(term.text) < SHORTEST_ID else ""
        elif term.name in _GATHERED and not term.metric and not term.without:
            text = str(term.value) if term.sign in (":", "=") else ""
        else:
            text = ""
        if not getattr(term, "negative", False):
            found.append(text.casefold())
    return max(found, key=len)


def all_of(
    parts: Iterable[Part], names: Collection[str], copies: Container[str] = frozenset()
) -> Test | None:
    """A test for a row, or None when nothing is asked."""
    return all_hold([test_of(part.term, names, copies) for part in parts])


def all_hold(tests: Sequence[Test]) -> Test | None:
    """One test for all of these; None for none."""
    return reduce(_both, tests) if tests else None


def _both(first: Test, second: Test) -> Test:
    return lambda row: first(row) and second(row)
