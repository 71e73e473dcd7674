"""A server that goes away: what was seen stays to be seen, and all goes on by itself when it is back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from support.artifacts import makers as make
from support.qt.desktop import Desktop
from support.qt.detail_pane import turn_to
from support.qt.servers import registry, unused_port

from dfs_desktop.api import DataForceClient, ModelArtifact
from dfs_desktop.server import access
from dfs_desktop.settings import Places, Profile, Settings, SettingsFile
from dfs_desktop.ui.editing.conflict_dialog import ConflictDialog
from dfs_desktop.ui.editing.waiting_dialog import WaitingDialog
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace.registry.clients import origin

Make = Callable[..., Path]
Start = Callable[..., Desktop]
KEY = "dfs_" + "k" * 40
PROFILE = "8f6c0d62-6c3e-4f8e-a8c4-2f1d2b7a9b22"


class Machine:
    """A registry that can be switched off and on, always at the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, unused_port()
        self._running = ExitStack()
        folder.mkdir()
        access.accept(folder, KEY)
        self.on()
        self.url = f"http://127.0.0.1:{self._port}"

    def on(self) -> None:
        self._running.enter_context(registry(self._folder, self._port))

    def off(self) -> None:
        self._running.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path / "server")
    yield made
    made.off()


def at(machine: Machine) -> Callable[..., None]:
    """Makes the program open this server, with its key in memory."""
    profile = Profile(id=PROFILE, name="Work", base_url=machine.url)

    def prepare(app: object) -> None:
        workspace = app.workspace  # type: ignore[attr-defined]
        workspace.settings.profiles[:] = [profile]
        workspace.settings.last_profile = PROFILE
        workspace.credentials.remember(PROFILE, origin(machine.url), KEY)

    return prepare


def tab_of(desktop: Desktop, tab: str) -> Any:
    """Choose a tab of the details; its page."""
    turn_to(desktop, tab)
    return desktop.window.details.pages[tab]


@pytest.mark.slow  # places: test_kept_places.py; away at the start, and back: below
def test_every_place_that_was_seen_opens_without_the_server_and_it_is_found_again_by_itself(
    start: Start, machine: Machine, make_model: Make, home: Path, tmp_path: Path
) -> None:
    SettingsFile(home / "config" / "settings.json").save(Settings())
    prepare = at(machine)
    desktop = start(prepare)
    strip = desktop.window.main_panel.outage
    desktop.upload(make_model("resnet50", accuracy=0.9))
    first = desktop.workspace.session.place
    desktop.workspace.place_editor.create_collection("Second")
    desktop.until(lambda: desktop.workspace.session.place.collection != first.collection)
    desktop.ready()
    second = desktop.workspace.session.place
    desktop.upload(make_model("bert", accuracy=0.7))
    (record,) = desktop.upload(make.make_pyfunc(tmp_path / "rich.fnnx"))
    desktop.select(record)
    for tab in ("environment", "card"):
        page = tab_of(desktop, tab)
        desktop.until(lambda page=page, tab=tab: tab in page.look.known, "the tab")
    assert strip.isHidden()

    # It goes while the window is open.
    machine.off()
    desktop.workspace.browser.choose_collection(first.collection)
    desktop.until(lambda: desktop.names() == ["resnet50"], "the place of before")
    desktop.until(strip.isVisible)
    assert strip.words.text().startswith("As of ")
    assert "The server cannot be reached. " in strip.words.text() or strip.words.text()
    assert desktop.workspace.session.orbit is not None
    desktop.workspace.browser.choose_collection(second.collection)
    desktop.until(lambda: "bert" in desktop.names())
    assert desktop.workspace.listing.artifacts()[0].manifest  # with all that is known of it
    desktop.end()

    # The window opens while it is away.
    again = start(prepare, ready=False)
    strip = again.window.main_panel.outage
    again.until(strip.isVisible)
    again.until(lambda: again.workspace.listing.artifacts()[0].manifest)
    record = next(a for a in again.workspace.listing.artifacts() if a.file_name == "rich.fnnx")
    again.select(record)
    page = tab_of(again, "environment")
    again.until(lambda: "environment" in page.look.known, "the packages")
    assert again.run(tab_of(again, "card").look.read(operations.card, 0)).cards
    weights = tab_of(again, "safety")  # nobody has looked at it: it says so, and reads on later
    again.until(lambda: weights.line.failed, "why it cannot be read")

    machine.on()
    again.click("tryNowButton", strip)
    again.ready()
    again.until(lambda: "safety" in weights.look.known, "what could not be read before")
    again.until(strip.isHidden)
    assert again.workspace.session.place == second
    assert [a.id for a in again.table.artifacts()] == [record.id]  # still selected


def test_changes_made_without_the_server_wait_over_a_restart_and_overwrite_nobody(
    start: Start, machine: Machine, make_model: Make
) -> None:
    prepare = at(machine)
    desktop = start(prepare)
    first, second, third = (desktop.upload(make_model(name))[0] for name in ("a1", "b2", "c3"))
    machine.off()
    desktop.refresh()
    strip = desktop.window.main_panel.outage
    desktop.until(strip.isVisible)

    def rename(window: Desktop, record: ModelArtifact, name: str) -> None:
        window.select(record)
        field = window.window.details.name
        window.write(field, name)
        window.press(field, Qt.Key.Key_Return)
        window.until(lambda: name in window.names(), name)

    rename(desktop, first, "mine a")
    rename(desktop, second, "mine b")
    rename(desktop, third, "mine c")
    assert desktop.column("status") == ["Change waits"] * 3
    assert "Change waits" in desktop.window.details.subtitle.text()
    assert strip.waiting.text() == "3 changes wait…"
    assert not desktop.window.actions_["delete"].isEnabled()
    assert "cannot be reached" in desktop.window.actions_["delete"].toolTip()
    desktop.window.actions_["undo"].trigger()  # as if it had never been made
    desktop.until(lambda: "c3" in desktop.names())
    assert sorted(desktop.column("status")) == ["", "Change waits", "Change waits"]

    # Those of many wait together, and are taken back as one step.
    desktop.select(first, second, third)
    panel = desktop.window.details.many
    desktop.until(lambda: panel.isVisible() and panel._summary.many == 3)
    QTest.keyClicks(panel.tags.line, "prod,")
    desktop.click("applyTagsButton")
    desktop.until(lambda: desktop.column("tags") == ["prod"] * 3)
    assert strip.waiting.text() == "5 changes wait…"
    assert desktop.notice("3 changes wait for the server").detail.startswith("Add Tag “prod”")
    desktop.window.actions_["undo"].trigger()
    desktop.until(lambda: desktop.column("tags") == [""] * 3)
    assert strip.waiting.text() == "2 changes wait…"
    desktop.window.actions_["redo"].trigger()
    desktop.until(lambda: strip.waiting.text() == "5 changes wait…")
    desktop.end()

    again = start(prepare, ready=False)
    again.until(again.window.main_panel.outage.isVisible)
    again.until(lambda: sorted(again.names()) == ["c3", "mine a", "mine b"], "the changes")
    rename(again, third, "never")
    again.window.actions_["waiting_changes"].trigger()
    dialog = again.dialog(WaitingDialog)
    lines = [dialog.list.item(n).text() for n in range(dialog.list.count())]
    assert [*lines[:2], *sorted(lines[2:5]), *lines[5:]] == [
        "“a1”: name → “mine a” (Work)",
        "“b2”: name → “mine b” (Work)",
        *(f"“{name}”: tags → “prod” (Work)" for name in ("c3", "mine a", "mine b")),
        "“c3”: name → “never” (Work)",
    ]
    dialog.list.setCurrentRow(5)
    again.press(dialog.list, Qt.Key.Key_Delete)
    again.until(lambda: "c3" in again.names())
    dialog.close()

    machine.on()
    with DataForceClient(base_url=machine.url, api_key=KEY) as other:  # somebody else is there
        other.model_artifacts.update(
            second.id, model_name="theirs", tags=["old"], collection_id=second.collection_id
        )
    again.window.main_panel.outage.now.click()
    conflict = again.dialog(ConflictDialog)
    assert again.workspace.editor.conflicts[0].theirs == "theirs"
    conflict.reject()
    again.ready()
    again.until(lambda: sorted(again.names()) == ["c3", "mine a", "theirs"])
    assert again.column("status") == [""] * 3
    assert again.workspace.waiting_changes.all == []
    tags = {record.model_name: record.tags for record in again.records()}
    assert tags == {"c3": ["prod"], "mine a": ["prod"], "theirs": ["old", "prod"]}
    again.workspace.editor.give_up()


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_local_registry_that_was_killed_is_started_again_by_itself(
    desktop: Desktop, model: Path
) -> None:
    desktop.upload(model)
    process = desktop.app.registry._process
    assert process is not None
    process.kill()
    process.wait(10)
    desktop.refresh()
    strip = desktop.window.main_panel.outage
    desktop.until(strip.isVisible)
    assert desktop.names() == ["resnet50"]
    desktop.window.actions_["refresh"].trigger()  # it does not wait for the next try
    desktop.ready()
    desktop.until(strip.isHidden)
    assert desktop.names() == ["resnet50"]
    desktop.refresh()
    desktop.ready()


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_local_registry_that_a_transfer_started_again_is_the_windows_too(
    desktop: Desktop, model: Path
) -> None:
    workspace = desktop.workspace
    desktop.upload(model)
    process = desktop.app.registry._process
    assert process is not None
    process.kill()
    process.wait(10)
    desktop.run(workspace.clients.of_job(workspace.session.profile.id))
    desktop.refresh()
    desktop.ready()
    assert desktop.names() == ["resnet50"]
    assert desktop.notices() == []


def test_changes_that_wait_and_cannot_be_read_are_kept_aside(home: Path, start: Start) -> None:
    places = Places.from_environment()
    file = places.data / "waiting-changes.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b'[{"profile":"')
    desktop = start()
    told = desktop.notice("The changes that wait could not be read")
    (aside,) = file.parent.glob("waiting-changes.json.bad-*")
    assert aside.name in told.detail
    assert aside.read_bytes() == b'[{"profile":"'
    assert not file.exists()
