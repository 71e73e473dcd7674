"""What came of a move, as a text for people and as a table for spreadsheets."""

import csv
import io
import time

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.safety.written_tables import guarded
from dfs_desktop.number_text import exact_text
from dfs_desktop.translation import tr
from dfs_desktop.workspace import quantities

from .move_record import ORDER, WORDS, MovedItem, MoveRecord, in_words


def to_text(record: MoveRecord) -> str:
    """The report for people: what went wrong first, a line for each artifact."""
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.begun))
    lines = [
        tr("The registry on this computer, moved to {where}", where=visible(record.where)),
        f"{tr('Begun {begun}.', begun=begun)} {in_words(record.items)}: {record.sentence()}.",
        tr("The move deleted nothing here."),
    ]
    for outcome in ORDER:
        if found := [each for each in record.items if each.outcome is outcome]:
            lines += ["", f"{tr(WORDS[outcome])} ({exact_text(len(found))})", *map(_line, found)]
    return "\n".join(lines) + "\n"


def _line(item: MovedItem) -> str:
    reason = f": {visible(item.reason)}" if item.reason else ""
    way = f"{item.source} → {item.into}"
    return f"  {visible(item.name)}  ({quantities.size(item.size)}, {way}){reason}"


def to_csv(record: MoveRecord) -> str:
    """The report for spreadsheets; no name can become a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["name", "from", "to", "bytes", "sha256", "outcome", "reason"])
    for each in record.sorted_items():
        texts = (each.name, each.source, each.into)
        last = (each.sha256, each.outcome.value, each.reason)
        writer.writerow([*map(guarded, texts), each.size, *map(guarded, last)])
    return out.getvalue()
