"""The index of the artifacts on this computer: one SQLite file, and all of it in memory."""

import contextlib
import logging
import os
import sqlite3
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import msgspec
from msgspec.structs import asdict

from dfs_desktop.transfers import sqlite_file
from dfs_desktop.typed_decoding import prepared

from .local_copy import LocalCopy, State

log = logging.getLogger(__name__)

VERSION = 1
_SCHEMA = """
CREATE TABLE copy(path BLOB PRIMARY KEY, record BLOB NOT NULL, sums BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE place(kind TEXT NOT NULL, key TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (kind, key));
"""


class Index:
    """What is on this computer, by path and by content. Used on one thread; the disk has another.

    Losing the file loses no artifact: what it knew is read again from the disk.
    """

    def __init__(self, path: Path | None) -> None:
        """``path`` None: it is forgotten with the program."""
        self._path = path
        self._copies: dict[str, LocalCopy] = {}
        self.by_hash: dict[str, LocalCopy] = {}  # the bytes that are there and right
        self._same: dict[str, list[LocalCopy]] = {}  # all of those
        self.notice = ""
        self._writer = ThreadPoolExecutor(1, "dfs-library")
        self._waiting: deque[tuple[str, tuple[object, ...]]] = deque()
        self._db: sqlite3.Connection | None = None

    def load(self) -> Future[tuple[list[LocalCopy], dict[str, dict[str, bytes]]]]:
        """Read the file; its copies are to be passed to ``take``, its places are records by kind."""
        return self._writer.submit(self._load)

    def _load(self) -> tuple[list[LocalCopy], dict[str, dict[str, bytes]]]:
        if self._path is None:
            return [], {}
        self._db, self.notice = sqlite_file.open_database(self._path, _SCHEMA, VERSION)
        copies: list[LocalCopy] = []
        for path, record, sums in self._db.execute("SELECT path, record, sums FROM copy"):
            try:
                fields = msgspec.json.decode(record)
                fields |= {"path": os.fsdecode(path), "sums": sums}
                copies.append(msgspec.convert(fields, prepared(LocalCopy)))
            except (ValueError, TypeError, RecursionError):
                log.warning("a line of the library's index is of no use")
        places: dict[str, dict[str, bytes]] = {}
        for kind, key, record in self._db.execute("SELECT kind, key, record FROM place"):
            places.setdefault(kind, {})[key] = record
        return copies, places

    def take(self, copies: Iterable[LocalCopy]) -> None:
        """Add what was read from the file, unless it is known better by now."""
        for copy in copies:
            if copy.path not in self._copies:
                self._enter(copy)

    def __len__(self) -> int:
        return len(self._copies)

    def all(self) -> list[LocalCopy]:
        """Every copy, in no order."""
        return list(self._copies.values())

    def at(self, path: str) -> LocalCopy | None:
        """What is known of this file."""
        return self._copies.get(path)

    def put(self, copy: LocalCopy) -> None:
        """Note a copy; it is durable a little later."""
        self._leave(copy.path)
        self._enter(copy)
        fields = asdict(copy)
        del fields["path"], fields["sums"]
        values = (os.fsencode(copy.path), msgspec.json.encode(fields), copy.sums)
        self._write("INSERT OR REPLACE INTO copy VALUES (?, ?, ?)", values)

    def forget(self, path: str) -> None:
        """Drop what is known of a file; the file stays as it is."""
        self._leave(path)
        self._write("DELETE FROM copy WHERE path = ?", (os.fsencode(path),))

    def put_place(self, kind: str, key: str, record: bytes) -> None:
        """Keep a folder that is watched, or a collection that is kept in step."""
        self._write("INSERT OR REPLACE INTO place VALUES (?, ?, ?)", (kind, key, record))

    def forget_place(self, kind: str, key: str) -> None:
        self._write("DELETE FROM place WHERE kind = ? AND key = ?", (kind, key))

    def same(self, sha256: str) -> Sequence[LocalCopy]:
        """The copies that have these bytes, and are right."""
        return self._same.get(sha256, ())

    def _enter(self, copy: LocalCopy) -> None:
        self._copies[copy.path] = copy
        if copy.found and copy.state is State.FINE:
            self.by_hash[copy.found] = copy
            self._same.setdefault(copy.found, []).append(copy)

    def _leave(self, path: str) -> None:
        copy = self._copies.pop(path, None)
        if copy is None or copy.state is not State.FINE or not copy.found:
            return
        same = [each for each in self._same.pop(copy.found) if each is not copy]
        if same:  # another copy of the same bytes takes its place
            self.by_hash[copy.found], self._same[copy.found] = same[-1], same
        else:
            del self.by_hash[copy.found]

    def _write(self, sql: str, values: tuple[object, ...]) -> None:
        self._waiting.append((sql, values))
        with contextlib.suppress(RuntimeError):  # the program ends
            self._writer.submit(self._write_waiting)

    def _write_waiting(self) -> None:
        """All that was asked for meanwhile in one transaction: each takes the disk as long as a
        thousand of them."""
        writes = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if self._db is None or not writes:
            return
        try:
            with sqlite_file.transaction(self._db):
                for sql, values in writes:
                    self._db.execute(sql, values)
        except sqlite3.Error as error:  # it is known again after the next look at the disk
            log.warning("the library's index was not written: %s", error)

    def close(self) -> None:
        """Write what waits, and close the file; it may take as long as the disk does."""
        with contextlib.suppress(RuntimeError):
            self._writer.submit(self._close)
        self._writer.shutdown(wait=True)

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
