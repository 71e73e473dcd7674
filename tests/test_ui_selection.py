"""Thousands of selected rows cost a moment, and the header shows how they are sorted."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QApplication, QWidget
from test_workspace import artifact

from dfs_desktop.ui.pulse import Pulse
from dfs_desktop.ui.table_view import TableView
from dfs_desktop.workspace.listing import Listing

MANY = 10_000


@pytest.mark.fault("RL-45")
def test_ten_thousand_rows_are_selected_and_asked_for_at_once(qapp: QApplication) -> None:
    room, listing = QWidget(), Listing()
    table = TableView(listing, Pulse(room), room)
    listing.replace([artifact(f"{n:05}") for n in range(MANY)])
    began = time.monotonic()
    table.selectAll()
    for _ in range(50):  # each listener asks anew
        assert len(table.artifacts()) == MANY
    assert time.monotonic() - began < 2.0, "an index a row and listener takes ten seconds"
    listing.remove("id-00000")
    assert len(table.artifacts()) == MANY - 1
    renewed = artifact("00001", description="new")
    listing.put(renewed)
    assert renewed in table.artifacts()
    listing.filter("0000")
    assert [each.model_name for each in table.artifacts()] == [
        row.artifact.model_name for row in listing.visible
    ]
    table.clearSelection()
    assert table.artifacts() == []
    flags = QItemSelectionModel.SelectionFlag
    for row in (3, 1):
        table.selectionModel().select(table.table.index(row, 0), flags.Select | flags.Rows)
    assert [each.id for each in table.artifacts()] == [listing.visible[n].key for n in (1, 3)]
    table.table.detach()
    room.deleteLater()


@pytest.mark.fault("W-16")
def test_the_arrow_stands_where_the_rows_are_sorted_also_when_the_column_comes_later(
    qapp: QApplication,
) -> None:
    room, listing = QWidget(), Listing()
    table = TableView(listing, Pulse(room), room)
    listing.sort("metric:loss", descending=False)  # as of last time
    table.show_sorting()
    listing.replace([artifact("one", metrics={"acc": 1, "loss": 2})])
    header = table.horizontalHeader()
    assert header.isSortIndicatorShown()
    assert table.table.column(header.sortIndicatorSection()).key == "metric:loss"
    assert listing.sort_column == "metric:loss", "showing the arrow sorts nothing anew"
    listing.replace([artifact("one", metrics={"a": 1, "b": 1, "loss": 2})])
    assert table.table.column(header.sortIndicatorSection()).key == "metric:loss"
    table.table.detach()
    room.deleteLater()
