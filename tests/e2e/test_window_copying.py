"""Artifacts are copied and moved in the real window: clipboard, drag, and the dialog, to another server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from support.qt.desktop import Desktop
from support.qt.servers import registry

from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.ui.copying.dialog import CopyDialog
from dfs_desktop.ui.platform.carried_artifacts import carry
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.workspace.links.references import Link
from dfs_desktop.workspace.registry.clients import origin

Make = Callable[..., Path]
CONTROL = Qt.KeyboardModifier.ControlModifier


def names_at(desktop: Desktop, collection: str) -> list[str | None]:
    """What a collection of the open orbit holds, by the server."""
    session = desktop.workspace.session
    (key,) = [each.id for each in session.collections if each.name == collection]
    found = desktop.run(session.here().model_artifacts.list(collection_id=key))
    return sorted(each.model_name for each in found if each.status == "uploaded")


def open_collection(desktop: Desktop, name: str) -> None:
    session = desktop.workspace.session
    (key,) = [each.id for each in session.collections if each.name == name]
    desktop.workspace.browser.choose_collection(key)
    desktop.until(lambda: session.place.collection == key and not session.loading)


def settle(desktop: Desktop) -> None:
    queue = desktop.workspace.queue
    desktop.until(lambda: any(job.source for job in queue.jobs) and not queue.running())
    desktop.close_progress()


def go_button(dialog: CopyDialog) -> QPushButton:
    (found,) = dialog.findChildren(QPushButton, "copyButton")
    return found


def test_rows_are_pasted_dragged_and_sent_to_another_server(
    desktop: Desktop, make_model: Make, tmp_path: Path
) -> None:
    workspace, window, table = desktop.workspace, desktop.window, desktop.table
    desktop.upload(make_model("resnet a"), make_model("bert b"))
    workspace.place_editor.create_collection("Production")
    session = workspace.session
    desktop.until(lambda: session.collection and session.collection.name == "Production")
    open_collection(desktop, "Models")

    # The review of a file whose bytes are there already leads to the artifact that has them.
    desktop.drop(make_model("resnet a"))
    desktop.dialog(ReviewSheet)
    desktop.click("useTwinButton")
    desktop.until(lambda: [each.model_name for each in table.artifacts()] == ["resnet a"])

    # Ctrl+C here, Ctrl+V there.
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, CONTROL)
    text = QGuiApplication.clipboard().text()
    assert sorted(text.split()) == sorted(row.artifact.id for row in workspace.listing.visible)
    open_collection(desktop, "Production")
    QTest.keyClick(window, Qt.Key.Key_V, CONTROL)
    settle(desktop)
    assert names_at(desktop, "Production") == ["bert b", "resnet a"]
    copy = workspace.listing.visible[0].artifact
    table.select(copy.id)
    told = workspace.copies.records.of(copy.id)
    assert told is not None
    assert told.where.endswith("› Models")
    desktop.click("Copied from: show the original")
    desktop.until(lambda: [each.id for each in table.artifacts()] == [told.original])
    assert session.collection is not None
    assert session.collection.name == "Models"
    original = Link("", session.place, told.original)
    open_collection(desktop, "Production")

    # Pasted once more, the dialog says that they are there; nothing goes unless it is asked for.
    QTest.keyClick(window, Qt.Key.Key_V, CONTROL)
    dialog = desktop.until(lambda: window.findChild(CopyDialog))
    desktop.until(dialog.twice.isVisible)
    assert not go_button(dialog).isEnabled()
    dialog.reject()

    # A drag onto a collection asks: copy, or move?
    open_collection(desktop, "Production")
    table.select(copy.id)
    plan = workspace.copies.plan(table.artifacts())
    assert plan is not None
    collections = window.picker.collections
    place = collections.visualItemRect(
        next(
            collections.item(n)
            for n in range(collections.count())
            if collections.item(n).text() == "Models"
        )
    ).center()
    mime = carry(plan)
    copying, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, copying, mime, button, plain)
    QApplication.sendEvent(collections.viewport(), enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(place), copying, mime, button, plain)
    QApplication.sendEvent(collections.viewport(), drop)
    menu = desktop.until(lambda: window.findChild(QMenu, "dropMenu"))
    assert [each.text() for each in menu.actions() if each.text()] == [
        "Copy to “Models”", "Move to “Models”", "Cancel",
    ]  # fmt: skip
    menu.close()

    # The dialog: to another server, into a collection that is made for it, by keys alone; a move.
    with registry(tmp_path / "team") as team:
        profile = Profile(id="team", name="Team", base_url=team.url, allow_http=True)
        workspace.settings.profiles = [profile]
        workspace.credentials.remember("team", origin(team.url), team.api_key)
        workspace.deleter.seconds = 0.2
        table.select(copy.id)
        assert window.actions_["move_to"].isEnabled()
        desktop.activate()
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        desktop.press(table, Qt.Key.Key_T, control | shift)
        dialog = desktop.dialog(CopyDialog)
        assert dialog.windowTitle().startswith("Move “")
        dialog.chooser.server.setCurrentIndex(1)
        desktop.until(lambda: dialog.chooser.list.count() > 0)
        desktop.write(dialog.chooser.name, "Best ones")
        desktop.until(go_button(dialog).isEnabled)
        assert go_button(dialog).text() == "Move 1 artifact"
        QTest.keyClick(dialog.chooser.name, Qt.Key.Key_Return)
        desktop.until(lambda: copy.id not in workspace.listing, "the original to go")
        assert len(names_at(desktop, "Production")) == 1
        desktop.close_progress()
        workspace.connections.open(profile)
        desktop.until(
            lambda: [c.name for c in workspace.session.collections] == ["Best ones", "Models"]
        )
        desktop.until(lambda: not workspace.session.loading)
        open_collection(desktop, "Best ones")
        assert names_at(desktop, "Best ones") == [copy.model_name]
        # An original at another server: the program goes there.
        workspace.finder.go_at(told.server, original)
        desktop.until(lambda: [each.id for each in table.artifacts()] == [told.original])
        assert workspace.session.profile.id == LOCAL
