"""The program starts when a folder of its own is read-only or on a full disk, and says which."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

FOLDERS = ("config", "data", "cache", "state")

PROGRAM = """
import asyncio, json, sys
from dfs_desktop.app import Options, run

async def drive(app):
    said = []
    app.workspace.noticed.connect(said.append)
    await asyncio.wait_for(app.prepared.wait(), 30)
    for _ in range(100):
        if any(notice.key == "places" for notice in said):
            break
        await asyncio.sleep(0.05)
    app.workspace.save_settings()
    await asyncio.sleep(0.3)
    notices = [[n.title, n.detail] for n in said]
    print(json.dumps({"notices": notices, "visible": app.window.isVisible()}), flush=True)
    return 0

sys.exit(run(["dfs-desktop"], Options(drive=drive)))
"""


def _mounts() -> bool:
    """Whether this person may mount in a name space of their own."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True
    )
    return tried.returncode == 0


needs_mounts = pytest.mark.skipif(not _mounts(), reason="name spaces for mounts are not allowed")


def start(home: Path, broken: tuple[str, ...], *, full: bool) -> dict[str, list[list[str]]]:
    """Run the program once with these folders on disks that take nothing; what it says."""
    lines = ["set -e"]
    for name in broken:
        folder = home / name
        folder.mkdir(parents=True)
        lines.append(f"mount -t tmpfs -o size=16k,mode=700 none '{folder}'")
        if full:
            lines.append(f"head -c 100000 /dev/zero > '{folder}/filler' 2>/dev/null || true")
        else:
            lines.append(f"mount -o remount,ro '{folder}'")
    program = home / "program.py"
    program.write_text(PROGRAM)
    lines.append(f"exec '{sys.executable}' '{program}'")
    environment = os.environ | {"DFS_DESKTOP_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[1]), "XDG_RUNTIME_DIR": str(home)}
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    ran = subprocess.run(
        ["unshare", "-rm", "sh", "-c", "\n".join(lines)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    found: dict[str, list[list[str]]] = json.loads(ran.stdout.splitlines()[-1])
    assert found["visible"]
    return found


Starts = dict[tuple[str, bool], "Future[dict[str, list[list[str]]]]"]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(scope="module")
def starts(homes: Path) -> Iterator[Starts]:
    """The program's starts, one folder broken in each; two at a time, as it has two processors."""
    pool = ThreadPoolExecutor(2)
    begun: Starts = {}
    for full in (False, True):
        for broken in FOLDERS:
            home = homes / f"{broken} {full}"
            home.mkdir()
            begun[broken, full] = pool.submit(start, home, (broken,), full=full)
    yield begun
    pool.shutdown(cancel_futures=True)


@needs_mounts
@pytest.mark.fault("RL-42")
@pytest.mark.parametrize("full", [False, True], ids=["read-only", "full"])
@pytest.mark.parametrize("broken", FOLDERS)
def test_a_folder_that_takes_nothing_does_not_stop_the_start(
    starts: Starts, homes: Path, broken: str, full: bool
) -> None:
    notices = starts[broken, full].result()["notices"]
    titles = [title for title, _ in notices]
    assert not [title for title in titles if "does not answer" in title], "nobody else is there"
    (said,) = [detail for title, detail in notices if "cannot be written" in title]
    assert str(homes / f"{broken} {full}" / broken) in said
    assert ("the disk is full" if full else "the disk is read-only") in said


@needs_mounts
@pytest.mark.fault("RL-42")
def test_nothing_at_all_can_be_written(tmp_path: Path) -> None:
    notices = start(tmp_path, FOLDERS, full=False)["notices"]
    (said,) = [detail for title, detail in notices if "cannot be written" in title]
    assert [name for name in FOLDERS if str(tmp_path / name) in said] == list(FOLDERS)
