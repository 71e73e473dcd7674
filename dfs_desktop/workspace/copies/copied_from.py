"""Where copies of this program came from: one small SQLite file, known for rows that are shown."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct

log = logging.getLogger(__name__)

MOST = 50_000  # of the newest that are kept
_SCHEMA = """
CREATE TABLE IF NOT EXISTS copied(
    artifact TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    original TEXT NOT NULL,
    at REAL NOT NULL,
    server TEXT NOT NULL DEFAULT '',
    home TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID
"""
_ADDED = ("server", "home")  # columns that files of earlier versions do not have
_READ = "SELECT artifact, place, original, at, server, home FROM copied ORDER BY at DESC LIMIT ?"
_WRITE = (
    "INSERT OR REPLACE INTO copied(artifact, place, original, at, server, home) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


class CopiedFrom(Struct, frozen=True):
    """The original of a copy: its place in words, its id, and when it was copied (POSIX seconds).
    `server` and `home`, its place by ids, are empty for copies of earlier versions."""

    where: str
    original: str
    at: float
    server: str = ""
    home: str = ""


class CopyRecords:
    """Known by the id of the copy: ids are unique at all servers. A file that cannot be read or
    written costs only the knowledge."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, CopiedFrom] = {}

    def of(self, artifact_id: str) -> CopiedFrom | None:
        """Where a copy came from; None for what is none, or was copied by somebody else."""
        return self._known.get(artifact_id)

    def load(self) -> None:
        """Read the file: on a worker thread."""
        try:
            with self._open() as db:
                rows = db.execute(_READ, (MOST,)).fetchall()
            known = {
                str(key): CopiedFrom(str(where), str(original), float(at), str(server), str(home))
                for key, where, original, at, server, home in rows
            }
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            log.warning("where copies came from is not known: %s", type(error).__name__)
            return
        self._known = {**known, **self._known}

    def note(
        self, artifact_id: str, where: str, original: str, server: str, home: str
    ) -> CopiedFrom:
        """Take a new copy into the memory; `write` keeps it."""
        found = CopiedFrom(where, original, time.time(), server, home)
        self._known[artifact_id] = found
        return found

    def write(self, artifact_id: str, found: CopiedFrom) -> None:
        """Keep a copy's origin: on a worker thread."""
        try:
            with self._open() as db, db:
                values = (
                    artifact_id, found.where, found.original, found.at, found.server, found.home,
                )  # fmt: skip
                db.execute(_WRITE, values)
        except (sqlite3.Error, OSError) as error:
            log.warning("where a copy came from is not kept: %s", type(error).__name__)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=5.0)) as db:
            db.execute(_SCHEMA)
            have = {row[1] for row in db.execute("PRAGMA table_info(copied)")}
            for name in (each for each in _ADDED if each not in have):
                db.execute(f"ALTER TABLE copied ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")
            yield db
