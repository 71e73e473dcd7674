"""The tab of files: the tree that is searched, and the preview of the member that is chosen."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication
from support.qt.detail_pane import Pane, open_pane
from support.qt.widgets import texts

from dfs_desktop.artifact.archive.folder_tree import folders_of
from dfs_desktop.ui.details.tabs import files
from dfs_desktop.ui.widgets.reading_line import READING


@pytest.fixture
def pane(qapp: QApplication, tmp_path: Path) -> Iterator[Pane]:
    with open_pane(qapp, tmp_path) as pane:
        yield pane


def test_the_files_are_a_tree_that_can_be_searched(
    pane: Pane, artifacts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pane.open(artifacts["pyfunc"], "files")
    assert "files, " in page.summary.text()

    def names(parent: QModelIndex) -> list[str]:
        return [page.files.index(n, 0, parent).data() for n in range(page.files.rowCount(parent))]

    top = names(QModelIndex())
    assert top[:2] == ["meta_artifacts", "ops_artifacts"]
    assert "manifest.json" in top
    found, threads = files._found, []

    def slowly(members: list[Any], words: str) -> Any:
        threads.append(threading.current_thread())
        time.sleep(0.1 if words == "extra" else 0)  # comes behind what was typed later
        return found(members, words)

    monkeypatch.setattr(files, "_found", slowly)
    page.search.setText("extra")
    page.search.setText("extra safetensors")
    pane.until(lambda: len(threads) == 2 and not len(page.state.tasks))
    assert threading.main_thread() not in threads, "a hundred thousand names hold the window"
    assert names(QModelIndex()) == ["variant_artifacts"]
    assert page.summary.text().startswith("1 of ")
    shown = page.files.index(0, 1)
    assert shown.data(Qt.ItemDataRole.ToolTipRole).count("bytes") == 1


@pytest.mark.parametrize(
    ("end", "view", "words"),
    [("__pyfunc__.py", "text", "class Model"), ("manifest.json", "json", "json"),
     ("w.safetensors", "weights", "tensors"), ("scaler.pkl", "hex", "bytes")],
)  # fmt: skip
def test_a_member_is_seen_as_what_it_is(
    pane: Pane, artifacts: dict[str, Path], end: str, view: str, words: str
) -> None:
    page = pane.open(artifacts["pyfunc"], "files")
    member = next(each for each in page._members if each.name.endswith(end))
    page.show_member(member)
    pane.until(lambda: page.preview.found)
    assert page.preview.found.view == view
    widget = page.preview._stack.currentWidget()
    seen = widget.toPlainText() if hasattr(widget, "toPlainText") else texts(page.preview)
    assert words in seen + page.preview.facts.text()
    assert not page.preview.line.words()


def test_what_was_shown_stays_for_a_blink_then_the_next_name_stands_alone(
    pane: Pane, artifacts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pane.open(artifacts["pyfunc"], "files")
    preview, looks = page.preview, page.look.read
    first, second = (
        next(each for each in page._members if each.name.endswith(end))
        for end in ("manifest.json", "__pyfunc__.py")
    )
    page.show_member(first)
    pane.until(lambda: preview.found)
    view = preview._stack.currentWidget()
    answers = asyncio.Event()

    async def slowly(*arguments: Any) -> Any:
        await answers.wait()
        return await looks(*arguments)

    monkeypatch.setattr(page.look, "read", slowly)
    page.show_member(second)
    assert preview.name.text() == first.name
    assert preview._stack.currentWidget() is view
    assert preview.found is None, "nothing is done with what is not awaited any more"
    pane.until(lambda: preview.line.words() == READING)
    assert preview.name.text() == second.name
    assert preview._stack.currentWidget() is preview._nothing
    page.show_member(first)
    assert preview.name.text() == first.name, "who waits already sees at once what for"
    preview.stop()
    assert not preview.line.words()
    answers.set()
    page.show_member(second)
    pane.until(lambda: preview.found)
    assert preview.name.text() == second.name
    assert "class Model" in preview._stack.currentWidget().toPlainText()


def test_the_preview_has_its_room_in_the_next_artifact_and_nothing_in_it(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["pyfunc"], "files")
    preview = page.preview
    assert not preview.isVisible(), "the tree has all the room until somebody wants to see a file"
    page.show_member(page._members[0])
    pane.until(lambda: preview.found)
    page = pane.open(artifacts["pipeline"], "files")
    assert preview.isVisible()
    room = preview.height()
    assert (preview.name.text(), preview.facts.text()) == ("", "Choose a file.")
    assert preview._stack.currentWidget() is preview._nothing
    assert not preview.save.isEnabled()
    page.show_member(page._members[0])
    pane.until(lambda: preview.found)
    assert preview.name.text() == page._members[0].name
    assert preview.height() == room
    assert preview.save.isEnabled()
    page.fill((folders_of([]), []))
    assert not preview.isVisible(), "there is none to choose"


def test_a_member_that_is_dragged_out_is_named_when_it_is_there(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["pipeline"], "files")
    model = page.files
    rows = [model.index(n, 0) for n in range(model.rowCount())]
    index = next(each for each in rows if each.data() == "manifest.json")
    assert model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    carried = model.mimeData([index, index.siblingAtColumn(1)])
    assert carried.hasUrls()
    pane.until(carried.urls)
    taken = Path(carried.urls()[0].toLocalFile())
    assert json.loads(taken.read_text())["name"] == "Two steps"
    folder = next(each for each in rows if each.data() == "ops_artifacts")
    assert not model.flags(folder) & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.mimeData([folder]).hasUrls()
