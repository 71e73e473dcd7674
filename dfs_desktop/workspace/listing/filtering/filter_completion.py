"""Filter terms written as a line, and what may be written at the cursor of one."""

from collections.abc import Iterable

from msgspec import Struct

from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import tr
from dfs_desktop.workspace.listing.row import STATUS_WORDS

from .filter_parser import FIELDS, TEXT, Comparison, folded, parse
from .filter_writer import _SIMPLE, quoted

MOST_OFFERED = 12
LONGEST_OFFERED = 200  # characters of a name or a tag


class Offer(Struct, frozen=True):
    """What may take the place of the line from `start` to the cursor."""

    start: int
    texts: tuple[str, ...]


def offers(line: str, cursor: int, names: Iterable[str], tags: Iterable[str]) -> Offer:
    """Fields, metrics and tags that begin as the part before the cursor does; then those within."""
    head, names = line[:cursor], list(names)
    if not (parts := parse(head, names)) or parts[-1].end != len(head):
        return Offer(cursor, ())
    part = parts[-1]
    if isinstance(part.term, Comparison):
        return Offer(part.start, _values(part.term, tags))
    typed = head[part.start :].lstrip("\"'“„«")
    fields = [name + (":" if kind == TEXT else "<") for name, kind in FIELDS.items()]
    metrics = [name if _SIMPLE.fullmatch(name) else quoted(name) for name in _natural(names)]
    return Offer(part.start, _beginning(typed, [*metrics, *fields]))


def _values(term: Comparison, tags: Iterable[str]) -> tuple[str, ...]:
    if term.metric or not isinstance(term.value, str):
        return ()
    words = {
        "tag": tags,
        "status": map(tr, filter(None, STATUS_WORDS.values())),
        "have": ("yes", "no"),
    }
    known = words.get(term.name, ())
    found = _beginning(term.value, _natural(known))
    sign = "-" if term.negative else ""
    return tuple(
        f"{sign}{term.name}{term.sign}{text if _SIMPLE.fullmatch(text) else quoted(text)}"
        for text in found
    )


def _natural(texts: Iterable[str]) -> list[str]:
    return sorted((text for text in texts if len(text) <= LONGEST_OFFERED), key=natural_key)


def _beginning(typed: str, texts: Iterable[str]) -> tuple[str, ...]:
    wanted = folded(typed)
    plain = [(text, folded(text.strip('"'))) for text in texts]
    first = [text for text, name in plain if name.startswith(wanted) and name != wanted]
    within = [text for text, name in plain if wanted in name[1:] and text not in first]
    return tuple([*first, *within][:MOST_OFFERED])
