"""First things: the empty window says what to do, and each kind of drop leads where it should."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from support.artifacts.model_files import sha256
from support.qt.desktop import Desktop

from dfs_desktop.artifact import FORMATS
from dfs_desktop.settings import SettingsFile
from dfs_desktop.ui.connections.dialog import ConnectionDialog
from dfs_desktop.ui.platform.local_paths import url_of
from dfs_desktop.ui.sidebar.collection_picker import ID_ROLE
from dfs_desktop.ui.upload_review.sheet import ReviewSheet

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_the_first_start_says_what_to_do(desktop: Desktop) -> None:
    window = desktop.window
    assert desktop.workspace.session.profile.id == "local"
    assert desktop.workspace.session.collection.name == "Models"
    assert "Drop model files here" in texts(window.main_panel.empty)
    invitation = window.main_panel.empty.text.text()
    assert "folders" in invitation
    assert ", ".join(FORMATS) in invitation
    assert window.main_panel.empty.isVisible()
    assert len(invitation.splitlines()) == 3
    assert "Ctrl+K finds every place" in invitation
    assert not desktop.notices()
    assert desktop.dialogs() == []
    window.main_panel.empty.other.click()
    desktop.dialog(ConnectionDialog).reject()
    desktop.until(lambda: not desktop.dialogs(ConnectionDialog))


def test_the_model_files_in_a_folder_are_reviewed_like_dropped_ones(
    desktop: Desktop, make_model: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "runs"
    (folder / "below").mkdir(parents=True)
    make_model("resnet50").rename(folder / "below" / "resnet50.fnnx")
    (folder / "notes.txt").write_text("not a model")
    desktop.window.actions_["upload_folder"].trigger()
    chooser = desktop.dialog(QFileDialog)
    chooser.selectFile(str(folder))
    chooser.accept()
    sheet = desktop.dialog(ReviewSheet)
    assert [draft.path.name for draft in sheet.drafts()] == ["resnet50.fnnx"]
    sheet.reject()
    desktop.until(lambda: not desktop.dialogs(ReviewSheet))


def test_one_file_becomes_a_row(desktop: Desktop, make_model: Make) -> None:
    path = make_model("resnet50", accuracy=0.9137)
    desktop.drop(path)
    sheet = desktop.dialog(ReviewSheet)
    assert "“Models”" in sheet.windowTitle()
    (job,) = desktop.accept_review()
    desktop.until(lambda: job.state.ended)
    desktop.until(lambda: not any(row.job for row in desktop.workspace.listing.visible))
    assert desktop.column("metric:accuracy") == ["0.9137"]
    (record,) = desktop.records()
    assert record.model_name == "resnet50"
    assert record.status.value == "uploaded"
    assert record.file_hash == sha256(path)
    assert record.size == path.stat().st_size
    assert desktop.workspace.session.collection.total_artifacts == 1


def test_many_files_become_rows(desktop: Desktop, make_model: Make) -> None:
    paths = [make_model(f"model {n}", f1=n / 10) for n in range(5)]
    assert len(desktop.upload(*paths)) == 5
    assert sorted(desktop.names()) == [f"model {n}" for n in range(5)]
    assert desktop.statuses() == ["uploaded"] * 5


def test_a_folder_is_opened_to_its_artifacts(desktop: Desktop, make_model: Make) -> None:
    first = make_model("a", file="deep/a.fnnx")
    make_model("b", file="deep/er/b.dfs")
    (first.parent / "notes.txt").write_text("not a model")
    desktop.upload(first.parent)
    assert sorted(desktop.names()) == ["a", "b"]


def test_an_unsupported_file_is_refused_in_words(desktop: Desktop, tmp_path: Path) -> None:
    bad = tmp_path / "notes.txt"
    bad.write_text("not a model")
    desktop.drop(bad)
    sheet = desktop.dialog(ReviewSheet)
    assert ".fnnx" in texts(sheet)
    assert not sheet.findChild(QWidget, "uploadButton").isEnabled()
    sheet.reject()
    desktop.until(lambda: not desktop.dialogs())
    assert desktop.records() == []


def test_a_file_that_is_no_archive_is_left_out(desktop: Desktop, make_model: Make) -> None:
    good = make_model("good")
    bad = good.with_name("bad.fnnx")
    bad.write_bytes(b"nothing of the kind")
    desktop.drop(bad, good)
    assert "left out" in texts(desktop.dialog(ReviewSheet))
    desktop.accept_review()
    desktop.until_records(lambda found: [r.status.value for r in found] == ["uploaded"])
    assert desktop.names() == ["good"]


def test_an_empty_folder_gets_an_answer(desktop: Desktop, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    desktop.drop(tmp_path / "empty")
    desktop.notice("no model artifact")
    assert desktop.dialogs() == []


def test_a_drop_on_a_name_goes_into_that_collection(desktop: Desktop, model: Path) -> None:
    desktop.workspace.place_editor.create_collection("Zoo")
    desktop.until(lambda: desktop.workspace.session.collection.name == "Zoo")
    desktop.ready()
    names = desktop.window.picker.collections
    item = next(names.item(n) for n in range(names.count()) if names.item(n).text() == "Models")
    place = QPointF(names.visualItemRect(item).center())
    desktop.drop(model, on=names.viewport(), at=place)
    assert "“Models”" in desktop.dialog(ReviewSheet).windowTitle()
    (job,) = desktop.accept_review()
    desktop.until(lambda: job.state.ended)
    assert job.artifact is not None
    assert job.artifact.collection_id == item.data(ID_ROLE)
    assert desktop.names() == []
    desktop.workspace.browser.choose_collection(item.data(ID_ROLE))
    desktop.until(lambda: desktop.names() == ["resnet50"])


def test_what_was_typed_in_the_sheet_is_what_is_registered(desktop: Desktop, model: Path) -> None:
    desktop.drop(model)
    sheet = desktop.dialog(ReviewSheet)
    form = sheet._form
    desktop.write(form.name, "  A better name ")
    form.description.setPlainText("Two\nlines")
    desktop.write(form.tags._line, "prod,vision,half")
    desktop.accept_review()
    (record,) = desktop.until_records(bool)
    assert record.model_name == "A better name"
    assert record.description == "Two\nlines"
    assert record.tags == ["prod", "vision", "half"]


def test_a_pasted_file_is_reviewed_as_a_dropped_one(desktop: Desktop, model: Path) -> None:
    mime = QMimeData()
    mime.setUrls([url_of(model)])
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(mime)
    desktop.table.setFocus()
    desktop.press(desktop.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    clipboard.clear()
    (job,) = desktop.accept_review()
    assert job.path == model


def test_a_pinned_collection_stands_first_also_in_the_settings(desktop: Desktop) -> None:
    workspace, actions = desktop.workspace, desktop.window.actions_
    shown = desktop.window.picker.collections

    def names() -> list[str]:
        return [shown.item(number).text() for number in range(shown.count())]

    workspace.place_editor.create_collection("Zebra")
    desktop.until(lambda: names() == ["Models", "Zebra"] and shown.currentRow() == 1)
    zebra = workspace.session.place.collection
    actions["pin_collection"].trigger()
    assert names() == ["Zebra", "Models"]
    assert shown.currentRow() == 0, "it stays the open one"
    assert shown.item(0).data(Qt.ItemDataRole.AccessibleTextRole).endswith(", pinned")
    assert actions["pin_collection"].text() == "Unpin Collection"
    desktop.until(
        lambda: SettingsFile(workspace.state.settings_file.path).load().pinned == {"local": [zebra]}
    )
    actions["pin_collection"].trigger()
    assert names() == ["Models", "Zebra"]
