"""The snapshot of an experiment inside an artifact: parameters, curves, counts, attachments.

The database comes from a stranger. It is unpacked within limits into a file of our own, opened
read-only, and asked for plain tables only: no views, no functions of its schema, no time without
end.
"""

import contextlib
import os
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from .errors import ArtifactError
from .inside.attachments import Attachments, find_attachments
from .inside.curves import Curve, Parameter, curves_of, parameters_of
from .inside.findings import Finding
from .inside.zipped import WHOLE, ZipEntry, zip_entries, zip_stream
from .names import shortened
from .opened import EXPERIMENT, OpenArtifact
from .source import Source

MAX_DATABASE = 512 * 1024 * 1024  # bytes on disk
MAX_PARAMETERS = 10_000
MAX_POINTS = 200_000
MAX_TEXT = 4 * 1024 * 1024  # bytes of one value
TIME_LIMIT = 1.0  # seconds for one question
_STEPS = 10_000  # instructions of SQLite between two looks at the clock
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_FUNCTIONS = {"count", "substr", "length"}
# Plain tables only: a virtual one would run the code of a module on a stranger's data.
_TABLES = "SELECT name, substr(sql, 1, 13) FROM sqlite_master WHERE type = 'table'"
MAX_TABLES = 1000
# A damaged database writes its own bytes into SQLite's messages, which are then no UTF-8.
_REFUSED = (sqlite3.Error, UnicodeDecodeError, MemoryError, OverflowError)
_MAGIC = b"SQLite format 3\0"


class Counts(msgspec.Struct, frozen=True):
    """How much there is of each; None where the database does not tell."""

    metrics: int | None
    spans: int | None
    traces: int | None
    evals: int | None
    annotations: int | None


def find_snapshots(artifact: OpenArtifact) -> list[str]:
    """The members that hold a snapshot; nothing is read."""
    return [
        member.name
        for member in artifact.members()
        if member.name == EXPERIMENT
        or (member.name.startswith("meta_artifacts/") and member.name.endswith(f"/{EXPERIMENT}"))
    ]


class Snapshot:
    """One snapshot database, open until `close`; its methods may be called from any thread.

    A question that cannot be answered (a missing table, too much time) gives what there is and
    adds a finding.
    """

    def __init__(self, source: Source, *, time_limit: float = TIME_LIMIT) -> None:
        """Unpack the database in the zip file `source` and open it; ArtifactError when it is none."""
        self._lock = threading.Lock()
        self._limit = time_limit
        self._deadline = 0.0
        self._findings: dict[str, Finding] = {}
        self._tables: set[str] = set()
        self._path = _unpack(source)
        try:
            self._database = self._open()
        except BaseException:
            self._path.unlink(missing_ok=True)
            raise
        if os.name == "posix":
            self._path.unlink(missing_ok=True)  # SQLite has it open; nothing is left by a crash

    @classmethod
    def of(cls, artifact: OpenArtifact, member: str | None = None) -> "Snapshot":
        """The snapshot in this member, or in the only one there is."""
        found = [member] if member is not None else find_snapshots(artifact)
        if not found:
            raise ArtifactError(
                "No experiment in the artifact", f"{shortened(artifact.name)} holds no snapshot."
            )
        return cls(artifact.slice(found[0]))

    def close(self) -> None:
        """Close the database and remove its file."""
        with self._lock:
            self._database.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def parameters(self) -> list[Parameter]:
        """The parameters by name."""
        rows = self._rows("static_params", "key, value, value_type", MAX_PARAMETERS)
        return parameters_of(rows)

    def curves(self) -> list[Curve]:
        """Every metric with its steps, values and times, by name; at most 200 000 points in all."""
        rows = self._rows("dynamic_metrics", "key, step, value, logged_at", MAX_POINTS)
        return curves_of(rows)

    def counts(self) -> Counts:
        """How many points, spans, traces, evaluations and annotations there are."""
        notes = [self._count(table) for table in ("eval_annotations", "span_annotations")]
        known = [each for each in notes if each is not None]
        return Counts(
            metrics=self._count("dynamic_metrics"),
            spans=self._count("spans"),
            traces=self._count("spans", "DISTINCT trace_id"),
            evals=self._count("evals"),
            annotations=sum(known) if known else None,
        )

    def findings(self) -> list[Finding]:
        """What could not be answered so far."""
        return list(self._findings.values())

    def _open(self) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        database = sqlite3.connect(address, uri=True, check_same_thread=False)
        try:
            database.execute("PRAGMA trusted_schema=OFF")
            database.execute("PRAGMA query_only=ON")
            database.execute("PRAGMA cell_size_check=ON")
            database.execute("PRAGMA mmap_size=0")
            database.execute("PRAGMA temp_store=MEMORY")
            database.execute("PRAGMA cache_size=-4096")
            database.text_factory = lambda data: data.decode("utf-8", "replace")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TEXT)
            self._start_clock()
            database.set_progress_handler(self._late, _STEPS)
            database.set_authorizer(_authorize)
            found = database.execute(_TABLES).fetchmany(MAX_TABLES)
            self._tables = {name for name, text in found if text == "CREATE TABLE "}
        except _REFUSED:
            database.close()
            raise ArtifactError(
                "The experiment cannot be read",
                "Its database is damaged. Write the snapshot again.",
            ) from None
        return database

    def _start_clock(self) -> None:
        self._deadline = time.monotonic() + self._limit

    def _late(self) -> int:
        return time.monotonic() > self._deadline

    def _count(self, table: str, what: str = "*") -> int | None:
        rows = self._ask(table, f"SELECT count({what}) FROM {table}", 1)  # noqa: S608 - our names
        return rows[0][0] if rows else None

    def _rows(self, table: str, columns: str, limit: int) -> list[tuple[Any, ...]]:
        query = f"SELECT {columns} FROM {table} LIMIT {limit + 1}"  # noqa: S608 - our names
        rows = self._ask(table, query, limit + 1)
        if len(rows) > limit:
            del rows[limit:]
            self._findings[table] = Finding(
                "note",
                f"The experiment has more than {limit:,} rows in {table}",
                "The first ones are shown. Download the artifact to see all.",
            )
        return rows

    def _ask(self, table: str, query: str, limit: int) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        size = 0
        if table not in self._tables:
            self._findings[table] = Finding(
                "note",
                f"The experiment has no table {table}",
                "The snapshot may be of another version; the rest is shown.",
            )
            return rows
        with self._lock:
            self._start_clock()
            try:
                for row in self._database.execute(query):
                    rows.append(row)
                    size += sum(len(each) for each in row if isinstance(each, str | bytes))
                    if len(rows) >= limit or size > 4 * MAX_TEXT or self._late():
                        break
            except _REFUSED as error:
                late = isinstance(error, sqlite3.OperationalError) and "interrupt" in str(error)
                what = "takes too long to read" if late else "cannot be read"
                self._findings[table] = Finding(
                    "warning",
                    f"The experiment's table {table} {what}",
                    "What was read before is shown. The snapshot may be of another version.",
                )
        return rows


def _authorize(action: int, *names: str | None) -> int:
    """Reading plain tables and counting is all that a stranger's database may make SQLite do."""
    _, second, _, view = names
    if view is not None:
        return sqlite3.SQLITE_DENY
    if action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _unpack(source: Source) -> Path:
    """The database in a file that only we can read."""
    entry = _database_entry(source)
    descriptor, name = tempfile.mkstemp(prefix="dfs-experiment-", suffix=".db")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for block in zip_stream(source, entry, MAX_DATABASE, WHOLE):
                if file.tell() == 0:
                    _check_magic(block, entry)
                file.write(block)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return path


def _check_magic(block: bytes, entry: ZipEntry) -> None:
    if not block.startswith(_MAGIC):
        raise ArtifactError(
            "The experiment cannot be read",
            f"{shortened(entry.name)} is no SQLite database. Write the snapshot again.",
        )


def _database_entry(source: Source) -> ZipEntry:
    entries = zip_entries(source)
    named = [entry for entry in entries if entry.name.endswith(("exp.db", ".db", ".sqlite"))]
    if not named and len(entries) != 1:
        raise ArtifactError(
            "The experiment cannot be read",
            f"{shortened(source.name)} holds no database. Write the snapshot again.",
        )
    return min(named or entries, key=lambda entry: not entry.name.endswith("exp.db"))


__all__ = [
    "Attachments",
    "Counts",
    "Curve",
    "Parameter",
    "Snapshot",
    "find_attachments",
    "find_snapshots",
]
