"""The snapshot of an experiment inside an artifact: parameters, curves, counts, attachments.

The database comes from a stranger. It is opened read-only within limits, and asked for plain tables
only: no views, no functions of its schema, no time without end.
"""

import threading
from typing import Any

import msgspec

from dfs_desktop.artifact.archive.byte_source import Source
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr, trn

from .curves import Curve, Parameter, curves_of, parameters_of
from .records import Records, Span, evaluations_of, spans_of
from .snapshot_database import MAX_TEXT, REFUSED, Database, is_late

MAX_PARAMETERS = 10_000
MAX_POINTS = 200_000
MAX_EVALUATIONS = 2000
MAX_SPANS = 5000
TIME_LIMIT = 1.0  # seconds for one question
_KNOWN = frozenset(
    ["static_params", "dynamic_metrics", "spans", "evals", "eval_annotations", "span_annotations"]
)
# Plain tables only: a virtual one would run the code of a module on a stranger's data.
_TABLES = "SELECT name, substr(sql, 1, 13) FROM sqlite_master WHERE type = 'table'"
MAX_TABLES = 5000


class Counts(msgspec.Struct, frozen=True):
    """How much there is of each; None where the database does not tell."""

    metrics: int | None
    spans: int | None
    traces: int | None
    evals: int | None
    annotations: int | None


class Snapshot:
    """One snapshot database, open until `close`; its methods may be called from any thread.

    A question that cannot be answered (a missing table, too much time) gives what there is and
    adds a finding.
    """

    def __init__(self, source: Source, *, time_limit: float = TIME_LIMIT) -> None:
        """Unpack the database in the zip file `source` and open it; ArtifactError when it is none."""
        self._lock = threading.Lock()
        self._findings: dict[str, Finding] = {}
        self.absent: list[Finding] = []  # those of tables that are not there
        self._tables: dict[str, set[str]] = {}  # with their columns
        self._database = Database(source, time_limit)
        try:
            self._read_tables()
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def parameters(self) -> list[Parameter]:
        rows = self._rows("static_params", "key, value, value_type", MAX_PARAMETERS)
        return parameters_of(rows)

    def curves(self) -> list[Curve]:
        """Every metric with its steps, values and times, by name; at most 200 000 points in all."""
        rows = self._rows("dynamic_metrics", "key, step, value, logged_at", MAX_POINTS)
        curves, left_out = curves_of(rows)
        if left_out:
            title = trn(
                "{amount} row of dynamic_metrics is no number",
                "{amount} rows of dynamic_metrics are no numbers",
                left_out,
                amount=number_text(left_out),
            )
            self._findings["points"] = Finding(
                "note", title, tr("They are left out of the curves.")
            )
        return curves

    def evaluations(self) -> Records:
        """The first evaluations as a table."""
        columns = "id, dataset_id, inputs, outputs, refs, scores, metadata"
        found = evaluations_of(self._rows("evals", columns, MAX_EVALUATIONS, lenient=True))
        if found.cut:
            title = tr("The evaluations have more than {limit} columns", limit=len(found.titles))
            remedy = tr("The first ones are shown. Download the artifact to see all.")
            self._findings["columns"] = Finding("note", title, remedy)
        return found

    def spans(self) -> list[Span]:
        """The first spans, trace after trace."""
        columns = (
            "span_id, trace_id, parent_span_id, name, start_time_unix_nano, end_time_unix_nano, "
            "status_code, status_message, attributes"
        )
        return spans_of(self._rows("spans", columns, MAX_SPANS, lenient=True))

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

    def _read_tables(self) -> None:
        """The plain tables with their columns: trackers of other versions have others."""
        database = self._database.connection
        if self._database.cut_off:
            title = tr("A part of the experiment's database is missing")
            remedy = tr(
                "{file} ends too early, so that rows are not shown. Write the snapshot again.",
                file=shortened(self._database.cut_off),
            )
            self._findings["cut off"] = Finding("warning", title, remedy)
        self._database.start_clock()
        try:
            found = database.execute(_TABLES).fetchmany(MAX_TABLES)
            for name, text in found:
                if isinstance(name, str) and text == "CREATE TABLE " and name.lower() in _KNOWN:
                    cursor = database.execute(f"SELECT * FROM {name.lower()} LIMIT 0")  # noqa: S608
                    self._tables[name.lower()] = {each[0].lower() for each in cursor.description}
            rows = [
                database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608
                for table in self._tables
            ]
        except REFUSED:
            return  # each question says for itself what cannot be read
        others = [name for name, _ in found if isinstance(name, str) and name.lower() not in _KNOWN]
        if not self._tables and others:
            names = ", ".join(shortened(name, 40) for name in others[:8])
            title = tr("The experiment was written by a tracker that is not known")
            remedy = tr(
                "Its database has the tables {names}. Download the artifact to look into them.",
                names=names,
            )
            self._findings["tables"] = Finding("note", title, remedy)
        if self._database.beside and not any(rows):
            self._findings["wal"] = Finding(
                "warning",
                tr("The experiment's database has no rows"),
                tr(
                    "They may lie in {file}: the tracker was still writing. Close the "
                    "tracker and write the snapshot again.",
                    file=shortened(self._database.beside),
                ),
            )

    def _count(self, table: str, what: str = "*") -> int | None:
        rows = self._ask(table, f"SELECT count({what}) FROM {table}", 1)  # noqa: S608 - our names
        return rows[0][0] if rows else None

    def _rows(
        self, table: str, columns: str, limit: int, *, lenient: bool = False
    ) -> list[tuple[Any, ...]]:
        """The rows of these columns; NULL stands for one that this version of the table lacks.

        `lenient`: what is lacking need not be told.
        """
        known = self._tables.get(table, set())
        wanted = columns.split(", ")
        missing = [each for each in wanted if each not in known]
        if known and wanted[0] in missing:
            columns = ", ".join(shortened(each, 40) for each in sorted(known)[:8])
            title = tr("The experiment's table {table} cannot be read", table=table)
            remedy = tr(
                "It has other columns: {columns}. The snapshot may be of another version.",
                columns=columns,
            )
            self._findings[table] = Finding("warning", title, remedy)
            return []
        if known and missing and not lenient:
            title = tr(
                "The experiment's table {table} has no {columns}",
                table=table,
                columns=", ".join(missing),
            )
            remedy = tr("The snapshot is of another version; the rest is shown.")
            self._findings[f"{table} columns"] = Finding("note", title, remedy)
        asked = ", ".join("NULL" if each in missing else each for each in wanted)
        query = f"SELECT {asked} FROM {table} LIMIT {limit + 1}"  # noqa: S608 - our names
        rows = self._ask(table, query, limit + 1)
        if len(rows) > limit:
            del rows[limit:]
            title = tr(
                "The experiment has more than {limit} rows in {table}",
                limit=number_text(limit),
                table=table,
            )
            remedy = tr("The first ones are shown. Download the artifact to see all.")
            self._findings[table] = Finding("note", title, remedy)
        return rows

    def _ask(self, table: str, query: str, limit: int) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        size = 0
        if table not in self._tables:
            remedy = tr("The snapshot may be of another version; the rest is shown.")
            title = tr("The experiment has no table {table}", table=table)
            self._findings[table] = Finding("note", title, remedy)
            self.absent.append(self._findings[table])
            return rows
        too_large = later("The experiment's table {table} is too large to read here")
        too_slow = later("The experiment's table {table} takes too long to read")
        title = ""
        with self._lock:
            self._database.start_clock()
            try:
                for row in self._database.connection.execute(query):
                    rows.append(row)
                    size += sum(len(each) for each in row if isinstance(each, str | bytes))
                    if len(rows) >= limit:
                        break
                    if size > 4 * MAX_TEXT or self._database.late():
                        title = too_large if size > 4 * MAX_TEXT else too_slow
                        break
            except REFUSED as error:
                title = later("The experiment's table {table} cannot be read")
                if isinstance(error, MemoryError):
                    title = too_large
                elif is_late(error):
                    title = too_slow
        if title:
            remedy = tr("What was read before is shown. The snapshot may be of another version.")
            self._findings[table] = Finding("warning", tr(title, table=table), remedy)
        return rows
