"""Renames many records by a pattern, with each new name seen before anything is sent."""

import asyncio

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.dialogs import (
    link_button,
    plain_label,
    primary_button,
    resize_to,
    secondary_button,
)
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
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

from .rename_preview import PreviewTable

_PAUSE = 120  # milliseconds without a key, before the names are made anew
_MOST_METRICS = 20  # in the menu


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
        self.find_line, self.replace_line = QLineEdit(), QLineEdit("{name}")
        self.find_line.setObjectName("renameFind")
        self.find_line.setPlaceholderText(tr("The whole name"))
        self.replace_line.setObjectName("renameReplace")
        self.regex, self.match_case = (
            QCheckBox(tr("Regular expression")),
            QCheckBox(tr("Match case")),
        )
        self.regex.setObjectName("renameRegex")
        self.insert = named(QPushButton(tr("Insert ▾"), autoDefault=False), "renameInsert")
        self.insert.clicked.connect(self._show_placeholders)
        self.table = PreviewTable()
        self.said = named(plain_label(dim=True, wrap=True), "renameSaid")
        self.next = link_button(tr("Show"), self.table.show_first_problem, name="renameShow")
        self.next.setAutoDefault(False)
        self.next.setToolTip(tr("Go to the next name that cannot be used"))
        cancel = secondary_button(tr("Cancel"), self.reject)
        self.rename = primary_button(tr("Rename"), "renameButton", self.accept)
        sheet(
            self, self._fields(), (self.table, 1),
            row((self.said, 1), self.next, cancel, self.rename, spacing=8),
        )  # fmt: skip
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
        grid = QGridLayout()
        for number, (words, edit) in enumerate(
            ((tr("&Find"), self.find_line), (tr("&Replace with"), self.replace_line))
        ):
            label = plain_label(words)
            label.setBuddy(edit)
            grid.addWidget(label, number, 0)
            grid.addWidget(edit, number, 1)
        grid.addLayout(row(self.regex, self.match_case, spacing=12), 0, 2)
        grid.addLayout(row(self.insert, None), 1, 2)
        grid.setColumnStretch(1, 1)
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
        wrong = sum(1 for each in found if each.problem)
        changed = sum(1 for each in found if each.changed)
        if wrong:
            words = trn(
                "{amount} name cannot be used. Nothing is sent until all are right.",
                "{amount} names cannot be used. Nothing is sent until all are right.",
                wrong,
            )
        else:
            words = trn(
                "{changed} of {amount} name will change.",
                "{changed} of {amount} names will change.",
                len(found),
                changed=number_text(changed),
            )
        self._show(found, words, changed=changed, wrong=wrong)

    def _show(self, found: list[Renaming], words: str, changed: int = 0, wrong: int = 0) -> None:
        self.renamings = found
        self.table.rows.show_rows(found)
        self.said.setText(words)
        self.next.setVisible(wrong > 0)
        self.rename.setEnabled(changed > 0 and not wrong)
        self.rename.setText(_rename(changed) if changed else tr("Rename"))

    def _send(self) -> None:
        names = {each.artifact.id: each.name for each in self.renamings if each.changed}
        chosen = [each.artifact for each in self.renamings if each.changed]
        mass = self._mass_editor
        mass.edit(
            lambda many: trn("Rename {amount} Artifact", "Rename {amount} Artifacts", many),
            chosen,
            "model_name",
            lambda artifact: names[artifact.id],
        )

    def _end(self) -> None:
        self._timer.stop()
        self._stop()


def _rename(amount: int) -> str:
    return trn("Rename {amount} artifact", "Rename {amount} artifacts", amount)
