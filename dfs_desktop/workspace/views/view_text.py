"""A view as one line of text, to be sent to somebody: dfs-view: {"name": …, "filter": …}."""

import msgspec
from msgspec import Struct

from dfs_desktop.artifact.names import ONE_LINE
from dfs_desktop.settings import Columns
from dfs_desktop.translation import tr
from dfs_desktop.typed_decoding import prepared

MARK = "dfs-view:"
LONGEST = 200_000  # characters of the line
LONGEST_NAME = 100
LONGEST_FILTER = 1000
MOST_COLUMNS = 500
_LINE_ENDS = "\x85\u2028\u2029"


class ViewTextError(Exception):
    """What is wrong with the text, and what to do."""


class _Shared(Struct, omit_defaults=True):
    """Widths stay at home: they are pixels of another screen."""

    name: str
    filter: str = ""
    order: list[str] = []
    hidden: list[str] = []
    sort: str | None = None
    descending: bool = False


def view_text(name: str, filter_text: str, columns: Columns) -> str:
    """One line, whatever is in the names."""
    shared = _Shared(
        name, filter_text, columns.order, columns.hidden, columns.sort, columns.descending
    )
    line = msgspec.json.encode(shared).decode()
    for end in _LINE_ENDS:  # the others are escaped in any JSON
        line = line.replace(end, f"\\u{ord(end):04x}")
    return f"{MARK} {line}"


def read_view(text: str) -> tuple[str, str, Columns]:
    """Name, filter and columns; ViewTextError for what is no view."""
    start = text.find(MARK)
    if start < 0:
        raise ViewTextError(
            tr("Copy the whole line that begins with “{mark}”, then try again.", mark=MARK)
        )
    line = text[start + len(MARK) :].strip()
    if len(line) > LONGEST:
        raise ViewTextError(tr("The line is longer than a view can be."))
    try:
        found = msgspec.json.decode(line, type=prepared(_Shared))
    except (ValueError, RecursionError):
        raise ViewTextError(
            tr("A part of the line is missing or changed. Copy it as a whole, then try again.")
        ) from None
    keys = [key for key in (*found.order, *found.hidden, found.sort or "") if len(key) > ONE_LINE]
    if keys or len(found.order) > MOST_COLUMNS or len(found.hidden) > MOST_COLUMNS:
        raise ViewTextError(tr("It names more columns than a table can have."))
    name = " ".join(found.name.split())[:LONGEST_NAME] or tr("View")
    columns = Columns(
        order=found.order, hidden=found.hidden, sort=found.sort, descending=found.descending
    )
    return name, " ".join(found.filter.splitlines())[:LONGEST_FILTER], columns
