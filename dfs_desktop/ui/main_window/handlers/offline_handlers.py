"""Without the server: the list of changes that wait, and what is kept on this computer of servers."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dfs_desktop.ui.main_window.actions import Actions
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.quantities import count
from dfs_desktop.workspace.workspace import Workspace


class OfflineHandlers:
    """The dialog is imported when it is first opened."""

    def __init__(self, window: QWidget, workspace: Workspace, actions: Actions) -> None:
        self._window, self._workspace, self._actions = window, workspace, actions
        actions.connect(
            waiting_changes=self._show,
            clear_seen=lambda: workspace.tasks.start(self._clear(), "clear what was seen"),
        )
        workspace.waiting_changes.changed.connect(self._allow)
        self._allow()

    def _allow(self) -> None:
        many = len(self._workspace.waiting_changes.all)
        words = count(many, "Change That Waits…", "Changes That Wait…") if many else ""
        self._actions.name("waiting_changes", words or "Changes That Wait…")
        why = "" if many else "No change waits for its server"
        self._actions.allow("waiting_changes", bool(many), why)

    def _show(self) -> None:
        from dfs_desktop.ui.editing.waiting_dialog import WaitingDialog

        workspace = self._workspace
        WaitingDialog(self._window, workspace.state, workspace.waiting_changes).open()

    async def _clear(self) -> None:
        answer = await dialogs.ask(
            self._window,
            "Clear what was seen of all servers?",
            "Lists, manifests and what you looked at are kept on this computer, so that they open "
            "while a server cannot be reached. Nothing changes on any server; changes that wait stay.",
            ["Keep it", "Clear it"],
        )
        if answer == 1:
            await self._workspace.rows.forget_all()
            self._workspace.notify(Notice("What was seen of servers was cleared", seconds=6))
