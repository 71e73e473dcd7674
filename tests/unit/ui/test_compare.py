"""The window of a comparison on a real registry: lines, keys, marks, copies; foreign text stays text."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QWidget,
)
from support.artifacts import makers
from support.artifacts.compared import Stage, settled, stage
from support.qt.widgets import HTML, assert_plain, find, until, window_loop

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.comparison.comparison_export import Row
from dfs_desktop.ui.code_snippets.snippet_dialog import SnippetDialog
from dfs_desktop.ui.comparison.table import Remark
from dfs_desktop.ui.comparison.table_rows import Kind, lines, measured, short_verdict
from dfs_desktop.ui.comparison.window import CompareWindow
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.comparison import content_equality

pytestmark = pytest.mark.usefixtures("light")

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
Play = Callable[[Stage], Coroutine[Any, Any, None]]


@pytest.fixture
def play(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[Play], None]]:
    """Plays a scene in the window's own loop."""
    with window_loop(qapp) as loop:

        def played(scene: Play) -> None:
            async def whole() -> None:
                async with stage(tmp_path) as place:
                    await scene(place)

            loop.run_until_complete(asyncio.wait_for(whole(), 60))

        yield played


async def open_window(stage: Stage, *what: ModelArtifact | Path) -> CompareWindow:
    comparison = stage.comparison(*what)
    window = CompareWindow(None, comparison, stage.workspace.tasks)
    window.show()
    await settled(comparison)
    window.show_now()
    return window


async def closed(window: CompareWindow) -> None:
    QTest.keyClick(window.table, Key.Key_Escape)
    await until(lambda: not shiboken6.isValid(window))


async def versions(stage: Stage, folder: Path) -> list[ModelArtifact]:
    return await stage.upload(
        makers.make_pyfunc(folder / "v1.luml"),
        makers.make_pyfunc(folder / "v2.luml", version="2", numpy_version="2.1.0"),
    )


def shown(window: CompareWindow) -> list[str]:
    """The table as lines of text, cells divided by bars."""
    model = window.table.table
    found = []
    for row in range(model.rowCount()):
        cells = [model.index(row, column).data() for column in range(model.columnCount())]
        found.append(" | ".join(cells).rstrip("| "))
    return found


def test_only_differences_are_shown_until_d_is_pressed(
    play: Callable[[Play], None], tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        window = await open_window(stage, *await versions(stage, tmp_path))
        table = shown(window)
        assert "numpy | ==1.26.4 | ==2.1.0 | major version" in table
        assert "env.json | 300 bytes | 299 bytes | resized" in table
        assert "Drop-in: “v2” takes and gives the same as “v1”." in table
        assert not any(line.startswith(("Type |", "f1 |")) for line in table)
        QTest.keyClick(window.table, Key.Key_D)
        assert not window.only.isChecked()
        table = shown(window)
        assert "Type | model | model" in table
        assert any(line.startswith("manifest.json |") for line in table)
        QTest.mouseClick(window.only, LEFT, pos=window.only.rect().center())
        await closed(window)

    play(scene)


def test_a_line_is_heard_as_one_sentence_and_marks_are_words(
    play: Callable[[Play], None], tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        one, two = await versions(stage, tmp_path)
        one = structs.replace(one, metrics={"accuracy": 0.9, "loss": 0.2, "n": 3, HTML: "x"})
        two = structs.replace(two, metrics={"accuracy": 0.95, "loss": 0.25, "n": 4})
        window = await open_window(stage, one, two)
        model = window.table.table
        role = Qt.ItemDataRole.AccessibleTextRole
        heard = [model.index(row, 0).data(role) for row in range(model.rowCount())]
        assert "accuracy; v1 0.9000; v2 0.9500 best; +0.05 better" in heard
        assert "loss; v1 0.2000 best; v2 0.2500; +0.05 worse" in heard
        assert "n; v1 3; v2 4; +1" in heard
        assert f"{HTML}; v1 x; v2 nothing; differs" in heard
        comparison = window._comparison
        assert short_verdict(comparison, 0)[0] == "reference"
        assert short_verdict(comparison, 1)[:3] == (
            "drop-in, other environment",
            "check",
            "waiting",
        )
        for mode in ("light", "dark"):
            theme.current().use(mode)
            image = QImage(window.size(), QImage.Format.Format_ARGB32)
            window.render(image)
            colors = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2)
                      for y in range(0, image.height(), 2)}  # fmt: skip
            assert theme.current().color("accent").name() in colors, "the bars"
            assert theme.current().color("base").name() in colors
        assert_plain(window)
        await closed(window)

    play(scene)


def test_a_file_is_compared_line_by_line_on_enter(
    play: Callable[[Play], None], tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        window = await open_window(stage, *await versions(stage, tmp_path))
        window.only.setChecked(False)
        rows = {line.text: row for row, line in enumerate(window.table.table.rows)}
        window.table.setCurrentIndex(window.table.table.index(rows["env.json"], 0))
        QTest.keyClick(window.table, Key.Key_Return)
        text = find(window, QPlainTextEdit, "differenceText")
        await until(lambda: "numpy==2.1.0" in text.toPlainText())
        assert find(window, QLabel, "differenceState").text() == "1 added, 1 removed"
        binary = next(name for name in rows if name.endswith(".npz"))
        window.table.setCurrentIndex(window.table.table.index(rows[binary], 2))
        QTest.keyClick(window.table, Key.Key_Return)
        reason = find(window, QLabel, "differenceReason")
        await until(reason.isVisible)
        assert "is no text" in reason.text()
        QTest.mouseClick(find(window, QPushButton, "closeDifferenceButton"), LEFT)
        assert not window.difference.isVisible()
        assert window.table.hasFocus()
        await closed(window)

    play(scene)


def test_the_cursor_and_the_place_stay_when_something_arrives(
    play: Callable[[Play], None], tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        records = await versions(stage, tmp_path)
        comparison = stage.comparison(*records)
        window = CompareWindow(None, comparison, stage.workspace.tasks)
        window.only.setChecked(False)
        window.resize(700, 260)
        window.show()
        keys = [line.key for line in window.table.table.rows]
        assert ("head", "Environment", "Environment") in keys
        assert "Reading…" in [line.detail for line in window.table.table.rows]
        window.table.setCurrentIndex(window.table.table.index(3, 0))
        current, bar = keys[3], window.table.verticalScrollBar()
        bar.setValue(30)
        top = window.table.table.rows[window.table.rowAt(0)].key
        await settled(comparison)
        window.show_now()
        found = window.table.table.rows
        assert len(found) > len(keys)
        assert found[window.table.currentIndex().row()].key == current
        assert found[window.table.rowAt(0)].key == top
        await closed(window)

    play(scene)


def test_a_local_file_offers_to_read_all_bytes(
    play: Callable[[Play], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(stage: Stage) -> None:
        path = makers.make_pipeline(tmp_path / "model.fnnx")
        (record,) = await stage.upload(path)
        other = makers.make_pipeline(tmp_path / "other.fnnx", meta__json="{}")
        window = await open_window(stage, record, other)
        buttons = [remark.button for remark in window.table.findChildren(Remark)]
        assert [button.text()[:16] for button in buttons] == ["Read and compare"]
        QTest.mouseClick(buttons[0], LEFT)
        await until(lambda: "meta.json | 2 bytes | 2 bytes | other bytes" in shown(window))
        assert "Different content: 1 file inside differs although the sizes are equal." in shown(
            window
        )
        await closed(window)

    monkeypatch.setattr(content_equality, "READ_UNASKED", 0)
    play(scene)


def test_rows_and_tables_are_copied_and_written(
    play: Callable[[Play], None], tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        window = await open_window(stage, *await versions(stage, tmp_path))
        rows = {line.text: row for row, line in enumerate(window.table.table.rows)}
        window.table.selectRow(rows["numpy"])
        QTest.keyClick(window.table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == "numpy\t'==1.26.4\t'==2.1.0\tmajor version"
        QTest.mouseClick(find(window, QPushButton, "copyComparisonButton"), LEFT)
        table = QGuiApplication.clipboard().text()
        assert "| numpy | ==1.26.4 | ==2.1.0 | major version |" in table
        assert "| Type |" not in table
        await window.save_to(tmp_path / "c.csv", "csv")
        written = (tmp_path / "c.csv").read_bytes()
        assert written.startswith(b"\xef\xbb\xbfsection,,v1,v2,note\r\n")
        await window.save_to(tmp_path / "none" / "c.md", "md")
        assert "Not saved" in find(window, QLabel, "compareSaid").text()
        await closed(window)

    play(scene)


def test_a_click_on_a_column_measures_the_others_by_it(
    play: Callable[[Play], None], tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        window = await open_window(stage, *await versions(stage, tmp_path))
        heads = window.table.heads
        place = heads.sectionViewportPosition(2) + 20
        QTest.mouseClick(heads.viewport(), LEFT, pos=heads.viewport().rect().topLeft()
                         + type(heads.pos())(place, 10))  # fmt: skip
        await until(lambda: "numpy | ==2.1.0 | ==1.26.4 | major version" in shown(window))
        assert window.table.table.names == ["v2", "v1"]
        horizontal, role = Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
        assert window.table.table.headerData(1, horizontal, role) == "v2, reference"
        window._show_menu(window.table.rect().center())
        (menu,) = [each for each in window.findChildren(QMenu) if each.isVisible()]
        menu.actions()[-1].trigger()  # the same without a mouse
        menu.close()
        await until(lambda: "numpy | ==1.26.4 | ==2.1.0 | major version" in shown(window))
        await closed(window)

    play(scene)


def test_breaking_changes_are_listed_and_hostile_names_stay_text(
    play: Callable[[Play], None], tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        first = makers.make_pyfunc(tmp_path / "first.luml")
        second = makers.make_pipeline(tmp_path / "second.fnnx")
        one, two = await stage.upload(first, second)
        two = structs.replace(two, model_name=HTML + "\u202e", tags=[HTML])
        window = await open_window(stage, one, two)
        found = lines(window._comparison, only_differences=True)
        texts = [line.text for line in found if line.kind is Kind.REMARK]
        assert any(text.startswith("Breaking: “<img") and "⟨U+202E⟩" in text for text in texts)
        assert "· the input “question” is gone" in texts
        assert short_verdict(window._comparison, 1)[0] == "breaking"
        role = Qt.ItemDataRole.ToolTipRole
        model = window.table.table
        tips = [model.index(row, 2).data(role) or "" for row in range(model.rowCount())]
        assert any("&lt;img" in tip for tip in tips)
        assert not any("<img" in tip for tip in tips)
        await closed(window)

    play(scene)


def test_what_was_not_read_is_no_difference(play: Callable[[Play], None], tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        (record,) = await stage.upload(makers.make_pyfunc(tmp_path / "v1.luml"))
        none = tmp_path / "none.luml"
        none.write_bytes(b"no archive")
        window = await open_window(stage, record, none)
        heads = {line.text: line.detail for line in window.table.table.rows if not line.row}
        assert heads["Environment"] == "not read in 1 column"
        assert not any(line.startswith("numpy") for line in shown(window))
        window.only.setChecked(False)
        assert "numpy | ==1.26.4 | not read" in shown(window)
        await closed(window)

    play(scene)


def test_numbers_that_are_none_get_no_bar() -> None:
    values = (0.5, 7, math.nan, math.inf, 10**400, None)
    row = Row("f1", tuple(map(str, values)), differs=True, numbers=values)
    assert [measured(row, place) for place in range(6)] == [0.5, 7, None, None, None, None]


def test_snippets_are_read_and_copied(play: Callable[[Play], None], tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        (record,) = await stage.upload(makers.make_pyfunc(tmp_path / "v1.luml"))
        around, of = QWidget(), stage.workspace
        dialog = SnippetDialog(around, of.state, of.clients, of.lasting_key, of.inspector, record)
        dialog.open()
        tabs = find(dialog, QTabWidget, "snippetTabs")
        assert [tabs.tabText(n) for n in range(tabs.count())] == [
            "Download in Python", "List in Python", "Download in a Shell", "Sample Request",
        ]  # fmt: skip
        codes = [tabs.widget(n).findChild(QPlainTextEdit) for n in range(tabs.count())]
        await until(lambda: '"filters"' in codes[3].toPlainText())
        tabs.setCurrentIndex(2)
        QTest.mouseClick(find(dialog, QPushButton, "copySnippetButton"), LEFT)
        assert "$DFS_API_KEY" in QGuiApplication.clipboard().text()
        assert stage.key not in "".join(code.toPlainText() for code in codes)
        assert_plain(dialog)
        dialog.reject()
        await until(lambda: not shiboken6.isValid(dialog))
        around.deleteLater()

    play(scene)
