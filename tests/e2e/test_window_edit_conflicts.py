"""Two people edit the same record: the later one sees both values and chooses; nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from support.qt.desktop import Desktop

from dfs_desktop.api import ModelArtifact
from dfs_desktop.ui.editing.conflict_dialog import ConflictDialog

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Key = Qt.Key


def elsewhere(desktop: Desktop, record: ModelArtifact, **values: Any) -> None:
    """Somebody else changes the record; the window has not read it since."""
    desktop.run(desktop.here.model_artifacts.update(record.id, **values))


def field(desktop: Desktop, name: str) -> QWidget:
    found = desktop.window.details.findChild(QWidget, name)
    assert found is not None
    return found


def test_who_edits_what_was_changed_elsewhere_sees_both_and_chooses(
    desktop: Desktop, make_model: Make
) -> None:
    first, other = desktop.upload(make_model("first"), make_model("other"))
    desktop.select(first)
    name, tags = field(desktop, "detailName"), field(desktop, "tagLine")

    elsewhere(desktop, first, model_name="theirs", description="of theirs")
    desktop.write(name, "mine")
    desktop.press(name, Key.Key_Return)
    dialog = desktop.dialog(ConflictDialog)
    apply = dialog.findChild(QWidget, "applyChoicesButton")
    assert not apply.isEnabled(), "between two names nobody but the person can choose"
    assert desktop.records()[0].model_name != "mine"
    dialog.reject()
    desktop.notice("1 change waits for your choice")
    assert "theirs" in desktop.names()
    desktop.click("Decide…", desktop.window.main_panel.notices)
    dialog = desktop.dialog(ConflictDialog)
    desktop.click("choose_mine", dialog)
    desktop.click("Apply", dialog)
    desktop.until_records(lambda found: "mine" in {r.model_name for r in found})
    (found,) = (r for r in desktop.records() if r.id == first.id)
    assert found.description == "of theirs", "another field is not touched"

    elsewhere(desktop, first, tags=["theirs"])
    desktop.activate()
    tags.setFocus()
    QTest.keyClicks(tags, "mine")
    desktop.press(tags, Key.Key_Return)
    desktop.click("Apply", desktop.dialog(ConflictDialog))  # both together, as is proposed
    desktop.until_records(lambda found: ["theirs", "mine"] in [r.tags for r in found])

    # Taking back asks as well: the name is not what it was set to any more.
    desktop.select(other)
    desktop.activate()
    desktop.write(name, "renamed")
    desktop.press(name, Key.Key_Return)
    desktop.until_records(lambda found: "renamed" in {r.model_name for r in found})
    desktop.until(lambda: not desktop.workspace.editor.busy)
    elsewhere(desktop, other, model_name="again theirs")
    desktop.table.setFocus()
    desktop.press(desktop.table, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    dialog = desktop.dialog(ConflictDialog)
    desktop.click("choose_theirs", dialog)
    desktop.click("Apply", dialog)
    desktop.until(lambda: not desktop.workspace.editor.busy)
    assert "again theirs" in {r.model_name for r in desktop.records()}
    assert "again theirs" in desktop.names()
