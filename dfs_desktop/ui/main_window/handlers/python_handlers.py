"""Use from Python: the lines to copy, and a new key for the notebooks of the local registry."""

from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import tr
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.workspace import Workspace


class PythonHandlers(Handlers):
    """The dialog is imported when it is first opened."""

    def __init__(self, parts: WindowParts, workspace: Workspace) -> None:
        super().__init__(parts)
        self._workspace = workspace
        self._actions.connect(
            python=self._show,
            renew_key=lambda: workspace.tasks.start(self._renew(), "renew the key"),
        )
        self._allow_after(workspace.session_changed)

    def allow(self) -> None:
        self._actions.allow("renew_key", self._workspace.session.profile.id == LOCAL)

    def _show(self) -> None:
        """The lines that fetch the selected artifact, or that open the place when none is."""
        from dfs_desktop.ui.code_snippets.snippet_dialog import SnippetDialog

        own, record = self._workspace, self._record()
        SnippetDialog(
            self._window, own.state, own.clients, own.lasting_key, own.inspector, record
        ).open()

    async def _renew(self) -> None:
        from dfs_desktop.ui.code_snippets.snippet_dialog import renewed_key

        if await renewed_key(self._window, self._workspace.lasting_key):
            title = tr("The key of the local registry is a new one")
            text = tr("“Use from Python…” has the lines with it.")
            self._workspace.notify(Notice(title, text, seconds=8))
