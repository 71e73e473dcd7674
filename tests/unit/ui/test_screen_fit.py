"""Windows stand whole inside the screen, on small ones and after a larger one is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from dfs_desktop.ui.platform.screen_fit import fitted
from dfs_desktop.ui.widgets.dialogs import Question

numbers = st.integers(-3000, 3000)
sizes = st.integers(1, 4000)
rectangles = st.builds(QRect, numbers, numbers, sizes, sizes)

PROGRAM = """
import asyncio, json, os, sys
from pathlib import Path
from dfs_desktop.app import Options, run
from dfs_desktop.settings import SettingsFile

layout = json.loads(sys.argv[1])
file = SettingsFile(Path(os.environ["DFS_DESKTOP_HOME"]) / "config" / "settings.json")
settings = file.load()
settings.layout.update(layout)
file.save(settings)

async def drive(app):
    await asyncio.wait_for(app.prepared.wait(), 30)
    window = app.window
    window.server_handlers.edit_server(None)
    await asyncio.sleep(0.5)
    free = window.screen().availableGeometry()
    tops = [top for top in app.qt.topLevelWidgets() if top.isVisible() and top.windowTitle()]
    for top in tops:
        if not top.isMaximized() and not free.contains(top.frameGeometry()):
            print("outside", top.windowTitle(), top.frameGeometry(), free)
    print("windows", len(tops), "maximized", window.isMaximized(), flush=True)
    for top in tops:
        if top is not window:
            top.close()
    return 0

sys.exit(run(["dfs-desktop"], Options(drive=drive)))
"""


@pytest.mark.fault("RL-46")
@given(rectangles, rectangles)
def test_what_is_fitted_lies_inside_and_what_lies_inside_stays(frame: QRect, free: QRect) -> None:
    found = fitted(frame, free)
    assert free.contains(found)
    assert found.size() == frame.size().boundedTo(free.size())
    if free.contains(frame):
        assert found == frame


@pytest.mark.fault("RL-46")
@pytest.mark.parametrize(
    ("layout", "maximized"),
    [("{}", False), ('{"maximized": "True"}', True)],
    ids=["first start", "was maximised on a larger screen"],
)
def test_windows_stand_inside_a_small_screen(tmp_path: Path, layout: str, maximized: bool) -> None:
    """The offscreen platform has a screen of 800 by 800, smaller than the window wants to be."""
    environment = os.environ | {"DFS_DESKTOP_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    environment |= {"XDG_RUNTIME_DIR": str(tmp_path)}
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, layout],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout == f"windows 2 maximized {maximized}\n", ran.stderr


def test_all_words_of_a_question_are_seen_on_a_small_screen(qtbot: QtBot) -> None:
    """By itself a dialog takes two thirds of the screen, and its text is cut at both ends."""
    lines = QApplication.primaryScreen().availableGeometry().height() * 3 // 4
    question = Question(None, "Delete?", "", ["Keep", "Delete"])
    qtbot.addWidget(question)
    many = lines // question.fontMetrics().height()
    question = Question(None, "Delete?", "\n".join(["a model"] * many), ["Keep", "Delete"])
    qtbot.addWidget(question)
    question.open()
    for label in question.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())
