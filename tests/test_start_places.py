"""The program starts when a folder of its own is read-only or on a full disk, and says which."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
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


def start(home: Path, broken: dict[str, str]) -> dict[str, list[list[str]]]:
    """Run the program once with these folders on disks that take nothing; what it says."""
    lines = ["set -e"]
    for name, how in broken.items():
        folder = home / name
        folder.mkdir(parents=True)
        lines.append(f"mount -t tmpfs -o size=16k,mode=700 none '{folder}'")
        if how == "full":
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


@needs_mounts
@pytest.mark.fault("RL-42")
@pytest.mark.parametrize("full", FOLDERS)
def test_folders_that_take_nothing_do_not_stop_the_start(tmp_path: Path, full: str) -> None:
    """Each folder once on a full disk, beside another on a read-only one."""
    other = FOLDERS[FOLDERS.index(full) - 1]
    notices = start(tmp_path, {full: "full", other: "read-only"})["notices"]
    titles = [title for title, _ in notices]
    assert not [title for title in titles if "does not answer" in title], "nobody else is there"
    (said,) = [detail for title, detail in notices if "cannot be written" in title]
    for folder, why in ((full, "the disk is full"), (other, "the disk is read-only")):
        (line,) = [line for line in said.splitlines() if line.startswith(str(tmp_path / folder))]
        assert why in line


@needs_mounts
@pytest.mark.fault("RL-42")
def test_nothing_at_all_can_be_written(tmp_path: Path) -> None:
    notices = start(tmp_path, dict.fromkeys(FOLDERS, "read-only"))["notices"]
    (said,) = [detail for title, detail in notices if "cannot be written" in title]
    assert [name for name in FOLDERS if str(tmp_path / name) in said] == list(FOLDERS)
