"""Shows the listing to Qt: rows by index, persistent indexes moved so that a selection survives."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.ui.widgets.row_tables import NOWHERE, ROW_FLAGS
from dfs_desktop.workspace.listing.columns import Column
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.row import Row, has_copy

from .row_differences import Gap, difference, gaps_between, ranges, rest, same_ends

Role = Qt.ItemDataRole

_HINTED = "QList<QPersistentModelIndex>", "QAbstractItemModel::LayoutChangeHint"
_BETTER = {1: later("higher is better"), -1: later("lower is better")}
MOST_RANGES = 20


class TableModel(QAbstractTableModel):
    """Mirrors `listing.visible`. The listing sorts and filters; this class only tells Qt about it."""

    def __init__(self, listing: Listing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listing = listing
        self._rows: list[Row] = list(listing.visible)
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
        row = self._listing.row(self._listing.successors.get(key, key))
        return next((n for n, each in enumerate(self._rows) if each is row), None)

    def numbers(self, keys: Iterable[str]) -> list[int]:
        """Where these are shown, in ascending order, as far as they are."""
        wanted = {self._listing.successors.get(key, key) for key in keys}
        return [number for number, row in enumerate(self._rows) if row.key in wanted]

    def has_copy(self, row: Row) -> bool:
        """Whether a right copy of its file is on this computer."""
        return has_copy(row.artifact, self._listing.copies)

    def column(self, number: int) -> Column:
        return self._columns[number]

    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def rows(self, start: int, end: int) -> list[Row]:
        return self._rows[start:end]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be dragged: onto a collection, or out of the window; names are typed over."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        named = self._columns[index.column()].key == "name"
        return ROW_FLAGS | Qt.ItemFlag.ItemIsEditable if named else ROW_FLAGS

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
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
            words = (column.hint or column.text)(row)
            if column.key == "name" and (copy := self._listing.told_of_copy(row.artifact)):
                words = f"{words}\n{copy}"
            return tooltip(words)
        if role == Role.AccessibleTextRole:
            from dfs_desktop.workspace.listing.spoken_row import spoken

            return spoken(row, column, self._listing)
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
        direction = self._direction(column)
        if role == Role.InitialSortOrderRole:  # the first click puts what is best, or new, on top
            down = direction > 0 or column.descending_first
            return Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        if role in (Role.ToolTipRole, Role.AccessibleDescriptionRole):
            better = tr(_BETTER.get(direction, ""))
            words = f"{column.title}: {better}" if better else column.title
            return tooltip(words) if role == Role.ToolTipRole else words
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            if column.numeric:  # in every language above the end of its numbers
                side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def is_best(self, row: Row, column: Column) -> bool:
        return self._listing.is_best(row, column.metric)

    def wanted(self, column: Column) -> tuple[str, ...]:
        return self._listing.applied.wanted(column.key)

    def _direction(self, column: Column) -> int:
        return self._listing.direction(column.metric) if column.metric else 0

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self._columns):
            descending = order == Qt.SortOrder.DescendingOrder
            self._listing.sort(self._columns[column].key, descending=descending)

    def _row_updated(self, key: str) -> None:
        if key in self._listing or key in self._listing.successors:
            self._renewed()

    def _renewed(self) -> None:
        """What is in sight is painted anew, once for many: to look where a row is takes longer."""
        if self._rows:
            end = self.index(len(self._rows) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), end)

    def _columns_changed(self) -> None:
        """They come and go behind those that stay as they were; widths of the others stay."""
        old, new = len(self._columns), len(self._listing.columns)
        both = zip(self._columns, self._listing.columns, strict=False)
        first = next((n for n, (a, b) in enumerate(both) if a.key != b.key), min(old, new))
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
        self._renewed()

    def _rows_changed(self) -> None:
        """Turn the rows that are shown into those that are wanted; each step keeps selections."""
        wanted = self._listing.visible
        self._columns = self._listing.columns  # numbers are written for the rows there are
        if self._listing.reordered:
            self._reorder(0, wanted)
            return
        gaps = gaps_between(self._rows, wanted, self._listing.touched, MOST_RANGES)
        if gaps is not None:
            gaps = [self._renew_in_place(gap, wanted) for gap in gaps]
        if gaps is None or self._moves_what_is_selected(gaps, wanted):
            self._change_all(wanted)
        else:
            for start, end, first, behind in reversed(gaps):
                self._change(start, end, wanted[first:behind])
        self._renewed()

    def _renew_in_place(self, gap: Gap, wanted: list[Row]) -> Gap:
        """What is left of a gap once rows that tell the record before them anew have its place."""
        start, end, first, behind = gap
        same, successors = 0, self._listing.successors
        for before, row in zip(self._rows[start:end], wanted[first:behind], strict=False):
            if row.key not in {before.key, successors.get(before.key)}:
                break
            same += 1
        self._put(start, start + same, wanted[first : first + same])
        return start + same, end, first + same, behind

    def _moves_what_is_selected(self, gaps: list[Gap], wanted: list[Row]) -> bool:
        """Whether a row leaves that may be selected, and its record comes elsewhere. Of a range that
        is selected Qt keeps the indexes of its corners alone."""
        leaving = {number for start, end, _, _ in gaps for number in range(start, end)}
        if not leaving or all(first == behind for _, _, first, behind in gaps):
            return False
        kept_by_qt = [index.row() for index in self.persistentIndexList()]
        low, high = min(kept_by_qt, default=0), max(kept_by_qt, default=-1)
        kept = [number for number in leaving if low <= number <= high]
        if not kept:
            return False
        coming = {row.key for _, _, first, behind in gaps for row in wanted[first:behind]}
        keys = {self._rows[number].key for number in kept}
        keys |= {self._listing.successors.get(key, key) for key in keys}
        return not keys.isdisjoint(coming)

    def _change(self, start: int, end: int, rows: list[Row]) -> None:
        """Show these in the place of others."""
        if start < end:
            self.beginRemoveRows(QModelIndex(), start, end - 1)
            self._put(start, end, [])
            self.endRemoveRows()
        if rows:
            self.beginInsertRows(QModelIndex(), start, start + len(rows) - 1)
            self._put(start, start, rows)
            self.endInsertRows()

    def _change_all(self, wanted: list[Row]) -> None:
        """Wherever the rows are others than before.

        What is the same at the head and the foot is left alone. Of the rest, rows that tell a record
        anew take their places, what stays is put in order with what goes behind it, then that is
        removed and what came is inserted.
        """
        start, foot = same_ends(self._rows, wanted)
        old, new = self._rows[start : len(self._rows) - foot], wanted[start : len(wanted) - foot]
        gone, came = difference(old, new)
        if gone and came and self._listing.touched:
            self._renew(start, old, gone, [new[n] for n in came])
            gone, came = difference(old, new)
        removed, inserted = ranges(gone, MOST_RANGES), ranges(came, MOST_RANGES)
        staying, left = rest(new, came, inserted), rest(old, gone, removed)
        if len(removed) > MOST_RANGES or staying != left:
            self._reorder(start, staying + [old[n] for n in gone])
            removed = [(len(staying), len(old))] if gone else []
        for first, end in reversed(removed):
            self._change(start + first, start + end, [])
        scattered = len(inserted) > MOST_RANGES
        if scattered:
            new = staying + [new[n] for n in came]
            inserted = [(len(staying), len(new))]
        for first, end in inserted:
            self._change(start + first, start + first, new[first:end])
        if scattered:
            self._reorder(start, wanted[start : len(wanted) - foot])

    def _renew(self, start: int, old: list[Row], gone: list[int], came: list[Row]) -> None:
        """Rows that tell a record anew take the places of those before, so that selections stay; so
        does a record that of its provisional row."""
        fresh = {row.key: row for row in came}
        keys = {old[number].key for number in gone}
        for number in gone:
            key = old[number].key
            if key not in fresh:
                key = self._listing.successors.get(key, "")
            if key in fresh and (key == old[number].key or key not in keys):
                old[number] = fresh.pop(key)
        self._put(start, start + len(old), old)

    def _put(self, start: int, end: int, rows: list[Row]) -> None:
        self._rows[start:end] = rows

    def _reorder(self, start: int, ordered: list[Row]) -> None:
        """Show the rows from `start` on, which are the same ones, in this order."""
        # With this hint a selection follows by its rows, not by each of its cells.
        hint = self.LayoutChangeHint.VerticalSortHint
        self.layoutAboutToBeChanged[_HINTED].emit([], hint)  # type: ignore[index]  # missing in the stubs
        end = start + len(ordered)
        before = [each for each in self.persistentIndexList() if start <= each.row() < end]
        moved = [self._rows[index.row()] for index in before]
        self._put(start, end, ordered)
        if len(moved) > MOST_RANGES:
            place = dict(zip(ordered, count(), strict=False)).__getitem__
        else:
            place = ordered.index  # of few it is found sooner than all are counted
        after = [
            self.index(start + place(row), index.column())
            for row, index in zip(moved, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged[_HINTED].emit([], hint)  # type: ignore[index]  # missing in the stubs
