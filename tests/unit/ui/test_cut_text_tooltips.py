"""A name that is cut is whole under the pointer: in lists, trees, tables, choices and bars."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QWidget,
)

import dfs_desktop.ui
from dfs_desktop.number_text import is_figures
from dfs_desktop.ui.charts import metric_bars
from dfs_desktop.ui.charts.metric_bars import MetricBars
from dfs_desktop.ui.preview.json_tree import JsonTree
from dfs_desktop.ui.preview.text_table import RowsTable
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets import cut_text_tooltips
from dfs_desktop.ui.widgets.cut_text_tooltips import WholeText, show_whole_text
from dfs_desktop.ui.widgets.dialogs import choice_box
from dfs_desktop.ui.widgets.row_tables import Index

LONG = "experiments/<b>2026</b>/a name that is far longer than the room for it.fnnx"


class Told:
    """What is shown under the pointer at once; Qt's own hides only after a while."""

    text = ""

    @classmethod
    def showText(cls, _place: QPoint, text: str, *_where: object) -> None:
        cls.text = text


def told(widget: QWidget, at: QPoint) -> str:
    event = QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    return Told.text


def test_what_is_cut_is_told_whole_and_what_is_not_is_not_repeated(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.install(qapp).use("light")
    for module in (cut_text_tooltips, metric_bars):
        monkeypatch.setattr(module, "QToolTip", Told)
    names = QListWidget()
    show_whole_text(names)
    names.addItems([LONG, "short"])
    names.resize(160, 200)
    tree = JsonTree("values")
    tree.header().setMaximumSectionSize(80)
    tree.show_value({LONG: 1})
    tree.resize(300, 100)
    box = choice_box("box", "Choice")
    box.addItems([LONG, "short"])
    box.resize(120, 30)
    bars = MetricBars()
    bars.show_metrics({LONG: 0.5})
    bars.resize(200, 30)
    widgets = (names, tree, box, bars)
    for each in widgets:
        each.show()
    first, second = (names.visualItemRect(names.item(n)).center() for n in (0, 1))
    escaped = LONG.replace("<", "&lt;").replace(">", "&gt;")
    assert escaped in told(names.viewport(), first)
    assert told(names.viewport(), second) == ""
    assert escaped in told(tree.viewport(), QPoint(30, 8))
    assert escaped in told(box, box.rect().center())
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    assert "…" in option.currentText
    assert tree.header().textElideMode() is Qt.TextElideMode.ElideRight, "so it is in the sheet"
    box.setCurrentIndex(1)
    assert told(box, box.rect().center()) == ""
    assert escaped in told(bars, QPoint(5, 5))
    for each in widgets:
        shiboken6.delete(each)


def test_a_number_without_room_is_an_ellipsis_and_never_other_figures(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every table whose cells Qt paints; words lose their middle as before."""
    theme.install(qapp).use("light")
    drawn: list[str] = []

    class Seen(WholeText):
        def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
            super().initStyleOption(option, index)
            drawn.append(option.text)

    monkeypatch.setattr(cut_text_tooltips, "WholeText", Seen)
    table = RowsTable("numbers", ["name", "value"], right=[1], stretch=None)
    values = ["12\u202f345\u202f678.901 GB", "-1.2345678e-05", "[1, 3, 224, 224]", LONG]
    table.show_rows([["a", each] for each in values])
    table.resize(600, 300)
    needed = table.columnWidth(1)
    table.show()
    drawn.clear()
    table.grab()
    assert set(values) <= set(drawn)
    assert "…" not in drawn
    table.setColumnWidth(1, 50)
    assert table.sizeHintForColumn(1) >= needed // 2  # what is hidden still asks for its room
    drawn.clear()
    table.grab()
    assert drawn.count("…") == len(values) - 1
    assert drawn[-1] == LONG
    shiboken6.delete(table)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("12\u202f345.6 MB", True),
        ("−3.1e-05", True),
        ("2026-11-28 12:30", True),
        ("(1, 3, 224)", True),
        ("5 eV", True),
        ("٣٫١٤", True),
        ("", False),
        ("…", False),
        ("model-2", False),
        ("3.2 MB (3\u202f200\u202f000 bytes)", True),
        ("1e5", True),
        ("5 min 3 s", True),
        ("3 artifacts", False),
        ("3f2a9c", False),
    ],
)
def test_figures_are_told_from_words(text: str, figures: bool) -> None:
    assert is_figures(text) is figures


@pytest.mark.parametrize(
    "kind", ["QListWidget", "QListView", "QTreeWidget", "QTreeView", "QTableView"]
)
def test_every_view_shows_what_it_cuts(kind: str) -> None:
    """By words of the model for the pointer, or by the mechanism for those that have none."""
    made = re.compile(rf"= {kind}\(|class \w+\({kind}\)")
    silent = [
        path.name
        for path in Path(dfs_desktop.ui.__file__).parent.rglob("*.py")
        if made.search(text := path.read_text())
        and not re.search(r"show_whole_text|[tT]oolTip|_Rows|Model\(", text)
    ]
    assert silent == []
