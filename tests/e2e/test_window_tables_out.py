"""What is shown leaves the window: the table as text in three forms, curves of runs in one chart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QMenu
from support.artifacts import makers
from support.qt.desktop import Desktop

from dfs_desktop.ui.artifact_table.table_export import TableExport
from dfs_desktop.ui.comparison.window import CompareWindow

pytestmark = pytest.mark.shared_window
Key = Qt.Key
Start = Callable[..., Desktop]
Make = Callable[..., Path]


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_the_table_is_copied_and_saved_as_it_is_seen(
    start: Start, make_model: Make, tmp_path: Path
) -> None:
    desktop = start()
    desktop.upload(
        make_model("one_a", accuracy=0.123456789), make_model("two", accuracy=0.9),
        make_model("three", accuracy=0.5),
    )  # fmt: skip
    table, actions = desktop.table, desktop.window.actions_
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    for column, each in enumerate(table.table.columns()):
        if each.key not in {"name", "metric:accuracy"}:
            table.setColumnHidden(column, True)
    table.horizontalHeader().moveSection(
        table.horizontalHeader().visualIndex(
            [each.key for each in table.table.columns()].index("metric:accuracy")
        ),
        0,
    )
    desktop.activate()
    table.setFocus()
    QGuiApplication.clipboard().clear()
    QTest.keyClick(
        table, Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )
    desktop.until(clipboard, "the table")
    lines = clipboard().splitlines()
    assert lines[0] == "| accuracy | Name |", "the columns that are shown, in their order"
    assert lines[2:] == [r"| 0.1235 | one\_a |", "| 0.5000 | three |", "| **0.9000** | two |"]
    actions["copy_csv"].trigger()
    desktop.until(lambda: clipboard().startswith("accuracy,Name"), "CSV")
    assert "0.123456789,one_a" in clipboard(), "no digit is lost"
    table.selectRow(1)
    table.selectionModel().select(
        table.table.index(2, 0),
        table.selectionModel().SelectionFlag.Select | table.selectionModel().SelectionFlag.Rows,
    )
    actions["copy_latex"].trigger()
    desktop.until(lambda: clipboard().startswith(r"\begin{tabular}"), "LaTeX")
    assert "one" not in clipboard(), "the selected rows are meant"
    assert any("2 rows as LaTeX" in notice for notice in desktop.notices())
    export = TableExport(table, desktop.window.workspace.state)
    table.clearSelection()
    desktop.run(export.save_to(tmp_path / "t.tex"))
    assert r"\textbf{0.9000} & two \\" in (tmp_path / "t.tex").read_text()
    actions["export_table"].trigger()
    dialog = desktop.dialog(QFileDialog)
    assert dialog.selectedNameFilter() == "CSV (*.csv)"
    desktop.press(dialog.findChild(QComboBox, "fileTypeCombo"), Qt.Key.Key_Up)
    desktop.write(dialog.findChild(QLineEdit), str(tmp_path / "notes"))
    dialog.accept()
    desktop.until((tmp_path / "notes.md").exists, "the ending of what is chosen")
    desktop.run(export.save_to(tmp_path / "none" / "t.csv"))
    assert any("not saved" in notice for notice in desktop.notices())
    edit = next(
        m
        for m in desktop.window.menuBar().findChildren(QMenu)
        if m.title().replace("&", "") == "Copy As"
    )
    assert len(edit.actions()) == 3


def test_curves_of_compared_runs_are_in_one_chart(desktop: Desktop, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    paths = [makers.make_pyfunc(tmp_path / name / f"{name}.luml") for name in ("a", "b")]
    records = [record for path in paths for record in desktop.upload(path)]
    desktop.select(*records)
    desktop.window.actions_["compare"].trigger()
    window = desktop.dialog(CompareWindow)
    QTest.keyClick(window.table, Key.Key_C)
    assert window.curves_button.isChecked()
    curves: Any = window.curves
    desktop.until(lambda: len(curves._found) == 2, "both runs")
    assert curves.choice.currentData() == "loss"
    chart = curves.panel.chart
    assert [len(each.xs) for each in chart.curves.raw] == [50, 50]
    names = [each.name for each in chart.curves.raw]
    assert len(set(names)) == 2
    curves.panel.legend.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert [each.name for each in chart.curves.raw] == names[1:], "the legend hides a line"
    curves.choice.setCurrentIndex(1)
    curves.choice.activated.emit(1)
    assert chart.curves.raw[0].ys[0] == 0.5
    chart.setFocus()
    QGuiApplication.clipboard().clear()
    QTest.keyClick(chart, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert not QGuiApplication.clipboard().image().isNull()

    async def save() -> None:
        for ending in ("md", "csv", "tex", "png"):
            await window.save_to(tmp_path / f"c.{ending}", ending)

    desktop.run(asyncio.wait_for(save(), 20))
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    assert r"\begin{tabular}" in (tmp_path / "c.tex").read_text()
    window.close()
