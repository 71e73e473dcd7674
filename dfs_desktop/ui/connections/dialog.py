"""Adds a server or changes one: address and key are checked before anything is saved."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import shiboken6
from msgspec import structs
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from dfs_desktop.api import (
    AuthenticationError,
    CertificateError,
    DataForceError,
    ProxyLoginError,
)
from dfs_desktop.api.errors import ServerAddressError
from dfs_desktop.artifact import visible
from dfs_desktop.credentials import Credentials, CredentialsError, KeyState
from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import enlarge, plain_label
from dfs_desktop.ui.widgets.icon_label import IconLabel
from dfs_desktop.ui.widgets.layouts import TOP, column, row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.notices import from_error
from dfs_desktop.workspace.registry.clients import Clients, again_words, origin, remedy
from dfs_desktop.workspace.registry.connections import Connections, ServerForm
from dfs_desktop.workspace.tasks import Tasks

from .form import ConnectionForm


class _Problem(QWidget):
    """What went wrong, and what can be done about it, inside the dialog."""

    def __init__(self) -> None:
        super().__init__()
        self._title = named(plain_label(failed=True, wrap=True), "problemTitle")
        self._detail = named(plain_label(wrap=True), "problemDetail")
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.session_only = named(QPushButton(tr("Use for this session only")), "sessionOnlyButton")
        self.again = named(QPushButton(tr("Try again")), "tryAgainButton")
        self.suggested = ""
        self.address = named(QPushButton(), "useAddressButton")
        self.remedy = named(QPushButton(), "remedyButton")
        buttons = row(self.session_only, self.again, self.address, self.remedy, None, spacing=8)
        words = column(self._title, self._detail, 4, buttons, spacing=4)
        row((IconLabel("error", "failed", scale=1.3), TOP), (words, 1), of=self, spacing=12)
        self.hide()

    def show_problem(
        self, title: str, detail: str, *, keyring: bool, session_only: bool, again: str
    ) -> None:
        self._title.setText(visible(title))
        self._detail.setText(visible(detail))
        self._detail.setVisible(bool(detail))
        self.session_only.setVisible(keyring and session_only)
        self.again.setVisible(keyring)
        self.again.setText(again)
        self.show()

    def offer_remedy(self, text: str) -> None:
        """What mends it outside of the form; "" is nothing."""
        self.remedy.setText(text)
        self.remedy.setVisible(bool(text))

    def offer(self, address: str) -> None:
        """The address that is meant, as a button."""
        self.suggested = address
        self.address.setText(tr("Use {address}", address=visible(address)).replace("&", "&&"))
        self.address.setVisible(bool(address))


class ConnectionServices(NamedTuple):
    """What the dialog uses of the workspace."""

    tasks: Tasks
    clients: Clients
    connections: Connections
    credentials: Credentials


class ConnectionDialog(QDialog):
    """`saved` brings the profile. The key leaves the dialog only towards its server and the keyring."""

    saved = Signal(object)  # Profile

    def __init__(
        self,
        parent: QWidget | None,
        services: ConnectionServices,
        profile: Profile | None = None,
        error: BaseException | None = None,
    ) -> None:
        """``error``: why the server could not be opened. Where it is the key, that is asked for; where
        the keyring could not be used just now, the key stays out of it."""
        super().__init__(parent)
        self.setObjectName("connectionDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._services = services
        self._profile = profile if profile is not None and profile.id != LOCAL else None
        keyring = isinstance(error, CredentialsError)
        self._session_only = isinstance(error, CredentialsError) and error.session_only
        self._verb = (
            tr("Check and use for this session") if self._session_only else tr("Check and save")
        )
        self._task: asyncio.Task[None] | None = None
        self._refused: BaseException | None = None
        key_wanted = keyring or isinstance(error, AuthenticationError)
        self._form = ConnectionForm(self._profile, key_wanted=key_wanted)
        self._problem = _Problem()
        self._busy = plain_label(dim=True)
        self._save = named(QPushButton(self._verb), "saveButton")
        self._cancel = named(QPushButton(tr("Cancel")), "cancelButton")
        self._arrange()
        if key_wanted:
            self._form.api_key.setFocus()
        self._form.edited.connect(self._allow)
        self._allow()

    def _arrange(self) -> None:
        title = tr("Add a server") if self._profile is None else tr("Edit the connection")
        self.setWindowTitle(title)
        heading = plain_label(title)
        enlarge(heading, 1.1)
        self._save.setProperty("primary", True)
        self._save.setDefault(True)
        self._save.clicked.connect(lambda: self._start(session_only=self._session_only))
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.reject)
        self._problem.session_only.clicked.connect(lambda: self._start(session_only=True))
        self._problem.again.clicked.connect(lambda: self._start(session_only=False))
        self._problem.address.clicked.connect(self._use_address)
        self._problem.remedy.clicked.connect(self._mend)
        foot = row((self._busy, 1), self._cancel, self._save, spacing=8)
        sheet(self, heading, self._form, self._problem, (None, 1), foot)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 84)

    def _allow(self) -> None:
        self._save.setEnabled(self._task is None and self._form.complete())

    def _start(self, *, session_only: bool) -> None:
        if self._task is not None or not self._form.check():
            return
        self._problem.hide()
        form = self._form.server_form(session_only=session_only)
        work = self._check_and_save(form)
        self._task = self._services.tasks.start(work, "save the connection")
        self._show_busy(form)

    def _use_address(self) -> None:
        """Take the address that was offered, and go on where nothing more is to be said."""
        self._form.base_url.setText(self._problem.suggested)
        if self._form.complete():
            self._start(session_only=self._session_only)

    def _show_busy(self, form: ServerForm | None) -> None:
        busy = self._task is not None
        address = visible(form.base_url) if form is not None else ""
        self._busy.setText(
            tr("Asking {server} …", server=address) if busy and len(address) < 60 else ""
        )
        self._form.freeze(busy)
        self._save.setText(tr("Checking…") if busy else self._verb)
        self._allow()

    async def _check_and_save(self, form: ServerForm) -> None:
        try:
            profile_id = self._profile.id if self._profile is not None else None
            complete = await self._with_key(form)
            profile = await self._services.connections.add(complete, profile_id)
        except Exception as error:  # noqa: BLE001  said in the dialog, where it can be mended
            if self._settle():
                self._explain(error)
            return
        if self._settle():
            self.saved.emit(profile)
            self.accept()

    def _settle(self) -> bool:
        """The end of a check. False when it was stopped, or the dialog is gone, meanwhile."""
        if self._task is None or self._task is not asyncio.current_task():
            return False
        self._task = None
        self._show_busy(None)
        return True

    async def _with_key(self, form: ServerForm) -> ServerForm:
        """An empty key means the stored one, which stays where it is: keyring or session."""
        if form.api_key or self._profile is None:
            return form
        place = (self._profile.id, origin(self._profile.base_url))
        if (key := await self._services.credentials.fetch(*place)) is None:
            raise CredentialsError(
                tr("No API key is stored for this server"),
                tr("Enter the key again."),
                session_only=False,
            )
        state = await self._services.credentials.state(*place)
        session_only = form.session_only or state.kind is KeyState.SESSION
        return structs.replace(form, api_key=key, session_only=session_only)

    def _explain(self, error: BaseException) -> None:
        title, ways_out = tr("The connection could not be checked"), False
        if isinstance(error, DataForceError | CredentialsError):
            title = error.title
        keyring = isinstance(error, CredentialsError)
        if isinstance(error, CredentialsError):
            ways_out = error.session_only
        detail = from_error(error, title).detail
        self._problem.show_problem(
            title, detail, keyring=keyring, session_only=ways_out, again=again_words(error)
        )
        self._problem.offer(error.suggested if isinstance(error, ServerAddressError) else "")
        self._refused = error
        self._problem.offer_remedy(remedy(error))
        if keyring and ways_out:
            self._problem.session_only.setFocus()
        else:
            self._form.focus_for(error)
        self._fit()
        known = self._services.clients.network.asked_for_login
        if isinstance(error, ProxyLoginError) and error.proxy not in known:
            self._mend()

    def _mend(self) -> None:
        """A certificate is shown, or a proxy's login asked for; the check begins anew afterwards."""
        session_only = self._session_only

        def again() -> None:
            if shiboken6.isValid(self):
                self._start(session_only=session_only)

        if isinstance(self._refused, (CertificateError, ProxyLoginError)):
            self._services.clients.network.ask_to_mend(self._refused, again)

    def _fit(self) -> None:
        if (layout := self.layout()) is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self._show_busy(None)

    def reject(self) -> None:
        """Cancel or Escape: first the check is stopped and the fields stay, then the dialog closes."""
        if self._task is not None:
            self._stop()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)

    def done(self, code: int) -> None:
        self._form.forget_key()
        super().done(code)


def mender(
    parent: QWidget, services: ConnectionServices, then: Callable[[], None]
) -> Callable[[Profile, Exception], None]:
    """What mends a connection over the dialog in which it was needed, and goes on then."""
    network = services.clients.network

    def mend(profile: Profile, error: Exception) -> None:
        if isinstance(error, (CertificateError, ProxyLoginError)):
            network.ask_to_mend(error, then)
            return
        dialog = ConnectionDialog(parent, services, profile, error)
        dialog.saved.connect(lambda _profile: then())
        dialog.open()

    return mend
