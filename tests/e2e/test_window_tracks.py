"""Tracks and collections in the window, by keys and menus: one registry, one window, one story each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from support.qt.desktop import Desktop

from dfs_desktop.transfers.job import State
from dfs_desktop.ui.tracks.add_dialog import AddToTrackDialog
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.ui.widgets.properties_dialog import PropertiesDialog

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]


def _do(desktop: Desktop, key: str) -> None:
    action = desktop.window.actions_[key]
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def _choose(desktop: Desktop, words: str) -> None:
    """Choose an entry of the open menu."""

    def menu() -> QMenu | None:
        found = QApplication.activePopupWidget()
        return found if isinstance(found, QMenu) else None

    opened = desktop.until(menu, "the menu")
    assert opened is not None
    action = next(each for each in opened.actions() if each.text().startswith(words))
    QTest.mouseClick(opened, Qt.MouseButton.LeftButton, pos=opened.actionGeometry(action).center())
    desktop.activate()


def _stages(desktop: Desktop) -> list[tuple[str, str]]:
    """The versions of the opened track with their stages, the newest first."""
    table = desktop.window.track_handlers.page.table.content
    return [(table.cell(row, 0), table.cell(row, 2)) for row in range(table.rowCount())]


def test_a_model_goes_from_the_table_into_production_and_back(
    desktop: Desktop, make_model: Make
) -> None:
    workspace, window = desktop.workspace, desktop.window
    a, b, c = desktop.upload(
        *(make_model(name, accuracy=value) for name, value in (("a", 0.7), ("b", 0.8), ("c", 0.9)))
    )
    desktop.until(lambda: workspace.tracks.there, "the tracks")
    assert window.picker.tracks.isVisible()
    assert "stages" not in [column.key for column in workspace.listing.columns]

    # The first version makes the track.
    desktop.select(a)
    desktop.press(desktop.table, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    form = desktop.dialog(PropertiesDialog)
    assert form.words("Stages") == ["staging", "production"]
    assert not form.ok.isEnabled(), "a track has a name"
    desktop.write(form.name, "Release")
    desktop.click("propertiesOkButton", form)
    desktop.until(lambda: workspace.tracks.of(a.id), "the first version")

    # The others go into it, the second at once to production.
    desktop.activate()
    chosen = desktop.table.selectionModel()
    desktop.until(lambda: "stages" in [column.key for column in workspace.listing.columns])
    (row,) = {index.row() for index in chosen.selectedIndexes()}
    assert chosen.isRowSelected(row), "the new column is selected too"
    desktop.select(b)
    _do(desktop, "add_to_track")
    dialog = desktop.dialog(AddToTrackDialog)
    dialog.stages.setCurrentIndex(dialog.stages.findText("production"))
    assert dialog._ok.text() == "Add as v2"
    desktop.click("addToTrackButton", dialog)
    desktop.until(lambda: [m.stage for m in workspace.tracks.of(b.id)] == ["production"])
    desktop.activate()
    desktop.select(c)
    _do(desktop, "add_to_track")
    desktop.click("addToTrackButton", desktop.dialog(AddToTrackDialog))
    desktop.until(lambda: workspace.tracks.of(c.id))
    chips = dict(zip(desktop.names(), desktop.column("stages"), strict=True))
    assert chips == {"a": "", "b": "production", "c": ""}

    # The page: versions, stages, the metric over them.
    desktop.activate()
    window.picker.tracks.list.setCurrentRow(0)
    page = window.track_handlers.page
    desktop.until(lambda: page.isVisible() and not workspace.tracks.loading)
    assert _stages(desktop) == [("v3", ""), ("v2", "production"), ("v1", "")]
    assert page.metrics.currentText() == "accuracy"
    assert page.chart.accessibleDescription()
    assert window.picker.collections.currentItem() is None

    # The stage goes to v3; its menu says who holds it; Ctrl+Z gives it back, Ctrl+Shift+Z again.
    page.choose([page._entries[0].id])
    assert desktop.table.artifacts() == [workspace.listing.row(c.id).artifact]  # type: ignore[union-attr]
    _do(desktop, "set_stage")
    _choose(desktop, "production — now v2 “b”")
    desktop.until(lambda: _stages(desktop)[0] == ("v3", "production"))
    assert _stages(desktop)[1] == ("v2", "")
    _do(desktop, "undo")
    desktop.until(lambda: _stages(desktop)[:2] == [("v3", ""), ("v2", "production")])
    _do(desktop, "redo")
    desktop.until(lambda: _stages(desktop)[:2] == [("v3", "production"), ("v2", "")])

    # A version is taken out; the artifact stays.
    page.choose([page._entries[2].id])
    desktop.press(page.table, Qt.Key.Key_Delete)
    desktop.click("Remove from the track", desktop.dialog(Question))
    desktop.until(lambda: _stages(desktop) == [("v3", "production"), ("v2", "")])
    desktop.activate()

    # Back; what is in a track is told before it is deleted, and taken out of it first.
    desktop.click("leaveTrackButton")
    desktop.until(lambda: not page.isVisible())
    assert sorted(desktop.names()) == ["a", "b", "c"]
    workspace.deleter.seconds = 0.1
    desktop.select(workspace.listing.row(c.id).artifact)  # type: ignore[union-attr]
    desktop.press(desktop.table, Qt.Key.Key_Delete)
    question = desktop.dialog(Question)
    desktop.click("Remove from Track and Delete", question)
    desktop.until_records(lambda found: sorted(r.model_name or "" for r in found) == ["a", "b"])
    desktop.until(lambda: not workspace.tracks.of(c.id))
    assert [each.version for each in workspace.tracks.entries[workspace.tracks.tracks[0].id]] == [2]

    # The end of the track, asked about.
    desktop.activate()
    window.picker.tracks.list.setCurrentRow(0)
    desktop.until(page.isVisible)
    _do(desktop, "delete_track")
    desktop.click("Delete the track", desktop.dialog(Question))
    desktop.until(lambda: not workspace.tracks.tracks and not page.isVisible())
    assert sorted(desktop.names()) == ["a", "b"]


def test_what_is_dropped_on_a_track_becomes_its_next_version(
    desktop: Desktop, make_model: Make
) -> None:
    """Artifacts from the table; files on its name, on its page, and on a row of one of its versions."""
    workspace, window = desktop.workspace, desktop.window
    made = {name: make_model(name) for name in "ab"}
    a, b = desktop.upload(*made.values())
    desktop.until(lambda: workspace.tracks.there, "the tracks")
    desktop.select(a)
    _do(desktop, "add_to_track")
    form = desktop.dialog(PropertiesDialog)
    desktop.write(form.name, "Release")
    desktop.click("propertiesOkButton", form)
    desktop.until(lambda: workspace.tracks.of(a.id), "the first version")
    desktop.activate()
    (track,) = workspace.tracks.tracks
    names = window.picker.tracks.list
    over = QPointF(names.visualItemRect(names.item(0)).center())

    def versions() -> list[str]:
        found = workspace.tracks.entries[track.id]
        return [each.artifact_name or "" for each in sorted(found, key=lambda each: each.version)]

    desktop.select(b)
    mime, none = window.copy_handlers.carried_rows(), Qt.KeyboardModifier.NoModifier
    button, copying = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(over.toPoint(), copying, mime, button, none)
    QApplication.sendEvent(names.viewport(), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(names.viewport(), QDropEvent(over, copying, mime, button, none))
    desktop.until(lambda: versions() == ["a", "b"])
    _do(desktop, "undo")
    desktop.until(lambda: versions() == ["a"])

    # The bytes of one that is there already are not sent again: it becomes the version itself.
    many = len(workspace.queue.jobs)
    desktop.drop(made["b"], on=names.viewport(), at=over)
    desktop.click("useTwinButton", desktop.dialog(ReviewSheet))
    desktop.until(lambda: versions() == ["a", "b"])
    assert len(workspace.queue.jobs) == many
    desktop.activate()
    _do(desktop, "undo")
    desktop.until(lambda: versions() == ["a"])

    desktop.drop(make_model("c"), on=names.viewport(), at=over)
    assert "as a new version of “Release”" in desktop.dialog(ReviewSheet).windowTitle()
    (job,) = desktop.accept_review()
    desktop.until(lambda: versions() == ["a", "c"])
    assert job.state is State.DONE

    desktop.activate()
    row = desktop.table.table.number(a.id)
    place = desktop.table.visualRect(desktop.table.table.index(row, 0)).center()
    point = desktop.table.viewport().mapTo(window, place)
    desktop.drop(make_model("d"), at=QPointF(point))
    _choose(desktop, "Upload as a New Version of “Release”")
    desktop.accept_review()
    desktop.until(lambda: versions() == ["a", "c", "d"])

    desktop.activate()
    names.setCurrentRow(0)
    desktop.until(window.track_handlers.page.isVisible)
    desktop.drop(make_model("e"))
    desktop.accept_review()
    desktop.until(lambda: versions() == ["a", "c", "d", "e"])


def test_a_collection_is_made_renamed_described_and_deleted(
    desktop: Desktop, make_model: Make
) -> None:
    workspace, window = desktop.workspace, desktop.window
    desktop.upload(make_model("a"))
    picker = window.picker

    _do(desktop, "new_collection")
    picker.kind.setCurrentIndex(picker.kind.findData("mixed"))
    desktop.write(picker.name, "Scratch")
    desktop.press(picker.name, Qt.Key.Key_Return)
    desktop.until(lambda: (found := workspace.session.collection) and found.name == "Scratch")
    desktop.until(lambda: not workspace.session.loading)
    assert workspace.session.collection is not None
    assert workspace.session.collection.type == "mixed"
    item = picker.collections.currentItem()
    assert "Takes artifacts of all types" in item.toolTip()

    # F2 in place; the undo.
    desktop.press(picker.collections, Qt.Key.Key_F2)
    edit = desktop.until(lambda: picker.collections.findChild(QLineEdit), "the editor")
    desktop.write(edit, "Old   models")
    desktop.press(edit, Qt.Key.Key_Return)
    desktop.until(lambda: workspace.session.collection.name == "Old   models")  # type: ignore[union-attr]
    _do(desktop, "undo")
    desktop.until(lambda: workspace.session.collection.name == "Scratch")  # type: ignore[union-attr]

    # Description and tags; the rest stays.
    _do(desktop, "edit_collection")
    form = desktop.dialog(PropertiesDialog)
    assert form._text is not None
    form._text.setPlainText("What nobody needs")
    desktop.click("propertiesOkButton", form)
    desktop.until(
        lambda: workspace.session.collection.description == "What nobody needs"  # type: ignore[union-attr]
    )
    assert workspace.session.collection.name == "Scratch"

    _do(desktop, "copy_collection_id")
    assert QGuiApplication.clipboard().text() == workspace.session.place.collection

    # An empty one goes; one with something in it is opened instead, with all of it selected.
    desktop.activate()
    desktop.press(picker.collections, Qt.Key.Key_Delete)
    desktop.click("Delete the collection", desktop.dialog(Question))
    desktop.until(lambda: [c.name for c in workspace.session.collections] == ["Models"])
    desktop.until(lambda: desktop.names() == ["a"])
    _do(desktop, "delete_collection")
    desktop.click("Show its 1 artifact", desktop.dialog(Question))
    desktop.until(lambda: len(desktop.table.artifacts()) == 1)
    assert [c.name for c in workspace.session.collections] == ["Models"]

    # An orbit.
    _do(desktop, "new_orbit")
    form = desktop.dialog(PropertiesDialog)
    desktop.write(form.name, "Second")
    desktop.click("propertiesOkButton", form)
    desktop.until(lambda: (orbit := workspace.session.orbit) and orbit.name == "Second")
    desktop.until(lambda: not workspace.session.loading)
    _do(desktop, "rename_orbit")
    form = desktop.dialog(PropertiesDialog)
    desktop.write(form.name, "Third")
    desktop.click("propertiesOkButton", form)
    desktop.until(lambda: workspace.session.orbit.name == "Third")  # type: ignore[union-attr]
    desktop.activate()
    _do(desktop, "delete_orbit")
    desktop.click("Delete the orbit", desktop.dialog(Question))
    desktop.until(lambda: [o.name for o in workspace.session.orbits] == ["Main orbit"])
