"""Deleting as a person does it: asked, counted down, taken back or told that it is too late."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from support.artifacts.model_files import sha256
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.api import ModelArtifact
from dfs_desktop.ui.main_window.handlers import upload_handlers
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.ui.widgets.dialogs import Question

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Start = Callable[..., Desktop]
Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def three(desktop: Desktop, make_model: Make) -> list[ModelArtifact]:
    return desktop.upload(make_model("alpha"), make_model("beta"), make_model("gamma"))


def ask(desktop: Desktop, *artifacts: ModelArtifact) -> Question:
    desktop.select(*artifacts)
    desktop.press(desktop.table, Key.Key_Delete)
    return desktop.dialog(Question)


def words(desktop: Desktop) -> str:
    """What the strip at the foot of the window says."""
    return " ".join(
        label.text()
        for label in desktop.window.undo_strip.findChildren(QLabel)
        if label.isVisible()
    )


def undo_by_key(desktop: Desktop) -> None:
    desktop.activate()
    desktop.press(desktop.window, Key.Key_Z, CONTROL)


@pytest.mark.fault("RL-07")
def test_the_question_names_what_goes_and_the_safe_answer_has_the_focus(
    desktop: Desktop, three: list[ModelArtifact]
) -> None:
    question = ask(desktop, *three)
    said = " ".join(label.text() for label in question.findChildren(QLabel))
    assert "Delete 3 artifacts?" in said
    assert "3 artifacts of “Models”" in said
    assert all(f"“{name}”" in said for name in ("alpha", "beta", "gamma"))
    assert "30 seconds" in said
    assert desktop.button("Keep", question).hasFocus()
    desktop.press(question, Key.Key_Return)
    desktop.until(lambda: not desktop.dialogs(Question))
    assert desktop.struck() == []
    assert desktop.workspace.deleter.waiting == []


@pytest.mark.fault("RL-07")
def test_keys_pressed_twice_ask_once_and_another_selection_meanwhile_changes_nothing(
    desktop: Desktop, three: list[ModelArtifact]
) -> None:
    desktop.select(three[0])
    for _ in range(3):
        desktop.press(desktop.table, Key.Key_Delete)
    question = desktop.dialog(Question)
    desktop.run(asyncio.sleep(0.05))
    assert len(desktop.dialogs(Question)) == 1
    desktop.select(three[1], three[2])
    desktop.click("Delete", question)
    desktop.until(desktop.struck)
    assert desktop.struck() == ["alpha"]


@pytest.mark.fault("RL-07")
def test_undo_by_the_strip_sends_nothing_and_selects_the_row(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    one, _two = desktop.upload(make_model("resnet50"), make_model("bert"))
    desktop.delete(one)
    assert desktop.struck() == ["resnet50"]
    assert sorted(desktop.names()) == ["bert", "resnet50"], "it stays in its place"
    assert re.search(r"“resnet50” of “Models” will be deleted in (30|29) s", words(desktop))
    desktop.table.clearSelection()
    desktop.click("Undo", desktop.window.undo_strip)
    assert desktop.struck() == []
    desktop.notice("“resnet50” stays")
    assert [a.model_name for a in desktop.table.artifacts()] == ["resnet50"]
    assert not desktop.window.undo_strip.isVisible()
    assert desktop.statuses() == ["uploaded"] * 2
    assert not [line for line in relay.seen if "delete-url" in line or line.startswith("DELETE")]


@pytest.mark.fault("RL-07")
def test_the_key_brings_the_latest_back_and_the_menu_says_what_it_would_do(
    desktop: Desktop, three: list[ModelArtifact]
) -> None:
    undo = desktop.window.actions_["undo"]
    assert (undo.text(), undo.isEnabled()) == ("Undo", False)
    desktop.delete(three[0])
    desktop.delete(three[1], three[2])
    assert (undo.text(), undo.isEnabled()) == ("Undo Delete 2 Artifacts", True)
    assert sorted(desktop.struck()) == ["alpha", "beta", "gamma"]
    undo_by_key(desktop)
    assert desktop.struck() == ["alpha"]
    assert {a.model_name for a in desktop.table.artifacts()} == {"beta", "gamma"}
    undo_by_key(desktop)
    assert desktop.struck() == []
    assert (undo.text(), undo.isEnabled()) == ("Undo", False)
    undo_by_key(desktop)
    assert not [notice for notice in desktop.said if "Too late" in notice.title]


@pytest.mark.fault("RL-07")
def test_the_countdown_stays_in_sight_in_another_collection_and_behind_a_dialog(
    desktop: Desktop, three: list[ModelArtifact]
) -> None:
    desktop.delete(three[0])
    desktop.workspace.place_editor.create_collection("Zoo")
    desktop.until(lambda: (c := desktop.workspace.session.collection) and c.name == "Zoo")
    desktop.ready()
    assert "“alpha” of “Models” will be deleted in" in words(desktop)
    for number in range(8):
        desktop.window.actions_["attention"].trigger()
        for dialog in desktop.dialogs():
            dialog.close()
        assert "“alpha” of “Models”" in words(desktop), number
    undo_by_key(desktop)
    desktop.notice("“alpha” stays")
    assert len(desktop.run(desktop.here.model_artifacts.list(collection_id=three[0].collection_id)))
    assert desktop.workspace.listing.going == set()


@pytest.mark.fault("RL-07")
def test_too_late_is_said_once_after_record_and_bytes_are_gone(
    desktop: Desktop, model: Path
) -> None:
    desktop.workspace.deleter.seconds = 0.3
    (record,) = desktop.upload(model)
    objects = desktop.places.data / "registry"
    stored = [p for p in objects.rglob("*") if p.is_file() and p.stat().st_size == record.size]
    assert len(stored) == 1
    desktop.delete(record)
    desktop.until(lambda: desktop.workspace.listing.row(record.id) is None)
    assert desktop.records() == []
    assert not stored[0].exists()
    assert desktop.workspace.session.collection.total_artifacts == 0
    assert not desktop.window.actions_["undo"].isEnabled()
    undo_by_key(desktop)
    desktop.notice("Too late to bring “resnet50” of “Models” back")
    undo_by_key(desktop)
    assert len([notice for notice in desktop.said if "Too late" in notice.title]) == 1


def test_many_are_deleted_together(desktop: Desktop, three: list[ModelArtifact]) -> None:
    desktop.workspace.deleter.seconds = 0.1
    desktop.delete(*three[:2])
    desktop.until_records(lambda found: [r.model_name for r in found] == ["gamma"])
    desktop.until(lambda: desktop.workspace.session.collection.total_artifacts == 1)
    desktop.until(lambda: desktop.names() == ["gamma"])


@pytest.mark.fault("RL-07")
def test_a_deletion_that_waits_stays_struck_through_a_refresh_and_cannot_be_fetched(
    desktop: Desktop, model: Path
) -> None:
    (record,) = desktop.upload(model)
    desktop.delete(record)
    desktop.refresh()
    assert desktop.struck() == ["resnet50"]
    assert desktop.window.counts.text().startswith("0 artifacts · 1 being deleted")
    desktop.select(record)
    download = desktop.window.actions_["download"]
    assert not download.isEnabled()
    assert "being deleted" in download.toolTip()
    desktop.press(desktop.table, Key.Key_Delete)
    desktop.run(asyncio.sleep(0.05))
    assert not desktop.dialogs(Question)
    assert desktop.statuses() == ["uploaded"]


def test_a_deletion_that_fails_brings_the_row_back(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    desktop.workspace.deleter.seconds = 0.1
    (record,) = desktop.upload(make_model("resnet50"))
    relay.answer_instead("/delete-url", 403, "application/json", b'{"detail": "Not allowed"}')
    desktop.delete(record)
    desktop.notice("Could not delete 1 artifact")
    desktop.until(lambda: desktop.struck() == [] and desktop.names() == ["resnet50"])
    relay.release()
    desktop.click("Try again", desktop.window.main_panel.notices)
    desktop.until_records(lambda found: not found)
    desktop.until(lambda: desktop.names() == [])


@pytest.mark.fault("RL-07")
def test_a_file_takes_the_place_of_another_and_what_is_gone_is_uploaded_again(
    desktop: Desktop, make_model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old,) = desktop.upload(make_model("alpha"))
    desktop.run(desktop.here.model_artifacts.update(old.id, tags=["prod"]))
    desktop.refresh()
    desktop.until(lambda: desktop.column("tags") == ["prod"])
    better = make_model("better", acc=0.99)

    async def chosen(*_args: object) -> list[Path]:
        return [better]

    monkeypatch.setattr(upload_handlers, "choose_artifacts", chosen)
    desktop.select(*desktop.workspace.listing.artifacts())
    desktop.workspace.deleter.seconds = 600
    desktop.window.actions_["replace"].trigger()
    sheet = desktop.dialog(ReviewSheet)
    assert "in place of “alpha”" in sheet.windowTitle()
    assert [(each.name, each.tags) for each in sheet.drafts()] == [("alpha", ["prod"])]
    desktop.click("uploadButton", sheet)
    desktop.until(lambda: desktop.struck() == ["alpha"], "the old one can still be brought back")
    desktop.workspace.deleter.delete_now()
    desktop.until(lambda: len(desktop.names()) == 1)
    (new,) = desktop.workspace.listing.artifacts()
    assert (new.model_name, new.tags, new.sha256) == ("alpha", ["prod"], sha256(better))
    desktop.close_progress()
    undo_by_key(desktop)
    late = desktop.notice("Too late to bring “alpha” of “Models” back")
    assert late.action is not None
    late.action.run()
    again = desktop.dialog(ReviewSheet)
    assert [(each.name, each.tags) for each in again.drafts()] == [("alpha", ["prod"])]
    desktop.click("uploadButton", again)
    desktop.until(lambda: desktop.names() == ["alpha", "alpha"])
    desktop.close_progress()
    wanted = {old.sha256, new.sha256}
    desktop.until_records(lambda found: {each.sha256 for each in found} == wanted)
