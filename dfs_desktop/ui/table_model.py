"""Shows the listing to Qt: rows by index, persistent indexes moved so that a selection survives."""

from __future__ import annotations

from itertools import count
from operator import attrgetter
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from dfs_desktop.ui.guard import guarded
from dfs_desktop.ui.tooltips import tooltip
from dfs_desktop.workspace.columns import LEADING, Column
from dfs_desktop.workspace.listing import Listing
from dfs_desktop.workspace.row import Row

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

_key = attrgetter("key")
MOST_RANGES = 20


class TableModel(QAbstractTableModel):
    """Mirrors `listing.visible`. The listing sorts and filters; this class only tells Qt about it."""

    def __init__(self, listing: Listing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listing = listing
        self._rows: list[Row] = list(listing.visible)
        self._numbers = _numbers(self._rows)
        self._columns: tuple[Column, ...] = listing.columns
        self._disconnect = [
            listing.rows_changed.connect(self._rows_changed),
            listing.columns_changed.connect(self._columns_changed),
            listing.row_updated.connect(self._row_updated),
        ]

    def detach(self) -> None:
        for disconnect in self._disconnect:
            disconnect()

    def row(self, number: int) -> Row | None:
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def number(self, key: str) -> int | None:
        """The row that shows a record, also when it was provisional before."""
        return self._numbers.get(self._listing.successors.get(key, key))

    def column(self, number: int) -> Column:
        return self._columns[number]

    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def rows(self, start: int, end: int) -> list[Row]:
        return self._rows[start:end]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    @guarded()
    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role == Role.DisplayRole:
            return column.text(row)
        if role == Role.TextAlignmentRole and column.numeric:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.ToolTipRole:
            return tooltip((column.hint or column.text)(row))
        if role == Role.AccessibleTextRole:
            return f"{column.title}: {column.text(row) or 'none'}"
        return None

    @guarded()
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Role.DisplayRole:
            return column.title
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self._columns):
            descending = order == Qt.SortOrder.DescendingOrder
            self._listing.sort(self._columns[column].key, descending=descending)

    def _row_updated(self, key: str) -> None:
        number = self._numbers.get(key)
        if number is not None:
            self._renewed(number, number)

    def _renewed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    def _columns_changed(self) -> None:
        """Metric columns come and go behind the leading ones; widths of the others stay."""
        old, new = len(self._columns), len(self._listing.columns)
        first = len(LEADING)
        if new > old:
            self.beginInsertColumns(QModelIndex(), first, first + new - old - 1)
            self._columns = self._listing.columns
            self.endInsertColumns()
        elif new < old:
            self.beginRemoveColumns(QModelIndex(), first, first + old - new - 1)
            self._columns = self._listing.columns
            self.endRemoveColumns()
        else:
            self._columns = self._listing.columns
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, new - 1)

    def _rows_changed(self) -> None:
        """Remove what went, add what came, then put all in order: each step keeps selections."""
        wanted = self._listing.visible
        self._columns = self._listing.columns  # numbers are written for the rows there are
        if wanted and wanted == self._rows:  # the very same rows
            self._renewed(0, len(wanted) - 1)
            return
        numbers = _numbers(wanted)
        self._take_over_successors(numbers)
        self._remove([n for n, row in enumerate(self._rows) if row.key not in numbers])
        if len(self._rows) < len(wanted):
            fresh = [row for row in wanted if row.key not in self._numbers]
            self.beginInsertRows(QModelIndex(), len(self._rows), len(wanted) - 1)
            self._rows.extend(fresh)
            self.endInsertRows()
        if list(map(_key, self._rows)) != list(map(_key, wanted)):
            self._reorder(wanted, numbers)
        elif wanted:  # the same records in the same order, told anew
            self._rows = list(wanted)
            self._renewed(0, len(wanted) - 1)
        self._numbers = numbers

    def _take_over_successors(self, wanted: dict[str, int]) -> None:
        """A provisional row turns into its record in place, so that its selection stays."""
        for key, successor in self._listing.successors.items():
            number = self._numbers.get(key)
            if number is None or key in wanted:
                continue
            if successor in wanted and successor not in self._numbers:
                self._rows[number] = self._listing.visible[wanted[successor]]
                self._numbers[successor] = self._numbers.pop(key)
                self._renewed(number, number)

    def _remove(self, gone: list[int]) -> None:
        """Remove these rows. Where they lie in many places, they are moved to the end before: Qt
        looks at all that is selected once for each range."""
        ranges: list[tuple[int, int]] = []
        for number in gone:
            if ranges and ranges[-1][1] == number:
                ranges[-1] = (ranges[-1][0], number + 1)
            else:
                ranges.append((number, number + 1))
        if len(ranges) > MOST_RANGES:
            leaving = set(gone)
            staying = [row for number, row in enumerate(self._rows) if number not in leaving]
            ranges = [(len(staying), len(self._rows))]
            ordered = staying + [self._rows[number] for number in gone]
            self._reorder(ordered, _numbers(ordered))
        for start, end in reversed(ranges):
            self.beginRemoveRows(QModelIndex(), start, end - 1)
            del self._rows[start:end]
            self.endRemoveRows()

    def _reorder(self, ordered: list[Row], numbers: dict[str, int]) -> None:
        """Show the rows, which are the same ones, in this order."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._rows[index.row()].key for index in before]
        self._rows = list(ordered)
        after = [
            self.index(numbers[key], index.column())
            for key, index in zip(keys, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def _numbers(rows: list[Row]) -> dict[str, int]:
    return dict(zip(map(_key, rows), count(), strict=False))
