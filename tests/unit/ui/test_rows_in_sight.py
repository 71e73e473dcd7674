"""Rows that are others than before are painted a few at a time; what Qt asks for is painted at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QImage, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication
from unit.workspace.test_workspace import artifact

from dfs_desktop.ui.artifact_table import rows_in_sight
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.listing.listing import Listing


class Painted(QObject):
    """What was painted of a viewport."""

    def __init__(self, table: TableView) -> None:
        super().__init__(table)
        self.regions: list[QRegion] = []
        table.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.regions.append(QRegion(event.region()))
        return False

    def all(self) -> QRegion:
        whole = QRegion()
        for each in self.regions:
            whole = whole.united(each)
        return whole


@pytest.fixture
def table(qapp: QApplication) -> Iterator[TableView]:
    """Two hundred rows, of which some thirty are in sight."""
    theme.install(qapp)
    listing = Listing()
    listing.replace([artifact(f"m{n:03}", id=f"id{n}") for n in range(200)])
    listing.sort("name", descending=False)
    view = TableView(listing, RefreshTimer(qapp))
    view.resize(700, 800)
    view.show()
    _settle(qapp)
    yield view
    view.table.detach()
    view.close()
    view.deleteLater()


def _settle(qapp: QApplication) -> None:
    for _ in range(60):
        qapp.processEvents()


def test_changed_rows_are_painted_a_few_at_a_time_until_all_are(
    table: TableView, qapp: QApplication
) -> None:
    seen, few = Painted(table), table.rowHeight(0) * (rows_in_sight._AT_ONCE + 1)
    assert table.viewport().height() > few * 2
    table.listing.put(artifact("m003", id="id3", tags=["new"]))
    table.listing.copies_changed()
    _settle(qapp)
    assert seen.regions, "the change is shown"
    assert max(each.boundingRect().height() for each in seen.regions) <= few
    assert seen.all() == QRegion(table.viewport().rect())


def test_a_scroll_in_between_leaves_no_row_out(table: TableView, qapp: QApplication) -> None:
    table.verticalScrollBar().setValue(600)
    _settle(qapp)
    seen = Painted(table)
    table.listing.copies_changed()
    qapp.processEvents()
    table.verticalScrollBar().setValue(550)
    table.listing.copies_changed()  # once more: those that were painted already
    _settle(qapp)
    assert seen.all() == QRegion(table.viewport().rect())


def test_rows_that_come_go_or_move_are_painted_a_few_at_a_time_and_all_are_right(
    table: TableView, qapp: QApplication
) -> None:
    few = table.rowHeight(0) * (rows_in_sight._AT_ONCE + 1)
    listing, viewport = table.listing, table.viewport()

    def on_screen() -> QImage:
        screen = table.backingStore().paintDevice()
        assert isinstance(screen, QImage)
        corner = viewport.mapTo(table, QPoint())
        return screen.copy(QRect(corner, viewport.size()))

    def whole() -> QImage:
        image = on_screen()
        image.fill(0)
        viewport.render(image)
        return image

    for change in (
        lambda: listing.put(artifact("m0035", id="new")),
        lambda: listing.sort("name", descending=True),
        lambda: listing.remove("id199", "id150"),
    ):
        seen = Painted(table)
        change()
        _settle(qapp)
        assert max(each.boundingRect().height() for each in seen.regions) <= few
        assert on_screen() == whole()
    for change in (
        lambda: table.verticalScrollBar().setValue(10_000),
        lambda: listing.remove(*(f"id{n}" for n in range(40))),
        lambda: listing.filter("m11"),
        lambda: listing.filter("nobody"),
        lambda: listing.filter(""),
    ):
        change()
        _settle(qapp)
        assert on_screen() == whole()


def test_what_qt_painted_whole_is_not_painted_once_more(
    table: TableView, qapp: QApplication
) -> None:
    seen = Painted(table)
    table.listing.put(artifact("m0035", id="new"))  # the rows below it move
    table.viewport().update()
    _settle(qapp)
    assert seen.regions == [QRegion(table.viewport().rect())]


def test_of_two_areas_what_is_between_is_not_painted(
    table: TableView, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: set[str] = set()
    draw = table._cells.draw

    def told(*args: Any, **named: Any) -> None:
        drawn.add(args[2][1].key)
        draw(*args, **named)

    monkeypatch.setattr(table._cells, "draw", told)
    for number in (0, 12):
        table.viewport().update(table.visualRect(table.table.index(number, 0)))
    _settle(qapp)
    assert drawn == {"id0", "id12"}
