"""The program starts when a folder of its own is read-only or on a full disk, and says which."""

from __future__ import annotations

import faulthandler
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dfs_desktop import redaction, start_notices
from dfs_desktop.process_safety import CrashReport
from dfs_desktop.server.limits import DiskFull
from dfs_desktop.server.store.database import Database
from dfs_desktop.settings import Places

FOLDERS = ("config", "data", "cache", "state")

PROGRAM = """
import asyncio, json, sys
from dfs_desktop.app import Options, run

async def drive(app):
    said = []
    app.workspace.notices.noticed.connect(said.append)
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


# Root may do what it likes, in a name space of its own too, unless it gives that away.
HUMBLE = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if hasattr(os, "getuid") and os.getuid() == 0
    else []
)
needs_rights = pytest.mark.skipif(
    os.name == "nt" or (bool(HUMBLE) and shutil.which("setpriv") is None),
    reason="rights of files bind nobody here",
)


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
    return run(home, lines, ["unshare", "-rm"])


def run(home: Path, lines: list[str], front: list[str]) -> dict[str, list[list[str]]]:
    """Run the program once behind these lines of a shell; what it says."""
    program = home / "program.py"
    program.write_text(PROGRAM)
    lines = [*lines, f"exec '{sys.executable}' '{program}'"]
    environment = os.environ | {"DFS_DESKTOP_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[2]), "XDG_RUNTIME_DIR": str(home)}
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    ran = subprocess.run(
        [*front, "sh", "-c", "\n".join(lines)],
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
@pytest.mark.parametrize(
    "full", [FOLDERS[::2], pytest.param(FOLDERS[1::2], marks=pytest.mark.slow)]
)
def test_folders_that_take_nothing_do_not_stop_the_start(
    tmp_path: Path, full: tuple[str, ...]
) -> None:
    """Each folder once on a full disk, beside others on a read-only one; slow: the other way round."""
    broken = {name: "full" if name in full else "read-only" for name in FOLDERS}
    notices = start(tmp_path, broken)["notices"]
    titles = [title for title, _ in notices]
    assert not [title for title in titles if "does not answer" in title], "nobody else is there"
    (said,) = [detail for title, detail in notices if "cannot be written" in title]
    for folder, how in broken.items():
        (line,) = [line for line in said.splitlines() if line.startswith(str(tmp_path / folder))]
        assert f"the disk is {how}" in line


@needs_rights
@pytest.mark.fault("RL-42")
def test_folders_that_may_not_even_be_looked_at_and_no_room_for_temporary_files(
    tmp_path: Path,
) -> None:
    """Python 3.11 raises where it is asked whether a file in such a folder is there."""
    lines = [f"mkdir -m 000 '{tmp_path / name}'" for name in FOLDERS]
    try:
        notices = run(tmp_path, [*lines, "ulimit -f 0"], HUMBLE)["notices"]
    finally:
        for name in FOLDERS:
            (tmp_path / name).chmod(0o700)
    (said,) = [detail for title, detail in notices if "cannot be written" in title]
    assert [name for name in FOLDERS if str(tmp_path / name) in said] == list(FOLDERS)


@pytest.mark.fault("RL-42")
def test_a_log_that_cannot_be_written_is_named_and_what_stands_in_the_way(tmp_path: Path) -> None:
    places = Places(*(tmp_path / name for name in (*FOLDERS, "downloads")))
    (places.state / redaction.LOG).mkdir(parents=True)
    places.cache.symlink_to(tmp_path / "nowhere")
    notice = start_notices.unwritable(places)
    assert notice is not None
    cache, log = notice.detail.splitlines()[:2]
    assert cache.startswith(str(places.cache))
    assert "something else has its name" in cache
    assert log == f"{places.state / redaction.LOG}: it is a folder; the log will not be kept."


@pytest.mark.fault("RL-42")
def test_a_crash_is_told_of_once_where_its_report_cannot_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crash.txt").write_text("Fatal Python error")
    (tmp_path / "crash-before.txt").mkdir()
    report = CrashReport(tmp_path)
    monkeypatch.setattr(faulthandler, "enable", lambda *_, **__: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)
    report.begin()
    report.end()
    assert report.previous == ""


@pytest.mark.fault("RL-42")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of files to set")
def test_the_registry_is_looked_at_although_its_disk_takes_nothing_more(tmp_path: Path) -> None:
    """SQLite's shared memory is a file too; a limit of zero bytes stands for the full disk."""
    import resource

    path = tmp_path / "registry.sqlite3"
    first = Database(path)
    tables = first.row("SELECT count(*) FROM sqlite_schema")[0]
    first.close()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        again = Database(path)
        assert again.row("SELECT count(*) FROM sqlite_schema")[0] == tables > 0
        with pytest.raises(DiskFull), again.transaction():
            again.run("CREATE TABLE more(x)")
        again.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    once_more = Database(path)  # and everything works when there is room again
    with once_more.transaction():
        once_more.run("CREATE TABLE more(x)")
    once_more.close()
