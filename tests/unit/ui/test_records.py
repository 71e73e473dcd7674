"""Evaluations are sorted, filtered and saved; traces are trees that open with their durations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from dfs_desktop.artifact.experiment.records import Span
from dfs_desktop.ui.preview.record_table import RecordTable
from dfs_desktop.ui.preview.span_tree import SpanTree, duration_text
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.tasks import Tasks

ROWS = [["e2", "0.9"], ["e10", "0.10"], ["e1", ""], ["e3", "nan"], ["=x", "1e-3"]]


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    theme.install(qapp)
    tasks = Tasks(print)
    yield tasks
    asyncio.run(tasks.stop())


def shown(table: RecordTable, column: int = 0) -> list[str]:
    content = table.table.content
    return [content.cell(row, column) for row in range(content.rowCount())]


def test_records_are_sorted_filtered_and_saved(tasks: Tasks, tmp_path: Path) -> None:
    table = RecordTable("Evaluations", tasks)
    table.show_records(["id", "score"], ROWS)
    table.sort_by(1)
    assert shown(table, 1) == ["1e-3", "0.10", "0.9", "nan", ""], "by value, the empty one last"
    table.sort_by(1)
    assert shown(table, 1)[-1] == ""
    table.sort_by(1)
    assert shown(table) == [row[0] for row in ROWS]
    table.sort_by(0)
    assert shown(table)[-3:] == ["e2", "e3", "e10"]
    table.search.setText("E1")
    assert shown(table) == ["e1", "e10"]
    assert table.said.text() == "2 of 5"
    table.search.clear()
    asyncio.run(table.saver.save_to(tmp_path / "e.csv", ["id", "score"], table._shown))
    assert "'=x,1e-3" in (tmp_path / "e.csv").read_text("utf-8-sig")
    assert table.said.text() == "Saved as e.csv"
    asyncio.run(table.saver.save_to(tmp_path / "no" / "e.csv", [], []))
    assert table.said.text().startswith("Not saved")
    table.show_records([], [])
    shiboken6.delete(table)


def test_a_trace_is_a_tree_with_durations(tasks: Tasks) -> None:
    tree = SpanTree(tasks)
    spans = [
        Span("t1", "agent<b>", 0, 0.0, 2.5, "ok", "{}"),
        Span("t1", "call", 1, 0.5, 0.0025, "error: no", "{}"),
        Span("t1", "again", 1, 1.0, None, "", ""),
        *(Span("t2", f"n{n}", n, None, 1e-6, "", "") for n in range(40)),
    ]
    tree.show_spans(spans)
    first, second = tree.tree.topLevelItem(0), tree.tree.topLevelItem(1)
    assert [first.text(n) for n in (0, 1, 3, 4)] == ["agent<b>", "2.5 s", "error inside", "3 spans"]
    root = first.child(0)
    assert (root.childCount(), root.child(0).text(1), root.child(0).text(2)) == (
        2,
        "2.5 ms",
        "500 ms",
    )
    assert second.childCount() == 0, "it is filled when it is opened"
    second.setExpanded(True)
    assert second.child(0).child(0).text(0) == "n1"
    tree.show_spans([])
    shiboken6.delete(tree)
    assert [duration_text(s) for s in (0.0, 1.5e-5, 61.25)] == ["0 µs", "15 µs", "61.2 s"]
