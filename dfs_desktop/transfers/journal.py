"""The journal of all transfers: one SQLite file, written before and after each step, by one thread."""

import contextlib
import logging
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, structs

from dfs_desktop.api import DataForceError, LogEntry
from dfs_desktop.translation import later, tr

from . import sqlite_file

log = logging.getLogger(__name__)

T = TypeVar("T")
_Values = tuple[Any, ...] | dict[str, Any]

VERSION = 1
_SCHEMA = """
CREATE TABLE job(
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    profile TEXT NOT NULL,
    title TEXT NOT NULL,
    position REAL NOT NULL,
    state TEXT NOT NULL,
    discarding INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    step TEXT NOT NULL,
    record BLOB NOT NULL,
    shown BLOB
);
CREATE TABLE part(
    job INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE TABLE held(
    job INTEGER PRIMARY KEY REFERENCES job(id) ON DELETE CASCADE,
    held BLOB NOT NULL
);
"""
# Beside the schema, so that earlier versions can still open the file.
_LOG = """
CREATE TABLE IF NOT EXISTS log(
    job INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    slot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at REAL NOT NULL,
    what TEXT NOT NULL,
    amount REAL NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (job, slot)
) WITHOUT ROWID;
"""


class JournalError(DataForceError):
    """The journal cannot be written, so nothing new may begin: what happened would be forgotten."""

    heading = later("The list of transfers could not be saved")
    can_retry = True


class JournalEntry(Struct, kw_only=True):
    """One transfer as the journal has it; ``record``, ``shown`` and ``held`` are JSON.

    ``parts``: number, offset, size and ETag of each part that arrived. ``log``: what happened, of
    ``logged`` entries in all.
    """

    kind: str
    profile: str
    title: str
    record: bytes
    step: str
    position: float = 0.0
    state: str = "waiting"
    discarding: bool = False
    problem: str = ""
    shown: bytes | None = None
    held: bytes | None = None
    parts: list[tuple[int, int, int, str]] = []
    log: list[LogEntry] = []
    logged: int = 0
    id: int = 0


_FORGET = "DELETE FROM job WHERE id = ?"
_COLUMNS = ["id", "kind", "profile", "title", "record", "step", "position", "state", "discarding",
            "problem", "shown", "held"]  # fmt: skip


class Journal:
    """Blocking, thread safe. ``notice`` says in words what was wrong with the file, if something was.

    Writes return when they are durable (``synchronous=FULL``); they survive the end of the process
    at any moment. Links that grant access are overwritten when they are dropped (``secure_delete``).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._writer = ThreadPoolExecutor(1, "dfs-journal")
        self._waiting: deque[tuple[str, _Values, Future[Any] | None]] = deque()
        self._called = False  # the writer will come to what waits
        self._db: sqlite3.Connection
        self._writer.submit(self._open)

    def _open(self) -> None:
        self._db, self.notice = sqlite_file.open_database(self.path, _SCHEMA, VERSION)
        self._db.execute(_LOG)
        if sqlite_file.in_memory(self._db):
            lost = tr("Transfers of this window are forgotten when it closes.")
            self.notice = f"{self.notice} {lost}"

    def close(self) -> None:
        """Write everything into the main file, and close it."""
        with contextlib.suppress(JournalError, RuntimeError):
            self._run(self._shut)
        self._writer.shutdown(wait=True)

    def _shut(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def load(self) -> Future[list[JournalEntry]]:
        """Every transfer, in the order of the queue, with what arrived of it."""
        return self._writer.submit(self._load)

    def _load(self) -> list[JournalEntry]:
        rows = self._db.execute(
            "SELECT id, kind, profile, title, record, step, position, state, discarding, problem, "
            "shown, held FROM job LEFT JOIN held ON held.job = job.id ORDER BY position, id"
        ).fetchall()
        lines = [JournalEntry(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]
        for line in lines:
            line.parts = self._db.execute(
                "SELECT number, start, size, etag FROM part WHERE job = ?", (line.id,)
            ).fetchall()
            entries = self._db.execute(
                "SELECT number, at, what, amount, text FROM log WHERE job = ? ORDER BY number",
                (line.id,),
            ).fetchall()
            line.log = [LogEntry(*entry) for _, *entry in entries]
            line.logged = entries[-1][0] + 1 if entries else 0
        return lines

    def new_id(self) -> int:
        """A number that no transfer had before."""
        return secrets.randbits(53)

    def begin(self, line: JournalEntry) -> Future[Any]:
        """Write a new transfer down. Returns at once; the future ends when it is durable."""
        values = structs.asdict(line) | {"created": time.time()}
        sql = (
            "INSERT INTO job(id, kind, profile, title, position, state, created, step, record, shown) "
            "VALUES (:id, :kind, :profile, :title, :position, :state, :created, :step, :record, :shown)"
        )
        written: Future[Any] = Future()
        self._soon(sql, values, written)
        return written

    def save_record(self, job: int, step: str, record: bytes, *, drop_parts: bool) -> None:
        """The record as it is now. ``drop_parts``: what arrived is of no use any more."""

        def write() -> None:
            with sqlite_file.transaction(self._db):
                sql = "UPDATE job SET step = ?, record = ? WHERE id = ?"
                self._db.execute(sql, (step, record, job))
                if drop_parts:
                    self._db.execute("DELETE FROM part WHERE job = ?", (job,))
                    self._db.execute("DELETE FROM held WHERE job = ?", (job,))

        self._run(write)

    def save_part(self, job: int, number: int, start: int, size: int, etag: str) -> None:
        """A part arrived."""
        sql = "INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?)"
        self._run(lambda: self._db.execute(sql, (job, number, start, size, etag)))

    def save_held(self, job: int, held: bytes) -> None:
        """So much of the partial file is durable."""
        sql = "INSERT OR REPLACE INTO held VALUES (?, ?)"
        self._run(lambda: self._db.execute(sql, (job, held)))

    def save_state(
        self, job: int, state: str, position: float, *, discarding: bool, problem: str
    ) -> None:
        """What the queue wants with it. Returns at once: called where nothing may wait."""
        sql = "UPDATE job SET state = ?, position = ?, discarding = ?, problem = ? WHERE id = ?"
        self._soon(sql, (state, position, discarding, problem, job))

    def save_log(self, job: int, slot: int, number: int, entry: LogEntry) -> None:
        """What happened to a transfer that is here still. Returns at once."""
        sql = "INSERT OR REPLACE INTO log SELECT id, ?, ?, ?, ?, ?, ? FROM job WHERE id = ?"
        values = (slot, number, entry.at, entry.what, entry.amount, entry.text, job)
        self._soon(sql, values)

    def remove(self, job: int) -> None:
        """Forget a transfer. Returns at once."""
        self._soon(_FORGET, (job,))

    def _soon(self, sql: str, values: _Values, written: Future[Any] | None = None) -> None:
        """Write this with all else that is asked for until the writer comes to it, in one
        transaction: each takes the disk as long as a thousand of them. ``written``, where somebody
        waits, ends when it is durable: to make one takes longer than all else here."""
        self._waiting.append((sql, values, written))
        if not self._called:
            self._called = True
            self._writer.submit(self._write_waiting)

    def _write_waiting(self) -> None:
        self._called = False
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        writes = [each for each in taken if not each[2] or each[2].set_running_or_notify_cancel()]
        together = False
        with contextlib.suppress(Exception):  # of one of them: the others are written all the same
            if len(writes) > 1:
                with sqlite_file.transaction(self._db):
                    for sql, values, _ in writes:
                        self._db.execute(sql, values)
                together = True
        for sql, values, written in writes:
            try:
                if not together:
                    self._db.execute(sql, values)
            except Exception as error:  # noqa: BLE001  told to who waits for it
                log.warning("the journal was not written: %s", error)
                if written is not None:
                    known = isinstance(error, sqlite3.Error)
                    written.set_exception(_unwritten(error) if known else error)
            else:
                if written is not None:
                    written.set_result(None)
        if any(sql is _FORGET for sql, *_ in writes):  # the log has older pages, and links in them
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _run(self, work: Callable[[], T]) -> T:
        try:
            return self._writer.submit(work).result()
        except sqlite3.Error as error:
            raise _unwritten(error) from error


def _unwritten(error: Exception) -> JournalError:
    remedy = (
        tr("Free some space, then try again.") if "full" in str(error) else tr("Look at its disk.")
    )
    what = tr("The journal cannot be written ({reason}).", reason=str(error))
    return JournalError(f"{what} {remedy}")
