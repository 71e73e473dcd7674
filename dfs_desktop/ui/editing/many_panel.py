"""The details of several selected records: what they have together, and edits for all of them."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.translation import listed, tr, trn
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.ui.widgets.dialogs import link_button, secondary_button
from dfs_desktop.ui.widgets.labels import plain_label, say
from dfs_desktop.ui.widgets.layouts import column, flowing, row, scrolling
from dfs_desktop.ui.widgets.naming import explain, named
from dfs_desktop.ui.widgets.text_lines import elided
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.editing.mass_editor import MassEditor
from dfs_desktop.workspace.editing.selection import Summary, summary
from dfs_desktop.workspace.registry.permissions import refusal
from dfs_desktop.workspace.state import AppState

from .tag_chips import TagChips

_PAUSE = 60  # milliseconds: a selection that moves on is not looked through
_FEW = 5  # names in a question


class ManyPanel(QWidget):
    """What is chosen here waits for its button; it goes with the selection, which may grow meanwhile."""

    compare_requested = Signal()
    rename_requested = Signal()

    def __init__(
        self,
        state: AppState,
        mass_editor: MassEditor,
        known_tags: Callable[[], list[str]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("manyPanel")
        self._state, self._mass_editor = state, mass_editor
        self._artifacts: list[ModelArtifact] = []
        self._summary = Summary()
        self._task: asyncio.Task[None] | None = None
        self._timer = single_shot(self, _PAUSE, self._look)
        self.heading = named(plain_label(title=True), "manyHeading")
        self.sum = plain_label(dim=True)
        compare, rename = self.compare_requested.emit, self.rename_requested.emit
        self.compare = secondary_button(tr("Compare"), compare, name="manyCompareButton")
        self.rename = secondary_button(tr("Rename by Pattern…"), rename, name="manyRenameButton")
        self.refused = plain_label(wrap=True, dim=True)
        self.tags = TagChips()
        self.tags.set_known(known_tags)
        self.tags.changed.connect(self._allow)
        self.tags.confirmed.connect(self.apply_tags)
        self.apply = named(QPushButton(), "applyTagsButton")
        self.apply.setProperty("primary", True)
        self.apply.clicked.connect(self.apply_tags)
        self.others = link_button(
            tr("Remove all others"),
            self.tags.remove_others,
            name="othersButton",
            tip=tr("The selected artifacts get the added tags and keep no others"),
        )
        self.reset = link_button(tr("Reset"), self.tags.reset, name="resetTagsButton")
        self.description = named(QPlainTextEdit(tabChangesFocus=True), "manyDescription")
        self.description.setAccessibleName(tr("Description for all selected artifacts"))
        self.description.setAcceptDrops(False)
        self.description.setFixedHeight(self.fontMetrics().lineSpacing() * 4 + 18)
        self.description.textChanged.connect(self._allow)
        self.describe = secondary_button("", self._describe, name="describeAllButton")
        self._editors = QWidget()
        column(
            plain_label(tr("Tags"), heading=True), self.tags,
            flowing(self.apply, self.others, self.reset), 12,
            plain_label(tr("Description"), heading=True), self.description,
            row(self.describe, None),
            of=self._editors, spacing=8,
        )  # fmt: skip
        body = QWidget()
        column(
            self.heading, self.sum, 4, flowing(self.compare, self.rename, gap=8), 12,
            self.refused, self._editors, None,
            of=body, margins=(20, 16, 16, 16), spacing=6,
        )  # fmt: skip
        column(scrolling(body), of=self)
        self.destroyed.connect(state.session_changed.connect(self._allow))

    def show_artifacts(self, artifacts: list[ModelArtifact], *, compare: bool) -> None:
        """Show what these have together; what was chosen for others before is meant for these."""
        self._artifacts = artifacts
        self.heading.setText(
            trn("{amount} artifact selected", "{amount} artifacts selected", len(artifacts))
        )
        self.compare.setVisible(compare)
        self._timer.start()

    def leave(self) -> None:
        """Another selection than one of several is shown: what was not applied is not meant."""
        self._timer.stop()
        self._artifacts, self._summary = [], Summary()
        self.tags.reset()
        self.description.clear()

    def focus_tags(self) -> None:
        self.tags.line.setFocus()

    def _look(self) -> None:
        if self._task is not None:
            self._task.cancel()
        work = self._summarize(self._artifacts)
        self._task = self._state.tasks.start(work, "look at the selection")

    async def _summarize(self, artifacts: list[ModelArtifact]) -> None:
        found = await summary(artifacts)
        if artifacts is self._artifacts and artifacts:
            self._summary = found
            self.sum.setText(tr("{size} in all", size=quantities.size(found.size)))
            self.tags.show_summary(found)
            self._allow()

    def _allow(self) -> None:
        changes, found = self.tags.changes, self._summary
        many = found.many
        why = refusal(self._state.session, "update")
        say(self.refused, why)
        self._editors.setEnabled(not why)
        self.rename.setEnabled(not why)
        words = changes.words(many)
        metrics, room = self.apply.fontMetrics(), self.fontMetrics().averageCharWidth() * 40
        short = elided(metrics, words, Qt.TextElideMode.ElideMiddle, room)
        self.apply.setText(short.replace("&", "&&"))
        explain(self.apply, words if short != words else "")
        self.apply.setEnabled(bool(changes))
        self.reset.setVisible(bool(changes))
        self.others.setVisible(bool(found.tags.keys() - changes.added.keys() - changes.removed))
        text, same = self.description.toPlainText(), found.descriptions
        one = next(iter(same), "") if len(same) == 1 else ""
        differ = trn(
            "{amount} of {many} has a description",
            "{amount} of {many} have a description",
            found.described,
            many=many,
        )
        nothing = differ if found.described else tr("No description yet")
        self.description.setPlaceholderText(one[:500] or nothing)
        self.describe.setText(trn("Set for all {amount}", "Set for all {amount}", many))
        self.describe.setEnabled(bool(text.strip()) and same != {text})

    def apply_tags(self) -> None:
        """Send what was chosen; nothing else of the records is touched."""
        self.tags.take_typed()
        changes, edit = self.tags.changes.copy(), self._mass_editor.edit
        if changes and self._editors.isEnabled():
            edit(changes.words, self._artifacts, "tags", changes.become, merges=True)
            self.tags.reset()

    def _describe(self) -> None:
        self._state.tasks.start(self._ask_to_describe(), "describe the artifacts")

    async def _ask_to_describe(self) -> None:
        """What would be replaced is told first; where nothing is, nothing is asked."""
        text, mass = self.description.toPlainText().strip(), self._mass_editor
        changes = await mass.changes(self._artifacts, "description", lambda _artifact: text)
        if replaced := [change for change in changes if change.before]:
            many = len(replaced)
            title = trn("Replace {amount} description?", "Replace {amount} descriptions?", many)
            told = trn(
                "{names} has one already. Ctrl+Z brings it back.",
                "{names} have one already. Ctrl+Z brings them back.",
                many,
                names=listed([tr("“{name}”", name=change.name) for change in replaced], _FEW),
            )
            keep = tr("Keep it") if many == 1 else tr("Keep them")
            replace = trn("Replace {amount} description", "Replace {amount} descriptions", many)
            if not await dialogs.ask(self.window(), title, told, [keep, replace]):
                return
        mass.apply(
            lambda many: trn("Describe {amount} Artifact", "Describe {amount} Artifacts", many),
            changes,
        )
        self.description.clear()
