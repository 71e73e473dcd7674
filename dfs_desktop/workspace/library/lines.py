"""What the list of local artifacts shows: columns, which are shown, in which order, and their sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Any

from msgspec import Struct

from dfs_desktop.artifact import visible
from dfs_desktop.natural_order import natural_key
from dfs_desktop.workspace import formats

from .library import shown_path
from .local_copy import LocalCopy, State

STATE_WORDS = {
    State.FINE: "Right",
    State.CHANGED: "Changed since",
    State.DAMAGED: "Damaged",
    State.MISSING: "Missing",
    State.AWAY: "Not there now",
}
_WHY = {
    State.FINE: "Its bytes are what they were when it was checked.",
    State.CHANGED: "It was written to since it was checked. Verify it again, or repair it.",
    State.DAMAGED: "It has other bytes, although nobody wrote to it. Repair it.",
    State.MISSING: "Its folder is there, the file is not. Repair fetches it again.",
    State.AWAY: "Its drive or folder is not connected. It is looked for again later.",
}
# What may be shown of all: the title, and whether a copy belongs to it.
KINDS: dict[str, tuple[str, Callable[[LocalCopy], bool]]] = {
    "all": ("All", lambda _copy: True),
    "wrong": ("Not right", lambda copy: copy.state is not State.FINE),
    "safe": ("Safe to remove", lambda copy: copy.removable),
    "only": ("Nowhere else", lambda copy: not copy.known or copy.on_server == "no"),
}
_ORDER = {state: number for number, state in enumerate(reversed(State))}


class Column(Struct, frozen=True):
    """One column: what a cell shows, what it sorts by, what its tooltip says; its width in letters."""

    title: str
    text: Callable[[LocalCopy], str]
    sort_key: Callable[[LocalCopy], Any]
    width: int
    hint: Callable[[LocalCopy], str] | None = None
    numeric: bool = False


def _name(copy: LocalCopy) -> str:
    return visible(PurePath(copy.path).name)


def _checked(copy: LocalCopy) -> str:
    return formats.ago(formats.file_time(copy.checked)) if copy.checked else "never"


def at_server(copy: LocalCopy) -> str:
    """Whether a server still has it, as far as that is known."""
    if not copy.known:
        return "not known"
    if copy.removable:
        return "yes: safe to remove"
    return {"yes": "yes", "no": "no longer"}.get(copy.on_server, "not asked")


def _asked(copy: LocalCopy) -> str:
    when = formats.ago(formats.file_time(copy.asked)) if copy.asked else ""
    return f"{at_server(copy)}\nAsked {when}" if when else at_server(copy)


COLUMNS = (
    Column("Name", _name, lambda copy: natural_key(_name(copy)), 30, lambda copy: copy.path),
    Column(
        "Size",
        lambda copy: formats.size(copy.size),
        lambda copy: copy.size,
        11,
        lambda copy: formats.exact_size(copy.size),
        numeric=True,
    ),
    Column(
        "State",
        lambda copy: STATE_WORDS[copy.state],
        lambda copy: _ORDER[copy.state],
        16,
        lambda copy: _WHY[copy.state],
    ),
    Column(
        "Verified",
        _checked,
        lambda copy: copy.checked,
        14,
        lambda copy: formats.exact_time(formats.file_time(copy.checked)),
    ),
    Column(
        "From",
        lambda copy: visible(copy.source) or "found here",
        lambda copy: natural_key(copy.source),
        28,
    ),
    Column("At the server", at_server, at_server, 20, _asked),
    Column(
        "Folder",
        lambda copy: visible(shown_path(str(PurePath(copy.path).parent))),
        lambda copy: natural_key(copy.path),
        30,
        lambda copy: copy.path,
    ),
)


def shown(
    copies: Iterable[LocalCopy], text: str, kind: str, column: int, *, descending: bool
) -> list[LocalCopy]:
    """Those that have every word of the text in a cell, and belong to the kind; in order."""
    words, belongs = text.casefold().split(), KINDS[kind][1]
    found = [copy for copy in copies if belongs(copy)]
    if words:
        texts = [" ".join(each.text(copy) for each in COLUMNS).casefold() for copy in found]
        found = [
            copy
            for copy, cells in zip(found, texts, strict=True)
            if all(word in cells for word in words)
        ]
    found.sort(key=lambda copy: copy.path)
    return sorted(found, key=COLUMNS[column].sort_key, reverse=descending)


def summary(copies: Sequence[LocalCopy]) -> str:
    """How many there are, what they take, and what could go."""
    there = [copy for copy in copies if copy.state not in (State.MISSING, State.AWAY)]
    parts = [formats.count(len(copies), "artifact"), formats.size(sum(c.there for c in there))]
    if wrong := sum(copy.state is not State.FINE for copy in copies):
        parts.append(f"{wrong} not right")
    if safe := sum(copy.size for copy in copies if copy.removable):
        parts.append(f"{formats.size(safe)} safe to remove")
    return " · ".join(parts)
