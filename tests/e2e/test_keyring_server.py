"""A server with its key in a real keyring: added in the window, found again next time, removed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the Secret Service is Linux's", allow_module_level=True)

import secretstorage
from support.qt.desktop import Desktop
from support.qt.servers import Server, below, registry
from unit.credentials.test_credentials import (
    bus_address,
    items,
    unlock_as_a_person_would,
    wait_until_unlocked,
)

from dfs_desktop.ui.connections.dialog import ConnectionDialog
from dfs_desktop.ui.widgets.dialogs import Question

__all__ = ["bus_address"]  # a fixture

Start = Callable[..., Desktop]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with registry(tmp_path / "server") as running:
        yield running


def test_the_key_lives_in_the_keyring_and_nowhere_else(
    home: Path,
    bus_address: str,
    monkeypatch: pytest.MonkeyPatch,
    start: Start,
    server: Server,
    model: Path,
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus_address)
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    wait_until_unlocked()
    desktop = start()
    desktop.window.actions_["add_server"].trigger()
    dialog = desktop.dialog(ConnectionDialog)
    desktop.write(dialog._form.base_url, server.url)
    desktop.write(dialog._form.api_key, server.api_key)
    desktop.write(dialog._form.name, "Work")
    desktop.click("saveButton", dialog)
    desktop.until(lambda: not desktop.dialogs(), "the check and the keyring")
    desktop.until(lambda: desktop.workspace.session.profile.name == "Work")
    desktop.ready()
    desktop.upload(model)
    profile = desktop.workspace.session.profile
    assert any(profile.id in str(item) for item in items())
    assert desktop.end() == 0
    assert below(home, server.api_key) == []

    # A locked keyring: the way to unlock it, and on with the server as if nothing had been.
    with contextlib.closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_collection_by_alias(bus, "default").lock()
    again = start(ready=False)
    strip = again.window.main_panel.outage
    again.until(lambda: strip.now.text() == "Unlock Keyring", "the way to unlock")
    assert again.names() == ["resnet50"], "the rows of last time are there meanwhile"
    unlock_as_a_person_would()
    strip.now.click()
    again.ready()
    again.until(lambda: not strip.isVisible())
    assert again.workspace.session.profile == profile
    assert again.names() == ["resnet50"]
    again.window.actions_["forget_server"].trigger()
    again.click("Remove the connection", again.dialog(Question))
    again.notice("Work was removed")
    again.ready()
    assert again.workspace.session.profile.id == "local"
    assert not any(profile.id in str(item) for item in items())
    again.end()
    assert below(home, server.api_key) == []
