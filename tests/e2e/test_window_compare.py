"""Side by side in the real window: selected rows, a file on a row, a store that fails; and the checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from support.artifacts import makers
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.api import ModelArtifact
from dfs_desktop.ui.comparison.table import Remark
from dfs_desktop.ui.comparison.table_rows import short_verdict
from dfs_desktop.ui.comparison.window import CompareWindow
from dfs_desktop.ui.main_window.go_to import GotoBox
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.ui.widgets.elided_label import ElidedLabel

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def pyfuncs(tmp_path: Path) -> list[Path]:
    """Two versions of one model, made with fnnx."""
    return [
        makers.make_pyfunc(tmp_path / "v1.luml"),
        makers.make_pyfunc(tmp_path / "v2.luml", version="2", numpy_version="2.1.0"),
    ]


def uploaded(desktop: Desktop, *paths: Path) -> list[ModelArtifact]:
    """One after the other: together, either could be the older one."""
    return [record for path in paths for record in desktop.upload(path)]


def lines(window: CompareWindow) -> list[str]:
    model = window.table.table
    return [
        " | ".join(model.index(row, n).data() for n in range(model.columnCount())).rstrip("| ")
        for row in range(model.rowCount())
    ]


def arrived(desktop: Desktop, line: str) -> CompareWindow:
    """The window of the comparison, when this line is in it."""
    window = desktop.dialog(CompareWindow)
    desktop.until(lambda: line in lines(window), line)
    return window


def row_place(desktop: Desktop, record: ModelArtifact) -> QPointF:
    """The middle of a row, as a point of the window."""
    table = desktop.table
    number = table.table.number(record.id)
    assert number is not None
    middle = table.visualRect(table.table.index(number, 0)).center()
    return QPointF(table.viewport().mapTo(desktop.window, QPoint(middle)))


def drop_menu(desktop: Desktop) -> list[QAction]:
    def found() -> QMenu | None:
        menus = [w for w in QApplication.topLevelWidgets() if w.objectName() == "dropMenu"]
        return next((m for m in menus if isinstance(m, QMenu) and m.isVisible()), None)

    return desktop.until(found, "the menu of the drop").actions()


def test_selected_rows_are_compared_with_ctrl_d(desktop: Desktop, pyfuncs: list[Path]) -> None:
    records = uploaded(desktop, *pyfuncs)
    action = desktop.window.actions_["compare"]
    desktop.select(records[0])
    assert not action.isEnabled()
    assert action.toolTip() == "Select 2 to 12 artifacts to compare them"
    assert desktop.window.actions_["compare_file"].isEnabled()
    desktop.select(*records)
    assert action.isEnabled()
    assert not desktop.window.actions_["compare_file"].isEnabled()
    desktop.press(desktop.table, Qt.Key.Key_D, CONTROL)
    window = arrived(desktop, "numpy | ==1.26.4 | ==2.1.0 | major version")
    assert not window.isModal()
    desktop.until(lambda: short_verdict(window._comparison, 1)[0] == "drop-in, other environment")
    desktop.press(window.table, Qt.Key.Key_Escape)
    desktop.until(lambda: not desktop.dialogs(CompareWindow))
    desktop.activate()
    desktop.press(desktop.table, Qt.Key.Key_K, CONTROL)
    box = desktop.dialog(GotoBox)
    QTest.keyClicks(box.line, "compare")
    assert box.list.item(0).text().startswith("Compare")
    desktop.press(box.line, Qt.Key.Key_Return)
    arrived(desktop, "version | 1 | 2 | differs").close()
    desktop.until(lambda: not desktop.dialogs(CompareWindow))
    desktop.click("Compare", desktop.window.details)
    arrived(desktop, "version | 1 | 2 | differs")
    desktop.end()  # with the comparison open


def test_a_file_dropped_on_a_row_is_compared_or_sent(desktop: Desktop, pyfuncs: list[Path]) -> None:
    record, _other = uploaded(desktop, *pyfuncs)
    place = row_place(desktop, record)
    desktop.drop(pyfuncs[0], at=place)
    compare, upload, _line, cancel = drop_menu(desktop)
    assert compare.text() == "Compare with “Searcher 1”"
    assert upload.text() == "Upload to “Models”…"
    assert cancel.text() == "Cancel"
    compare.trigger()
    window = desktop.dialog(CompareWindow)
    desktop.until(lambda: any(line.startswith("Same bytes") for line in lines(window)))
    assert short_verdict(window._comparison, 1) == (
        "same bytes",
        "check",
        "good",
        "on this computer",
    )
    window.close()
    for menu in [w for w in QApplication.topLevelWidgets() if w.objectName() == "dropMenu"]:
        menu.close()
    desktop.drop(pyfuncs[1], at=place)
    drop_menu(desktop)[1].trigger()
    sheet = desktop.dialog(ReviewSheet)
    sheet.reject()
    desktop.until(lambda: not desktop.dialogs(ReviewSheet))
    for menu in [w for w in QApplication.topLevelWidgets() if w.objectName() == "dropMenu"]:
        menu.close()


def test_each_part_that_fails_says_so_and_is_tried_again(
    slow_desktop: Desktop, relay: Relay, pyfuncs: list[Path]
) -> None:
    desktop = slow_desktop
    records = uploaded(desktop, *pyfuncs)
    relay.seen.clear()
    desktop.select(*records)
    desktop.run(asyncio.sleep(0.05))
    assert not [seen for seen in relay.seen if "/objects/" in seen], "nothing is read yet"
    relay.answer_instead("/objects/", 403, "text/plain", b"no")
    desktop.window.actions_["compare"].trigger()
    window = desktop.dialog(CompareWindow)
    failed = desktop.until(
        lambda: (
            (found := [r for r in window.table.findChildren(Remark) if r.isVisible()])
            and not any(window._comparison.reading(t) for t in ("Interface", "Metadata"))
            and found
        )
    )
    texts = {remark.findChild(QLabel).text() for remark in failed}
    assert any(text.startswith("The environment of “Searcher 1” could not") for text in texts)
    assert any(text.startswith("The interface of “Searcher 2” could not") for text in texts)
    assert not any("://" in text or "signature" in text.lower() for text in texts)
    assert "File | v1.luml | v2.luml | differs" in lines(window), "what is known stays"
    relay.release()
    environment = next(r for r in failed if "environment of" in r.findChild(QLabel).text())
    QTest.mouseClick(environment.button, Qt.MouseButton.LeftButton)
    arrived(desktop, "numpy | ==1.26.4 | ==2.1.0 | major version")
    assert any("interface of" in line for line in lines(window)), "only that part was read again"
    window.close()


def test_closing_the_window_ends_what_it_reads(
    slow_desktop: Desktop, relay: Relay, pyfuncs: list[Path]
) -> None:
    desktop = slow_desktop
    desktop.select(*uploaded(desktop, *pyfuncs))
    hold = relay.hold_answer("GET", "/objects/")
    desktop.window.actions_["compare"].trigger()
    window = desktop.dialog(CompareWindow)
    desktop.until(hold.reached.is_set, "the reading")
    assert window._comparison.reading("Environment")
    window.close()
    tasks = desktop.workspace.tasks._tasks
    desktop.until(lambda: not any("compar" in task.get_name() for task in tasks))
    relay.release()
    assert not desktop.notices()


def test_the_review_shows_what_is_wrong_and_sends_the_rest(
    desktop: Desktop, tmp_path: Path, pyfuncs: list[Path]
) -> None:
    desktop.upload(pyfuncs[0])
    bad = makers.make_pipeline(tmp_path / "bad.fnnx", ops__json=None)
    again = tmp_path / "again.luml"
    again.write_bytes(pyfuncs[0].read_bytes())
    desktop.drop(bad, again, pyfuncs[1])
    sheet = desktop.dialog(ReviewSheet)
    desktop.until(lambda: all(draft.checked for draft in sheet._drafts), "the checks")
    summary = sheet.findChild(ElidedLabel, "checkSummary")
    assert summary is not None
    sheet._files.setCurrentRow(0)
    assert summary.text() == "Error: The file ops.json is missing"
    assert sheet._upload.text() == "Upload 2 artifacts"
    sheet._files.setCurrentRow(1)
    assert summary.text() == "Warning: The same bytes are in “Models” already, as “Searcher 1”"
    sheet._files.setCurrentRow(2)
    assert summary.text() == "No problems found"
    desktop.accept_review()
    desktop.until(lambda: not desktop.workspace.queue.running())
    desktop.until(lambda: len(desktop.names()) == 3)
    assert sorted(desktop.column("file")) == ["again.luml", "v1.luml", "v2.luml"]
    desktop.close_progress()
