"""The registry on this computer is moved to a server: the dialog before, and the report after."""

from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.workspace import Workspace


class MovingHandlers(Handlers):
    """Where no server is known, one is added first."""

    def __init__(self, parts: WindowParts, workspace: Workspace) -> None:
        super().__init__(parts)
        self._workspace = workspace
        self._actions.connect(move_registry=self._begin, move_report=self._show_report)
        workspace.state.move_report_requested.connect(self._show_report)
        self._allow_after(workspace.session_changed)

    def allow(self) -> None:
        session = self._workspace.session
        local = session.profile.id == LOCAL
        self._actions.allow("move_registry", local and session.client is not None)
        self._actions.allow("move_report", self._workspace.moved)

    def _begin(self) -> None:
        """One move at a time: while one goes on, its report is shown."""
        if self._workspace.moved and self._workspace.mover.goes_on:
            self._show_report()
        elif any(each.id != LOCAL for each in self._workspace.profiles()):
            self._ask()
        else:
            self._add_server()

    def _ask(self, first: Profile | None = None) -> None:
        server = first.id if first is not None else ""
        self._workspace.tasks.start(self._choose(server), "move the registry")

    async def _choose(self, server: str) -> None:
        from dfs_desktop.ui.connections.dialog import mender
        from dfs_desktop.ui.moving.dialog import MoveRegistryDialog

        workspace = self._workspace
        dialog = MoveRegistryDialog(self._window, workspace.mover, workspace.tasks.start, server)
        boxes = dialog.boxes
        boxes.problem.mend_wanted.connect(mender(dialog, workspace.connections, boxes.ask))
        dialog.server_wanted.connect(dialog.reject)
        dialog.server_wanted.connect(self._add_server)
        if await dialogs.finished(dialog):
            self._show_report()

    def _add_server(self) -> None:
        """The registry stays open: the new server is only where it goes."""
        from dfs_desktop.ui.connections.dialog import ConnectionDialog

        dialog = ConnectionDialog(self._window, self._workspace.connections)
        dialog.saved.connect(self._ask)
        dialog.open()

    def _show_report(self) -> None:
        """Open the report, or bring it to the front."""
        if not self._workspace.moved:
            return
        from dfs_desktop.ui.moving.report_dialog import MoveReportDialog

        dialog, own = self._window.findChild(MoveReportDialog), self._workspace
        dialogs.to_front(
            dialog or MoveReportDialog(self._window, own.state, own.mover, own.deleter)
        )
