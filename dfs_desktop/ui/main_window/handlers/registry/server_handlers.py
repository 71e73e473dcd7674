"""What is done with connections: add, edit, remove, change between them; and with what is
here without a server: changes that wait, and what was seen."""

from functools import partial

from PySide6.QtCore import QPoint, Qt

from dfs_desktop.artifact import visible
from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.text.url_parts import url_parts
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.ui.sidebar.collection_picker import about_server
from dfs_desktop.ui.theme.server_colors import dot, server_color
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.workspace import Workspace


class ServerHandlers(Handlers):
    """The registry on this computer can be opened, but neither edited nor removed."""

    def __init__(self, parts: WindowParts, workspace: Workspace) -> None:
        super().__init__(parts)
        self._workspace = workspace
        self._actions.connect(
            add_server=lambda: self.edit_server(None),
            edit_server=lambda: self.edit_server(workspace.session.profile),
            forget_server=lambda: workspace.tasks.start(self._forget(), "remove the connection"),
            waiting_changes=self._show_waiting,
            clear_seen=lambda: workspace.tasks.start(self._clear_seen(), "clear what was seen"),
        )
        workspace.waiting_changes.changed.connect(self._allow_waiting)
        self._allow_after(workspace.session_changed)
        self._allow_waiting()

    def allow(self) -> None:
        local = self._workspace.session.profile.id == LOCAL
        for key in ("edit_server", "forget_server"):
            self._actions.allow(key, not local)

    def edit_server(self, profile: Profile | None) -> None:
        """Open the dialog of a connection, or of a new one."""
        from dfs_desktop.ui.connections.dialog import ConnectionDialog

        error = self._workspace.session.error if profile is not None else None
        dialog = ConnectionDialog(self._window, self._workspace.connections, profile, error)
        dialog.saved.connect(self._workspace.connections.open)
        dialog.open()

    async def _forget(self) -> None:
        profile = self._workspace.session.profile
        if profile.id == LOCAL:
            return
        answer = await dialogs.ask(
            self._window,
            tr("Remove the connection “{name}”?", name=visible(profile.name)),
            tr("Its API key is deleted from the keyring. Nothing changes on the server."),
            [tr("Keep it"), tr("Remove the connection")],
        )
        if answer == 1:
            self._workspace.connections.forget(profile)

    def show_connections(self, corner: QPoint) -> None:
        """The menu below the connection: the saved servers, then what can be done with them."""
        workspace = self._workspace
        menu = dialogs.passing_menu(self._window)
        for profile in workspace.profiles():
            host = url_parts(profile.base_url).netloc
            words = visible(profile.name) + (f" — {visible(host)}" if host else "")
            go = partial(workspace.connections.open, profile)
            action = dialogs.offer(menu, words, go, dot(server_color(profile)))
            action.setCheckable(True)
            action.setChecked(profile.id == workspace.session.profile.id)
        menu.addSeparator()
        metrics = menu.fontMetrics()
        menu.setToolTipsVisible(True)
        for line in about_server(workspace.session):
            room = metrics.averageCharWidth() * 60
            short = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
            action = menu.addAction(short.replace("&", "&&"))
            action.setEnabled(False)
            action.setToolTip(tooltip(line))
        menu.addSeparator()
        moving = ("move_registry",) if workspace.session.profile.id == LOCAL else ()
        keys = ("add_server", "edit_server", "forget_server", "-", *moving, "python")
        self._actions.fill(menu, keys)
        menu.popup(corner)

    def _allow_waiting(self) -> None:
        many = len(self._workspace.waiting_changes.all)
        words = trn("{amount} Change That Waits…", "{amount} Changes That Wait…", many)
        self._actions.name("waiting_changes", words if many else tr("Changes That Wait…"))
        self._actions.allow("waiting_changes", bool(many))

    def _show_waiting(self) -> None:
        from dfs_desktop.ui.editing.waiting_dialog import WaitingDialog

        workspace = self._workspace
        WaitingDialog(self._window, workspace.state, workspace.waiting_changes).open()

    async def _clear_seen(self) -> None:
        answer = await dialogs.ask(
            self._window,
            tr("Clear what was seen of all servers?"),
            tr(
                "Lists, manifests and what you looked at are kept on this computer, so that they open "
                "while a server cannot be reached. Nothing changes on any server; changes that wait stay."
            ),
            [tr("Keep it"), tr("Clear it")],
        )
        if answer == 1:
            await self._workspace.rows.forget_all()
            self._workspace.notify(Notice(tr("What was seen of servers was cleared"), seconds=6))
