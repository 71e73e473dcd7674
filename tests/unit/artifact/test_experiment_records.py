"""Evaluations and traces of an experiment: scores have columns, traces are trees."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.artifacts import makers

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.experiment.records import MAX_CELL, evaluations_of, spans_of
from dfs_desktop.artifact.experiment.snapshot import MAX_SPANS, Snapshot

TABLES = """
CREATE TABLE spans (trace_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT, kind INTEGER,
    start_time_unix_nano BIGINT, end_time_unix_nano BIGINT, status_code INTEGER, status_message TEXT,
    attributes TEXT);
CREATE TABLE evals (id TEXT, dataset_id TEXT, inputs TEXT, outputs TEXT, refs TEXT, scores TEXT,
    metadata TEXT);
"""


def span(name: str, parent: str | None, start: Any, end: Any, code: int = 1) -> tuple[Any, ...]:
    return (name, "t", parent, f"call {name}", start, end, code, None, '{"tokens": 3}')


def test_the_tables_of_a_tracker_are_read(tmp_path: Path) -> None:
    path = tmp_path / "exp.db"
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        second = 10**9
        rows = [
            ("t1", f"s{n}", "s0" if n else None, f"n{n}", 1, second * n, second * (n + 1),
             2 if n == 3 else 1, None, "{}")
            for n in range(MAX_SPANS + 5)
        ]  # fmt: skip
        database.executemany(f"INSERT INTO spans VALUES ({', '.join('?' * 10)})", rows)
        inputs, scores = json.dumps({"question": "why?"}), json.dumps({"exact": 0.5})
        database.execute(
            "INSERT INTO evals VALUES ('e1', 'd', ?, NULL, 'no json', ?, '{}')", (inputs, scores)
        )
    database.close()
    source = BytesSource(makers.zip_of({"exp.db": path.read_bytes()}), "e")
    with Snapshot(source) as snapshot:
        found, spans = snapshot.evaluations(), snapshot.spans()
        told = [each.title for each in snapshot.findings()]
    assert found.titles == ["id", "dataset", "inputs.question", "refs", "scores.exact"]
    assert found.rows == [["e1", "d", "why?", "no json", "0.5"]]
    assert len(spans) == MAX_SPANS
    assert [(s.depth, s.start, s.seconds, s.status) for s in spans[:4]] == [
        (0, 0.0, 1.0, "ok"), (1, 1.0, 1.0, "ok"), (1, 2.0, 1.0, "ok"), (1, 3.0, 1.0, "error"),
    ]  # fmt: skip
    assert told == ["The experiment has more than 5000 rows in spans"], "that it is not all is said"


def test_rows_that_are_left_out_for_their_size_or_for_time_are_told(tmp_path: Path) -> None:
    path = tmp_path / "exp.db"
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        rows = [(f"e{n}", "x" * 1_000_000) for n in range(30)]
        database.executemany("INSERT INTO evals (id, inputs) VALUES (?, ?)", rows)
    database.close()
    packed = makers.zip_of({"exp.db": path.read_bytes()}, zipfile.ZIP_STORED)
    with Snapshot(BytesSource(packed, "e")) as snapshot:
        snapshot._database._limit = 60.0  # whatever else the machine does
        assert len(snapshot.evaluations().rows) == 17
        assert "evals is too large" in snapshot.findings()[-1].title
        snapshot._database._limit = -1.0
        assert len(snapshot.evaluations().rows) == 1
        assert "evals takes too long" in snapshot.findings()[-1].title


def test_of_many_columns_the_scores_are_kept_and_that_it_is_not_all_is_told(tmp_path: Path) -> None:
    path = tmp_path / "exp.db"
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        inputs = json.dumps({f"feature {number}": number for number in range(50)})
        row = ("e", "d", inputs, '{"label": 1}', '{"label": 0}', '{"exact": 0.5}', '{"m": 1}')
        database.execute("INSERT INTO evals VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    database.close()
    source = BytesSource(makers.zip_of({"exp.db": path.read_bytes()}), "e")
    with Snapshot(source) as snapshot:
        found = snapshot.evaluations()
        told = [each.title for each in snapshot.findings()]
    assert found.titles[2:4] == ["inputs.feature 0", "inputs.feature 1"]
    assert found.titles[-4:] == ["inputs.feature 34", "outputs.label", "refs.label", "scores.exact"]
    assert len(found.rows[0]) == len(found.titles) == 40
    assert told == ["The evaluations have more than 40 columns"]


def test_spans_stand_below_their_parents_in_the_order_of_time() -> None:
    rows = [span("b", "a", 20, 30), span("a", None, 10, 50), span("d", "gone", 5, 4),
            span("c", "b", 21, None)]  # fmt: skip
    assert [(s.name[-1], s.depth, s.seconds is None) for s in spans_of(rows)] == [
        ("d", 0, True), ("a", 0, False), ("b", 1, False), ("c", 2, True),
    ]  # fmt: skip


ODD = st.one_of(st.none(), st.integers(), st.text(max_size=9), st.binary(max_size=9), st.floats())
NAMES = st.sampled_from(["a", "b", "c", "d", None])


@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from("tu"), NAMES, ODD, ODD, ODD, ODD, ODD, ODD), max_size=9
    )
)
def test_every_span_is_shown_once_whatever_is_in_what(rows: list[tuple[Any, ...]]) -> None:
    found = spans_of(rows)
    assert len(found) == len(rows)
    for before, each in zip([None, *found], found, strict=False):
        within = before is not None and before.trace == each.trace
        assert each.depth <= (before.depth + 1 if before is not None and within else 0)


@given(st.lists(st.tuples(*[ODD] * 7), max_size=9))
def test_odd_evaluations_are_cells(rows: list[tuple[Any, ...]]) -> None:
    found = evaluations_of(rows)
    assert len(found.rows) == len(rows)
    for row in found.rows:
        assert len(row) == len(found.titles)
        assert all(len(cell) <= MAX_CELL for cell in row)
