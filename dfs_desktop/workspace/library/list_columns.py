"""What the list of local artifacts shows: columns, which are shown, in which order, and their sum."""

import os
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from msgspec import Struct

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace import quantities

from .local_copy import LocalCopy, State

STATE_WORDS = {
    State.FINE: later("Intact"),
    State.CHANGED: later("Changed since"),
    State.DAMAGED: later("Damaged"),
    State.MISSING: later("Missing"),
    State.AWAY: later("Not there now"),
}
_WHY = {
    State.FINE: later("Its bytes are what they were when it was checked."),
    State.CHANGED: later("It was written to since it was checked. Verify it again, or repair it."),
    State.DAMAGED: later("It has other bytes, although nobody wrote to it. Repair it."),
    State.MISSING: later("Its folder is there, the file is not. Repair fetches it again."),
    State.AWAY: later("Its drive or folder is not connected. It is looked for again later."),
}
MONTH = 30 * 86_400.0  # seconds
# What may be shown of all: the title, and whether a copy belongs to it.
KINDS: dict[str, tuple[str, Callable[[LocalCopy], bool]]] = {
    "all": (later("All"), lambda _copy: True),
    "wrong": (later("Not intact"), lambda copy: copy.state is not State.FINE),
    "safe": (later("Safe to remove"), lambda copy: copy.removable),
    "idle": (later("Not used for a month"), lambda copy: 0 < copy.used < time.time() - MONTH),
    "only": (later("Nowhere else"), lambda copy: not copy.known or copy.on_server == "no"),
}
_ORDER = {state: number for number, state in enumerate(reversed(State))}


class Column(Struct, frozen=True):
    """One column: what a cell shows, what it sorts by, what its tooltip says; its width in letters."""

    heading: str
    text: Callable[[LocalCopy], str]
    sort_key: Callable[[LocalCopy], Any]
    width: int
    hint: Callable[[LocalCopy], str] | None = None
    numeric: bool = False

    @property
    def title(self) -> str:
        """The heading in the language in use."""
        return tr(self.heading)


# What a text sorts by: dear to make, and the same at each look.
_key = lru_cache(maxsize=100_000)(natural_key)


def _parts(copy: LocalCopy) -> tuple[str, str]:
    """Folder and name."""
    return os.path.split(copy.path)  # quicker than pathlib, and it is asked a lot


def prepare(copies: Iterable[LocalCopy]) -> None:
    """Make what orders will ask for; to be run on a thread, for many."""
    for copy in copies:
        _name_key(copy)


def _name(copy: LocalCopy) -> str:
    return visible(_parts(copy)[1])


def _name_key(copy: LocalCopy) -> Any:
    return _key(_parts(copy)[1])


def _has(copy: LocalCopy, words: Iterable[str]) -> bool:
    """Whether each word is in a cell."""
    cells = (copy.path, copy.name, copy.source, tr(STATE_WORDS[copy.state]), at_server(copy))
    text = "\n".join(cells).casefold()
    return all(word in text for word in words)


def _checked(copy: LocalCopy) -> str:
    return quantities.ago(quantities.file_time(copy.checked)) if copy.checked else tr("never")


def at_server(copy: LocalCopy) -> str:
    """Whether a server still has it, as far as that is known."""
    if not copy.known:
        return tr("not known")
    if copy.removable:
        return tr("yes: safe to remove")
    return {"yes": tr("yes"), "no": tr("no longer")}.get(copy.on_server, tr("not asked"))


def _asked(copy: LocalCopy) -> str:
    when = quantities.ago(quantities.file_time(copy.asked)) if copy.asked else ""
    return "\n".join((at_server(copy), *([tr("Asked {when}", when=when)] if when else [])))


def _used(copy: LocalCopy) -> str:
    moment = quantities.exact_time(quantities.file_time(copy.used)) if copy.used else ""
    why = tr("When it came, was opened or shown here, or was read by another program")
    return f"{moment}\n{why}".strip()


STATE = Column(
    later("State"),
    lambda copy: tr(STATE_WORDS[copy.state]),
    lambda copy: _ORDER[copy.state],
    18,
    lambda copy: tr(_WHY[copy.state]),
)
COLUMNS = (
    Column(later("Name"), _name, _name_key, 27, lambda copy: copy.path),
    Column(
        later("Size"),
        lambda copy: quantities.size(copy.size),
        lambda copy: copy.size,
        10,
        lambda copy: quantities.exact_size(copy.size),
        numeric=True,
    ),
    STATE,
    Column(later("At the server"), at_server, at_server, 19, _asked),
    Column(
        later("Verified"),
        _checked,
        lambda copy: copy.checked,
        14,
        lambda copy: quantities.exact_time(quantities.file_time(copy.checked)),
    ),
    Column(
        later("From"),
        lambda copy: visible(copy.source) or tr("found here"),
        lambda copy: _key(copy.source),
        28,
    ),
    Column(
        later("Folder"),
        lambda copy: visible(shown_path(_parts(copy)[0])),
        lambda copy: (_key(_parts(copy)[0]), _name_key(copy)),
        30,
        lambda copy: copy.path,
    ),
    Column(
        later("Used"),
        lambda copy: (
            quantities.ago(quantities.file_time(copy.used)) if copy.used else tr("not known")
        ),
        lambda copy: copy.used,
        14,
        _used,
    ),
)


def shown(
    copies: Iterable[LocalCopy], text: str, kind: str, column: int, *, descending: bool
) -> list[LocalCopy]:
    """Those that have every word of the text in a cell, and belong to the kind; in order."""
    words, belongs = text.casefold().split(), KINDS[kind][1]
    found = [copy for copy in copies if belongs(copy)]
    if words:
        found = [copy for copy in found if _has(copy, words)]
    found.sort(key=lambda copy: copy.path)
    return sorted(found, key=COLUMNS[column].sort_key, reverse=descending)


def shown_path(path: str) -> str:
    """A path as people write it, with ~ for the home folder."""
    home = os.path.expanduser("~")  # noqa: PTH111 - asked for each cell
    inside = len(home) > 1 and path.startswith(home + os.sep)
    return "~" + path[len(home) :] if inside else path
