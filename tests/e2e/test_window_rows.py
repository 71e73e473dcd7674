"""What is done with rows: fetch them, delete and undo, sort, filter, keep the selection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from support.artifacts.model_files import sha256
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.api import ModelArtifact
from dfs_desktop.transfers.job import State
from dfs_desktop.ui.transfers.progress_dialog import ProgressDialog

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Key = Qt.Key


def folder(desktop: Desktop) -> Path:
    return desktop.workspace.downloads.folder


@pytest.fixture
def three(desktop: Desktop, make_model: Make) -> list[ModelArtifact]:
    """alpha 0.1, beta 0.9, gamma without the metric."""
    paths = [
        make_model("alpha", weights=3000, acc=0.1),
        make_model("beta", weights=1000, acc=0.9),
        make_model("gamma", weights=2000),
    ]
    return desktop.upload(*paths)


@pytest.mark.parametrize(  # the key of the keypad and the other are one in Qt's views
    "way", ["double-click", pytest.param("enter", marks=pytest.mark.slow), "return"]
)
def test_an_artifact_comes_back_whole(
    desktop: Desktop, model: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (record,) = desktop.upload(model)
    if way == "double-click":
        desktop.double_click(record)
    else:
        desktop.select(record)
        desktop.press(desktop.table, Key.Key_Enter if way == "enter" else Key.Key_Return)
    dialog = desktop.downloaded("resnet50.fnnx")
    target = folder(desktop) / "resnet50.fnnx"
    assert sha256(target) == sha256(model)
    assert [path.name for path in folder(desktop).iterdir()] == ["resnet50.fnnx"]
    opened: list[Path] = []
    handlers = "dfs_desktop.ui.main_window.handlers.transfer_handlers"
    monkeypatch.setattr(f"{handlers}.reveal", lambda path, _say: opened.append(path))
    desktop.click("openFolderButton", dialog)
    assert opened == [target]
    assert not desktop.notices()  # one place tells of it


def test_a_download_whose_window_was_closed_is_told_by_a_note(
    slow_desktop: Desktop, relay: Relay, model: Path
) -> None:
    desktop = slow_desktop
    (record,) = desktop.upload(model)
    desktop.close_progress()
    relay.hold_answer("GET", "/objects/")
    desktop.double_click(record)
    desktop.click("hideButton", desktop.dialog(ProgressDialog))
    relay.release()
    notice = desktop.notice("resnet50.fnnx was downloaded")
    assert notice.action is not None
    assert notice.action.text == "Open folder"


def test_the_same_file_again_is_already_there(desktop: Desktop, model: Path) -> None:
    (record,) = desktop.upload(model)
    desktop.double_click(record)
    desktop.downloaded("resnet50.fnnx")
    before = (folder(desktop) / "resnet50.fnnx").stat()
    desktop.close_progress()
    desktop.double_click(record)
    desktop.notice("resnet50.fnnx is already there")
    assert (folder(desktop) / "resnet50.fnnx").stat().st_mtime_ns == before.st_mtime_ns
    assert len(list(folder(desktop).iterdir())) == 1


def test_one_download_goes_to_a_folder_chosen_for_it(
    desktop: Desktop, model: Path, tmp_path: Path
) -> None:
    (record,) = desktop.upload(model)
    desktop.select(record)
    chosen = tmp_path / "this once"
    chosen.mkdir()
    desktop.window.actions_["download_to"].trigger()
    dialog = desktop.dialog(QFileDialog)
    desktop.write(dialog.findChild(QLineEdit), str(chosen))
    dialog.accept()
    desktop.downloaded("resnet50.fnnx")
    assert sha256(chosen / "resnet50.fnnx") == sha256(model)
    assert desktop.workspace.downloads.folder == folder(desktop)
    assert not folder(desktop).exists() or not list(folder(desktop).iterdir())


def test_another_file_of_that_name_is_kept(desktop: Desktop, model: Path) -> None:
    (record,) = desktop.upload(model)
    folder(desktop).mkdir(parents=True)
    mine = folder(desktop) / "resnet50.fnnx"
    mine.write_text("my own work")
    desktop.double_click(record)
    desktop.click("Keep Both")
    desktop.downloaded("resnet50 (1).fnnx")
    assert mine.read_text() == "my own work"
    assert sha256(folder(desktop) / "resnet50 (1).fnnx") == sha256(model)


def test_many_are_fetched_at_once(desktop: Desktop, three: list[ModelArtifact]) -> None:
    desktop.select(*three)
    desktop.press(desktop.table, Key.Key_Return)
    desktop.until(lambda: len(desktop.workspace.queue.jobs) == 6)
    desktop.until(lambda: not desktop.workspace.queue.running())
    desktop.until(lambda: not any(row.job for row in desktop.workspace.listing.visible))
    names = sorted(path.name for path in folder(desktop).iterdir())
    assert names == ["alpha.fnnx", "beta.fnnx", "gamma.fnnx"]
    dialog = desktop.dialog(ProgressDialog)
    desktop.until(lambda: dialog.windowTitle() == "3 artifacts downloaded")


def test_sort_by_every_column(desktop: Desktop, three: list[ModelArtifact]) -> None:
    ways = {
        "name": (["alpha", "beta", "gamma"], ["gamma", "beta", "alpha"]),
        "size": (["beta", "gamma", "alpha"], ["alpha", "gamma", "beta"]),
        "metric:acc": (["alpha", "beta", "gamma"], ["beta", "alpha", "gamma"]),
        "file": (["alpha", "beta", "gamma"], ["gamma", "beta", "alpha"]),
    }
    up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
    columns = desktop.table.table.columns()
    for number, column in enumerate(columns):
        seen = []
        for order in (up, down):
            desktop.table.sortByColumn(number, order)
            assert desktop.table.horizontalHeader().sortIndicatorSection() == number
            seen.append(desktop.names())
        assert sorted(seen[0]) == sorted(seen[1]) == ["alpha", "beta", "gamma"], column.key
        if column.key in ways:
            assert tuple(seen) == ways[column.key], column.key
    desktop.table.sortByColumn([column.key for column in columns].index("name"), down)
    desktop.refresh()
    assert desktop.names() == ["gamma", "beta", "alpha"]


def test_a_click_on_a_header_sorts(desktop: Desktop, three: list[ModelArtifact]) -> None:
    header = desktop.table.horizontalHeader()
    place = header.rect().center()
    place.setX(header.sectionViewportPosition(0) + 20)
    orders = []
    for _ in range(2):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        orders.append(desktop.names())
    assert sorted(orders) == [["alpha", "beta", "gamma"], ["gamma", "beta", "alpha"]]


def test_filter_as_you_type_and_escape(desktop: Desktop, three: list[ModelArtifact]) -> None:
    desktop.table.setFocus()
    QTest.keyClicks(desktop.table, "a")
    line = desktop.window.filter
    assert line.hasFocus()
    QTest.keyClicks(line, "cc>0.5")
    assert line.text() == "acc>0.5"
    assert desktop.names() == ["beta"]
    assert desktop.window.counts.text().startswith("1 of 3 artifacts")
    desktop.write(line, "nothing like it")
    assert desktop.names() == []
    assert desktop.window.main_panel.empty.heading.text() == "Nothing found"
    desktop.press(line, Key.Key_Escape)
    assert line.text() == ""
    assert len(desktop.names()) == 3
    assert desktop.table.hasFocus()


def test_the_selection_survives_refresh_sort_and_filter(
    desktop: Desktop, three: list[ModelArtifact]
) -> None:
    desktop.select(three[0], three[2])
    chosen = {three[0].id, three[2].id}
    desktop.refresh()
    assert {a.id for a in desktop.table.artifacts()} == chosen
    desktop.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert {a.id for a in desktop.table.artifacts()} == chosen
    desktop.window.filter.setText("alpha")
    assert {a.id for a in desktop.table.artifacts()} == {three[0].id}
    assert desktop.window.details.artifact().id == three[0].id


def test_a_refresh_shows_what_others_did(desktop: Desktop, three: list[ModelArtifact]) -> None:
    desktop.run(desktop.here.model_artifacts.update(three[0].id, model_name="renamed elsewhere"))
    desktop.run(desktop.here.model_artifacts.delete(three[1].id))
    desktop.refresh()
    assert sorted(desktop.names()) == ["gamma", "renamed elsewhere"]
    assert desktop.workspace.session.collection.total_artifacts == 2


def test_the_selection_of_a_provisional_row_becomes_the_records(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    desktop.upload(make_model("other"))
    (job,), hold = desktop.held_uploads(relay, make_model("resnet50"))
    desktop.table.select(f"job:{job.number}")
    assert desktop.window.details.name.isReadOnly()
    hold.release()
    desktop.until(lambda: job.state is State.DONE)
    desktop.until(lambda: not any(row.job for row in desktop.workspace.listing.visible))
    assert job.artifact is not None
    assert [a.id for a in desktop.table.artifacts()] == [job.artifact.id]
    assert desktop.window.details.artifact().id == job.artifact.id
    assert not desktop.window.details.name.isReadOnly()
