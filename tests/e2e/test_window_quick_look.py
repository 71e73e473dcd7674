"""Space shows what a row, a finished download or a file is; arrows go on, Space and Escape close."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from support.qt.desktop import Desktop

from dfs_desktop.ui.library.page import CopyTable
from dfs_desktop.workspace.links.references import Identifier

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]


def test_space_looks_at_rows_while_the_arrows_move(desktop: Desktop, make_model: Make) -> None:
    ant, bee = desktop.upload(make_model("ant", accuracy=0.7), make_model("bee", accuracy=0.9))
    handlers, table, app = desktop.window.quick_look, desktop.table, desktop.workspace
    names = desktop.names()
    desktop.window.filter.setFocus()
    table.selectionModel().clear()
    table.setFocus()  # at the first row
    desktop.press(table, Qt.Key.Key_Space)
    panel = handlers.panel
    assert panel.isVisible()
    assert table.hasFocus(), "the keys stay with the rows"
    assert panel.name.text() == names[0]
    assert "accuracy" in panel.metrics.accessibleDescription()
    assert panel._look is None, "nothing is looked into at once"
    desktop.press(table, Qt.Key.Key_Down)
    assert panel.name.text() == names[1]
    desktop.until(panel.heading.text, "the preview")
    assert panel._look is not None
    assert panel._look.record is not None
    assert panel._look.record.model_name == names[1], "only where the eye rests"
    desktop.press(table, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert desktop.table.artifacts(), "the selection stays"
    desktop.press(table, Qt.Key.Key_Space)
    assert panel.isVisible()
    desktop.press(table, Qt.Key.Key_Space)
    assert not panel.isVisible()

    # A download that has arrived: Space in the list of transfers.
    desktop.select(ant if names[0] == "ant" else bee)
    desktop.window.actions_["download"].trigger()
    desktop.downloaded(f"{names[0]}.fnnx")
    desktop.close_progress()
    job = app.queue.jobs[-1]
    app.state.quick_look_requested.emit(job.path)
    assert panel.isVisible()
    assert panel.name.text() == job.path.name
    desktop.until(lambda: "local" in panel._pages and panel._pages["local"].body.isVisible())
    table.selectRow(1)
    assert panel.path == job.path, "a file stays until it is closed"
    app.state.quick_look_requested.emit(job.path)
    assert not panel.isVisible()
    app.state.quick_look_requested.emit(job.path.with_name("gone.fnnx"))
    desktop.until(panel._pages["local"].line.isVisible, "why it cannot be read")
    panel.leave()

    # The list of files on this computer: Space there, too, and the arrows.
    desktop.window.actions_["library"].trigger()
    files = desktop.until(lambda: desktop.window.findChild(CopyTable))
    desktop.until(lambda: files.model().rowCount() >= 2, "both files")
    files.setFocus()
    files.selectRow(0)
    desktop.press(files, Qt.Key.Key_Space)
    assert panel.isVisible()
    before = panel.path
    desktop.press(files, Qt.Key.Key_Down)
    assert panel.path != before
    desktop.press(files, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert files.isVisible(), "the list stays"
    desktop.workspace.finder.go(Identifier(ant.id))
    desktop.until(lambda: table.isVisible() and table.artifacts(), "the row, in its table")

    # What it was opened from goes out of sight: it goes, too, and so does the count of its rows.
    counts = desktop.window.counts
    assert "artifacts" in counts.text()
    desktop.press(table, Qt.Key.Key_Space)
    assert panel.isVisible()
    desktop.window.actions_["library"].trigger()
    assert not panel.isVisible()
    assert not counts.text()
    desktop.window.actions_["library"].trigger()
    assert "artifacts" in counts.text()
