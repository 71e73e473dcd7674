"""Read-only tables of texts: a short one as high as its rows, and a long one that scrolls."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.safety.written_tables import table_text
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.cell_painting import LEFT, RIGHT
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.ui.widgets.row_tables import OpaqueGround, TitledRows, show_whole_rows
from dfs_desktop.ui.widgets.text_lines import tabular

Role = Qt.ItemDataRole
MOST_SHORT = 500


class RowsModel(TitledRows[Sequence[str]]):
    """Rows of texts as they came; made visible when they are painted. `right` columns hold numbers."""

    def __init__(self, titles: Sequence[str], right: Sequence[int], parent: QWidget) -> None:
        super().__init__(titles, parent)
        self.right = set(right)

    def cell(self, row: int, column: int) -> str:
        """The text of a cell; rows may be shorter than the header."""
        cells = self.rows[row]
        return visible(cells[column]) if column < len(cells) else ""

    @guarded()
    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if role == Role.DisplayRole:
            return self.cell(index.row(), index.column())
        if role == Role.ToolTipRole:
            return tooltip(self.cell(index.row(), index.column()))
        if role == Role.TextAlignmentRole:
            return RIGHT if index.column() in self.right else LEFT
        if role == Role.AccessibleTextRole:
            title = self.titles[index.column()]
            return f"{title}: {self.cell(index.row(), index.column()) or tr('empty')}"
        return None

    @guarded()
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        if role == Role.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            return RIGHT if section in self.right else LEFT
        return super().headerData(section, orientation, role)


class Lazily(Sequence[Any]):
    """What is made of each of these when it is asked for: there may be 200,000, of which few are seen."""

    def __init__(self, things: Sequence[Any], make: Callable[[Any], Any]) -> None:
        self._things, self._make = things, make

    def __len__(self) -> int:
        return len(self._things)

    def __getitem__(self, place: Any) -> Any:
        return self._make(self._things[place])


class RowsTable(QTableView):
    """Scrolls; Ctrl+C copies the chosen rows with tabs between the cells."""

    def __init__(
        self,
        name: str,
        titles: Sequence[str],
        *,
        right: Sequence[int] = (),
        stretch: int | None = 0,
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.content = RowsModel(titles, right, self)
        self.setModel(self.content)
        self.setFont(tabular(self.font()))
        self._stretch = stretch
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        OpaqueGround(self)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        show_whole_rows(self, 1.7)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(self.fontMetrics().averageCharWidth() * 5)
        header.setResizeContentsPrecision(100)
        self._fit()

    def _fit(self) -> None:
        """Columns as wide as their content; one takes what is left."""
        header = self.horizontalHeader()
        if self._stretch is None:
            header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            self.resizeColumnsToContents()
            most = self.fontMetrics().averageCharWidth() * 40
            for number in range(self.content.columnCount()):
                header.resizeSection(number, min(most, header.sectionSize(number)))
            return
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if self._stretch < self.content.columnCount():
            header.setSectionResizeMode(self._stretch, QHeaderView.ResizeMode.Stretch)

    def sizeHintForColumn(self, column: int) -> int:
        """As wide as the widest text asks for; Qt would ask for that of each cell."""
        most, count = self.horizontalHeader().resizeContentsPrecision(), self.content.rowCount()
        first = max(0, min(self.rowAt(0), count - most))
        metrics = QFontMetricsF(self.font())
        widest = max(
            range(first, min(first + most, count)),
            key=lambda row: metrics.horizontalAdvance(self.content.cell(row, column)),
            default=-1,
        )
        return self.sizeHintForIndex(self.content.index(widest, column)).width()

    def show_rows(self, rows: Sequence[Sequence[str]], titles: Sequence[str] | None = None) -> None:
        self.content.show_rows(rows, titles)
        self._fit()

    def fit_height(self, rows: int, room: int = 4) -> None:
        """Make it as high as so many rows, with its head and some pixels of room."""
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + self.verticalHeader().defaultSectionSize() * rows + room)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        rows = [
            [self.content.cell(row, n) for n in range(self.content.columnCount())] for row in chosen
        ]
        QGuiApplication.clipboard().setText(table_text(rows))


class FieldTable(RowsTable):
    """A small table that is as high as its rows, for pages that scroll as a whole."""

    def __init__(
        self, name: str, titles: Sequence[str], *, right: Sequence[int] = (), stretch: int = 0
    ) -> None:
        super().__init__(name, titles, right=right, stretch=stretch)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_rows(self, rows: Sequence[Sequence[str]], titles: Sequence[str] | None = None) -> None:
        shown = list(rows[:MOST_SHORT])
        super().show_rows(shown, titles)
        self.fit_height(len(shown))
