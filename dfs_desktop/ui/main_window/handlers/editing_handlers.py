"""What edits need from the window: the question which of two values is meant."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.formats import count
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.workspace import Workspace

_UNDECIDED = "edit:undecided"  # the key of the notice


class EditingHandlers:
    """Dialogs are imported when they are first opened: the window is there sooner."""

    def __init__(self, window: QWidget, workspace: Workspace) -> None:
        self._window, self._workspace = window, workspace
        self._choosing = False
        workspace.editor.conflicts_found.connect(self.choose)

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
            changes = count(many, "change waits", "changes wait")
            text = "Somebody else has changed the same. Nothing was overwritten."
            action = Action("Decide…", self.choose)
            notices.notify(
                Notice(f"{changes} for your choice", text, Level.WARNING, action, key=_UNDECIDED)
            )
