"""The window of a comparison: only the differences unless asked for all; nothing in it waits."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QMenu, QPushButton, QWidget

from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.artifact.safety.written_tables import Form
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import (
    file_to_save,
    offer,
    passing_dialog,
    passing_menu,
    saved,
    secondary_button,
)
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row, split
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.comparison.comparison import Comparison
from dfs_desktop.workspace.comparison.side_reader import Stopped
from dfs_desktop.workspace.latest_answer import LatestAnswer
from dfs_desktop.workspace.tasks import Tasks

from .table import CompareTable
from .table_rows import Line, lines, short_verdict
from .text_diff import TextDifference

if TYPE_CHECKING:
    from .run_curves import RunCurves

FORMS = {"md": "Markdown", "csv": "CSV", "tex": "LaTeX"}
EXPORTS = {
    "md": (later("Markdown…"), later("Markdown (*.md)")),
    "csv": (later("CSV, for a spreadsheet…"), later("CSV (*.csv)")),
    "tex": (later("LaTeX, for a paper…"), later("LaTeX (*.tex)")),
    "png": (later("Picture…"), later("Picture (*.png)")),
}
_CALM = 30  # milliseconds in which arrivals are shown together


class CompareWindow(QDialog):
    """Shows one comparison and closes it when it is closed itself. Not modal."""

    def __init__(self, parent: QWidget | None, comparison: Comparison, tasks: Tasks) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        names = " · ".join(visible(side.name) for side in comparison.sides)
        passing_dialog(self, "compareWindow", tr("Comparison: {names}", names=names))
        self._comparison, self._tasks = comparison, tasks
        self._texts = LatestAnswer(tasks.start)
        self.table = CompareTable(functools.partial(short_verdict, comparison))
        self.difference = TextDifference()
        self.difference.hide()
        self.only = named(QCheckBox(tr("Only the &differences")), "onlyDifferences")
        self.only.setChecked(True)
        self.only.setToolTip(tr("Show what is equal, too, or hide it (D)"))
        self.said = named(plain_label(dim=True), "compareSaid")
        self.curves: RunCurves | None = None
        self._build()
        self._soon = single_shot(self, _CALM, self.show_now)
        comparison.changed.connect(self._soon.start)
        self.show_now()
        self.table.setFocus()
        comparison.start()

    def _build(self) -> None:
        self.curves_button = named(QPushButton(tr("C&urves"), autoDefault=False), "runCurvesButton")
        self.curves_button.setCheckable(True)
        self.curves_button.setToolTip(tr("Draw the metrics of the experiments over each other (C)"))
        self.curves_button.toggled.connect(self._show_curves)
        copy = secondary_button(
            tr("Copy as a Table"), self._copy_table, name="copyComparisonButton"
        )
        copy.setToolTip(
            tr("Copy what is shown as a Markdown table, for a pull request (Ctrl+Shift+C)")
        )
        icons.dress(copy, "copy")
        export = named(QPushButton(tr("Export…"), autoDefault=False), "exportComparisonButton")
        menu = QMenu(export)
        for ending, (words, _filter) in EXPORTS.items():
            menu.addAction(tr(words), functools.partial(self._export, ending))
        menu.addSeparator()
        menu.addAction(tr("Copy as CSV"), functools.partial(self._copy_as, "csv"))
        menu.addAction(tr("Copy as LaTeX"), functools.partial(self._copy_as, "tex"))
        menu.addAction(tr("Copy as Picture"), self._copy_picture)
        export.setMenu(menu)
        parts = (self.only, (None, 1), self.said, self.curves_button, copy, export)
        head = row(*parts, margins=(12, 8, 12, 8), spacing=8)
        self._floors = floors = split(Qt.Orientation.Vertical, self.table, self.difference)
        floors.setStretchFactor(0, 3)
        floors.setStretchFactor(1, 2)
        column(head, (floors, 1), of=self, spacing=0)
        self._connect()
        em, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        room = self.screen().availableSize() * 0.92
        wide = em * (60 + 46 * min(4, len(self._comparison.sides)))
        self.resize(QSize(wide, line * 46).boundedTo(room))

    def _connect(self) -> None:
        self.only.toggled.connect(lambda _on: self.show_now())
        self.table.file_opened.connect(self._compare_text)
        self.table.side_chosen.connect(self._comparison.measure_by)
        self.table.action_chosen.connect(self._act)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.difference.closed.connect(self._close_difference)
        for keys, run in (
            (QKeySequence(Qt.Key.Key_D), self.only.toggle),
            (QKeySequence(Qt.Key.Key_C), self.curves_button.toggle),
            (QKeySequence(QKeySequence.StandardKey.Copy), self._copy_rows),
            (QKeySequence("Ctrl+Shift+C"), self._copy_table),
        ):
            QShortcut(keys, self).activated.connect(run)

    def show_now(self) -> None:
        """Show what is known at this moment."""
        found = lines(self._comparison, only_differences=self.only.isChecked())
        self.table.show_lines(found, [side.name for side in self._comparison.sides])
        if self.curves is not None and self.curves_button.isChecked():
            self.curves.read()

    def _act(self, line: Line) -> None:
        if line.again is not None:
            self._comparison.again(line.again)
        elif line.read_bytes:
            self._comparison.read_bytes(line.read_bytes)

    def _show_menu(self, position: QPoint) -> None:
        menu = passing_menu(self)
        if (file := self.table.current_file()) is not None:
            offer(menu, tr("Compare the Text\tReturn"), lambda: self._compare_text(*file))
        rows = offer(menu, tr("Copy Rows\tCtrl+C"), self._copy_rows)
        rows.setEnabled(bool(self.table.chosen()))
        offer(menu, tr("Copy as a Table\tCtrl+Shift+C"), self._copy_table)
        menu.addSeparator()
        for number, side in enumerate(self._comparison.sides[1:], 1):
            measure = functools.partial(self._comparison.measure_by, number)
            offer(menu, tr("Measure by “{name}”", name=visible(side.name)), measure)
        menu.popup(self.table.viewport().mapToGlobal(position))

    def _copy_rows(self) -> None:
        if self.difference.text.hasFocus():
            self.difference.text.copy()
            return
        if text := self.table.as_text():
            QGuiApplication.clipboard().setText(text)
            self.said.setText(tr("Copied"))

    def _show_curves(self, on: bool) -> None:
        """The chart stands below the table; it is made when it is first asked for."""
        if self.curves is None:
            from .run_curves import RunCurves

            self.curves = RunCurves(self._comparison, self._tasks)
            self.curves.closed.connect(self.curves_button.toggle)
            self._floors.addWidget(self.curves)
            self._floors.setSizes([self.height() // 3, 0, self.height() * 2 // 3])
        self.curves.setVisible(on)
        if on:
            self.curves.read()
            self.curves.panel.chart.setFocus()
        else:
            self.table.setFocus()

    def _copy_table(self) -> None:
        self._copy_as("md")

    def _copy_as(self, ending: str) -> None:
        QGuiApplication.clipboard().setText(self._written(ending))
        self.said.setText(tr("Copied as {format}", format=FORMS[ending]))

    def _copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.table.picture())
        self.said.setText(tr("Copied as a picture"))

    def _written(self, ending: str) -> str:
        return self._comparison.written(Form(ending), only_differences=self.only.isChecked())

    def _compare_text(self, name: str, number: int) -> None:
        sides, differ = self._comparison.sides, self._comparison.difference
        self.difference.say_reading(name, sides[0].name, sides[number].name)
        self.difference.show()
        ask, show = functools.partial(differ, name, number), self.difference.show_difference
        self._texts.hear(ask, show, self._say_why, "compare the text")

    def _say_why(self, error: Exception) -> None:
        if isinstance(error, ArtifactError):
            self.difference.show_reason(f"{error.title}. {error.detail}")
        elif not isinstance(error, Stopped):  # then the window is gone
            raise error

    def _close_difference(self) -> None:
        self._texts.forget()
        self.difference.hide()
        self.table.setFocus()

    def _export(self, ending: str) -> None:
        self._tasks.start(self._save(ending), "export the comparison")

    async def _save(self, ending: str) -> None:
        first, kinds = Path.home() / f"comparison.{ending}", [tr(EXPORTS[ending][1])]
        if path := await file_to_save(self, tr("Export the comparison"), first, kinds):
            await self.save_to(path, ending)

    async def save_to(self, path: Path, ending: str) -> None:
        """Write what is shown to a file."""
        if ending == "png":
            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            self.table.picture().save(buffer, "PNG")
            data = bytes(buffer.data().data())
        else:  # spreadsheets take a file without the mark for one in the encoding of their country
            encoding = "utf-8-sig" if ending == "csv" else "utf-8"
            data = self._written(ending).encode(encoding, "replace")
        self.said.setText(await saved(self._tasks, path, lambda there: there.write_bytes(data)))

    def done(self, result: int) -> None:
        """Escape and the close button end here, or in `closeEvent`."""
        self._comparison.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._comparison.close()
        super().closeEvent(event)
