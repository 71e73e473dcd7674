"""The whole orbit: search across its collections, what a role may do, where an artifact is in use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from support.network.relay import Relay
from support.qt.desktop import Desktop

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Start = Callable[..., Desktop]


def two_collections(desktop: Desktop, make_model: Make) -> None:
    """`resnet a` in Models and `resnet b` in Vision, which is open."""
    desktop.upload(make_model("resnet a"))
    desktop.workspace.place_editor.create_collection("Vision")
    desktop.until(lambda: (c := desktop.workspace.session.collection) and c.name == "Vision")
    desktop.until(lambda: not desktop.workspace.session.loading)
    desktop.upload(make_model("resnet b"), make_model("bert"))


def search(desktop: Desktop, words: str) -> None:
    desktop.write(desktop.window.filter, words)
    desktop.press(desktop.window.filter, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desktop.until(lambda: desktop.workspace.session.search == words)
    desktop.until(lambda: not desktop.workspace.session.loading)


def test_a_name_is_found_in_all_collections(desktop: Desktop, make_model: Make) -> None:
    two_collections(desktop, make_model)
    search(desktop, "resnet")
    assert sorted(desktop.names()) == ["resnet a", "resnet b"]
    assert sorted(desktop.column("collection")) == ["Models", "Vision"]
    assert set(desktop.column("type")) == {"model"}
    strip = desktop.window.main_panel.strip
    assert strip.isVisible()
    desktop.click("leaveSearchButton")
    desktop.until(lambda: sorted(desktop.names()) == ["bert", "resnet b"])
    assert not strip.isVisible()
    assert "collection" not in [c.key for c in desktop.workspace.listing.columns]


def test_what_is_found_elsewhere_downloads_and_deletes(desktop: Desktop, make_model: Make) -> None:
    two_collections(desktop, make_model)
    search(desktop, "resnet a")
    (found,) = [row.artifact for row in desktop.workspace.listing.visible]
    assert found.collection_id != desktop.workspace.session.place.collection
    desktop.double_click(found)
    target = desktop.workspace.downloads.folder / found.file_name
    desktop.until(target.exists, "the download")
    desktop.until(lambda: not desktop.workspace.queue.running())
    desktop.workspace.deleter.seconds = 0.1
    desktop.close_progress()
    desktop.delete(found)
    desktop.until(lambda: found.id not in desktop.workspace.listing)
    desktop.press(desktop.window.filter, Qt.Key.Key_Escape)
    desktop.until(lambda: sorted(desktop.names()) == ["bert", "resnet b"])


def test_nothing_found_says_so_and_leads_back(desktop: Desktop, make_model: Make) -> None:
    two_collections(desktop, make_model)
    search(desktop, "no such name")
    assert desktop.window.main_panel.empty.isVisible()
    assert desktop.window.main_panel.empty.heading.text() == "Nothing found"
    desktop.click("emptyStateButton")
    desktop.until(lambda: sorted(desktop.names()) == ["bert", "resnet b"])


def test_an_empty_filter_offers_the_orbit(desktop: Desktop, make_model: Make) -> None:
    two_collections(desktop, make_model)
    desktop.write(desktop.window.filter, "resnet a")
    desktop.until(desktop.window.main_panel.empty.isVisible)
    desktop.click("emptyStateOtherButton")
    desktop.until(lambda: desktop.names() == ["resnet a"])


def changed(desktop: Desktop, path: str, change: Callable[[Any], None]) -> bytes:
    """What the registry answers there now, with a change."""
    local = desktop.workspace.local
    assert local is not None
    import httpx

    with httpx.Client(trust_env=False) as client:
        answer = client.get(
            local.url + path, headers={"Authorization": f"Bearer {local.api_key}"}
        ).json()
    change(answer)
    return json.dumps(answer).encode()


def test_what_a_role_may_not_do_is_off_and_says_why(
    start: Start, relay: Relay, make_model: Make
) -> None:
    desktop = start(relay.before)
    (record,) = desktop.upload(make_model("resnet"))
    place = desktop.workspace.session.place

    def demote(orbits: list[dict[str, Any]]) -> None:
        for orbit in orbits:
            orbit["role"] = "member"
            orbit["permissions"]["artifact"] = ["list", "read", "create", "update"]
            orbit["permissions"]["collection"] = ["list", "read"]

    path = f"/v1/organizations/{place.organization}/orbits"
    relay.answer_instead(path + "$", 200, "application/json", changed(desktop, path, demote))
    desktop.workspace.connections.reopen()
    desktop.ready()
    desktop.select(record)
    actions = desktop.window.actions_
    assert not actions["delete"].isEnabled()
    assert "Orbit members cannot delete" in actions["delete"].toolTip()
    assert not actions["new_collection"].isEnabled()
    assert actions["upload"].isEnabled()
    assert actions["rename"].isEnabled()
    desktop.press(desktop.table, Qt.Key.Key_Delete)
    assert desktop.names() == ["resnet"]


def test_deployments_and_tracks_are_told(start: Start, relay: Relay, make_model: Make) -> None:
    """Where the tracks of the orbit may not be listed, the record is asked on request."""
    refusal = b'{"detail": "Not enough rights"}'
    relay.answer_instead("/tracks", 403, "application/json", refusal)
    desktop = start(relay.before)
    (record,) = desktop.upload(make_model("resnet"))
    place = desktop.workspace.session.place
    path = (
        f"/v1/organizations/{place.organization}/orbits/{place.orbit}"
        f"/collections/{place.collection}/artifacts/{record.id}"
    )

    def use(artifact: dict[str, Any]) -> None:
        artifact["tracks"] = [{"id": "t", "name": "Release <b>1</b>"}]
        artifact["deployments"] = [{"id": "d", "name": "shop"}]

    relay.answer_instead(path, 200, "application/json", changed(desktop, path, use))
    desktop.window.table.clearSelection()
    desktop.select(record)
    overview = desktop.window.details.overview
    facts = overview._facts.values
    desktop.run(asyncio.sleep(0.1))
    assert not facts["In tracks"].isVisible()
    QTest.mouseClick(overview.look_up, Qt.MouseButton.LeftButton)
    desktop.until(lambda: facts["In tracks"].text() == "Release <b>1</b>")
    assert facts["Deployed in"].text() == "shop"
    assert not overview.look_up.isVisible()


def test_the_rows_of_last_time_are_there_before_the_server_answers(
    start: Start, relay: Relay, make_model: Make
) -> None:
    first = start()
    first.upload(make_model("resnet"))
    first.end()
    holds = []

    def hold(app: Any) -> None:
        relay.before(app)
        holds.append(relay.hold_request("GET", "/users/me/organizations"))

    second = start(hold, ready=False)
    second.until(lambda: second.names() == ["resnet"])
    assert second.workspace.session.remembered
    assert second.window.isVisible()
    second.select(second.workspace.listing.visible[0].artifact)
    assert not second.window.actions_["download"].isEnabled()
    holds[0].release()
    second.ready()
    assert second.names() == ["resnet"]
    assert second.window.actions_["download"].isEnabled()


def test_a_running_upload_is_no_find(slow_desktop: Desktop, relay: Relay, make_model: Make) -> None:
    desktop = slow_desktop
    _, hold = desktop.held_uploads(relay, make_model("resnet"))
    desktop.close_progress()  # it has the keys while it is open
    desktop.activate()
    search(desktop, "no such name")
    assert desktop.names() == []
    hold.release()
    desktop.until(lambda: not desktop.workspace.queue.running())
