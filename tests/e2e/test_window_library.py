"""The files on this computer, through the window: shown, checked, repaired, removed, found again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QMenu
from support.qt.desktop import Desktop

from dfs_desktop.ui.library import removal
from dfs_desktop.ui.library.folders_dialog import FoldersDialog
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.library.local_copy import State

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]


def _damage(path: Path) -> None:
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff" * 16)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_damaged_copy_is_found_repaired_and_moved_to_the_trash(
    desktop: Desktop, make_model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, actions = desktop.workspace.library, desktop.window.actions_
    model = make_model("resnet", weights=20_000)
    (record,) = desktop.upload(model)
    desktop.until(lambda: library.at(model), "the upload's source")
    desktop.double_click(record)
    desktop.until(lambda: len(library.copies()) == 2, "the copy")
    desktop.close_progress()
    path = desktop.workspace.downloads.folder / model.name
    assert desktop.window.table.table.has_copy(desktop.window.table.table.rows(0, 1)[0])
    hint = desktop.window.table.table.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "On this computer: " in hint

    actions["library"].trigger()
    page = desktop.window.library.page
    assert page.isVisible()
    assert page.table.hasFocus()
    assert [row.path for row in page.model.rows] == sorted([str(path), str(model)])
    assert not actions["download"].isEnabled(), "nothing of the collection is meant now"
    _damage(path)
    actions["verify_copies"].trigger()
    desktop.until(lambda: "1 of 2 files is not right" in str(desktop.notices()), "what came of it")
    page.show_kind("wrong")
    (row,) = page.model.rows
    assert (row.path, row.state) == (str(path), State.DAMAGED)

    page.table.selectRow(0)
    assert actions["repair_copies"].isEnabled()
    page.table.customContextMenuRequested.emit(page.table.rect().center())
    (menu,) = page.findChildren(QMenu)
    assert actions["repair_copies"] in menu.actions()
    menu.close()
    actions["repair_copies"].trigger()
    question = desktop.dialog(Question)
    question.done(2)
    desktop.until(lambda: library.at(path).state is State.FINE, "the repair")  # type: ignore[union-attr]
    assert path.read_bytes() == model.read_bytes()

    page.all()
    page.table.selectRow([row.path for row in page.model.rows].index(str(path)))
    trash: list[str] = []

    def no_trash(name: str) -> bool:
        trash.append(name)
        return False

    monkeypatch.setattr(removal, "move_to_trash", no_trash)
    desktop.press(page.table, Qt.Key.Key_Delete)
    desktop.dialog(Question).done(2)
    told = desktop.notice("1 file could not be moved to the trash")
    assert path.exists()
    assert told.action is not None, "it is intact and at the server: there is a way to be rid of it"
    told.action.run()
    question = desktop.dialog(Question)
    assert question.windowTitle().startswith(f"Delete “{path.name}” for good?")
    question.done(2)
    desktop.until(lambda: len(page.model.rows) == 1, "the row to go")
    assert not path.exists()
    assert trash == [str(path)]
    desktop.press(page.table, Qt.Key.Key_Escape)
    assert not page.isVisible()
    assert desktop.window.focusWidget() is desktop.window.table


def test_folders_are_watched_and_collections_kept_in_step_from_one_dialog(
    desktop: Desktop, make_model: Make, tmp_path: Path
) -> None:
    workspace, actions = desktop.workspace, desktop.window.actions_
    (record,) = desktop.upload(make_model("resnet"))
    actions["library_folders"].trigger()
    dialog = desktop.dialog(FoldersDialog)
    watched, mirrored = tmp_path / "watched", tmp_path / "mirrored"
    watched.mkdir()
    workspace.watched_folders.add(watched)
    workspace.mirrors.add(workspace.session, mirrored)
    desktop.until(lambda: list(mirrored.glob("*.fnnx")), "the file in the folder")
    desktop.until(lambda: len(workspace.library.copies()) == 2, "the copy")
    desktop.click("runMirror", dialog)
    desktop.until(lambda: "in step" in workspace.mirrors.all()[0].outcome)
    desktop.until(lambda: _said(dialog, "Nothing new · 1 in step (just now)"), "the last run")
    model = make_model("other")
    os.utime(model.rename(watched / model.name), (time.time() - 60,) * 2)
    desktop.run(workspace.watched_folders.look())
    title = f"1 new artifact in {watched}"
    action = desktop.notice(title).action
    assert action is not None
    action.run()
    sheet = desktop.dialog(ReviewSheet)
    assert [draft.path for draft in sheet.drafts()] == [watched / model.name]
    sheet.reject()
    desktop.click("stopMirror", dialog)
    desktop.click("stopWatching", dialog)
    assert (workspace.mirrors.all(), workspace.watched_folders.all()) == ([], [])
    assert len(list(mirrored.glob("*.fnnx"))) == 1
    assert workspace.library.copy_of(record) is not None
    dialog.accept()


def _said(dialog: QDialog, text: str) -> bool:
    return any(label.text() == text for label in dialog.findChildren(QLabel))
