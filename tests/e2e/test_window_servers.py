"""Servers: added, checked, remembered, removed; and what is said of those that do not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from support.network.relay import Relay
from support.qt.desktop import Desktop
from support.qt.servers import Server, below, registry, unused_port

from dfs_desktop.app import Application
from dfs_desktop.settings import Profile, Settings, SettingsFile
from dfs_desktop.ui.connections.dialog import ConnectionDialog
from dfs_desktop.ui.theme.server_colors import HUES, server_color
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.registry.clients import origin
from dfs_desktop.workspace.session import Stage

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Start = Callable[..., Desktop]
PROFILE = "8f6c0d62-6c3e-4f8e-a8c4-2f1d2b7a9b11"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with registry(tmp_path_factory.mktemp("server")) as running:
        yield running


def add_dialog(desktop: Desktop, url: str, key: str) -> ConnectionDialog:
    desktop.window.actions_["add_server"].trigger()
    dialog = desktop.dialog(ConnectionDialog)
    desktop.write(dialog._form.base_url, url)
    desktop.write(dialog._form.api_key, key)
    return dialog


def problem(dialog: ConnectionDialog) -> str:
    label = dialog.findChild(QLabel, "problemTitle")
    return label.text() if label.isVisible() else ""


def detail(dialog: ConnectionDialog) -> str:
    return dialog.findChild(QLabel, "problemDetail").text()


def add_for_session(desktop: Desktop, url: str, key: str) -> None:
    dialog = add_dialog(desktop, url, key)
    desktop.click("saveButton", dialog)
    desktop.click("sessionOnlyButton", dialog)
    desktop.until(lambda: not desktop.dialogs())
    desktop.until(lambda: desktop.workspace.session.profile.base_url.startswith(url))
    desktop.ready()


def test_without_a_keyring_the_key_lasts_for_this_session(
    start: Start, server: Server, model: Path, home: Path
) -> None:
    desktop = start()
    dialog = add_dialog(desktop, server.url, server.api_key)
    desktop.click("saveButton", dialog)
    desktop.until(lambda: "keyring" in problem(dialog).lower(), problem(dialog))
    assert desktop.workspace.settings.profiles == []
    desktop.click("sessionOnlyButton", dialog)
    desktop.until(lambda: not desktop.dialogs())
    desktop.until(lambda: desktop.workspace.session.profile.base_url == server.url)
    desktop.ready()
    desktop.upload(model)
    assert desktop.names() == ["resnet50"]
    assert desktop.workspace.session.profile.name == "127.0.0.1"
    desktop.end()
    assert below(home, server.api_key) == []
    again = start(ready=False)
    again.until(lambda: again.workspace.session.stage is Stage.FAILED)
    assert again.workspace.session.profile.base_url == server.url
    assert again.names() == ["resnet50"]  # the rows of last time stay to be seen
    strip = again.window.main_panel.outage
    again.until(strip.isVisible)
    assert strip.words.text().startswith("As of ")
    assert (strip.mend.text(), strip.now.isVisible()) == ("Enter Key…", False)
    words = strip.words  # whole, over as many lines as it needs
    words.setFixedWidth(words.fontMetrics().horizontalAdvance(words.text()) // 2)
    again.until(
        lambda: words.height() >= words.heightForWidth(words.width()) > words.font().pointSize() * 3
    )
    assert not again.notices(), "the strip says it"
    again.click("mendButton")
    dialog = again.dialog(ConnectionDialog)
    again.write(dialog._form.api_key, server.api_key)
    again.click("saveButton", dialog)
    again.ready()
    again.until(strip.isHidden)
    assert again.names() == ["resnet50"]


def test_a_wrong_key_is_refused_and_nothing_is_saved(desktop: Desktop, server: Server) -> None:
    dialog = add_dialog(desktop, server.url, "dfs_" + "wrong" * 8)
    desktop.click("saveButton", dialog)
    desktop.until(lambda: problem(dialog), "words about the key")
    assert "wrong" not in detail(dialog)
    assert dialog._form.api_key.hasFocus()
    assert desktop.workspace.settings.profiles == []
    assert desktop.workspace.session.profile.id == "local"
    dialog.reject()
    desktop.until(lambda: not desktop.dialogs())


def test_nobody_at_the_address_is_said_in_words(desktop: Desktop) -> None:
    dialog = add_dialog(desktop, f"http://127.0.0.1:{unused_port()}", "dfs_" + "k" * 40)
    desktop.click("saveButton", dialog)
    desktop.until(lambda: problem(dialog))
    assert "Traceback" not in detail(dialog)
    dialog.reject()


def test_plain_http_needs_a_tick(desktop: Desktop) -> None:
    dialog = add_dialog(desktop, "http://registry.example", "dfs_" + "k" * 40)
    save = dialog._save
    assert dialog._form.allow_http.isVisible()
    assert not save.isEnabled()
    dialog._form.allow_http.click()
    assert save.isEnabled()
    dialog._form.allow_http.click()
    assert not save.isEnabled()
    desktop.write(dialog._form.base_url, "http://127.0.0.1:9")
    assert not dialog._form.allow_http.isVisible()
    assert save.isEnabled()
    dialog.reject()
    desktop.until(lambda: not desktop.dialogs())


def test_removing_a_server_asks_and_forgets(desktop: Desktop, server: Server) -> None:
    add_for_session(desktop, server.url, server.api_key)
    window = desktop.window
    before = window.windowIcon().cacheKey()
    window.actions_["edit_server"].trigger()
    dialog = desktop.dialog(ConnectionDialog)
    box = dialog._form.color
    assert box.currentText() == "By itself"
    box.setCurrentIndex(box.findData("orange"))
    desktop.click("saveButton", dialog)
    desktop.until(lambda: desktop.workspace.session.profile.color == "orange")
    desktop.ready()
    assert window.windowIcon().cacheKey() != before, "the dot in the title is orange"
    assert server_color(desktop.workspace.session.profile).hslHue() == HUES["orange"]
    profile = desktop.workspace.session.profile
    desktop.window.actions_["forget_server"].trigger()
    question = desktop.dialog(Question)
    desktop.click("Keep it", question)
    desktop.until(lambda: not desktop.dialogs())
    assert desktop.workspace.settings.profiles == [profile]
    desktop.window.actions_["forget_server"].trigger()
    desktop.click("Remove the connection", desktop.dialog(Question))
    desktop.until(lambda: desktop.workspace.session.profile.id == "local")
    desktop.ready()
    desktop.notice("was removed")
    assert desktop.workspace.settings.profiles == []
    key = desktop.run(desktop.app.credentials.state(profile.id, origin(profile.base_url)))
    assert key.kind.value == "missing"
    assert not desktop.window.actions_["forget_server"].isEnabled()


def test_transfers_go_on_when_the_server_is_changed(
    slow_desktop: Desktop, relay: Relay, make_model: Make, server: Server
) -> None:
    desktop = slow_desktop
    (job,), hold = desktop.held_uploads(relay, make_model("bert"))
    desktop.close_progress()
    add_for_session(desktop, server.url, server.api_key)
    assert "bert" not in desktop.names()
    hold.release()
    desktop.until(lambda: job.state.ended)
    desktop.workspace.connections.open(desktop.workspace.profiles()[0])
    desktop.until(lambda: desktop.names() == ["bert"])
    desktop.ready()
    assert desktop.statuses() == ["uploaded"]


def test_an_open_registry_elsewhere_is_said_and_tried_again(start: Start, home: Path) -> None:
    with registry(home / "data" / "registry"):
        desktop = start(ready=False)
        empty = desktop.window.main_panel.empty
        desktop.until(lambda: desktop.workspace.session.stage is Stage.FAILED)
        assert "The local registry is open in another window" in (
            empty.heading.text() + empty.text.text()
        )
        assert empty.isVisible()
    desktop.click("Try again", empty)
    desktop.until(lambda: desktop.workspace.session.stage is Stage.READY)
    desktop.ready()


def saved_server(home: Path, url: str) -> None:
    """Settings of an earlier run that ended at this server."""
    settings = Settings()
    settings.profiles = [Profile(id=PROFILE, name="Work", base_url=url)]
    settings.last_profile = PROFILE
    SettingsFile(home / "config" / "settings.json").save(settings)


TROUBLES = {
    "401": (401, "application/json", b'{"detail": "Invalid API key"}'),
    "portal": (200, "text/html", b"<html><body>Sign in to the WLAN <b>now</b></body></html>"),
    "redirect": (302, "text/html", b"<html>elsewhere</html>"),
    "500": (500, "text/plain", b"Internal Server Error"),
    "nonsense": (200, "application/json", b'[{"id": 5}, {"hello": null}]'),
    "cut": (200, "application/json", b'[{"id": "a'),
}


def failed_to_connect(desktop: Desktop) -> QWidget:
    """What stands in the middle of the window then, in words for people."""
    session = desktop.workspace.session
    empty = desktop.window.main_panel.empty
    desktop.until(lambda: session.stage is Stage.FAILED and empty.isVisible(), "the empty state")
    assert empty.heading.text() == "Could not connect to Work"
    words = empty.text.text()
    assert len(words) > 20
    assert not any(bad in words for bad in ("Traceback", "<", "Error(", "httpx", "None"))
    assert session.profile.id == PROFILE
    assert desktop.window.picker.connection.text().startswith("Work")
    return empty


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Server]:
    with registry(tmp_path / "empty registry") as running:
        yield running


def test_a_server_in_trouble_has_a_designed_state(
    start: Start, home: Path, relay: Relay, empty_server: Server
) -> None:
    relay.target = empty_server.place
    place = f"http://{relay.place}"
    saved_server(home, place)

    def remember(app: Application) -> None:
        app.credentials.remember(PROFILE, origin(place), empty_server.api_key)

    desktop = None
    for trouble in TROUBLES.values():
        relay.answer_instead("/", *trouble)
        if desktop is None:
            desktop = start(remember, ready=False)
        else:
            desktop.workspace.connections.reopen()
        empty = failed_to_connect(desktop)
        relay.release()
        desktop.click("Try again", empty)
        desktop.until(lambda app=desktop: app.workspace.session.stage is Stage.READY)
        desktop.ready()


def test_a_server_that_is_not_there_has_a_designed_state(start: Start, home: Path) -> None:
    place = f"http://127.0.0.1:{unused_port()}"
    saved_server(home, place)
    desktop = start(
        lambda app: app.credentials.remember(PROFILE, origin(place), "dfs_" + "k" * 40),
        ready=False,
    )
    empty = failed_to_connect(desktop)
    said: list[Stage] = []
    desktop.workspace.session_changed.connect(lambda: said.append(desktop.workspace.session.stage))
    desktop.click("Try again", empty)
    desktop.until(lambda: said and said[-1] is Stage.FAILED)


def test_trouble_after_the_start_keeps_the_rows(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    desktop.upload(make_model("resnet50"))
    for trouble in TROUBLES.values():
        relay.answer_instead("/collections", *trouble)
        desktop.refresh()
        desktop.notice("Could not refresh")
        assert desktop.names() == ["resnet50"], trouble
        relay.release()
        desktop.click("Try again", desktop.window.main_panel.notices)
        desktop.until(lambda: not desktop.notices(), "the end of the notice")
        desktop.ready()
        assert desktop.names() == ["resnet50"], trouble


def test_a_list_that_cannot_be_loaded_offers_to_try_again(
    slow_desktop: Desktop, relay: Relay
) -> None:
    desktop = slow_desktop
    desktop.workspace.place_editor.create_collection("Zoo")
    desktop.until(lambda: (c := desktop.workspace.session.collection) and c.name == "Zoo")
    desktop.ready()
    relay.answer_instead("artifacts", 500, "text/html", b"<h1>Maintenance</h1>")
    models = next(c for c in desktop.workspace.session.collections if c.name == "Models")
    desktop.workspace.browser.choose_collection(models.id)
    empty = desktop.window.main_panel.empty
    desktop.until(lambda: empty.heading.text() == "Could not load this place")
    assert "<h1>" not in empty.text.text()
    relay.release()
    desktop.click("Try again", empty)
    desktop.until(lambda: empty.heading.text() == "Drop model files here")
