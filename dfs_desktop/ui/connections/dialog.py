"""Adds a server or changes one: address and key are checked before anything is saved."""

import asyncio
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from dfs_desktop.api import AuthenticationError, CertificateError, DataForceError, ProxyLoginError
from dfs_desktop.api.errors import ServerAddressError
from dfs_desktop.artifact import visible
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import passing_dialog, primary_button, secondary_button
from dfs_desktop.ui.widgets.labels import IconLabel, headline, plain_label, say
from dfs_desktop.ui.widgets.layouts import TOP, column, row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.notices import from_error
from dfs_desktop.workspace.registry.clients import again_words, remedy
from dfs_desktop.workspace.registry.connections import Connections, ServerForm

from .form import ConnectionForm


class _Problem(QWidget):
    """What went wrong, and what can be done about it, inside the dialog."""

    def __init__(self) -> None:
        super().__init__()
        self._title = named(plain_label(failed=True, wrap=True), "problemTitle")
        self._detail = named(plain_label(wrap=True, selectable=True), "problemDetail")
        self.session_only = named(QPushButton(tr("Use for this session only")), "sessionOnlyButton")
        self.again = named(QPushButton(), "tryAgainButton")
        self.suggested = ""  # the address that is meant
        self.address = named(QPushButton(), "useAddressButton")
        self.remedy = named(QPushButton(), "remedyButton")  # what mends it outside of the form
        buttons = row(self.session_only, self.again, self.address, self.remedy, None, spacing=8)
        words = column(self._title, self._detail, 4, buttons, spacing=4)
        row((IconLabel("error", "failed", scale=1.3), TOP), (words, 1), of=self, spacing=12)
        self.hide()

    def explain(self, error: BaseException) -> None:
        title = tr("The connection could not be checked")
        if isinstance(error, DataForceError | CredentialsError):
            title = error.title
        detail = from_error(error, title).detail
        self._title.setText(visible(title))
        say(self._detail, visible(detail))
        self.suggested = error.suggested if isinstance(error, ServerAddressError) else ""
        use = tr("Use {address}", address=visible(self.suggested)).replace("&", "&&")
        self.session_only.setVisible(isinstance(error, CredentialsError) and error.session_only)
        say(self.again, again_words(error) if isinstance(error, CredentialsError) else "")
        say(self.address, use if self.suggested else "")
        say(self.remedy, remedy(error))
        self.show()


class ConnectionDialog(QDialog):
    """`saved` brings the profile. The key leaves the dialog only towards its server and the keyring."""

    saved = Signal(object)  # Profile

    def __init__(
        self, parent: QWidget | None, connections: Connections, profile: Profile | None = None,
        error: BaseException | None = None,
    ) -> None:  # fmt: skip
        """``error``: why the server could not be opened. Where it is the key, that is asked for; where
        the keyring could not be used just now, the key stays out of it."""
        super().__init__(parent)
        self._connections = connections
        self._profile = profile if profile is not None and profile.id != LOCAL else None
        self._session_only = isinstance(error, CredentialsError) and error.session_only
        saves, uses = tr("Check and save"), tr("Check and use for this session")
        self._verb = uses if self._session_only else saves
        self._task: asyncio.Task[None] | None = None
        self._refused: BaseException | None = None
        key_wanted = isinstance(error, CredentialsError | AuthenticationError)
        self._form = ConnectionForm(self._profile, key_wanted=key_wanted)
        self._problem = _Problem()
        self._busy = plain_label(dim=True)
        self._save = primary_button(self._verb, "saveButton", self._check)
        self._arrange()
        if key_wanted:
            self._form.api_key.setFocus()
        self._form.edited.connect(self._allow)
        self._allow()

    def _arrange(self) -> None:
        title = tr("Add a server") if self._profile is None else tr("Edit the connection")
        passing_dialog(self, "connectionDialog", title)
        cancel = secondary_button(tr("Cancel"), self.reject, name="cancelButton")
        self._problem.session_only.clicked.connect(lambda: self._start(session_only=True))
        self._problem.again.clicked.connect(lambda: self._start(session_only=False))
        self._problem.address.clicked.connect(self._use_address)
        self._problem.remedy.clicked.connect(self._mend)
        foot = row((self._busy, 1), cancel, self._save, spacing=8)
        sheet(self, headline(title), self._form, self._problem, (None, 1), foot)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 84)

    def _allow(self) -> None:
        self._save.setEnabled(self._task is None and self._form.complete())

    def _check(self) -> None:
        self._start(session_only=self._session_only)

    def _start(self, *, session_only: bool) -> None:
        if self._task is not None or not self._form.check():
            return
        self._problem.hide()
        form = self._form.server_form(session_only=session_only)
        work = self._check_and_save(form)
        self._task = self._connections.tasks.start(work, "save the connection")
        self._show_busy(form)

    def _use_address(self) -> None:
        """Take the address that was offered, and go on where nothing more is to be said."""
        self._form.base_url.setText(self._problem.suggested)
        if self._form.complete():
            self._check()

    def _show_busy(self, form: ServerForm | None) -> None:
        busy = self._task is not None
        address = visible(form.base_url) if form is not None else ""
        asking = tr("Asking {server} …", server=address)
        self._busy.setText(asking if busy and len(address) < 60 else "")
        self._form.freeze(busy)
        self._save.setText(tr("Checking…") if busy else self._verb)
        self._allow()

    async def _check_and_save(self, form: ServerForm) -> None:
        try:
            profile_id = self._profile.id if self._profile is not None else None
            profile = await self._connections.add(form, profile_id)
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

    def _explain(self, error: BaseException) -> None:
        self._refused = error
        self._problem.explain(error)
        if isinstance(error, CredentialsError) and error.session_only:
            self._problem.session_only.setFocus()
        else:
            self._form.focus_for(error)
        self._fit()
        known = self._connections.network.asked_for_login
        if isinstance(error, ProxyLoginError) and error.proxy not in known:
            self._mend()

    def _mend(self) -> None:
        """A certificate is shown, or a proxy's login asked for; the check begins anew afterwards."""

        def again() -> None:
            if shiboken6.isValid(self):
                self._check()

        if isinstance(self._refused, (CertificateError, ProxyLoginError)):
            self._connections.network.ask_to_mend(self._refused, again)

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
    parent: QWidget, connections: Connections, then: Callable[[], None]
) -> Callable[[Profile, Exception], None]:
    """What mends a connection over the dialog in which it was needed, and goes on then."""

    def mend(profile: Profile, error: Exception) -> None:
        if isinstance(error, (CertificateError, ProxyLoginError)):
            connections.network.ask_to_mend(error, then)
            return
        dialog = ConnectionDialog(parent, connections, profile, error)
        dialog.saved.connect(lambda _profile: then())
        dialog.open()

    return mend
