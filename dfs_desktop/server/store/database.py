"""The SQLite file: opened privately, brought up to date, written in transactions."""

import contextlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dfs_desktop.server.identity import new_id, now
from dfs_desktop.server.lease import private_file
from dfs_desktop.server.limits import DiskFull

from .schema import MIGRATIONS, READ

Row = sqlite3.Row

RESERVE = 4 << 20  # bytes kept beside the records, given up when the disk is full
_SCARCE = 1 << 20  # free bytes below which the log may not grow by a change
_AMPLE = 16 << 20  # free bytes above which a reserve is laid by
# A quota is an error of writing for SQLite, and a full disk one of its shared memory.
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)


class Database:
    """A connection that belongs to the thread which made it.

    On a full disk records can still be changed and deleted: a reserve file makes room for that.
    """

    def __init__(self, path: Path) -> None:
        self._reserve = path.with_suffix(".reserve")
        # SQLite gives its -wal and -shm files the mode of the main file.
        os.close(private_file(path))
        try:
            self._open(path)
        except sqlite3.OperationalError:
            # No shared memory beside it (a full disk, a network share): alone with the file, which
            # the lease grants, SQLite needs none, and what is there can be looked at.
            self._open(path, "locking_mode = EXCLUSIVE")
        self._lay_by_reserve()

    def _lay_by_reserve(self) -> None:
        with contextlib.suppress(OSError):
            if self._reserve.exists() or shutil.disk_usage(self._reserve.parent).free < _AMPLE:
                return
            with os.fdopen(private_file(self._reserve), "wb") as file:
                try:
                    os.posix_fallocate(file.fileno(), 0, RESERVE)  # without a byte written
                except (AttributeError, OSError):  # no such call: Windows, macOS, some disks
                    file.write(bytes(RESERVE))

    def _make_room(self) -> None:
        with contextlib.suppress(OSError):
            if shutil.disk_usage(self._reserve.parent).free < _SCARCE:
                self._reserve.unlink(missing_ok=True)

    def _open(self, path: Path, *first: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        try:
            for pragma in (*first, "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._migrate(path)
        except BaseException:
            self._connection.close()  # this also takes back an unfinished migration
            raise

    def _migrate(self, path: Path) -> None:
        version = self.row("PRAGMA user_version")[0]
        if version > len(MIGRATIONS):
            raise RuntimeError(
                f"{path} was written by a newer version of this program. "
                "Update the program, or start it with another data folder."
            )
        if 0 < version < len(MIGRATIONS):
            self._back_up(path.with_suffix(f".version-{version}"))
        if version < len(MIGRATIONS):
            # executescript would commit by itself; inside BEGIN it is all or nothing.
            scripts = "; ".join(MIGRATIONS[version:])
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {scripts}; PRAGMA user_version = {len(MIGRATIONS)}; COMMIT;"
            )

    def _back_up(self, path: Path) -> None:
        os.close(private_file(path, os.O_TRUNC))
        with contextlib.closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another transaction it joins that one."""
        if self._connection.in_transaction:
            yield
            return
        self._make_room()
        with _full_disk_told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.OperationalError):  # taken back by SQLite itself
                    self._connection.execute("ROLLBACK")
                raise

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement; the number of rows it changed."""
        if not self._connection.in_transaction:
            self._make_room()
        with _full_disk_told():
            return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute one statement for each row of values."""
        self._connection.executemany(sql, rows)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def find(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, if there is one."""
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def row(self, sql: str, *values: Any) -> Row:
        """The first row of a query that always has one."""
        if (row := self.find(sql, *values)) is None:
            raise LookupError("the query gave no row")
        return row

    def all(self, kind: str, **values: Any) -> list[Row]:
        """The records of a kind that have these values, the oldest first."""
        return self.rows(f"{_selected(kind, values)} ORDER BY place", *values.values())

    def one(self, kind: str, **values: Any) -> Row | None:
        """The record of a kind that has these values."""
        return self.find(_selected(kind, values), *values.values())

    def stored(self, table: str, **values: Any) -> Row | None:
        """The same as it is stored: its totals, for which all artifacts are counted, are left out."""
        return self.find(f"SELECT * FROM {table} WHERE {_all_of(values)}", *values.values())  # noqa: S608

    # Table and column names come from this package, never from outside.

    def insert(self, table: str, record: dict[str, Any]) -> None:
        """Add a record as it is."""
        columns = ", ".join(record)
        marks = ", ".join("?" * len(record))
        self.run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *record.values())  # noqa: S608

    def add(self, table: str, record: dict[str, Any]) -> str:
        """Add a record with an id of its own, which is returned, and date it."""
        key = new_id()
        self.insert(table, {"id": key, **record, "created_at": now()})
        return key

    def change(self, table: str, key: str, changes: dict[str, Any]) -> None:
        """Change some columns of a record and date the change."""
        self.update(table, key, {**changes, "updated_at": now()})

    def update(self, table: str, key: str, changes: dict[str, Any]) -> None:
        """Change some columns of a record and nothing else."""
        columns = ", ".join(f"{name} = ?" for name in changes)
        self.run(f"UPDATE {table} SET {columns} WHERE id = ?", *changes.values(), key)  # noqa: S608

    def remove(self, table: str, key: str) -> None:
        """Remove a record and those below it. Objects stay until the sweep."""
        self.run(f"DELETE FROM {table} WHERE id = ?", key)  # noqa: S608

    def define(self, name: str, arguments: int, function: Callable[..., Any]) -> None:
        """Make *function* usable in queries. Its result depends on its arguments only."""
        self._connection.create_function(name, arguments, function, deterministic=True)

    def secret(self, name: str) -> bytes:
        """256 random bits kept under *name*."""
        self.run("INSERT OR IGNORE INTO secrets VALUES (?, ?)", name, secrets.token_bytes(32))
        value: bytes = self.row("SELECT value FROM secrets WHERE name = ?", name)[0]
        return value

    def close(self) -> None:
        """Fold the write-ahead log into the main file, if there is room for it, and close."""
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()


@contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in _NO_ROOM:
            raise DiskFull(str(error)) from error
        raise


def _selected(kind: str, values: dict[str, Any]) -> str:
    read = READ.get(kind, f"SELECT *, rowid AS place FROM {kind}")  # noqa: S608  our table names
    return f"SELECT * FROM ({read}) WHERE {_all_of(values)}"  # noqa: S608


def _all_of(values: dict[str, Any]) -> str:
    return " AND ".join(f"{name} = ?" for name in values) or "1"
