"""A stranger's SQLite database, unpacked within limits into a folder of ours and opened for reading.

Opening a database parses every statement of its schema, views included, before the first question
is asked: the limits of memory, length and time are set before that.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from dfs_desktop.artifact.archive.byte_source import Source
from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.archive.zip_files import (
    WHOLE,
    ZipEntry,
    zip_entries,
    zip_head,
    zip_stream,
)
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr

MAX_DATABASE = 512 * 1024 * 1024  # bytes on disk
MAX_TEXT = 4 * 1024 * 1024  # bytes of one value
MAX_STATEMENT = 256 * 1024  # bytes of one statement of the schema
MAX_HEAP = 64 * 1024 * 1024  # bytes of SQLite in the whole process
OPEN_LIMIT = 0.5  # seconds to parse the schema
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_TEXT, sqlite3.SQLITE_LIMIT_SQL_LENGTH: MAX_STATEMENT,
    sqlite3.SQLITE_LIMIT_COLUMN: 1000, sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10, sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}  # fmt: skip
_STEPS = 500  # instructions of SQLite between two looks at the clock
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_FUNCTIONS = {"count", "substr", "length"}
_MAGIC = b"SQLite format 3\0"
_ENDINGS = (".db", ".sqlite", ".sqlite3", ".db3")
_WAL, _JOURNAL = "-wal", "-journal"
_HOT = bytes.fromhex("d9d505f920a163d7")  # a journal that is kept begins with zeros when it is done
# A damaged database writes its own bytes into SQLite's messages, which are then no UTF-8.
REFUSED = (sqlite3.Error, UnicodeDecodeError, MemoryError, OverflowError)


class Database:
    """The connection, and the clock that stops it; closed, its files are gone.

    `beside` names the file in which a tracker that was still writing may have its rows, `cut_off`
    the one that ends before its pages do.
    """

    def __init__(self, source: Source, time_limit: float) -> None:
        """Unpack the database in the zip file `source`; ArtifactError when there is none."""
        entries = zip_entries(source)
        entry = _database_entry(source, entries)
        beside = {each.name: each for each in entries if each.size}
        journal = beside.get(entry.name + _JOURNAL)
        if journal is not None and zip_head(source, journal, 8) == _HOT:
            # Played back, a journal may delete a file that it names anywhere on this computer.
            raise _elsewhere(entry.name + _JOURNAL)
        self._limit = time_limit
        self._deadline = 0.0
        self._folder = Path(tempfile.mkdtemp(prefix="dfs-experiment-"))
        try:
            path = self._folder / "exp.db"
            wal = beside.get(entry.name + _WAL)
            head = _unpack(source, entry, path)
            _check_magic(head, entry, wal)
            self.beside = journal.name if journal is not None else ""
            if head[18:20] == b"\x02\x02" and wal is None:
                self.beside = entry.name + _WAL
            self.cut_off = _cut_off(head, entry, wal)
            if wal is not None:
                _unpack(source, wal, self._folder / f"exp.db{_WAL}")
            self.connection = self._connect(path, logged=wal is not None)
        except BaseException:
            self._remove()
            raise
        if os.name == "posix":
            self._remove()  # SQLite has them open; nothing is left by a crash

    def _connect(self, path: Path, *, logged: bool) -> sqlite3.Connection:
        # With its log beside it SQLite has to look there; it cannot write, even at the end.
        mode = "mode=ro" if logged else "mode=ro&immutable=1"
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}", uri=True, check_same_thread=False
        )
        try:
            connection.execute(f"PRAGMA hard_heap_limit={MAX_HEAP}")
            self._deadline = time.monotonic() + OPEN_LIMIT
            connection.set_progress_handler(self.late, _STEPS)
            for what, most in _LIMITS.items():
                connection.setlimit(what, most)
            for setting in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON",
                            "mmap_size=0", "temp_store=MEMORY", "cache_size=-4096"):  # fmt: skip
                connection.execute(f"PRAGMA {setting}")
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.set_authorizer(_authorize)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except REFUSED as error:
            connection.close()
            raise _refused(error) from None
        return connection

    def start_clock(self) -> None:
        """From now on, a question may take as long as one may."""
        self._deadline = time.monotonic() + self._limit

    def late(self) -> bool:
        """Whether the question under way takes too long."""
        return time.monotonic() > self._deadline

    def close(self) -> None:
        self.connection.close()
        self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            shutil.rmtree(self._folder)


def is_late(error: BaseException) -> bool:
    """Whether this error says that the clock stopped a question."""
    return isinstance(error, sqlite3.OperationalError) and "interrupt" in str(error)


def _refused(error: BaseException) -> ArtifactError:
    if is_late(error) or isinstance(error, MemoryError) or "too " in str(error):
        return ArtifactError(
            tr("The experiment is not opened"),
            tr(
                "Its database describes more tables and views than are read here. Download the "
                "artifact to look into it with a tool for SQLite."
            ),
        )
    return ArtifactError(
        tr("The experiment cannot be read"),
        tr(
            "Its database is damaged, or of a newer kind than this program's SQLite "
            "({version}). Write the snapshot again.",
            version=sqlite3.sqlite_version,
        ),
    )


def _elsewhere(name: str) -> ArtifactError:
    return ArtifactError(
        tr("The experiment cannot be read"),
        tr(
            "A part of its database lies in {file}: the tracker was still writing. "
            "Close the tracker and write the snapshot again.",
            file=shortened(name),
        ),
    )


def _authorize(action: int, *names: str | None) -> int:
    """Reading plain tables and counting is all that a stranger's database may make SQLite do."""
    _, second, _, view = names
    if view is not None:
        return sqlite3.SQLITE_DENY
    if action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _unpack(source: Source, entry: ZipEntry, path: Path) -> bytes:
    """The member as a file that only we can read; its first bytes are returned."""
    head = b""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in zip_stream(source, entry, MAX_DATABASE, WHOLE):
            if not head:
                head = block[:100]
            file.write(block)
    return head


def _check_magic(head: bytes, entry: ZipEntry, wal: ZipEntry | None) -> None:
    if not head and wal is not None:
        raise _elsewhere(wal.name)
    if not head.startswith(_MAGIC):
        what = tr(
            "{file} is no SQLite database. Write the snapshot again.", file=shortened(entry.name)
        )
        raise ArtifactError(tr("The experiment cannot be read"), what)


def _cut_off(head: bytes, entry: ZipEntry, wal: ZipEntry | None) -> str:
    """The name of the file that does not have all the pages that it should; "" when none."""
    page = int.from_bytes(head[16:18], "big")
    page = 65_536 if page == 1 else page
    if wal is not None:
        return wal.name if (wal.size - 32) % (page + 24) else ""
    told = head[24:28] == head[92:96]  # older programs leave the count of pages alone
    short = told and entry.size < page * int.from_bytes(head[28:32], "big")
    return entry.name if short or entry.size % (page or 1) else ""


def _database_entry(source: Source, entries: list[ZipEntry]) -> ZipEntry:
    """The database among the files: named exp.db, nearest to the root; companions are none."""
    files = [entry for entry in entries if not is_companion(entry.name)]
    named = [entry for entry in files if entry.name.endswith(_ENDINGS)]
    if not named and len(files) != 1:
        raise ArtifactError(
            tr("The experiment cannot be read"),
            tr("{file} holds no database. Write the snapshot again.", file=shortened(source.name)),
        )
    return min(
        named or files,
        key=lambda each: (not each.name.endswith("exp.db"), each.name.count("/")),
    )
