"""Links, IDs, hashes and paths, pasted or handed over: each lands where it leads, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.settings import Profile
from dfs_desktop.ui.main_window.go_to import GotoBox
from dfs_desktop.ui.platform.single_instance import Wish
from dfs_desktop.ui.upload_review.sheet import ReviewSheet

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
CONTROL = Qt.KeyboardModifier.ControlModifier


def paste(desktop: Desktop, text: str, into: QWidget | None = None) -> None:
    QGuiApplication.clipboard().setText(text)
    target = into or desktop.table
    target.setFocus()
    desktop.press(target, Qt.Key.Key_V, CONTROL)


def selected(desktop: Desktop) -> list[str | None]:
    return [each.model_name for each in desktop.table.artifacts()]


def test_what_is_pasted_typed_or_handed_over_lands_where_it_leads(
    desktop: Desktop, make_model: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, window = desktop.workspace, desktop.window
    ant, bee = desktop.upload(make_model("ant"), make_model("bee"))
    here = workspace.session.place
    first = here.collection
    workspace.place_editor.create_collection("Elsewhere")
    desktop.until(lambda: workspace.session.place.collection != first)
    desktop.ready()
    route = f"/organization/{here.organization}/orbit/{here.orbit}/collection/{first}"

    def leave() -> None:
        second = next(c.id for c in workspace.session.collections if c.id != first)
        workspace.browser.choose_collection(second)
        desktop.ready()
        desktop.activate()

    # A web link, in the table and in the filter line; an ID; a hash; through the go-to box.
    paste(desktop, f"https://any.example{route}/artifacts/{ant.id}")
    desktop.until(lambda: selected(desktop) == ["ant"])
    leave()
    paste(desktop, f"luml://x{route}/artifacts/{bee.id}", window.filter)
    desktop.until(lambda: selected(desktop) == ["bee"])
    assert window.filter.text() == ""
    leave()
    paste(desktop, ant.id)
    desktop.until(lambda: selected(desktop) == ["ant"], "what has the ID, in another collection")
    window.filter.setText("bee")
    paste(desktop, bee.sha256[:12])
    desktop.until(lambda: selected(desktop) == ["bee"])
    paste(desktop, ant.sha256)
    desktop.until(lambda: selected(desktop) == ["ant"], "although the filter had hidden it")
    leave()
    window.actions_["goto"].trigger()
    box = desktop.dialog(GotoBox)
    desktop.write(box.line, f"https://any.example{route}")
    assert box.list.item(0).text() == "Go to this collection at any.example"
    desktop.write(box.line, "proxy")
    assert box.list.item(0).text().startswith("Preferences: Network"), "settings are found as well"
    desktop.write(box.line, "zzz nothing")
    assert box.list.item(0).text().startswith("Nothing has this name")
    desktop.press(box.line, Qt.Key.Key_Return)
    assert box.isVisible(), "what was typed stays to be mended"
    desktop.write(box.line, f"https://any.example{route}")
    desktop.press(box.line, Qt.Key.Key_Return)
    desktop.until(lambda: workspace.session.place.collection == first)
    desktop.ready()

    # A second start of the program hands over a link, and a file to be uploaded.
    desktop.app.show_again(Wish(link=f"luml://x{route}/artifacts/{bee.id}"))
    desktop.until(lambda: selected(desktop) == ["bee"])
    desktop.app.show_again(Wish(link=ant.id))
    desktop.until(lambda: selected(desktop) == ["ant"])
    another = make_model("cow")
    desktop.app.show_again(Wish(another, upload=True))
    desktop.dialog(ReviewSheet).reject()
    desktop.until(lambda: not desktop.dialogs(ReviewSheet))

    # Files let go on the program's icon come one by one: looked into, and offered together.
    for file in (another, make_model("dog")):
        desktop.app.show_again(Wish(file))
    desktop.until(lambda: window.details.pages.get("local"), "the look inside")
    desktop.click("Upload 2 Files…", window)
    sheet = desktop.dialog(ReviewSheet)
    assert [draft.path.stem for draft in sheet.drafts()] == ["cow", "dog"]
    sheet.reject()
    desktop.until(lambda: not desktop.dialogs(ReviewSheet))
    window.details.close_files()
    desktop.activate()

    # Paths as text: an upload is reviewed; from the go-to box they are looked into.
    paste(desktop, f"'{another}'")
    desktop.dialog(ReviewSheet).reject()
    desktop.until(lambda: not desktop.dialogs(ReviewSheet))
    window.actions_["goto"].trigger()
    box = desktop.dialog(GotoBox)
    desktop.write(box.line, str(another))
    desktop.press(box.line, Qt.Key.Key_Return)
    desktop.until(lambda: window.details.pages.get("local"), "the look inside")
    desktop.activate()

    # What leads nowhere says so and what to do; nothing moves.
    nothing = "00000000-0000-0000-0000-000000000000"
    for text, title in (
        (str(tmp_path / "gone.fnnx"), "gone.fnnx: not there"),
        ("just some words", "Nothing here has to do with"),
        ("https://example.org/x", "This page of example.org"),
        (f"https://any.example{route}/artifacts/{nothing}", "This artifact is not"),
        (nothing, "Not found at"),
        ("https://app.luml.ai/organization/none/orbit/none", "This link leads to app.luml.ai"),
    ):  # fmt: skip
        paste(desktop, text)
        desktop.notice(title)
        assert workspace.session.place.collection == first

    # A server that is known is offered; its web page is not one of this registry.
    known = [Profile(id="p", name="LUML", base_url="https://api.luml.ai")]
    monkeypatch.setattr(workspace.settings, "profiles", known)
    paste(desktop, "https://app.luml.ai/organization/none/orbit/none")
    action = desktop.notice("This link leads to “LUML”").action
    assert action is not None
    assert action.text == "Switch to “LUML”"
    assert not window.actions_["copy_link"].isVisible()
    web = f"web:{workspace.session.profile.id}"
    monkeypatch.setitem(workspace.settings.layout, web, "https://web.example")
    workspace.session_changed.emit()
    desktop.select(ant)
    window.actions_["copy_link"].trigger()
    copied = QGuiApplication.clipboard().text()
    assert copied == f"https://web.example{route}/artifacts/{ant.id}"


def test_a_search_that_fails_says_so_and_goes_on_when_asked(
    slow_desktop: Desktop, relay: Relay
) -> None:
    desktop = slow_desktop
    relay.answer_instead("/orbits", 500, "application/json", b'{"detail": "No"}')
    paste(desktop, "00000000-0000-0000-0000-000000000000")
    action = desktop.notice("Could not look for it").action
    relay.release()
    assert action is not None
    assert action.text == "Try again"
    action.run()
    desktop.notice("Not found at")
    assert "Could not look for it" not in desktop.notices()
