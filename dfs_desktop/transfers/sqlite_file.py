"""SQLite files that this program keeps: opened for their owner only, put aside when they are damaged."""

import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from dfs_desktop import disk_errors
from dfs_desktop.system.private_files import keep_aside
from dfs_desktop.translation import tr

log = logging.getLogger(__name__)


def open_database(path: Path, schema: str, version: int) -> tuple[sqlite3.Connection, str]:
    """The file, made by ``schema`` where there is none; and in words what was wrong with it.

    Writes are durable when they return (``synchronous=FULL``); what is deleted is overwritten
    (``secure_delete``). Where no file can be had it is one in memory.
    """
    notice = ""
    try:
        return _connect(path, schema, version), ""
    except _Newer:
        aside = _move_aside(path, "newer")
        notice = tr(
            "It was written by a newer version of this program and was kept as {file}.", file=aside
        )
    except (sqlite3.DatabaseError, OSError) as error:
        log.warning("%s cannot be used: %s", path.name, error)
        if not _damaged(error):
            return _in_memory(path, error, schema, version)
        aside = _move_aside(path, "bad")
        notice = tr("It was damaged and was put aside as {file}.", file=aside)
    try:
        return _connect(path, schema, version), notice
    except (sqlite3.DatabaseError, OSError, _Newer) as error:  # a disk that cannot be written
        return _in_memory(path, error, schema, version)


def in_memory(db: sqlite3.Connection) -> bool:
    """Whether nothing is kept, since no file could be had."""
    return not db.execute("PRAGMA database_list").fetchone()[2]


def _in_memory(
    path: Path, error: Exception, schema: str, version: int
) -> tuple[sqlite3.Connection, str]:
    why = disk_errors.reason(error)
    db = _prepare(sqlite3.connect(":memory:", isolation_level=None), "MEMORY", schema, version)
    return db, tr("{path} cannot be used ({reason}).", path=str(path), reason=why)


def _move_aside(path: Path, why: str) -> str:
    with contextlib.suppress(OSError):
        aside = keep_aside(path, why)
        for tail in ("-wal", "-shm"):
            beside = path.with_name(path.name + tail)
            if beside.exists():
                beside.replace(aside.with_name(aside.name + tail))
        return aside.name
    return ""


def _damaged(error: Exception) -> bool:
    """Whether the bytes of the file are wrong. A full disk or a missing right is no damage."""
    unusable = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
    unusable |= {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY}
    # A check of ours that failed has no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    return isinstance(error, sqlite3.DatabaseError) and code not in unusable


class _Newer(Exception):  # noqa: N818 - never leaves this module
    pass


def _connect(path: Path, schema: str, version: int) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)  # SQLite gives its other files the mode of this one
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    try:
        return _opened(path, "WAL", schema, version)
    except sqlite3.OperationalError:  # no shared memory here, as in homes on a network share
        return _opened(path, "DELETE", schema, version)


def _opened(path: Path, mode: str, schema: str, version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
    try:
        if mode != "WAL":  # alone with the file, even its log is read without shared memory
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        return _prepare(connection, mode, schema, version)
    except BaseException:
        connection.close()
        raise


def _prepare(db: sqlite3.Connection, mode: str, schema: str, newest: int) -> sqlite3.Connection:
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise sqlite3.DatabaseError(tr("the check of the file failed"))
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > newest:
        raise _Newer
    db.execute(f"PRAGMA journal_mode = {mode}")
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("BEGIN IMMEDIATE")  # without shared memory reading may work, and writing not
    db.execute("COMMIT")
    if version < newest:
        db.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {newest}; COMMIT;")
    return db


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of the writes inside, or none of them."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
