"""Use from Python: the lines to copy, and a new key for the notebooks of the local registry."""

from PySide6.QtWidgets import QWidget

from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import tr
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.main_window.actions import Actions
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.registry.lasting_key import LastingKey
from dfs_desktop.workspace.state import AppState


class PythonHandlers:
    """The dialog is imported when it is first opened."""

    def __init__(
        self,
        window: QWidget,
        state: AppState,
        clients: Clients,
        lasting_key: LastingKey | None,
        inspector: Inspector,
        actions: Actions,
        table: TableView,
    ) -> None:
        self._window, self._state, self._clients = window, state, clients
        self._lasting_key, self._inspector = lasting_key, inspector
        self._actions, self._table = actions, table
        actions.connect(
            python=self._show,
            renew_key=lambda: state.tasks.start(self._renew(), "renew the key"),
        )
        state.session_changed.connect(self._allow)
        self._allow()

    def _allow(self) -> None:
        local = self._state.session.profile.id == LOCAL
        why = "" if local else tr("The keys of a server are renewed on its web page")
        self._actions.allow("renew_key", local, why)

    def _show(self) -> None:
        """The lines that fetch the selected artifact, or that open the place when none is."""
        from dfs_desktop.ui.code_snippets.snippet_dialog import SnippetDialog

        chosen = self._table.artifacts()
        record = len(chosen) == 1 and not chosen[0].id.startswith("job:")
        SnippetDialog(
            self._window,
            self._state,
            self._clients,
            self._lasting_key,
            self._inspector,
            chosen[0] if record else None,
        ).open()

    async def _renew(self) -> None:
        from dfs_desktop.ui.code_snippets.snippet_dialog import renewed_key

        if await renewed_key(self._window, self._lasting_key):
            self._state.notices.notify(
                Notice(
                    tr("The key of the local registry is a new one"),
                    tr("“Use from Python…” has the lines with it."),
                    seconds=8,
                )
            )
