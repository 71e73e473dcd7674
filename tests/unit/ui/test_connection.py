"""The connection dialog against a real registry on a machine without a keyring."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton, QToolButton
from support.qt.widgets import HTML, assert_plain, find, texts, until, window_loop

from dfs_desktop.api import AuthenticationError
from dfs_desktop.credentials import KeyState
from dfs_desktop.server import LocalRegistry
from dfs_desktop.settings import Profile
from dfs_desktop.ui.connections.dialog import ConnectionDialog
from dfs_desktop.workspace.registry.clients import LocalServer, origin
from dfs_desktop.workspace.workspace import Workspace

pytestmark = pytest.mark.usefixtures("light")

Run = Callable[[Coroutine[Any, Any, None]], None]
LEFT = Qt.MouseButton.LeftButton
WRONG_KEY = "dfs_a-key-that-nobody-has"


@pytest.fixture
def run(qapp: QApplication) -> Iterator[Run]:
    with window_loop(qapp) as loop:
        yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 30))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[LocalServer]:
    server = LocalRegistry(tmp_path / "registry")
    address = server.start()
    yield LocalServer(address.url, address.api_key)
    server.stop()


class Open:
    """A dialog on the screen, and what came of it."""

    def __init__(self, workspace: Workspace, profile: Profile | None = None) -> None:
        self.dialog = ConnectionDialog(None, workspace.connections, profile)
        self.saved: list[Profile] = []
        self.dialog.saved.connect(self.saved.append)
        self.dialog.open()
        self.url = find(self.dialog, QLineEdit, "baseUrlEdit")
        self.key = find(self.dialog, QLineEdit, "apiKeyEdit")
        self.save = find(self.dialog, QPushButton, "saveButton")
        self.session_only = find(self.dialog, QPushButton, "sessionOnlyButton")

    def says(self, text: str) -> bool:
        return text in texts(self.dialog)

    def fill(self, url: str, key: str) -> None:
        self.url.setText(url)
        self.key.setText(key)

    def press(self, button: str) -> None:
        QTest.mouseClick(find(self.dialog, QPushButton, button), LEFT)

    async def gone(self) -> None:
        await until(lambda: not shiboken6.isValid(self.dialog))


def test_a_key_is_checked_explained_and_kept_for_the_session(
    run: Run, workspace: Workspace, registry: LocalServer, tmp_path: Path, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)

    async def journey() -> None:
        form = Open(workspace)
        await until(form.url.hasFocus)
        assert form.url.selectedText() == form.url.text() != "", "typing takes its place"
        form.fill(registry.url, WRONG_KEY)
        form.press("saveButton")
        assert form.save.text() == "Checking…"
        assert form.url.isReadOnly()
        await until(lambda: form.says(AuthenticationError.heading))
        assert form.key.text() == WRONG_KEY, "the fields stay"
        assert form.key.hasSelectedText(), "and the wrong one is ready to be typed over"
        assert form.session_only.isHidden()
        form.key.setText(registry.api_key)
        form.press("saveButton")
        await until(form.session_only.isVisible)
        assert form.says("use the key for this session only")
        assert workspace.settings.profiles == [], "nothing is saved half"
        form.press("tryAgainButton")
        await until(lambda: not form.session_only.isVisible())
        await until(form.session_only.isVisible)
        assert form.session_only.autoDefault(), "Enter takes the button that has the focus"
        form.press("sessionOnlyButton")
        await form.gone()
        assert [profile.base_url for profile in form.saved] == [registry.url]
        profile = form.saved[0]
        place = origin(registry.url)
        assert await workspace.credentials.fetch(profile.id, place) == registry.api_key
        await workspace.stop()

    run(journey())
    assert registry.api_key not in (tmp_path / "settings.json").read_text()
    assert registry.api_key not in caplog.text
    assert WRONG_KEY not in caplog.text


def test_a_name_changes_without_typing_the_key_again(
    run: Run, workspace: Workspace, registry: LocalServer
) -> None:
    profile = Profile(id="p1", name="Before", base_url=registry.url)
    place = origin(registry.url)

    async def journey() -> None:
        workspace.settings.profiles = [profile]
        workspace.credentials.remember(profile.id, place, registry.api_key)
        form = Open(workspace, profile)
        assert form.key.text() == ""
        find(form.dialog, QLineEdit, "connectionNameEdit").setText("After")
        form.press("saveButton")
        await form.gone()
        assert [(p.id, p.name) for p in workspace.settings.profiles] == [("p1", "After")]
        state = await workspace.credentials.state(profile.id, place)
        assert state.kind is KeyState.SESSION, "it stays where it was"
        form = Open(workspace, workspace.settings.profiles[0])
        form.url.setText("https://elsewhere.example")
        form.press("saveButton")
        assert form.says("Enter the API key."), "a key is never sent to another server"
        form.dialog.close()
        await form.gone()
        await workspace.stop()

    run(journey())


def test_cancel_stops_the_check_first_and_closes_then(run: Run, workspace: Workspace) -> None:
    async def journey() -> None:
        with socket.create_server(("127.0.0.1", 0)) as deaf:  # accepts, and never answers
            form = Open(workspace)
            form.fill(f"http://127.0.0.1:{deaf.getsockname()[1]}", "dfs_x")
            form.press("saveButton")
            await asyncio.sleep(0.1)
            assert len(workspace.tasks) == 1
            form.press("cancelButton")
            await until(lambda: len(workspace.tasks) == 0)
            assert form.dialog.isVisible()
            assert form.key.text() == "dfs_x"
            assert form.save.isEnabled()
            form.press("saveButton")
            await asyncio.sleep(0.1)
            form.dialog.close()  # the window's own button does both
            assert form.key.text() == ""
            await form.gone()
            await until(lambda: len(workspace.tasks) == 0)
        await workspace.stop()
        assert form.saved == []

    run(journey())


def test_plain_http_wants_the_persons_word(run: Run, workspace: Workspace) -> None:
    async def journey() -> None:
        form = Open(workspace)
        box = find(form.dialog, QCheckBox, "allowHttpBox")
        assert not box.isVisible()
        form.fill("http://127.0.0.1:9", "dfs_x")
        assert not box.isVisible(), "loopback stays on this computer"
        form.fill("http://registry.example", "dfs_x")
        assert box.isVisible()
        assert not form.save.isEnabled()
        box.setChecked(True)
        assert form.save.isEnabled()
        form.fill("https://registry.example", "dfs_x")
        assert not box.isVisible()
        assert form.save.isEnabled()
        form.dialog.close()
        await form.gone()

    run(journey())


@pytest.mark.parametrize(
    ("url", "key", "label", "text"),
    [
        ("", "dfs_x", "baseUrlComplaint", "Enter the server's address."),
        ("ftp://example.com", "dfs_x", "baseUrlComplaint", "has to look like"),
        ("https://[::1", "dfs_x", "baseUrlComplaint", "has to look like"),
        ("https://user:word@example.com", "dfs_x", "baseUrlComplaint", "user name"),
        ("example.com", "", "apiKeyComplaint", "Enter the API key."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    run: Run, workspace: Workspace, url: str, key: str, label: str, text: str
) -> None:
    async def journey() -> None:
        form = Open(workspace)
        form.fill(url, key)
        form.press("saveButton")
        assert text in find(form.dialog, QLabel, label).text()
        assert len(workspace.tasks) == 0
        assert form.url.text() == url
        form.dialog.close()
        await form.gone()

    run(journey())


def test_pasted_blanks_are_dropped_and_the_key_is_hidden(run: Run, workspace: Workspace) -> None:
    async def journey() -> None:
        form = Open(workspace)
        form.url.clear()
        for edit, text in ((form.url, " https://a.example \n"), (form.key, "  dfs_abc\n def ")):
            QApplication.clipboard().setText(text)
            edit.paste()
        assert form.url.text() == "https://a.example"
        assert form.key.text() == "dfs_abcdef"
        assert form.key.echoMode() is QLineEdit.EchoMode.Password
        show = find(form.dialog, QToolButton, "showKeyButton")
        QTest.mouseClick(show, LEFT)
        assert form.key.echoMode() is QLineEdit.EchoMode.Normal
        assert "dfs_abcdef" not in repr(form.dialog) + repr(form.dialog._form.__dict__)
        form.dialog.reject()
        await form.gone()

    run(journey())


def test_what_a_server_says_is_text(run: Run, workspace: Workspace) -> None:
    async def journey() -> None:
        profile = Profile(id="p1", name=HTML, base_url="https://a.example")
        form = Open(workspace, profile)
        form.dialog._explain(AuthenticationError(HTML, title=HTML, status_code=401))
        assert texts(form.dialog).count(HTML) == 2
        assert_plain(form.dialog)
        form.dialog.close()
        await form.gone()

    run(journey())


@pytest.mark.fault("W-03")
def test_the_right_address_is_a_button(
    workspace: Workspace, registry: LocalServer, run: Run
) -> None:
    async def work() -> None:
        opened = Open(workspace)
        opened.fill(registry.url.replace("http:", "https:"), registry.api_key)
        opened.press("saveButton")
        await until(lambda: opened.says("speaks plain http"))
        button = find(opened.dialog, QPushButton, "useAddressButton")
        assert button.text() == f"Use {registry.url}"
        QTest.mouseClick(button, LEFT)
        await until(lambda: bool(opened.saved) or opened.says("keyring") or opened.says("Keyring"))
        assert opened.url.text() == registry.url
        if not opened.saved:
            opened.dialog.close()

    run(work())


@pytest.mark.fault("W-03")
def test_a_server_of_this_computer_needs_no_scheme(
    workspace: Workspace, registry: LocalServer, run: Run
) -> None:
    """http is tried where https is not spoken, and told; a wrong key is told of the key."""
    said: list[str] = []
    workspace.notices.noticed.connect(lambda notice: said.append(notice.title))

    async def work() -> None:
        opened = Open(workspace)
        place = registry.url.removeprefix("http://")
        opened.fill(place, WRONG_KEY)
        opened.press("saveButton")
        await until(lambda: opened.says("The API key was not accepted"))
        opened.fill(place, registry.api_key)
        opened.press("saveButton")
        await until(opened.session_only.isVisible)
        assert said == []
        opened.press("sessionOnlyButton")
        await opened.gone()
        assert opened.saved[0].base_url == registry.url
        assert said == [
            f"{place} does not speak https, so the connection uses http and does not leave "
            "this computer."
        ]
        await workspace.stop()

    run(work())


@pytest.mark.fault("W-03")
def test_an_address_of_this_computer_where_nobody_is_is_told_as_refused(
    workspace: Workspace, run: Run
) -> None:
    async def work() -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))  # and nobody listens
            opened = Open(workspace)
            opened.fill(f"127.0.0.1:{unused.getsockname()[1]}", "dfs_key")
            opened.press("saveButton")
            await until(lambda: opened.says("refuses connections"))
        assert not opened.saved
        opened.dialog.close()

    run(work())
