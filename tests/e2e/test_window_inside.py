"""Looking inside through the real window: what it costs, what it shows, and when it ends."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.test_window_limits import nameless
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from support.artifacts import makers as make
from support.artifacts.vast import GB, grow
from support.network.relay import Relay
from support.qt.desktop import LEFT, Desktop
from support.qt.detail_pane import turn_to

from dfs_desktop.app import Application, Options
from dfs_desktop.ui.details.tabs.environment import EnvironmentPage
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.workspace.registry.clients import LocalServer

pytestmark = pytest.mark.shared_window
Start = Callable[..., Desktop]
Make = Callable[..., Path]
KIB = 1024


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artifact with everything in it."""
    return make.make_pyfunc(tmp_path_factory.mktemp("rich") / "rich.fnnx", version="2")


def page(desktop: Desktop, tab: str) -> Any:
    """Choose a tab of the details; its page."""
    turn_to(desktop, tab)
    assert desktop.window.details.tabs.key == tab
    return desktop.window.details.pages[tab]


def shown(desktop: Desktop, tab: str) -> Any:
    """The page of a tab when it has shown what it read."""
    found = page(desktop, tab)
    desktop.until(lambda: found._shown is desktop.window.details.look, found.line.words())
    return found


def choose_member(desktop: Desktop, end: str) -> Any:
    """Click a file in the tree of the Files tab; the preview when it is there."""
    files = shown(desktop, "files")
    model, tree = files.files, files.tree
    start = model.index(0, 0)
    role, flags = Qt.ItemDataRole.ToolTipRole, Qt.MatchFlag
    found = model.match(start, role, end, 1, flags.MatchContains | flags.MatchRecursive)
    assert found, end
    tree.scrollTo(found[0])
    QTest.mouseClick(tree.viewport(), LEFT, pos=tree.visualRect(found[0]).center())
    desktop.until(lambda: files.preview.found or files.preview.line.again.isVisible(), end)
    return files.preview


def test_selecting_asks_for_nothing_and_a_tab_only_for_what_it_shows(
    slow_desktop: Desktop, relay: Relay, rich: Path, make_model: Make, home: Path
) -> None:
    desktop = slow_desktop
    (big,) = desktop.upload(rich)
    (small,) = desktop.upload(make_model("small"))
    desktop.run(desktop.app.prepared.wait())
    desktop.table.clearSelection()
    relay.seen.clear()
    for artifact in (big, small, big):
        desktop.select(artifact)
        desktop.run(asyncio.sleep(0.1))
    details = desktop.window.details
    assert details.tabs.shown == [
        "overview", "interface", "graph", "environment", "files", "card", "experiment", "weights",
        "safety", "metadata", "manifest",
    ]  # fmt: skip
    shown(desktop, "files")
    desktop.run(asyncio.sleep(0.3))
    assert relay.seen == []
    before = len(relay.seen)
    shown(desktop, "environment")
    cost = relay.seen[before:]
    assert len(cost) <= 2, f"a link and one range: {cost}"
    page = desktop.window.details.findChild(EnvironmentPage)
    assert page is not None
    desktop.run(page.compare_with(home / "nowhere"))
    desktop.notice("There is no Python environment in nowhere")
    desktop.run(page.compare_with(Path(sys.prefix)))
    assert page.packages.content.titles[3] == f"In {Path(sys.prefix).name}"
    assert page.against.isVisible()
    assert sys.prefix in page.against.text()
    shown(desktop, "graph")
    shown(desktop, "interface")
    shown(desktop, "metadata")
    assert len(relay.seen) - before <= 4, relay.seen[before:]
    desktop.select(small)
    files, before = shown(desktop, "files"), len(relay.seen)
    where = QPointF(files.rect().center())
    for _ in range(2):
        QApplication.sendEvent(files, QEnterEvent(where, where, where))
    desktop.until(lambda: len(relay.seen) > before, "the question for the link")
    desktop.run(asyncio.sleep(0.1))
    assert len(relay.seen) == before + 1, "no byte before one is chosen"
    choose_member(desktop, "manifest.json")
    assert len(relay.seen) == before + 2, relay.seen[before:]


def test_a_member_of_five_gigabytes_costs_what_is_seen_of_it(
    slow_desktop: Desktop, relay: Relay, rich: Path
) -> None:
    desktop = slow_desktop
    (record,) = desktop.upload(rich)
    grow(desktop.home, record.id, 5 * GB)
    desktop.refresh()
    desktop.select(desktop.workspace.listing.visible[0].artifact)
    members = dict(desktop.workspace.listing.visible[0].artifact.file_index)
    assert members["weights.bin"][1] > 4 * GB
    for end in ("__pyfunc__.py", "w.safetensors", "scaler.pkl", "manifest.json", "exp.db.zip"):
        before = relay.carried
        preview = choose_member(desktop, end)
        assert preview.found is not None, preview.line.words()
        size = next(size for name, (_, size) in members.items() if name.endswith(end))
        assert relay.carried - before < size + 64 * KIB, end
    before = relay.carried
    preview = choose_member(desktop, "weights.bin")
    assert preview.found.preview.cut
    assert relay.carried - before < 512 * KIB
    for tab in ("card", "experiment", "weights", "safety"):
        before = relay.carried
        shown(desktop, tab)
        assert relay.carried - before < 512 * KIB, tab


def test_what_comes_after_the_person_moved_on_is_dropped(
    slow_desktop: Desktop, relay: Relay, rich: Path, make_model: Make
) -> None:
    desktop = slow_desktop
    (first,) = desktop.upload(rich)
    (second,) = desktop.upload(make_model("second"))
    desktop.select(first)
    hold = relay.hold_answer("GET", "/objects/")
    held = page(desktop, "experiment")
    desktop.until(hold.reached.is_set, "the held answer")
    desktop.until(lambda: held.line.words() == "Reading…", "the word that it is being read")
    assert held.line.isVisible()
    desktop.select(second)
    details = desktop.window.details
    assert details.name.text().startswith("second")
    relay.release()
    shown(desktop, "manifest")
    assert held._shown is None
    desktop.select(first)
    desktop.until(lambda: details.tabs.key == "manifest")
    shown(desktop, "experiment")
    assert "2 metrics" in held.summary.text()


def test_an_error_stands_in_its_place_and_is_tried_again(
    slow_desktop: Desktop, relay: Relay, rich: Path
) -> None:
    desktop = slow_desktop
    (record,) = desktop.upload(rich)
    desktop.select(record)
    relay.answer_instead("download-url", 404, "application/json", b'{"detail": "gone"}')
    files = shown(desktop, "files")
    preview = choose_member(desktop, "__pyfunc__.py")
    assert preview.found is None
    assert desktop.dialogs() == []
    assert not desktop.notices() or "read" not in " ".join(desktop.notices())
    relay.release()
    QTest.mouseClick(preview.line.again, LEFT)
    desktop.until(lambda: files.preview.found)
    assert "class Model" in files.preview._stack.currentWidget().toPlainText()


def test_quitting_while_bytes_come_ends_in_time(
    slow_desktop: Desktop, relay: Relay, rich: Path
) -> None:
    desktop = slow_desktop
    (record,) = desktop.upload(rich)
    desktop.select(record)
    hold = relay.hold_answer("GET", "/objects/")
    page(desktop, "experiment")
    desktop.until(hold.reached.is_set, "the held answer")
    desktop.loop.call_later(0.2, relay.release)
    assert desktop.end() == 0


def test_a_verified_copy_is_known(desktop: Desktop, model: Path) -> None:
    (record,) = desktop.upload(model)
    desktop.double_click(record)
    desktop.until(lambda: desktop.workspace.library.copy_of(record), "the copy")
    desktop.until(lambda: not desktop.workspace.queue.busy())
    desktop.table.clearSelection()
    desktop.select(record)
    values = desktop.window.details.overview._facts.values
    assert values["Verified copy"].text().endswith("resnet50.fnnx")


def drop_with_shift(desktop: Desktop, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    window = desktop.window
    point, shift = QPointF(window.rect().center()), Qt.KeyboardModifier.ShiftModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(point.toPoint(), copy, mime, LEFT, shift)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    assert "Look inside" in window.main_panel.hint._text
    QApplication.sendEvent(window, QDropEvent(point, copy, mime, LEFT, shift))


def test_a_drop_with_shift_is_looked_into_and_can_be_uploaded(
    desktop: Desktop, rich: Path, model: Path
) -> None:
    (record,) = desktop.upload(model)
    desktop.window.resize(1400, 800)
    desktop.run(asyncio.sleep(0))
    sizes = desktop.window.panes.sizes()
    drop_with_shift(desktop, rich)
    details = desktop.window.details
    desktop.until(lambda: "card" in details.tabs.shown, "the tabs")
    assert details.local.name.text() == "rich.fnnx"
    assert desktop.window.panes.sizes()[2] > sizes[2]
    assert desktop.dialogs() == []
    desktop.refresh()
    assert details.local.isVisible(), "a refresh of the list does not take the file away"
    desktop.click("uploadLocalButton")
    sheet = desktop.dialog(ReviewSheet)
    assert [draft.path.name for draft in sheet.drafts()] == ["rich.fnnx"]
    sheet.reject()
    desktop.until(lambda: not desktop.dialogs())
    desktop.select(record)
    assert details.local.isHidden()
    assert details.name.text().startswith("resnet50")
    assert desktop.window.panes.sizes() == sizes


def test_the_hash_of_a_file_says_which_artifact_has_its_bytes(
    desktop: Desktop, rich: Path, model: Path
) -> None:
    desktop.upload(model)
    for path, names in ((model, "resnet50"), (rich, "no artifact of this list")):
        desktop.window.local_files.look_into([path])
        desktop.until(lambda: desktop.window.details.look is not None, "the look")
        found = shown(desktop, "local")
        QTest.mouseClick(found.hash, LEFT)
        desktop.until(found.hash.isHidden, "the hash")
        assert found.facts.values["Same bytes as"].text() == names


def no_registry(app: Application) -> None:
    """Nothing of the network is there, as on a train."""

    def start() -> LocalServer:
        raise OSError("no registry here")

    app.workspace.clients.start_local = start


@pytest.mark.expects_errors
def test_a_file_named_at_the_start_is_shown_without_any_registry(
    start: Start, rich: Path, home: Path
) -> None:
    desktop = start(no_registry, ready=False)
    desktop.window.local_files.look_into([rich, rich.with_name("rich-parts")])
    details = desktop.window.details
    desktop.until(lambda: "weights" in details.tabs.shown, "the tabs")
    found = shown(desktop, "manifest")
    assert json.loads(found.text.toPlainText())["name"] == "Searcher"
    assert not details.local.upload.isEnabled()
    assert "collection" in details.local.upload.toolTip()
    desktop.click("closeLocalButton")
    assert details.local.isHidden() or details._stack.currentIndex() == 0
    assert details.look is None


def test_the_command_line_takes_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dfs_desktop import __main__, app

    seen: list[Options] = []
    monkeypatch.setattr(app, "run", lambda _arguments, options: seen.append(options) or 0)
    monkeypatch.setattr(__main__.gc, "disable", lambda: None)
    monkeypatch.chdir(tmp_path)
    assert __main__.main(["a.fnnx", str(tmp_path / "b.luml")]) == 0
    assert [wish.file for wish in seen[0].wishes] == [tmp_path / "a.fnnx", tmp_path / "b.luml"]
    assert __main__.main([]) == 0
    assert seen[1].wishes == ()


def test_files_and_folders_that_cannot_be_opened_are_said(desktop: Desktop, tmp_path: Path) -> None:
    desktop.window.local_files.look_into([tmp_path])
    assert "is not a file" in desktop.notice("is not a file").title
    assert desktop.window.details.look is None


def test_a_member_is_saved_where_the_person_says(
    desktop: Desktop, rich: Path, tmp_path: Path
) -> None:
    (record,) = desktop.upload(rich)
    desktop.select(record)
    choose_member(desktop, "__pyfunc__.py")
    desktop.click("saveMemberButton")
    dialog = desktop.dialog(QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    target = tmp_path / "model.py"
    desktop.write(dialog.findChild(QLineEdit), str(target))
    dialog.accept()
    assert desktop.notice("The file was saved").detail == str(target)
    assert "class Model" in target.read_text()


def test_every_tab_has_names_for_those_who_hear_it(desktop: Desktop, rich: Path) -> None:
    (record,) = desktop.upload(rich)
    desktop.select(record)
    for key in desktop.window.details.tabs.shown:
        shown(desktop, key) if key != "overview" else None
        assert nameless() == [], key
    choose_member(desktop, "w.safetensors")
    choose_member(desktop, "scaler.pkl")
    assert nameless() == []
    desktop.window.local_files.look_into([rich])
    desktop.until(lambda: "card" in desktop.window.details.tabs.shown)
    assert nameless() == []
