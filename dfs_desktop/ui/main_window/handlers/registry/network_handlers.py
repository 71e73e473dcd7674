"""What is done about the way to a server: preferences, a refused certificate, a proxy's login."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from dfs_desktop.api import CertificateError, ProxyLoginError
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.translation import tr
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.ui.widgets.dialogs import finished, to_front
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.registry.connections import way_out
from dfs_desktop.workspace.session import Session
from dfs_desktop.workspace.workspace import Workspace

if TYPE_CHECKING:
    from dfs_desktop.ui.preferences.window import PreferencesWindow


class NetworkHandlers(Handlers):
    """A proxy that wants a login is asked about once by itself, then when the person wants it."""

    def __init__(self, parts: WindowParts, workspace: Workspace) -> None:
        super().__init__(parts)
        self._workspace, self._network = workspace, workspace.clients.network
        self._actions.connect(preferences=self.show_preferences, doctor=self._show_doctor)
        workspace.browser.edit_requested.connect(self._mend)
        workspace.browser.failed.connect(self._failed)
        self._network.trust_requested.connect(self.ask_trust)
        self._network.login_requested.connect(self.ask_login)

    def show_preferences(self, page: str = "") -> "PreferencesWindow":
        """One window, whichever way it was asked for."""
        from dfs_desktop.ui.preferences.window import PreferencesWindow

        window = self._window.findChild(PreferencesWindow)
        if window is None:
            own = self._workspace
            window = PreferencesWindow(
                self._window, own.state, self._network, own.downloads, own.limits, own.library,
                lambda weekly: own.updates.use(weekly=weekly), self._actions.__getitem__,
            )  # fmt: skip
        window.open_at(page)
        return window

    def _show_doctor(self) -> None:
        """The open server is tried first."""
        from dfs_desktop.ui.connections.doctor_dialog import DoctorDialog

        workspace = self._workspace
        dialog = self._window.findChild(DoctorDialog)
        if dialog is None:
            examine, start = workspace.examine, workspace.tasks.start
            dialog = DoctorDialog(self._window, workspace.profiles(), examine, start)
        to_front(dialog)
        dialog.check(workspace.session.profile.id)

    def _mend(self) -> None:
        """What keeps the person from the open server is mended in a dialog of its own."""
        session = self._workspace.session
        match session.error:
            case CertificateError(may_trust=True) | ProxyLoginError() as refused:
                self._network.ask_to_mend(refused, self._nothing)
            case _ if way_out(session):
                self._actions["edit_server"].trigger()
            case _:
                self._show_doctor()

    def _failed(self, _session: Session, error: BaseException) -> None:
        if isinstance(error, ProxyLoginError) and error.proxy not in self._network.asked_for_login:
            self._network.ask_to_mend(error, self._nothing)

    @staticmethod
    def _nothing() -> None:
        """The server is asked again by the change itself."""

    def ask_trust(self, refused: CertificateError, then: Callable[[], object]) -> None:
        """Show a certificate; `then` is done once it is trusted."""
        if self._workspace.in_front:  # of all windows one asks
            self._workspace.tasks.start(self._trust(refused, then), "trust a certificate")

    async def _trust(self, refused: CertificateError, then: Callable[[], object]) -> None:
        from dfs_desktop.ui.connections.trust_dialog import TrustDialog

        if await finished(TrustDialog(self._front(), refused)):
            self._network.trust(refused)
            then()

    def ask_login(self, refused: ProxyLoginError, then: Callable[[], object]) -> None:
        """Ask for name and password; `then` is done once they are known."""
        if self._workspace.in_front:
            self._workspace.tasks.start(self._log_in(refused, then), "log in at the proxy")

    async def _log_in(self, refused: ProxyLoginError, then: Callable[[], object]) -> None:
        from dfs_desktop.ui.connections.proxy_login import ProxyLoginDialog

        user = refused.user or self._network.users().get(refused.proxy, "")
        told = bool(refused.detail)
        dialog = ProxyLoginDialog(self._front(), refused.proxy, user, refused=told)
        if not await finished(dialog):
            return
        name, password, keep = dialog.user.text().strip(), dialog.password.text(), dialog.keep
        dialog.password.clear()
        try:
            await self._network.log_in(refused.proxy, name, password, keep=keep.isChecked())
        except CredentialsError as error:  # told; it holds for this session
            title = tr("The password is kept for this session only")
            self._workspace.notify(Notice(title, f"{error.title}.", Level.WARNING, seconds=15))
            await self._network.log_in(refused.proxy, name, password, keep=False)
        then()

    def _front(self) -> QWidget:
        """Where a question belongs: before what the person looks at."""
        return QApplication.activeWindow() or self._window
