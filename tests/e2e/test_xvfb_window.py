"""The main job in a real window: a real drag from another process, real keys, real clicks."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.artifacts.model_files import sha256
from support.qt.screen import HERE, PATIENCE, Screen, Seen, need_programs

from dfs_desktop.settings import Settings, SettingsFile

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's"),
]
Make = Callable[..., Path]
MB = 10**6
ENDS_WITHIN = 5.0  # seconds


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    need_programs()
    screen = Screen(tmp_path)
    yield screen
    screen.close()


@pytest.fixture
def seen(screen: Screen, home: Path) -> Iterator[Seen]:
    """The program, open on its empty registry, below and right of where the drag source stands."""
    with Seen(screen, home) as seen:
        seen.until(lambda state: state["ready"] and state["collection"], "open collection")
        window = seen.window("MainWindow")["id"]
        screen.do("windowmove", "--sync", window, 140, 80)
        screen.do("windowsize", "--sync", window, 1120, 700)
        frame = lambda s: s["windows"][0]["frame"]  # noqa: E731
        seen.until(lambda s: frame(s)[:2] == [140, 80] and frame(s)[2] == 1120, "moved window")
        seen.focus("MainWindow")
        yield seen


def drag(seen: Seen, *files: Path) -> None:
    """Press on the source, move over the table in small steps, let go."""
    screen = seen.screen
    with subprocess.Popen(
        [sys.executable, str(HERE / "drag_source.py"), *map(str, files)],
        env=screen.environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as source:
        try:
            assert source.stdout is not None
            assert source.stdout.readline().strip() == "shown"
            screen.do("search", "--sync", "--onlyvisible", "--name", "drag source")
            screen.do("mousemove", 40, 30)
            screen.do("mousedown", 1)
            for step in range(1, 4):
                screen.do("mousemove", 40 + 4 * step, 30 + step)
            assert source.stdout.readline().strip() == "dragging"
            for step in range(1, 21):
                screen.do("mousemove", 52 + 30 * step, 33 + 20 * step)
                time.sleep(0.02)  # a hand; XDND answers between two moves
            screen.do("mousemove", 660, 440)
            time.sleep(0.2)
            screen.do("mouseup", 1)
            assert source.stdout.readline().strip() == "dropped", screen.picture()
            seen.window("ReviewSheet")  # only now: the window fetches the files' names from it
        finally:
            source.terminate()


def upload(seen: Seen, path: Path) -> dict[str, object]:
    """Drag, Enter in the sheet, and the row once it is uploaded."""
    drag(seen, path)
    seen.focus("ReviewSheet")
    seen.key("Return")
    seen.gone("ReviewSheet")
    row: dict[str, object] = seen.until(
        lambda s: next((r for r in s["rows"] if r["status"] == "uploaded" and not r["busy"]), None),
        "uploaded row",
    )
    seen.screen.do("mousemove", 5, 5)  # a pointer over the dialog would hold it
    seen.gone("ProgressDialog")
    seen.focus("MainWindow")
    return row


def delete(seen: Seen) -> None:
    """Delete, then Tab to the verb: Enter alone keeps everything."""
    seen.key("Delete")
    seen.focus("Question")
    seen.screen.click(seen.button("Delete", "Question"))
    seen.until(lambda s: s["rows"] and s["rows"][0]["going"], "struck row")


def test_drop_fetch_delete_undo_delete_for_good_and_cancel(
    seen: Seen, make_model: Make, home: Path
) -> None:
    path = make_model("resnet50", weights=2 * MB, acc=0.9)
    before = seen.screen.picture("empty").read_bytes()
    row = upload(seen, path)
    assert row["sha256"] == sha256(path)
    assert seen.screen.picture("row").read_bytes() != before
    stored = [p for p in home.rglob("*") if p.is_file() and p.stat().st_size == path.stat().st_size]
    assert len(stored) == 1
    # A row, by a double click, becomes a file.
    seen.screen.click(row["at"], times=2)  # type: ignore[arg-type]
    seen.until(lambda s: ["resnet50", "download", "done"] in s["jobs"], "downloaded")
    target = Path(seen.last["downloads"]) / "resnet50.fnnx"
    assert sha256(target) == sha256(path)
    seen.focus("ProgressDialog")
    seen.key("Escape")
    seen.gone("ProgressDialog")
    seen.focus("MainWindow")
    # Deleted by the key, brought back by a click, deleted for good.
    seen.screen.click(row["at"])  # type: ignore[arg-type]
    seen.until(lambda s: s["selected"] == [row["key"]], "selected row")
    delete(seen)
    seen.screen.click(seen.button("undoDeleteButton"))
    row = seen.until(lambda s: next((r for r in s["rows"] if not r["going"]), None), "row again")
    assert stored[0].exists()
    seen.until(lambda s: s["selected"] == [row["key"]], "selected row")
    delete(seen)
    seen.until(lambda s: s["rows"] == [], "the end of the count-down")
    end = time.monotonic() + PATIENCE
    while stored[0].exists():
        assert time.monotonic() < end, seen.screen.picture()
        time.sleep(0.05)
    assert seen.last["rows"] == []
    # Cancelled by a click in the progress dialog.
    drag(seen, make_model("vast", weights=4_000 * MB))
    seen.focus("ReviewSheet")
    seen.key("Return")
    seen.screen.click(seen.button("cancelButton", "ProgressDialog"))
    seen.until(lambda s: s["jobs"][-1][2] == "cancelled", "cancelled transfer")
    seen.until(lambda s: all(r["status"] == "upload_failed" for r in s["rows"]), "honest rows")
    assert seen.end() == 0


@pytest.mark.slow  # the signal: above; what is kept goes on: test_window_life.py
def test_sigterm_while_a_transfer_runs_ends_well(
    screen: Screen, home: Path, make_model: Make
) -> None:
    """Q-05: exit code 0 within five seconds; at the next start the upload goes on to its end."""
    settings = SettingsFile(home / "config" / "settings.json")
    settings.save(Settings(upload_limit=10 * MB))  # seconds of sending on any machine
    with Seen(screen, home) as seen:
        seen.until(lambda state: state["ready"] and state["collection"], "open collection")
        frame = seen.window("MainWindow")["id"]
        screen.do("windowmove", "--sync", frame, 140, 80)
        seen.until(lambda s: s["windows"][0]["frame"][:2] == [140, 80], "moved window")
        drag(seen, make_model("vast", weights=40 * MB))
        seen.focus("ReviewSheet")
        seen.key("Return")
        seen.until(lambda s: "sending" in s["phases"], "sending")
        began = time.monotonic()
        assert seen.end() == 0
        assert time.monotonic() - began < 2 * ENDS_WITHIN, "twice, for a machine under load"
    settings.save(Settings())  # and without a limit, the rest is sent at once
    with Seen(screen, home) as again:
        again.until(lambda state: state["ready"] and state["collection"], "open collection")
        again.until(lambda s: [r["status"] for r in s["rows"]] == ["uploaded"], "the uploaded row")
        assert again.end() == 0
