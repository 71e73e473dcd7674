"""A row is dragged onto a real file manager, and fetched into the folder where it is let go."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.artifacts.model_files import sha256
from support.qt.screen import PATIENCE, Screen, Seen, need_programs

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's"),
    pytest.mark.skipif(shutil.which("pcmanfm") is None, reason="needs pcmanfm"),
]
Make = Callable[..., Path]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    need_programs()
    screen = Screen(tmp_path)
    yield screen
    screen.close()


def until(right: Callable[[], object], screen: Screen, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not right():
        assert time.monotonic() < end, f"no {what}; see {screen.picture()}"
        time.sleep(0.05)


def drag_to(screen: Screen, start: list[int], end: tuple[int, int]) -> None:
    screen.do("mousemove", *start)
    screen.do("mousedown", 1)
    for step in range(1, 21):
        x = start[0] + (end[0] - start[0]) * step // 20
        y = start[1] + (end[1] - start[1]) * step // 20
        screen.do("mousemove", x, y)
        time.sleep(0.02)
    time.sleep(0.3)
    screen.do("mouseup", 1)


@pytest.mark.slow  # the promise without a file manager: unit/ui/test_outgoing_files.py
def test_a_row_is_fetched_into_the_folder_where_it_is_dropped(
    screen: Screen, home: Path, make_model: Make, tmp_path: Path
) -> None:
    model = make_model("ant")
    told, folder = sha256(model), tmp_path / "target"
    folder.mkdir()
    with Seen(screen, home) as seen:
        seen.until(lambda state: state["ready"] and state["collection"], "open collection")
        window = seen.window("MainWindow")["id"]
        screen.do("windowsize", "--sync", window, 780, 780)
        screen.do("windowmove", "--sync", window, 0, 0)
        command = [sys.executable, "-m", "dfs_desktop", "--upload", str(model)]
        run = screen.environment(DFS_DESKTOP_HOME=str(home), PYTHONPATH=os.pathsep.join(sys.path))
        subprocess.run(command, env=run, check=True, timeout=PATIENCE)
        seen.focus("ReviewSheet")
        seen.key("Return")
        seen.gone("ReviewSheet")
        seen.focus("ProgressDialog")
        seen.key("Escape")
        seen.gone("ProgressDialog")
        (row,) = seen.until(
            lambda s: [r for r in s["rows"] if r["status"] == "uploaded" and not r["busy"]], "row"
        )
        model.unlink()  # the artifact is at the server only
        manager = subprocess.Popen(
            ["pcmanfm", str(folder)],
            env=screen.environment(HOME=str(tmp_path)),
            stderr=subprocess.DEVNULL,
        )
        try:
            there = screen.do("search", "--sync", "--onlyvisible", "--name", "^target$").split()[-1]
            screen.do("windowmove", "--sync", there, 800, 0)
            screen.do("windowsize", "--sync", there, 470, 700)
            time.sleep(0.5)  # it lays itself out
            drag_to(screen, row["at"], (1150, 500))
            until((folder / "ant.fnnx").exists, screen, "file in the folder")
        finally:
            manager.terminate()
            manager.wait(PATIENCE)
        assert sha256(folder / "ant.fnnx") == told
        seen.until(lambda s: ["ant", "download", "done"] in s["jobs"], "a download that is told of")
        assert seen.end() == 0
