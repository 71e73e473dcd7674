"""Many artifacts at once: tags, descriptions, names by a pattern; refusals, conflicts, undo and redo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from support.network.relay import Relay
from support.qt.desktop import LEFT, Desktop

from dfs_desktop.api import ModelArtifact
from dfs_desktop.ui.editing.conflict_dialog import ConflictDialog
from dfs_desktop.ui.editing.many_panel import ManyPanel
from dfs_desktop.ui.editing.rename_dialog import RenameDialog
from dfs_desktop.ui.widgets.dialogs import Question

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def tags_of(desktop: Desktop) -> dict[str, list[str]]:
    return {r.model_name or "": r.tags or [] for r in desktop.records()}


def chosen(desktop: Desktop, *records: ModelArtifact) -> ManyPanel:
    """Select these; the panel has looked through them."""
    desktop.activate()
    desktop.select(*records)
    panel = desktop.window.details.many
    desktop.until(lambda: panel.isVisible() and panel._summary.many == len(records))
    return panel


def idle(desktop: Desktop) -> None:
    desktop.until(lambda: not desktop.workspace.mass_editor.running)
    desktop.until(lambda: not desktop.workspace.editor._wanted)


def undo(desktop: Desktop, *, redo: bool = False) -> None:
    desktop.activate()
    desktop.table.setFocus()
    desktop.press(desktop.table, Key.Key_Z, CTRL | SHIFT if redo else CTRL)
    idle(desktop)


@pytest.mark.fault("U-07")
def test_tags_names_and_descriptions_of_a_selection(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    one, two, three = desktop.upload(*(make_model(f"net-{n}", loss=n / 4) for n in (1, 2, 3)))
    desktop.run(desktop.here.model_artifacts.update(one.id, tags=["prod", "x"]))
    desktop.refresh()
    action = desktop.window.actions_["undo"]

    # Tags: on some, then on all; added by typing; one request for each that changes.
    panel = chosen(desktop, one, two, three)
    desktop.press(desktop.table, Key.Key_E, CTRL)
    assert panel.tags.line.hasFocus()
    chip = next(each for each in panel.tags._chips if each.tag == "prod")
    assert "on 1 of 3" in chip.accessibleName()
    QTest.mouseClick(chip, LEFT)
    assert panel.apply.text() == "Add Tag “prod” to 3 Artifacts"
    QTest.keyClicks(panel.tags.line, "PROD, new")
    before = len([line for line in relay.seen if line.startswith("PATCH")])
    relay.hold_request("PATCH", "artifacts/")
    desktop.click("applyTagsButton")
    ahead = ["prod, new", "prod, new", "prod, x, new"]
    desktop.until(
        lambda: sorted(desktop.column("tags")) == ahead, "what will be, ahead of an answer"
    )
    relay.release()
    idle(desktop)
    patches = [line for line in relay.seen if line.startswith("PATCH")][before:]
    assert len(patches) == 3
    everybody = {"net-1": ["prod", "x", "new"], "net-2": ["prod", "new"], "net-3": ["prod", "new"]}
    assert tags_of(desktop) == everybody
    assert action.text() == "Undo Change Tags of 3 Artifacts"

    # What somebody else adds meanwhile stays when ours is taken back, and done again.
    desktop.run(desktop.here.model_artifacts.update(two.id, tags=["prod", "new", "theirs"]))
    undo(desktop)
    assert tags_of(desktop) == {"net-1": ["prod", "x"], "net-2": ["theirs"], "net-3": []}
    assert desktop.window.actions_["redo"].text() == "Redo Change Tags of 3 Artifacts"
    undo(desktop, redo=True)
    assert tags_of(desktop) == {**everybody, "net-2": ["theirs", "prod", "new"]}

    # Ctrl+Z belongs to a field that has typing of its own, and to the window otherwise.
    panel = chosen(desktop, one, two, three)
    panel.tags.line.setFocus()
    QTest.keyClicks(panel.tags.line, "q")
    desktop.press(panel.tags.line, Key.Key_Z, CTRL)
    assert (panel.tags.line.text(), action.isEnabled()) == ("", True)
    QTest.keyClicks(panel.tags.line, "typed,")
    panel.tags.reset()
    desktop.press(panel.tags.line, Key.Key_Z, CTRL)
    idle(desktop)
    assert tags_of(desktop) == {"net-1": ["prod", "x"], "net-2": ["theirs"], "net-3": []}
    undo(desktop, redo=True)

    # Names: nothing is sent while one cannot be used.
    chosen(desktop, one, two, three)
    desktop.press(desktop.table, Key.Key_F2)
    dialog = desktop.dialog(RenameDialog)
    find, by = (
        dialog.findChild(QLineEdit, "renameFind"),
        dialog.findChild(QLineEdit, "renameReplace"),
    )
    QTest.keyClicks(find, "t")
    assert by.text() == "", "what is found goes away, until something is typed for it"
    desktop.press(find, Key.Key_Backspace)
    assert by.text() == "{name}"
    desktop.press(find, Key.Key_Tab)
    assert by.hasFocus()
    desktop.write(by, "same")
    desktop.until(lambda: "3 names cannot be used" in dialog.said.text())
    assert not dialog.rename.isEnabled()
    desktop.write(find, "net")
    desktop.write(by, "model {metric:loss}")
    desktop.until(dialog.rename.isEnabled)
    names = sorted(each.name for each in dialog.renamings)
    assert names == ["model 0.25-1", "model 0.5-2", "model 0.75-3"]
    desktop.run(desktop.here.model_artifacts.update(three.id, model_name="theirs"))
    desktop.click("Rename 3 artifacts", dialog)
    asked = desktop.dialog(ConflictDialog)
    idle(desktop)
    assert [q.conflict.change.artifact.id for q in asked.questions] == [three.id], "at the end"
    desktop.click("choose_theirs", asked)
    desktop.click("Apply", asked)
    idle(desktop)
    assert sorted(desktop.names()) == ["model 0.25-1", "model 0.5-2", "theirs"]
    assert sorted(tags_of(desktop)) == sorted(desktop.names())
    undo(desktop)
    assert sorted(tags_of(desktop)) == ["net-1", "net-2", "theirs"]

    # Descriptions: what is replaced is told before.
    desktop.run(desktop.here.model_artifacts.update(one.id, description="mine"))
    desktop.refresh()
    panel = chosen(desktop, one, two)
    panel.findChild(QPlainTextEdit, "manyDescription").setPlainText("for all")
    desktop.click("describeAllButton")
    question = desktop.dialog(Question)
    assert question.windowTitle() == "Replace 1 description?"
    desktop.click("Replace 1 description", question)
    idle(desktop)
    said = {r.id: r.description or "" for r in desktop.records()}
    assert (said[one.id], said[two.id], said[three.id]) == ("for all", "for all", "")

    # A refusal: the rows go back, the notice tells which, and tries again just these.
    panel = chosen(desktop, one, two, three)
    relay.answer_instead(two.id, 403, "application/json", b'{"detail": "No"}')
    panel.tags._add("late")
    desktop.click("applyTagsButton")
    notice = desktop.notice("2 of 3 changed; 1 was refused")
    assert "“net-2”" in notice.detail
    assert [r.id for r in desktop.records() if "late" not in (r.tags or [])] == [two.id]
    assert sum("late" in tags for tags in desktop.column("tags")) == 2
    desktop.click("Show", desktop.window.main_panel.notices)
    assert [each.id for each in desktop.table.artifacts()] == [two.id]
    relay.release()
    desktop.click("Try again", desktop.window.main_panel.notices)
    desktop.until_records(lambda found: all("late" in (r.tags or []) for r in found))
