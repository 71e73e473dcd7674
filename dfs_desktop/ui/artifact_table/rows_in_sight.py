"""Paints the rows of the table that are in sight, and after a change of them a few at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QTableView

from dfs_desktop.ui.platform.timers import single_shot

from .cell_delegate import CellPainter
from .model import TableModel

Span: TypeAlias = tuple[int, int, int]  # a column, where it begins, how wide it is
_AT_ONCE = 6  # rows that are painted between two turns of the loop


def paint_rows(
    view: QTableView,
    model: TableModel,
    cells: CellPainter,
    painter: QPainter,
    area: QRect,
    columns: Sequence[Span],
) -> None:
    """Paint these columns of the rows in an area: without an index, an option and questions of Qt for
    each cell."""
    chosen, height = view.selectionModel(), view.verticalHeader().defaultSectionSize()
    direction, last = view.layoutDirection(), area.bottom()
    number = view.rowAt(max(area.top(), 0))
    while number >= 0 and (row := model.row(number)) is not None:
        top = view.rowViewportPosition(number)
        if top > last:
            break
        selected = chosen.isSelected(model.index(number, 0))
        for section, left, width in columns:
            cell = model, row, model.column(section)
            cells.draw(painter, QRect(left, top, width, height), cell, direction, selected)
        number += 1


def spans(view: QTableView, area: QRect) -> Iterator[Span]:
    """The columns that are shown in an area."""
    header = view.horizontalHeader()
    for section in range(header.count()):
        left, width = header.sectionViewportPosition(section), header.sectionSize(section)
        in_area = left <= area.right() and left + width > area.left()
        if in_area and width and not header.isSectionHidden(section):
            yield section, left, width


class Renewal:
    """Rows in sight that are others than before are painted a few in each turn of the loop, so that
    the window never waits for all of them."""

    def __init__(self, view: QTableView) -> None:
        self._view = view
        self._next: int | None = None  # the row that comes next; None: all are as they should be
        self._again = False
        self._timer = single_shot(view, 0, self._step)

    def begin(self) -> None:
        """All rows in sight may be others."""
        if self._next is None:
            self._next = 0
            self._timer.start()
        else:
            self._again = True  # those that were painted already

    def painted(self, region: QRegion) -> None:
        """This was painted: all that is in sight need not be painted once more."""
        if region == QRegion(self._view.viewport().rect()):
            self._next, self._again = None, False

    def _step(self) -> None:
        if self._next is None:
            return
        view, viewport = self._view, self._view.viewport()
        top, bottom = view.rowAt(0), view.rowAt(viewport.height() - 1)
        end = view.model().rowCount() if bottom < 0 else bottom + 1
        first, height = max(self._next, top), view.verticalHeader().defaultSectionSize()
        if top >= 0 and first < end:
            self._next = first + _AT_ONCE
            place = view.rowViewportPosition(first)
            viewport.update(0, place, viewport.width(), height * _AT_ONCE)
        else:
            if bottom < 0:  # there may have been more rows
                place = view.rowViewportPosition(end - 1) + height if end else 0
                viewport.update(0, place, viewport.width(), viewport.height() - place)
            self._next = 0 if self._again else None
            self._again = False
        if self._next is not None:
            self._timer.start()
