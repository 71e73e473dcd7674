"""What a move of a registry was to do, and what came of each artifact: kept over a restart, reported."""

import contextlib
import csv
import enum
import io
import logging
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.safety.written_tables import guarded
from dfs_desktop.number_text import exact_text
from dfs_desktop.system.private_files import keep_aside, write_private
from dfs_desktop.translation import later, series, tr, trn
from dfs_desktop.typed_decoding import prepared
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.session import Place

log = logging.getLogger(__name__)


class Outcome(enum.StrEnum):
    """What came of one artifact so far."""

    WAITING = "waiting"  # its copy is on its way, or waits for its turn
    COPIED = "copied"
    PRESENT = "there already"  # the same bytes were in the target's collection
    REFUSED = "cannot go"
    FAILED = "failed"
    CANCELLED = "cancelled"


# What wants to be seen first stands first.
ORDER = (
    Outcome.FAILED, Outcome.REFUSED, Outcome.CANCELLED, Outcome.WAITING, Outcome.PRESENT,
    Outcome.COPIED,
)  # fmt: skip
WORDS = {
    Outcome.WAITING: later("Waiting"),
    Outcome.COPIED: later("Copied"),
    Outcome.PRESENT: later("There already"),
    Outcome.REFUSED: later("Cannot go"),
    Outcome.FAILED: later("Failed"),
    Outcome.CANCELLED: later("Cancelled"),
}
LOST = {Outcome.FAILED, Outcome.CANCELLED}


class MovedItem(Struct):
    """One artifact of a move. `home` is its collection, `target` the one that gets the copy."""

    original: str
    name: str
    size: int
    sha256: str
    home: Place
    source: str  # in words
    target: Place
    into: str  # in words
    outcome: Outcome = Outcome.WAITING
    reason: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.original, self.target.collection


class MoveRecord(Struct):
    """One move. `profile` is the server that it goes to; `where` names server and organization."""

    profile: str
    where: str
    items: list[MovedItem]
    begun: float = msgspec.field(default_factory=time.time)  # POSIX seconds
    ended: float = 0.0  # 0: it goes on

    def counts(self) -> Counter[Outcome]:
        return Counter(each.outcome for each in self.items)

    def sentence(self) -> str:
        """`310 copied, 2 failed`: each outcome that there is, the gravest last."""
        counts = self.counts()
        parts = [_counted(each, counts[each]) for each in reversed(ORDER) if counts[each]]
        return series(parts) or tr("nothing to copy")

    def sorted_items(self) -> list[MovedItem]:
        """What went wrong first, else in the order of the move."""
        places = {outcome: number for number, outcome in enumerate(ORDER)}
        return sorted(self.items, key=lambda each: places[each.outcome])


def read(path: Path) -> MoveRecord | None:
    """The last move; None when there was none, or its file cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=prepared(MoveRecord))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        log.warning("the last move cannot be read: %s", type(error).__name__)
        with contextlib.suppress(OSError):
            keep_aside(path, "bad")
        return None


def write(path: Path, record: MoveRecord) -> None:
    """On a worker thread."""
    write_private(path, msgspec.json.encode(record))


def _counted(outcome: Outcome, many: int) -> str:
    number = exact_text(many)
    match outcome:
        case Outcome.WAITING:
            return trn("{amount} waiting", "{amount} waiting", many, amount=number)
        case Outcome.COPIED:
            return trn("{amount} copied", "{amount} copied", many, amount=number)
        case Outcome.PRESENT:
            return trn("{amount} there already", "{amount} there already", many, amount=number)
        case Outcome.REFUSED:
            return trn("{amount} cannot go", "{amount} cannot go", many, amount=number)
        case Outcome.FAILED:
            return trn("{amount} failed", "{amount} failed", many, amount=number)
        case Outcome.CANCELLED:
            return trn("{amount} cancelled", "{amount} cancelled", many, amount=number)


def in_words(items: Sequence[MovedItem]) -> str:
    """`12 artifacts, 3.4 GB`."""
    many = quantities.count(len(items), "artifact")
    return f"{many}, {quantities.size(sum(each.size for each in items))}"


def grouped(items: Sequence[MovedItem]) -> dict[tuple[str, str], list[MovedItem]]:
    """Those that go from one collection to another one, by the places of both."""
    groups: dict[tuple[str, str], list[MovedItem]] = {}
    for each in items:
        groups.setdefault((each.home.text(), each.target.text()), []).append(each)
    return groups


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
