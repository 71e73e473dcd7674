"""The column of names stays in sight, is clicked and sorted where it is seen; decimal signs line up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from unit.workspace.test_workspace import artifact

from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.listing.columns import columns_for, metric_column
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.row import Row
from dfs_desktop.workspace.views.column_layouts import usual_order

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def table(qapp: QApplication) -> Iterator[TableView]:
    """Thirty rows with ten metrics each, in less room than these need."""
    theme.install(qapp)
    room, listing = QWidget(), Listing()
    metrics = {f"metric number {n}": n / 7 for n in range(10)}
    listing.replace([artifact(f"m{n:02}", metrics=metrics) for n in range(30)])
    listing.sort("name", descending=False)
    view = TableView(listing, RefreshTimer(room), room)
    view.resize(500, 400)
    room.resize(500, 400)
    room.show()
    qapp.processEvents()
    yield view
    view.table.detach()
    room.close()
    room.deleteLater()


def test_names_stay_where_they_are_seen_clicked_and_sorted(
    table: TableView, qapp: QApplication
) -> None:
    bar, name = table.horizontalScrollBar(), table.table.index(3, 0)
    place = table.visualRect(name)
    assert bar.maximum() > 100
    bar.setValue(bar.maximum())
    qapp.processEvents()
    assert table.visualRect(name) == place
    assert table.indexAt(place.center()) == name
    assert table.indexAt(QPoint(place.right() + 40, place.center().y())).column() > 1
    before = table.viewport().grab(place).toImage()
    QTest.mouseClick(table.viewport(), LEFT, pos=place.center())
    assert [each.model_name for each in table.artifacts()] == ["m03"]
    assert bar.value() == bar.maximum(), "a click on a name scrolls nothing"
    assert table.viewport().grab(place).toImage() != before, "it is shown as selected"
    # What the pinned column covers comes into sight when the cursor goes there.
    for _ in range(8):
        QTest.keyClick(table, Qt.Key.Key_Left)
        column = table.currentIndex().column()
        if column:
            assert table.columnViewportPosition(column) >= place.right()
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.currentIndex().row() == 29
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0
    # Its head is over the header, and a click on it sorts by the name.
    bar.setValue(bar.maximum())
    header = table.horizontalHeader()
    QTest.mouseClick(header.childAt(20, 10), LEFT)
    assert table.listing.descending
    assert table.listing.visible[0].artifact.model_name == "m29"


def test_decimal_signs_of_a_column_stand_below_each_other(table: TableView) -> None:
    values = [0.8967, 0.00723, 0.0666, 12, "text", None]
    rows = [Row(artifact(f"n{n}", metrics={"loss": value})) for n, value in enumerate(values)]
    column = metric_column("loss", rows)
    assert [column.text(row) for row in rows[:4]] == ["0.8967", "0.007230", "0.06660", "12"]
    assert column.decimals() == 6
    lines = table._cells._numbers
    width = table._cells.width
    digit = lines.width("0")
    behind = [width(table.table, row, column) - lines.width(column.text(row)) for row in rows]
    assert abs((behind[0] - behind[1]) - 2 * digit) <= 1
    assert abs((behind[2] - behind[1]) - digit) <= 1
    assert abs((behind[3] - behind[1]) - 6 * digit - lines.width(".")) <= 1
    assert abs(behind[4] - behind[1]) <= 1, "a text stands at the right"


def test_what_the_name_is_about_and_three_metrics_come_before_size_and_time() -> None:
    keys = [column.key for column in columns_for((), "abcd", stages={})]
    order = usual_order(keys)
    metrics = [f"metric:{name}" for name in "abcd"]
    told = ["name", "status", "stages", "tags", *metrics[:3], "size", "created", metrics[3], "file"]
    assert [key for key in order if key in told] == told
    assert sorted(order) == sorted(keys)
