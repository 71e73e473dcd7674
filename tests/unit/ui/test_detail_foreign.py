"""The details on damaged and hostile artifacts: errors in place, and no text of theirs is rendered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QTreeWidgetItem
from support.artifacts import makers as make
from support.qt.detail_pane import Pane, open_pane
from support.qt.widgets import HTML

from dfs_desktop.ui.details.pane import TITLES
from dfs_desktop.ui.preview.json_tree import JsonTree

EVIL = HTML + "\u202e\x07"


@pytest.fixture
def pane(qapp: QApplication, tmp_path: Path) -> Iterator[Pane]:
    with open_pane(qapp, tmp_path) as pane:
        yield pane


def test_a_damaged_document_is_an_error_in_place_and_can_be_tried_again(
    pane: Pane, tmp_path: Path
) -> None:
    path = make.make_pipeline(tmp_path / "a.fnnx", ops__json="[{]")
    page = pane.open(path, "graph")
    assert "cannot be read" in page.line.words()
    assert page.line.again.isVisible()
    make.make_pipeline(path)
    page.line.again.click()
    pane.until(lambda: page._shown is pane.pane.look)
    assert not page.line.words()
    assert len(page.graph._drawing.boxes) == 4


def test_a_file_that_is_no_artifact_says_so(pane: Pane, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello " * 200)
    pane.pane.show_files([path])
    pane.until(lambda: "local" in pane.pane.pages and pane.pane.pages["local"].line.words() not in
               ("", "Reading…"))  # fmt: skip
    assert pane.pane.tabs.shown == ["local"]
    gone = tmp_path / "gone.fnnx"
    pane.pane.show_files([gone])
    pane.until(lambda: "cannot be read" in pane.pane.pages["local"].line.words())


def test_the_tab_that_was_chosen_stays_with_the_next_artifact(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    pane.open(artifacts["pyfunc"], "weights")
    pane.pane.show_files([artifacts["dataset"]])
    pane.until(lambda: "files" in pane.pane.tabs.shown and pane.pane.tabs.key == "local")
    pane.pane.show_files([artifacts["pyfunc"]])
    pane.until(lambda: pane.pane.tabs.key == "weights")


@pytest.mark.parametrize("key", ["files", "weights", "manifest"])
def test_a_tab_is_as_wide_as_the_pane_and_lays_out_nothing_around_it(
    pane: Pane, artifacts: dict[str, Path], key: str
) -> None:
    page = pane.open(artifacts["pyfunc"], key)
    pane.pane.resize(pane.pane.minimumWidth(), 600)
    QApplication.processEvents()
    assert page.width() == page.parentWidget().width(), "what is too wide would be cut"
    laid_out: list[QEvent.Type] = []

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            laid_out.append(event.type())
            return False

    watch = Watch()
    pane.pane.tabs.installEventFilter(watch)
    page.body.setFixedHeight(2000)
    pane.until(lambda: page.height() >= 2000)
    assert QEvent.Type.LayoutRequest not in laid_out


def test_the_tabs_are_tabs_and_those_without_room_stand_behind_more(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    pane.pane.resize(900, 600)
    pane.open(artifacts["pyfunc"], "local")
    tabs = pane.pane.tabs
    pane.until(lambda: "files" in tabs.shown and tabs.bar.count() == len(tabs.shown))
    told = QAccessible.queryAccessibleInterface(tabs.bar)
    assert told.role() is QAccessible.Role.PageTabList
    many = len(tabs.shown)
    assert [told.child(n).role() for n in range(many)] == [QAccessible.Role.PageTab] * many
    assert not tabs.more.isVisible()
    QTest.keyClick(tabs.bar, Qt.Key.Key_Right)
    assert tabs.key == tabs.shown[1]
    QTest.keyClick(tabs.bar, Qt.Key.Key_Left)
    assert tabs.key == "local"

    pane.pane.resize(260, 600)
    pane.until(tabs.more.isVisible)
    *_, last = offered = tabs.shown
    seen = [tabs.bar.tabText(n) for n in range(tabs.bar.count())]
    assert len(seen) < len(offered)
    assert tabs.bar.tabRect(len(seen) - 1).right() <= tabs.bar.width()
    tabs.more.click()
    menu = tabs.findChild(QMenu)
    assert isinstance(menu, QMenu)
    behind = [action.text() for action in menu.actions()]
    assert seen + behind == [TITLES[key] for key in offered]
    menu.actions()[-1].trigger()
    assert tabs.key == last
    assert tabs.bar.tabText(tabs.bar.currentIndex()) == TITLES[last]


def evil_artifact(path: Path) -> Path:
    """Every text of it is HTML with control characters."""
    port = {"content_type": "JSON", "dtype": EVIL, "tags": [EVIL], "description": EVIL}
    manifest = {
        "variant": EVIL, "name": EVIL, "version": EVIL, "description": EVIL,
        "producer_name": EVIL, "producer_version": EVIL, "producer_tags": [EVIL],
        "inputs": [{"name": EVIL, **port}], "outputs": [{"name": EVIL, **port}],
        "dynamic_attributes": [{"name": EVIL, "description": EVIL, "tags": [EVIL]}],
        "env_vars": [{"name": EVIL, "description": EVIL, "tags": []}],
    }  # fmt: skip
    entry = {"id": EVIL, "producer": EVIL, "tags": [EVIL], "payload": {EVIL: EVIL}}
    package = {"package": EVIL, "extra_pip_args": EVIL, "condition": {"os": [EVIL]}}
    env = {"python3::conda_pip": {"python_version": EVIL, "dependencies": [package]}, EVIL: {}}
    schema = {"type": "object", "description": EVIL, "properties": {EVIL: {"enum": [EVIL]}}}
    op = {"id": EVIL, "op": EVIL, "inputs": [{"dtype": EVIL, "shape": [EVIL]}]}
    node = {"op_instance_id": EVIL, "inputs": [EVIL], "outputs": [EVIL]}
    members: dict[str, bytes | str] = {
        "manifest.json": json.dumps(manifest), "ops.json": json.dumps([op]),
        "variant_config.json": json.dumps({"nodes": [node]}), "meta.json": json.dumps([entry]),
        "env.json": json.dumps(env), "dtypes.json": json.dumps({EVIL: schema}),
        "<img src=x>.txt": EVIL, "a.md": f"# {EVIL}\n[x](file:///etc/passwd)", "b.html": EVIL,
        "c.csv": f"{EVIL},b\n{EVIL},1\n", "w.safetensors": make.safetensors.numpy.save(make.WEIGHTS),
    }  # fmt: skip
    make.tar_of(members, path)
    return path


def test_no_text_of_an_artifact_is_rendered_or_disguised(pane: Pane, tmp_path: Path) -> None:
    path = evil_artifact(tmp_path / "evil.fnnx")
    pane.open(path)
    # The tabs are known when the reader's process has looked.
    pane.until(lambda: "files" in pane.pane.tabs.shown)
    for key in pane.pane.tabs.shown:
        page = pane.open(path, key)
        rendered = [label.text() for label in pane.pane.findChildren(QLabel) if label.text()
                    and label.textFormat() is not Qt.TextFormat.PlainText]  # fmt: skip
        assert rendered == []
        pane.pane.grab()
        for label in pane.pane.findChildren(QLabel):
            assert "\u202e" not in label.text()
        for tree in page.findChildren(JsonTree):
            for item in _items(tree.invisibleRootItem()):
                assert "\u202e" not in item.text(0) + item.text(1)
    files = pane.pane.pages["files"]
    pane.open(path, "files")
    for member in list(files._members):  # type: ignore[attr-defined]
        files.show_member(member)  # type: ignore[attr-defined]
        pane.until(lambda: files.preview.found)  # type: ignore[attr-defined]
        widget = files.preview._stack.currentWidget()  # type: ignore[attr-defined]
        if hasattr(widget, "toPlainText"):
            assert "\u202e" not in widget.toPlainText()
            assert not getattr(widget, "asked", [])


def _items(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    yield item
    for number in range(item.childCount()):
        yield from _items(item.child(number))
