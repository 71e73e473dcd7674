"""What edits need from the window: names and tags of the selection, undo, which of two values is meant."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.artifact_table.name_cells import NameCells
from dfs_desktop.ui.details.pane import DetailPane
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.workspace import Workspace

from .window_parts import Handlers, WindowParts

_UNDECIDED = "edit:undecided"  # the key of the notice


class EditingHandlers(Handlers):
    """Dialogs are imported when they are first opened: the window is there sooner."""

    def __init__(self, parts: WindowParts, workspace: Workspace, details: DetailPane) -> None:
        super().__init__(parts)
        self._workspace, self._details = workspace, details
        self._choosing = False
        self._table.use_cells(NameCells(self._table, workspace.editor))
        self._progress: QWidget | None = None
        workspace.mass_editor.changed.connect(self._show_progress)
        workspace.editor.conflicts_found.connect(self.choose)
        workspace.mass_editor.shown.connect(self._table.select_all)
        details.rename_many_requested.connect(self._actions["rename_many"].trigger)
        undo_list = workspace.undo_list
        self._actions.connect(
            rename=self._rename, rename_many=self._rename_many, tags=self._edit_tags,
            undo=undo_list.undo, redo=undo_list.redo,
        )  # fmt: skip
        # A disabled action leaves its key to this one: “too late” is said, not kept silent.
        self._late = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self._window)
        self._late.activated.connect(undo_list.undo)
        undo_list.changed.connect(self._name_undo)
        self._name_undo()

    def _name_undo(self) -> None:
        undo_list = self._workspace.undo_list
        undo, redo = undo_list.latest, undo_list.latest_undone
        self._actions.name("undo", tr("Undo {change}", change=undo.text) if undo else tr("Undo"))
        self._actions.name("redo", tr("Redo {change}", change=redo.text) if redo else tr("Redo"))
        self._actions.allow("undo", undo is not None)
        self._actions.allow("redo", redo is not None)
        self._late.setEnabled(undo is None)

    def _show_progress(self) -> None:
        """Made for the first edit of many."""
        if self._progress is None:
            from dfs_desktop.ui.editing.progress import MassProgress

            self._progress = MassProgress(self._workspace.mass_editor, self._window)
            self._window.statusBar().addPermanentWidget(self._progress)
            self._progress.hide()

    def _chosen(self) -> list[ModelArtifact]:
        stays = self._workspace.listing.stays
        return [a for a in self._table.artifacts() if stays(a.id)]

    def _rename(self) -> None:
        """One name is typed over; those of several are made by a pattern."""
        chosen = self._chosen()
        if len(chosen) > 1:
            self._rename_many()
        elif chosen and not (self._table.hasFocus() and self._table.edit_name()):
            self._show_details()
            self._details.start_renaming()

    def _rename_many(self) -> None:
        from dfs_desktop.ui.editing.rename_dialog import RenameDialog

        if chosen := self._chosen():
            state, editor = self._workspace.state, self._workspace.mass_editor
            dialog = RenameDialog(self._window, state, editor, self._workspace.reader, chosen)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _edit_tags(self) -> None:
        if self._chosen():
            self._show_details()
            self._details.start_tagging()

    def _show_details(self) -> None:
        if self._details.isHidden():
            self._actions["show_details"].trigger()

    def choose(self) -> None:
        """Ask about the changes that met those of others; one dialog for all that wait."""
        if not self._choosing:
            self._choosing = True
            self._workspace.tasks.start(self._choose(), "ask which change is meant")

    async def _choose(self) -> None:
        from dfs_desktop.ui.editing.conflict_dialog import ConflictDialog

        editor, notices = self._workspace.editor, self._workspace.notices
        notices.withdraw(_UNDECIDED)
        try:
            while editor.conflicts:
                dialog = ConflictDialog(self._window, list(editor.conflicts))
                if await dialogs.finished(dialog) != QDialog.DialogCode.Accepted:
                    break
                for conflict, change in dialog.choices():
                    editor.resolve(conflict, change)
        finally:
            self._choosing = False
        if many := len(editor.conflicts):
            title = trn(
                "{amount} change waits for your choice",
                "{amount} changes wait for your choice",
                many,
            )
            text = tr("Somebody else has changed the same. Nothing was overwritten.")
            action = Action(tr("Decide…"), self.choose)
            notices.notify(Notice(title, text, Level.WARNING, action, key=_UNDECIDED))
