"""A step of scrolling paints what comes into sight; what was in sight is moved as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QTreeView, QWidget
from support.qt.painted import Painted
from unit.workspace.test_workspace import artifact

from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.preview.text_table import RowsTable
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.row_tables import OpaqueGround
from dfs_desktop.ui.widgets.thin_progress_bar import ThinBar
from dfs_desktop.workspace.listing.listing import Listing

STEP = 7  # pixels


def artifacts(room: QWidget) -> TableView:
    listing = Listing()
    listing.replace([artifact(f"m{n}", id=f"id{n}", tags=["a"]) for n in range(300)])
    return TableView(listing, RefreshTimer(room), room)


def values(room: QWidget) -> RowsTable:
    table = RowsTable("values", ["a", "b"])
    table.setParent(room)
    table.show_rows([(str(n), "x") for n in range(300)])
    table.setVerticalScrollMode(RowsTable.ScrollMode.ScrollPerPixel)
    return table


@pytest.fixture
def room(qapp: QApplication) -> Iterator[QWidget]:
    room = QWidget()
    room.resize(700, 500)
    yield room
    theme.current().use("system")
    room.close()
    room.deleteLater()


@pytest.mark.parametrize("make", [artifacts, values])
def test_a_step_of_scrolling_paints_only_the_strip_that_comes_into_sight(
    qapp: QApplication, room: QWidget, make: Callable[[QWidget], QWidget]
) -> None:
    look = theme.install(qapp)
    view = make(room)
    view.resize(690, 490)
    for mode in ("light", "dark", "light"):
        look.use(mode)  # type: ignore[arg-type]
        room.show()
        qapp.processEvents()
        painted = Painted(view.viewport())  # type: ignore[attr-defined]
        bar = view.verticalScrollBar()  # type: ignore[attr-defined]
        for _ in range(3):
            bar.setValue(bar.value() + STEP)
            qapp.processEvents()
        assert painted.heights == [STEP] * 3


def test_the_ground_below_the_rows_has_the_colour_of_the_theme(
    qapp: QApplication, room: QWidget
) -> None:
    look = theme.install(qapp)
    tree = QTreeView(room)
    OpaqueGround(tree)
    tree.resize(300, 300)
    room.show()
    for mode in ("light", "dark"):
        look.use(mode)  # type: ignore[arg-type]
        qapp.processEvents()
        seen = tree.viewport().grab().toImage().pixelColor(20, 250)
        assert seen.name() == look.color("base").name()


def test_a_bar_that_moves_is_painted_with_all_else_and_not_on_the_spot(
    qapp: QApplication, room: QWidget
) -> None:
    theme.install(qapp)
    bar = ThinBar()
    bar.setParent(room)
    room.show()
    qapp.processEvents()
    painted = Painted(bar)
    for permille in range(100, 600, 100):
        bar.advance(permille)
    assert painted.heights == []
    qapp.processEvents()
    assert len(painted.heights) == 1
    assert bar.value() == 500
