"""Use from Python: the lines to copy, and a new key for the notebooks of the local registry."""

from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import tr
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.registry.lasting_key import LastingKey
from dfs_desktop.workspace.state import AppState

from .window_parts import Handlers, WindowParts


class PythonHandlers(Handlers):
    """The dialog is imported when it is first opened."""

    def __init__(
        self, parts: WindowParts, state: AppState, clients: Clients,
        lasting_key: LastingKey | None, inspector: Inspector,
    ) -> None:  # fmt: skip
        super().__init__(parts)
        self._state, self._clients = state, clients
        self._lasting_key, self._inspector = lasting_key, inspector
        self._actions.connect(
            python=self._show,
            renew_key=lambda: state.tasks.start(self._renew(), "renew the key"),
        )
        self._allow_after(state.session_changed)

    def allow(self) -> None:
        self._actions.allow("renew_key", self._state.session.profile.id == LOCAL)

    def _show(self) -> None:
        """The lines that fetch the selected artifact, or that open the place when none is."""
        from dfs_desktop.ui.code_snippets.snippet_dialog import SnippetDialog

        keys, inspector = self._lasting_key, self._inspector
        SnippetDialog(
            self._window, self._state, self._clients, keys, inspector, self._record()
        ).open()

    async def _renew(self) -> None:
        from dfs_desktop.ui.code_snippets.snippet_dialog import renewed_key

        if await renewed_key(self._window, self._lasting_key):
            title = tr("The key of the local registry is a new one")
            text = tr("“Use from Python…” has the lines with it.")
            self._state.notices.notify(Notice(title, text, seconds=8))
