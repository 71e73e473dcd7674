"""The table copied, or saved, as Markdown, CSV or LaTeX: the rows and columns that are shown."""

from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from dfs_desktop.artifact import safe_name, visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.widgets.dialogs import file_to_save
from dfs_desktop.workspace.listing.columns import Column
from dfs_desktop.workspace.listing.row import Row
from dfs_desktop.workspace.notices import Notice, from_error
from dfs_desktop.workspace.state import AppState

from .view import TableView

# The words and the endings of files: the module that writes them is imported when it is needed.
FORMS = {"markdown": ("Markdown", "md"), "csv": ("CSV", "csv"), "latex": ("LaTeX", "tex")}
_MOST = 100_000  # rows
_SECONDS = 5.0  # for which it is told what was done


class TableExport:
    """Two or more selected rows are meant, else all that are shown."""

    def __init__(self, table: TableView, state: AppState) -> None:
        self._table, self._state = table, state
        self._tasks, self._notify = state.tasks, state.notices.notify

    def copy(self, form: str) -> None:
        self._tasks.start(self._copy(form), "copy the table")

    def export(self) -> None:
        self._tasks.start(self._ask_where(), "export the table")

    async def _copy(self, form: str) -> None:
        text, count = await self._written(FORMS[form][1])
        QGuiApplication.clipboard().setText(text)
        title = trn(
            "Copied {amount} row as {format}",
            "Copied {amount} rows as {format}",
            count,
            format=FORMS[form][0],
        )
        self._notify(Notice(title, seconds=_SECONDS))

    async def _ask_where(self) -> None:
        collection = self._state.session.collection
        name = safe_name(collection.name if collection is not None else "", "artifacts")[:80]
        kinds = [f"{words} (*.{ending})" for words, ending in FORMS.values()]
        title, first = tr("Export the table"), Path.home() / f"{name}.csv"
        if path := await file_to_save(self._table.window(), title, first, kinds):
            await self.save_to(path)

    async def save_to(self, path: Path) -> None:
        """Write the table to a file, in the form of its ending; CSV for any other."""
        ending = path.suffix[1:].lower()
        known = ending if ending in {"md", "tex"} else "csv"
        text, count = await self._written(known)
        # Spreadsheets take a file without the mark for one in the encoding of their country.
        encoding = "utf-8-sig" if known == "csv" else "utf-8"
        write = partial(path.write_text, text, encoding, "replace", newline="")
        try:
            await self._tasks.in_thread(write)
        except OSError as error:
            self._notify(from_error(error, tr("The table was not saved")))
            return
        title = trn(
            "Saved {amount} row as {file}",
            "Saved {amount} rows as {file}",
            count,
            file=visible(path.name),
        )
        self._notify(Notice(title, seconds=_SECONDS))

    async def _written(self, ending: str) -> tuple[str, int]:
        from dfs_desktop.artifact.safety.written_tables import Form
        from dfs_desktop.workspace.views.written_rows import written_rows

        rows = self._rows()
        text = await written_rows(self._table.listing, rows, self._columns(), Form(ending))
        return text, len(rows)

    def _rows(self) -> list[Row]:
        model, table = self._table.table, self._table
        areas = table.selectionModel().selection().toList()
        ranges = sorted({(area.top(), area.bottom() + 1) for area in areas})
        chosen = [row for start, end in ranges for row in model.rows(start, end)]
        return (chosen if len(chosen) > 1 else model.rows(0, model.rowCount()))[:_MOST]

    def _columns(self) -> list[Column]:
        header, model = self._table.horizontalHeader(), self._table.table
        order = map(header.logicalIndex, range(header.count()))
        return [model.column(number) for number in order if not header.isSectionHidden(number)]
