"""Arranges the table's header as the open place wants it, and keeps what a person changes there."""

import contextlib
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.text_lines import LONGEST
from dfs_desktop.workspace.listing.columns import Column
from dfs_desktop.workspace.listing.row import Row, status_text
from dfs_desktop.workspace.views.column_layouts import ColumnLayouts
from dfs_desktop.workspace.views.column_order import arranged

from .view import TableView

_WIDTHS = {"name": 28, "file": 22, "status": 18, "size": 11, "tags": 26, "created": 15}
_SILENT = 9  # characters of the status while no row has one
_MOST_LOOKED_AT = 100  # rows in sight
_NARROWEST = 24  # pixels
_WIDEST = 4000


class HeaderLayout(QObject):
    """`changed`: a person moved, resized, hid or showed a column, or sorted by one."""

    changed = Signal()

    def __init__(self, table: TableView, layouts: ColumnLayouts) -> None:
        super().__init__(table)
        self._silent = True
        self._table, self._layouts = table, layouts
        self._header = table.horizontalHeader()
        self._applying = False
        self._own_widths: dict[str, int] = {}
        self._header.sectionMoved.connect(lambda *_: self._keep())
        self._header.sectionResized.connect(self._resized)
        self._header.sortIndicatorChanged.connect(lambda *_: self._keep())
        table.table.headerDataChanged.connect(lambda *_: self.apply())
        self._look = single_shot(self, 0, self._make_room_for_status)
        for changed in (
            table.table.dataChanged,
            table.table.rowsInserted,
            table.table.layoutChanged,
        ):
            changed.connect(self._look.start)
        self.destroyed.connect(layouts.changed.connect(self.apply))
        self.apply()

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._table.table.columns()

    def shown(self, number: int) -> bool:
        return not self._header.isSectionHidden(number)

    def show_column(self, key: str, on: bool) -> None:
        """Show or hide one; the last that is shown stays."""
        keys = [column.key for column in self.columns]
        if key not in keys:  # it went while a menu was open
            return
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
        with self._quietly():
            for number, column in enumerate(self.columns):
                header.setSectionHidden(number, column.key in hidden)
                if column.key not in hidden:
                    width = layout.widths.get(column.key) or self._usual_width(column)
                    header.resizeSection(number, max(_NARROWEST, min(width, _WIDEST)))
            for place, key in enumerate(arranged(layout.order, keys)):
                header.moveSection(header.visualIndex(keys.index(key)), place)
        self._own_widths.clear()
        self._table.show_sorting()
        self._silent = "status" in keys and "status" not in layout.widths
        self._look.start()

    def _make_room_for_status(self) -> None:
        """The status is narrow until a row has one to tell: most never do, and tags need the room."""
        if not self._silent or not any(map(_tells, self._table.rows_in_sight(_MOST_LOOKED_AT))):
            return
        self._silent = False
        number = next(n for n, column in enumerate(self.columns) if column.key == "status")
        if self.shown(number):
            width = self._table.fontMetrics().averageCharWidth() * _WIDTHS["status"]
            with self._quietly():
                self._header.resizeSection(number, width)

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
        if column.key == "status":
            return character * _SILENT
        if column.key in _WIDTHS:
            return character * _WIDTHS[column.key]
        title = metrics.horizontalAdvance(column.title[:LONGEST]) + 5 * character
        return max(character * 13, min(title, character * 24))

    def _resized(self, number: int, before: int, after: int) -> None:
        if before and after and not self._applying and number < len(self.columns):
            self._own_widths[self.columns[number].key] = after
            self._keep()

    def _keep(self) -> None:
        if self._applying:
            return
        keys, header = [column.key for column in self.columns], self._header
        order = sorted(range(len(keys)), key=header.visualIndex)
        hidden = [key for number, key in enumerate(keys) if not self.shown(number)]
        self._layouts.keep([keys[n] for n in order], hidden, self._own_widths)
        self.changed.emit()


def _tells(row: Row) -> bool:
    return row.job is not None or bool(status_text(row))
