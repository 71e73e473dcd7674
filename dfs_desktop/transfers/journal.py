"""The journal of all transfers: one SQLite file, written before and after each step, by one thread."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError

log = logging.getLogger(__name__)

T = TypeVar("T")

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


class JournalError(DataForceError):
    """The journal cannot be written, so nothing new may begin: what happened would be forgotten."""

    heading = "The list of transfers could not be saved"
    can_retry = True


class JournalEntry(Struct, kw_only=True):
    """One transfer as the journal has it; ``record``, ``shown`` and ``held`` are JSON.

    ``parts``: number, offset, size and ETag of each part that arrived.
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
        self._waiting: deque[tuple[str, tuple[Any, ...], Future[Any]]] = deque()
        self._db: sqlite3.Connection
        self._writer.submit(self._open)

    def _open(self) -> None:
        self._db = self._connect()

    def _connect(self) -> sqlite3.Connection:
        try:
            return _connect(self.path)
        except _Newer:
            aside = self._move_aside("newer")
            self.notice = (
                f"It was written by a newer version of this program and was kept as {aside}."
            )
        except (sqlite3.DatabaseError, OSError) as error:
            log.warning("the journal cannot be used: %s", error)
            if not _damaged(error):
                return self._in_memory(error)
            aside = self._move_aside("bad")
            self.notice = f"It was damaged and was put aside as {aside}."
        try:
            return _connect(self.path)
        except (sqlite3.DatabaseError, OSError, _Newer) as error:  # a disk that cannot be written
            return self._in_memory(error)

    def _in_memory(self, error: Exception) -> sqlite3.Connection:
        """Go on without a file: looking and transferring work, remembering does not."""
        why = disk_errors.reason(error) if isinstance(error, OSError) else str(error)
        self.notice = (
            f"{self.path} cannot be used ({why}). Transfers of this window are forgotten when it "
            "closes."
        )
        return _prepare(sqlite3.connect(":memory:", isolation_level=None), "MEMORY")

    def _move_aside(self, why: str) -> str:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        aside = self.path.with_name(f"{self.path.name}.{why}-{stamp}")
        with contextlib.suppress(OSError):
            self.path.replace(aside)
            for tail in ("-wal", "-shm"):
                beside = self.path.with_name(self.path.name + tail)
                if beside.exists():
                    beside.replace(aside.with_name(aside.name + tail))
            return aside.name
        return ""

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
        return lines

    def new_id(self) -> int:
        """A number that no transfer had before."""
        return secrets.randbits(53)

    def begin(self, line: JournalEntry) -> Future[Any]:
        """Write a new transfer down. Returns at once; the future ends when it is durable."""
        values = (
            line.id,
            line.kind,
            line.profile,
            line.title,
            line.position,
            line.state,
            time.time(),
            line.step,
            line.record,
            line.shown,
        )
        sql = (
            "INSERT INTO job(id, kind, profile, title, position, state, created, step, record, "
            "shown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        return self._soon(sql, values)

    def save_record(self, job: int, step: str, record: bytes, *, drop_parts: bool) -> None:
        """The record as it is now. ``drop_parts``: what arrived is of no use any more."""

        def write() -> None:
            with _transaction(self._db):
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
    ) -> Future[Any]:
        """What the queue wants with it. Returns at once: called where nothing may wait."""
        sql = "UPDATE job SET state = ?, position = ?, discarding = ?, problem = ? WHERE id = ?"
        return self._soon(sql, (state, position, discarding, problem, job))

    def remove(self, job: int) -> Future[Any]:
        """Forget a transfer. Returns at once."""
        return self._soon(_FORGET, (job,))

    def _soon(self, sql: str, values: tuple[Any, ...]) -> Future[Any]:
        """Write this with all else that is asked for until the writer comes to it, in one
        transaction: each takes the disk as long as a thousand of them."""
        written: Future[Any] = Future()
        self._waiting.append((sql, values, written))
        self._writer.submit(self._write_waiting)
        return written

    def _write_waiting(self) -> None:
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        writes = [each for each in taken if each[2].set_running_or_notify_cancel()]
        together = False
        with contextlib.suppress(Exception):  # of one of them: the others are written all the same
            if len(writes) > 1:
                with _transaction(self._db):
                    for sql, values, _ in writes:
                        self._db.execute(sql, values)
                together = True
        for sql, values, written in writes:
            try:
                if not together:
                    self._db.execute(sql, values)
            except Exception as error:  # noqa: BLE001  told to who waits for it
                log.warning("the journal was not written: %s", error)
                known = isinstance(error, sqlite3.Error)
                written.set_exception(_unwritten(error) if known else error)
            else:
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
    remedy = "Free some space, then try again." if "full" in str(error) else "Look at its disk."
    return JournalError(f"The journal cannot be written ({error}). {remedy}")


def _damaged(error: Exception) -> bool:
    """Whether the bytes of the file are wrong. A full disk or a missing right is no damage."""
    unusable = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
    unusable |= {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY}
    # A check of ours that failed has no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    return isinstance(error, sqlite3.DatabaseError) and code not in unusable


class _Newer(Exception):  # noqa: N818 - never leaves this module
    pass


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)  # SQLite gives its other files the mode of this one
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    try:
        return _opened(path, "WAL")
    except sqlite3.OperationalError:  # no shared memory here, as in homes on a network share
        return _opened(path, "DELETE")


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
    try:
        if mode != "WAL":  # alone with the file, even its log is read without shared memory
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        return _prepare(connection, mode)
    except BaseException:
        connection.close()
        raise


def _prepare(db: sqlite3.Connection, mode: str) -> sqlite3.Connection:
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise sqlite3.DatabaseError("the check of the file failed")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise _Newer
    db.execute(f"PRAGMA journal_mode = {mode}")
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("BEGIN IMMEDIATE")  # without shared memory reading may work, and writing not
    db.execute("COMMIT")
    if version < VERSION:
        db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    return db


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Any:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
