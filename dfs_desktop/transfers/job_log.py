"""What happened to one transfer and when, in this run of the program and in earlier ones."""

from collections.abc import Iterable

from dfs_desktop.api import LogEntry

from .journal import Journal

FIRST, MOST = 40, 200  # entries kept: how it began, and what came last


class JobLog:
    """Bounded: of a transfer that meets faults for days the middle is forgotten."""

    def __init__(self, entries: Iterable[LogEntry] = (), number: int = 0) -> None:
        """``number``: how many there were before, those that are forgotten included."""
        self.entries = list(entries)
        self._number = number

    def add(self, entry: LogEntry, journal: Journal | None = None, row: int = 0) -> None:
        """Append an entry, in the journal too, where the transfer has a ``row``."""
        number, self._number = self._number, self._number + 1
        if len(self.entries) == MOST:
            del self.entries[FIRST]
        self.entries.append(entry)
        if journal is not None and row:
            slot = number if number < FIRST else FIRST + (number - FIRST) % (MOST - FIRST)
            journal.save_log(row, slot, number, entry)
