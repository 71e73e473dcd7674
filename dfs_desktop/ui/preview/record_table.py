"""A table of records that is sorted by its heads, filtered by words, and saved for a spreadsheet."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from dfs_desktop.artifact.safety.written_tables import Cell, Form, written_table
from dfs_desktop.number_text import natural_key, number_text
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import file_to_save, link_button, saved
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.workspace.tasks import Tasks

from .text_table import RowsTable

_LINES = 10  # before it scrolls
_FEW = 4  # rows that need no search


class CsvSaver:
    """Asks where to, writes the table, and says how that went."""

    def __init__(self, parent: QWidget, tasks: Tasks, say: Callable[[str], object]) -> None:
        self._parent, self._tasks, self._say = parent, tasks, say

    def ask(self, name: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self._tasks.start(self._save(name, titles, rows), "save the table")

    async def _save(self, name: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        first, kinds = Path.home() / f"{name}.csv", [tr("CSV (*.csv)")]
        if path := await file_to_save(self._parent, tr("Save the table"), first, kinds):
            await self.save_to(path, titles, rows)

    async def save_to(
        self, path: Path, titles: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> None:
        self._say(await saved(self._tasks, path, partial(_write, titles, rows)))


def _write(titles: Sequence[str], rows: Sequence[Sequence[str]], path: Path) -> None:
    """Without the mark at its beginning a spreadsheet guesses the encoding."""
    text = written_table(Form.CSV, titles, ([Cell(cell) for cell in each] for each in rows))
    path.write_text(text, "utf-8-sig", "replace", newline="")


class RecordTable(QWidget):
    """A click on a head sorts, another one turns it round, a third brings back the first order."""

    def __init__(self, name: str, tasks: Tasks) -> None:
        super().__init__()
        self._titles: list[str] = []
        self._rows: list[list[str]] = []
        self._shown: list[list[str]] = []
        self._texts: list[str] = []  # what is searched of each row, once it is
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        words = tr("Find in “{table}”", table=name)
        self.search = QLineEdit(placeholderText=words, clearButtonEnabled=True)
        self.search.setAccessibleName(words)
        self.search.textChanged.connect(lambda _text: self._show())
        self.said = plain_label(dim=True)
        self.saver = CsvSaver(self, tasks, self.said.setText)
        ask = partial(self.saver.ask, name.lower())
        save = link_button(tr("Save as CSV…"), lambda: ask(self._titles, self._shown))
        self.table = RowsTable(name, [], stretch=None)
        self.table.horizontalHeader().sectionClicked.connect(self.sort_by)
        column(row((self.search, 1), self.said, save, spacing=8), self.table, of=self, spacing=4)

    def show_records(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show these in the order in which they came."""
        self._titles, self._rows = list(titles), [list(each) for each in rows]
        self._sorted, self._texts = None, []
        self.table.show_rows(self._rows, self._titles)  # columns keep this width
        self.table.horizontalHeader().setSortIndicatorShown(False)
        self.search.setVisible(len(rows) > _FEW)
        self.search.clear()
        self._show()
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.fit_height(min(_LINES, max(1, len(rows))), bar + 4)

    def sort_by(self, number: int) -> None:
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        then = {None: (number, up), (number, up): (number, down), (number, down): None}
        self._sorted = then.get(self._sorted, (number, up))
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(self._sorted is not None)
        if self._sorted is not None:
            header.setSortIndicator(*self._sorted)
        self._show()

    def _show(self) -> None:
        words = self.search.text().casefold().split()
        rows = self._rows
        if words:
            if not self._texts:
                self._texts = ["\n".join(each).casefold() for each in rows]
            found = zip(rows, self._texts, strict=True)
            rows = [each for each, text in found if all(word in text for word in words)]
        if self._sorted is not None:
            number, order = self._sorted
            turned = order == Qt.SortOrder.DescendingOrder
            empty = [each for each in rows if not each[number]]  # at the end, whichever way
            full = [each for each in rows if each[number]]
            rows = sorted(full, key=partial(_key, number), reverse=turned) + empty
        self._shown = rows
        self.table.content.show_rows(rows)
        few = tr("{shown} of {all}", shown=number_text(len(rows)), all=number_text(len(self._rows)))
        self.said.setText(few if words else "")


def _key(number: int, row: Sequence[str]) -> tuple[bool, float, object]:
    """Numbers by their value, before texts."""
    text = row[number]
    try:
        value = float(text)
    except ValueError:
        return True, 0.0, natural_key(text)
    return (False, value, ("", "")) if value == value else (True, 0.0, natural_key(text))
