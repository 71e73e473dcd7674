"""Four transfers at once while a table of 5 000 rows is scrolled: stalls of the window, and memory.

    .venv/bin/python tests/benchmarks/smoothness.py [--mib 500] [--sparse-gib 6] [--rows 5000]

The registry with its store runs in a process of its own, as a real one does. Two uploads and two
downloads of --mib each run together; a timer scrolls the table about sixty times a second. Then a
sparse file of --sparse-gib goes up and comes back. The window is offscreen unless DISPLAY is set.
Printed beside: the same scrolling with no transfer, for what the machine itself stalls.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]

from list_paging import fill  # noqa: E402  beside this script
from window_transfer import make_model, resident  # noqa: E402

if TYPE_CHECKING:
    from dfs_desktop.app import Application
    from dfs_desktop.transfers.job import Job


class Scrolling:
    """Moves the table up and down while it runs, and watches the loop and the memory."""

    def __init__(self, app: Application) -> None:
        from PySide6.QtCore import QTimer

        from dfs_desktop.ui.heartbeat import Heartbeat

        self._bar = app.window.table.verticalScrollBar()
        self._beat = Heartbeat(app.qt)
        self._step = 7
        self._timer = QTimer(app.qt)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._scroll)

    def _scroll(self) -> None:
        place = self._bar.value() + self._step
        if not 0 <= place <= self._bar.maximum():
            self._step = -self._step
        self._bar.setValue(place)

    async def through(self, what: str, jobs: list[Job], mib: float, seconds: float = 0.0) -> bool:
        before = peak = resident()
        began = time.perf_counter()
        self._beat.start()
        self._timer.start()
        while time.perf_counter() - began < seconds or not all(job.state.ended for job in jobs):
            await asyncio.sleep(0.02)
            peak = max(peak, resident())
        took = time.perf_counter() - began
        self._timer.stop()
        stalls = self._beat.stop()
        speed = f"{mib / took:5.0f} MiB/s" if mib else " " * 11
        growth = (peak - before) / 2**20
        print(f"{what:34} {took:6.2f} s  {speed}  memory +{growth:5.1f} MiB  {stalls}", flush=True)
        bad = [job for job in jobs if job.state.value != "done"]
        for job in bad:
            print("  not done:", job.title, job.state.value, job.error)
        return not bad


async def drive(app: Application, home: Path, server: dict[str, str], options: object) -> int:
    from dfs_desktop.settings import Profile
    from dfs_desktop.transfers.job import Kind
    from dfs_desktop.workspace.connecting import origin

    mib, gib, rows = options.mib, options.sparse_gib, options.rows  # type: ignore[attr-defined]
    workspace = app.workspace
    profile = Profile(id="bench", name="Bench", base_url=server["url"])
    workspace.settings.profiles = [profile]
    workspace.credentials.remember(profile.id, origin(profile.base_url), server["api_key"])
    workspace.connecting.open(profile)
    while len(workspace.listing.visible) < rows:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await asyncio.wait_for(app.prepared.wait(), 30)
    workspace.queue.set_limit(4)
    workspace.downloading.use_folder(home / "downloads")
    files = [home / f"big-{number}.fnnx" for number in range(4)]
    for path in files:
        make_model(path, mib)
    scrolling = Scrolling(app)
    drafts = await workspace.uploading.review(files)
    good = await scrolling.through("scrolling alone", [], 0, seconds=5)
    jobs = workspace.uploading.submit(drafts[:2])
    good &= await scrolling.through("2 uploads", jobs, 2 * mib)
    await asyncio.sleep(1)
    records = [job.artifact for job in jobs if job.artifact is not None]
    both = workspace.uploading.submit(drafts[2:])
    both += await workspace.downloading.fetch(records)
    app.window.wishes._watch(both)
    good &= await scrolling.through("2 uploads and 2 downloads at once", both, 4 * mib)
    if gib:
        good &= await _sparse(app, home, scrolling, gib)
    assert {job.kind for job in both} == set(Kind)
    return 0 if good else 1


async def _sparse(app: Application, home: Path, scrolling: Scrolling, gib: int) -> bool:
    """A file of many gigabytes that has none on the disk: holes are read as zeros."""
    workspace = app.workspace
    path = home / "sparse.fnnx"
    make_model(path, 1)
    grown = _grow(path, gib << 30)
    (job,) = workspace.uploading.submit(await workspace.uploading.review([grown]))
    good = await scrolling.through(f"upload of a sparse {gib} GiB", [job], gib * 1024)
    if job.artifact is None:
        return False
    await asyncio.sleep(1)
    jobs = await workspace.downloading.fetch([job.artifact])
    return good & await scrolling.through(f"download of {gib} GiB", jobs, gib * 1024)


def _grow(path: Path, size: int) -> Path:
    """Let the last member of an archive be a hole of that size."""
    import tarfile

    member = tarfile.TarInfo("variant_artifacts/hole.bin")
    member.size = size
    with tarfile.open(path) as archive:
        archive.getmembers()
        end = archive.offset
    with path.open("r+b") as file:
        file.truncate(end)
        file.seek(end)
        file.write(member.tobuf(tarfile.GNU_FORMAT))
        file.truncate(end + 512 + size + 1024)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=500)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--sparse-gib", type=int, default=6)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        home = Path(folder)
        fill(home / "registry", options.rows)
        with contextlib.closing(sqlite3.connect(home / "registry" / "registry.sqlite3")) as store:
            store.execute("UPDATE artifacts SET status = 'uploaded'")
            store.commit()
        command = [sys.executable, "-m", "dfs_desktop.server", "--data", str(home / "registry")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            os.environ["DFS_DESKTOP_HOME"] = str(home / "desktop")
            from dfs_desktop.app import Options, run

            try:
                return run([""], Options(drive=lambda app: drive(app, home, told, options)))
            finally:
                server.terminate()


if __name__ == "__main__":
    sys.exit(main())
