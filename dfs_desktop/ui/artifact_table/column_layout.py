"""Arranges the table's header as the open place wants it, and keeps what a person changes there."""

import contextlib
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.text_lines import LONGEST
from dfs_desktop.workspace.listing.columns import Column
from dfs_desktop.workspace.views.column_layouts import ColumnLayouts, arranged, usual_order

from .view import TableView

_MOST_LOOKED_AT = 100  # rows in sight
_NARROWEST = 24  # pixels
_WIDEST = 4000
_REST = 200  # milliseconds without a new row: a column that grows paints all again


class HeaderLayout(QObject):
    """`changed`: a person moved, resized, hid or showed a column, or sorted by one."""

    changed = Signal()

    def __init__(self, table: TableView, layouts: ColumnLayouts) -> None:
        super().__init__(table)
        self._silent: set[str] = set()  # columns that have nothing to tell; nobody hid them
        self._told: tuple[str, set[str]] = ("", set())  # in which place, and which had
        self._table, self._layouts = table, layouts
        self._header = table.horizontalHeader()
        self._applying = False
        self._own_widths: dict[str, int] = {}
        self._header.sectionMoved.connect(lambda *_: self._keep())
        self._header.sectionResized.connect(self._resized)
        self._header.sortIndicatorChanged.connect(lambda *_: self._keep())
        table.table.headerDataChanged.connect(lambda *_: self.apply())
        self._fitted: dict[str, int] = {}  # what the columns of this place needed for their rows
        self._look = single_shot(self, 0, self._show_telling)
        self._fit = single_shot(self, _REST, self._fit_to_rows)
        table.verticalScrollBar().valueChanged.connect(self._look.start)
        table.horizontalScrollBar().valueChanged.connect(self._fit.start)
        rows = table.table
        for changed in (rows.dataChanged, rows.rowsInserted, rows.layoutChanged):
            changed.connect(self._look.start)
        self.destroyed.connect(layouts.changed.connect(self.apply))
        self.apply()

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._table.table.columns()

    def in_order(self) -> list[Column]:
        """All columns from left to right, those that are hidden as well."""
        columns = self.columns
        return [columns[self._header.logicalIndex(place)] for place in range(len(columns))]

    def shown(self, number: int) -> bool:
        return not self._header.isSectionHidden(number)

    def show_column(self, key: str, on: bool) -> None:
        """Show or hide one; the last that is shown stays."""
        keys = [column.key for column in self.columns]
        if key not in keys:  # it went while a menu was open
            return
        if on and key in self._silent:
            self._silent.discard(key)
            column = self.columns[keys.index(key)]
            self._own_widths[key] = self._usual_width(column)  # it stays, whatever it tells
        if on or [n for n in range(len(keys)) if self.shown(n)] != [keys.index(key)]:
            self._header.setSectionHidden(keys.index(key), not on)
            self._keep()

    def move(self, key: str, by: int) -> None:
        """To the left (-1) or right (1) of the next column that is shown."""
        keys, header = [column.key for column in self.columns], self._header
        start = header.visualIndex(keys.index(key))
        end = start + by
        while 0 <= end < len(keys) and header.isSectionHidden(header.logicalIndex(end)):
            end += by
        if 0 <= end < len(keys):
            header.moveSection(start, end)

    def fit(self) -> None:
        """As wide as what is in sight needs."""
        for number in range(len(self.columns)):
            if self.shown(number):
                self._table.resizeColumnToContents(number)

    def apply(self) -> None:
        """Put the columns that there are in their order, widths and visibility."""
        layout, header = self._layouts.current(), self._header
        keys = [column.key for column in self.columns]
        hidden = set(layout.hidden)
        if hidden.issuperset(keys):
            hidden.discard(keys[0])
        if self._told[0] != self._layouts.key:
            self._told = (self._layouts.key, set())
            self._fitted.clear()
        wanted = self._told[1] | set(layout.widths) | hidden
        self._silent = {column.key for column in self.columns if column.tells} - wanted
        self._silent -= self._telling()
        away = hidden | self._silent
        with self._quietly():
            for number, column in enumerate(self.columns):
                header.setSectionHidden(number, column.key in away)
                if column.key not in hidden:
                    width = layout.widths.get(column.key) or self._usual_width(column)
                    header.resizeSection(number, max(_NARROWEST, min(width, _WIDEST)))
            for place, key in enumerate(arranged(layout.order or usual_order(keys), keys)):
                header.moveSection(header.visualIndex(keys.index(key)), place)
        self._own_widths.clear()
        self._table.show_sorting()
        self._look.start()

    def _telling(self) -> set[str]:
        """Which of the silent columns have something to tell of a row in sight."""
        silent = [column for column in self.columns if column.key in self._silent]
        rows = self._table.rows_in_sight(_MOST_LOOKED_AT) if silent else ()
        found = {each.key for each in silent if each.tells and any(map(each.tells, rows))}
        self._told[1].update(found)
        return found

    def _show_telling(self) -> None:
        """A column comes when it has something to tell, and stays while the place is open."""
        if found := self._telling():
            self._silent -= found
            with self._quietly():
                for number, column in enumerate(self.columns):
                    if column.key in found:
                        self._header.setSectionHidden(number, False)
                        self._header.resizeSection(number, self._usual_width(column))
        if self._fitted:
            self._fit.start()
        else:
            self._fit_to_rows()

    def _fit_to_rows(self) -> None:
        """Columns that nobody gave a width grow to what the rows in sight say; tags are counted that
        have no room."""
        given, header = self._layouts.current().widths, self._header
        character, end = self._table.fontMetrics().averageCharWidth(), header.viewport().width()
        with self._quietly():
            for number, column in enumerate(self.columns):
                size = header.sectionSize(number)
                in_sight = -size < header.sectionViewportPosition(number) < end
                if not size or not in_sight or column.key in given or column.chips is not None:
                    continue
                wanted = min(self._table.sizeHintForColumn(number), character * 36)
                self._fitted[column.key] = max(wanted, self._fitted.get(column.key, 0))
                if wanted > size:
                    header.resizeSection(number, wanted)

    @contextlib.contextmanager
    def _quietly(self) -> Iterator[None]:
        self._applying = True
        try:
            yield
        finally:
            self._applying = False

    def _usual_width(self, column: Column) -> int:
        metrics = self._table.fontMetrics()
        character = metrics.averageCharWidth()
        usual = character * column.width
        if not usual:
            title = metrics.horizontalAdvance(column.title[:LONGEST]) + 5 * character
            usual = max(character * 13, min(title, character * 24))
        return max(usual, self._fitted.get(column.key, 0))

    def _resized(self, number: int, before: int, after: int) -> None:
        if before and after and not self._applying and number < len(self.columns):
            self._own_widths[self.columns[number].key] = after
            self._keep()

    def _keep(self) -> None:
        if self._applying:
            return
        keys, header = [column.key for column in self.columns], self._header
        order = sorted(range(len(keys)), key=header.visualIndex)
        away = [key for number, key in enumerate(keys) if not self.shown(number)]
        hidden = [key for key in away if key not in self._silent]
        self._layouts.keep([keys[n] for n in order], hidden, self._own_widths)
        self.changed.emit()
