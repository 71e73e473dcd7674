"""Renames many records by a pattern, with each new name seen before anything is sent."""

import asyncio
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTableView,
    QWidget,
)

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.dialogs import link_button, primary_button, resize_to, secondary_button
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import fields, row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.row_tables import TitledRows, show_whole_rows
from dfs_desktop.workers.reader.caller import Reader
from dfs_desktop.workspace.editing.mass_editor import MassEditor
from dfs_desktop.workspace.editing.rename_pattern import (
    PLACEHOLDERS,
    Pattern,
    PatternError,
    Renaming,
    plan,
)
from dfs_desktop.workspace.state import AppState

_PAUSE = 120  # milliseconds without a key, before the names are made anew
_MOST_METRICS = 20  # in the menu
_TITLES = (later("Name now"), later("New name"), "")
_SHOWN = 300  # characters of a name
Role = Qt.ItemDataRole


class PreviewModel(TitledRows[Renaming]):
    """Rows in the order of the table that they were selected in."""

    @guarded()
    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role in {Role.DisplayRole, Role.ToolTipRole}:
            text = (row.before, row.name if row.changed else "", row.problem)[column]
            return visible(text, limit=_SHOWN)
        if role == Role.ForegroundRole:
            wrong = row.problem and column > 0
            dim = column == 0 or not row.changed
            return theme.current().color("failed" if wrong else "dim" if dim else "text")
        return None


class PreviewTable(QTableView):
    """To be read, and walked by keys."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "renamePreview", reads=tr("Preview of the new names"))
        self.rows = PreviewModel([*map(tr, _TITLES)], self)
        self.setModel(self.rows)
        show_whole_rows(self, 1.7)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def show_first_problem(self) -> None:
        """Go to the next row that cannot be renamed so, from the current one on."""
        rows, at = self.rows.rows, self.currentIndex().row() + 1
        order = [*range(at, len(rows)), *range(at)]
        found = next((number for number in order if rows[number].problem), None)
        if found is not None:
            self.selectRow(found)
            self.scrollTo(self.rows.index(found, 0))


class RenameDialog(QDialog):
    """`renamings` are made of what stands in the fields; *Rename* waits until each of them is right."""

    def __init__(
        self,
        parent: QWidget,
        state: AppState,
        mass_editor: MassEditor,
        reader: Reader,
        artifacts: list[ModelArtifact],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("renameDialog")
        self.setWindowTitle(_rename(len(artifacts)))
        self._state, self._mass_editor, self._reader = state, mass_editor, reader
        self._artifacts = artifacts
        self._task: asyncio.Task[None] | None = None
        self.renamings: list[Renaming] = []
        self.find_line = named(QLineEdit(placeholderText=tr("The whole name")), "renameFind")
        self.replace_line = named(QLineEdit("{name}"), "renameReplace")
        self.regex = named(QCheckBox(tr("Regular expression")), "renameRegex")
        self.match_case = QCheckBox(tr("Match case"))
        self.insert = secondary_button(tr("Insert ▾"), self._show_placeholders, name="renameInsert")
        self.table = PreviewTable()
        self.said = named(plain_label(dim=True, wrap=True), "renameSaid")
        self.next = link_button(tr("Show"), self.table.show_first_problem, name="renameShow")
        self.next.setToolTip(tr("Go to the next name that cannot be used"))
        cancel = secondary_button(tr("Cancel"), self.reject)
        self.rename = primary_button(tr("Rename"), "renameButton", self.accept)
        foot = row((self.said, 1), self.next, cancel, self.rename, spacing=8)
        sheet(self, self._fields(), (self.table, 1), foot)
        self._timer = single_shot(self, _PAUSE, self._plan)
        for edit in (self.find_line, self.replace_line):
            edit.textChanged.connect(self._changed)
        self.find_line.textEdited.connect(self._fit_replacement)
        for box in (self.regex, self.match_case):
            box.toggled.connect(self._changed)
        self.accepted.connect(self._send)
        self.finished.connect(self._end)
        resize_to(self, 110, 34)
        QWidget.setTabOrder(self.find_line, self.replace_line)
        self.find_line.setFocus()
        self._changed()

    def _fields(self) -> QGridLayout:
        grid = fields(
            (plain_label(tr("&Find")), self.find_line),
            (plain_label(tr("&Replace with")), self.replace_line),
        )
        grid.addLayout(row(self.regex, self.match_case, spacing=12), 0, 2)
        grid.addLayout(row(self.insert, None), 1, 2)
        grid.setHorizontalSpacing(10)
        return grid

    def _show_placeholders(self) -> None:
        """The menu of what a name can be made of."""
        menu = named(QMenu(self), "renameMenu")
        metrics = list(dict.fromkeys(
            name for artifact in self._artifacts[:200] for name in artifact.metrics
            if not set(name) & set("{}")
        ))[:_MOST_METRICS]  # fmt: skip
        names = [*PLACEHOLDERS[:-1], *(f"{{metric:{name}}}" for name in metrics)]
        for name in names:
            action = QAction(visible(name, limit=80).replace("&", "&&"), menu)
            action.triggered.connect(lambda _checked=False, name=name: self._put(name))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.insert.mapToGlobal(QPoint(0, self.insert.height())))

    def _put(self, name: str) -> None:
        self.replace_line.insert(name)
        self.replace_line.setFocus()

    def _fit_replacement(self, find: str) -> None:
        """What is untouched stands for the usual: the whole name gives itself, a part goes away."""
        if self.replace_line.text() == ("{name}" if find else ""):
            self.replace_line.setText("" if find else "{name}")

    def _changed(self) -> None:
        self.rename.setEnabled(False)
        self._timer.start()

    def _plan(self) -> None:
        self._stop()
        pattern = Pattern(
            self.find_line.text(), self.replace_line.text(), self.regex.isChecked(),
            self.match_case.isChecked(),
        )  # fmt: skip
        self._task = self._state.tasks.start(self._preview(pattern), "make the new names")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _preview(self, pattern: Pattern) -> None:
        others = self._state.listing.artifacts()
        try:
            found = await plan(self._artifacts, others, pattern, self._reader)
        except PatternError as error:
            self._show([], str(error))
            return
        wrong = sum(bool(each.problem) for each in found)
        words = trn(
            "{amount} name cannot be used. Nothing is sent until all are right.",
            "{amount} names cannot be used. Nothing is sent until all are right.",
            wrong,
        )
        if not wrong:
            words = trn(
                "{changed} of {amount} name will change.",
                "{changed} of {amount} names will change.",
                len(found),
                changed=number_text(sum(each.changed for each in found)),
            )
        self._show(found, words)

    def _show(self, found: list[Renaming], words: str) -> None:
        changed = sum(each.changed for each in found)
        wrong = any(each.problem for each in found)
        self.renamings = found
        self.table.rows.show_rows(found)
        self.said.setText(words)
        self.next.setVisible(wrong)
        self.rename.setEnabled(changed > 0 and not wrong)
        self.rename.setText(_rename(changed) if changed else tr("Rename"))

    def _send(self) -> None:
        names = {each.artifact.id: each.name for each in self.renamings if each.changed}
        self._mass_editor.edit(
            lambda many: trn("Rename {amount} Artifact", "Rename {amount} Artifacts", many),
            [each.artifact for each in self.renamings if each.changed],
            "model_name",
            lambda artifact: names[artifact.id],
        )

    def _end(self) -> None:
        self._timer.stop()
        self._stop()


def _rename(amount: int) -> str:
    return trn("Rename {amount} artifact", "Rename {amount} artifacts", amount)
