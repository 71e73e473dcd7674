"""The page of a connection that failed has the ways out that its dialog has."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from support.qt.widgets import find

from dfs_desktop.api import (
    AuthenticationError,
    CertificateError,
    ConfigurationError,
    DataForceError,
    ProxyLoginError,
)
from dfs_desktop.api.errors import ServerAddressError
from dfs_desktop.credentials import CredentialsError, KeyringLocked, KeyringTimeout, to_unlock
from dfs_desktop.settings import Profile
from dfs_desktop.ui.connections.dialog import ConnectionDialog, mender
from dfs_desktop.ui.main_window.window import MainWindow
from dfs_desktop.ui.widgets.server_problem import ServerProblem
from dfs_desktop.workspace.notices import from_error
from dfs_desktop.workspace.session import Session, Stage
from dfs_desktop.workspace.workspace import Workspace

pytestmark = [pytest.mark.fault("W-14"), pytest.mark.usefixtures("light")]


ERRORS = [
    (AuthenticationError("No."), "Enter New Key…"),
    (KeyringLocked("The keyring is locked", ""), "Enter Key…"),
    (KeyringTimeout("The keyring does not answer", ""), "Enter Key…"),
    (CredentialsError("No API key is stored", "", session_only=False), "Enter Key…"),
    (ServerAddressError("It moved.", suggested="https://x"), "Edit Connection…"),
    (ConfigurationError("HTTPS_PROXY"), "Edit Connection…"),
    (CertificateError("Who?", may_trust=True), "Look at the Certificate…"),
    (CertificateError("A virus scanner."), "Find Out Why…"),
    (ProxyLoginError("407", proxy="p:1"), "Enter Password…"),
    (DataForceError("Something else."), "Find Out Why…"),
]


@pytest.mark.parametrize("stage", [Stage.FAILED, Stage.READY])
def test_the_page_has_the_button(workspace: Workspace, qapp: QApplication, stage: Stage) -> None:
    window = MainWindow(workspace)
    for error, text in ERRORS:
        session = Session(Profile(id="p", name="n", base_url="https://api.example"))
        session.stage, session.error = stage, error
        session.problem = session.list_problem = from_error(error, "Could not connect")
        workspace.state.session = session
        edit = window.actions_["edit_server"]
        edit.setVisible(True)
        edit.setEnabled(True)
        window.main_panel.show_state()
        other = window.main_panel.empty.other
        assert not other.isHidden()
        assert other.text() == text, error
        again = "Unlock Keyring" if to_unlock(error) else "Try again"
        assert window.main_panel.empty.button.text() == again, error
        if text[:2] in {"En", "Ed"} and not isinstance(error, ProxyLoginError):
            other.click()
            dialog = window.findChild(ConnectionDialog)
            assert dialog is not None, error
            assert ("for this session" in find(dialog, QPushButton, "saveButton").text()) == (
                isinstance(error, CredentialsError) and error.session_only
            )
            shiboken6.delete(dialog)
    shiboken6.delete(window)


def test_a_key_for_this_session_only_stays_out_of_the_keyring(workspace: Workspace) -> None:
    profile = Profile(id="p", name="n", base_url="https://api.example")
    error = CredentialsError("The keyring is locked", "")
    dialog = ConnectionDialog(None, workspace.connections, profile, error)
    save = find(dialog, QPushButton, "saveButton")
    assert save.text() == "Check and use for this session"
    key = find(dialog, QLineEdit, "apiKeyEdit")
    assert dialog.focusWidget() is key, "what is typed or pasted is the key"
    assert key.placeholderText() == "dfs_…", "there is no stored key to keep"
    shiboken6.delete(dialog)


def test_a_dialog_in_which_a_server_is_chosen_has_the_way_out_as_well(workspace: Workspace) -> None:
    profile = Profile(id="p", name="n", base_url="https://api.example")
    problem = ServerProblem("destination")
    wanted: list[tuple[Profile, Exception]] = []
    problem.mend_wanted.connect(lambda *what: wanted.append(what))
    missing = CredentialsError("There is no keyring", "The key can be used for this session.")
    for error, text in ((missing, "Enter Key…"), (DataForceError("Busy."), "")):
        problem.say_error(profile, error)
        assert not problem.isHidden()
        assert problem.mend.text() == text
        assert problem.mend.isHidden() == (not text)
    problem.say_error(profile, missing)
    problem.mend.click()
    assert wanted == [(profile, missing)]
    parent, went_on = QWidget(), Signals()
    mender(parent, workspace.connections, went_on)(profile, missing)
    dialog = parent.findChild(ConnectionDialog)
    assert dialog is not None
    dialog.saved.emit(profile)
    assert went_on.times == 1
    problem.say("")
    assert problem.isHidden()
    shiboken6.delete(parent)
    shiboken6.delete(problem)


class Signals:
    times = 0

    def __call__(self) -> None:
        self.times += 1
