"""Stalls of a painted window while four transfers run over https, beside all else a person may do.

    .venv/bin/python tests/benchmarks/smoothness.py [--mib 500] [--rows 100000] [--neighbour] [--stalls]

The registry with its store and nginx, for TLS, run in processes of their own. A timer scrolls the
table about sixty times a second: first with nothing else; then with two uploads and two downloads of
--mib each; then also with --waiting transfers behind these and an artifact of --members members
opening. Goal: p99 below 10 ms, longest below 30 ms on quiet cores; with --neighbour, which keeps
every core busy with another program, p99 below 30 ms. With --stalls each row is followed by what the
GUI thread did when it had computed for 20 ms without a tick of a timer, each further 5 ms once
more. Where there is no DISPLAY, Xvfb is started, so that the
window is really painted. With --sparse-gib a sparse file goes up and comes back at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import copy
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "benchmarks"), str(TESTS), str(TESTS.parent)]

from https_registry import https_registry  # noqa: E402  beside this script
from list_paging import fill  # noqa: E402
from window_transfer import make_model, resident  # noqa: E402

if TYPE_CHECKING:
    from dfs_desktop.app import Application
    from dfs_desktop.transfers.job import Job

LATE = 20.0  # milliseconds after which a stall is looked into
LOOKED = 30.0  # seconds after which a look that has brought nothing is given up


def processor_time(process: int) -> float:
    """Seconds that a process of Linux has computed; 0 where it cannot be asked."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Scrolling:
    """Moves the table up and down while it runs, and watches the loop, the memory, the processor."""

    def __init__(self, app: Application, *, stalls: bool) -> None:
        from PySide6.QtCore import QTimer
        from stall_report import StallReport

        from dfs_desktop.ui.platform.event_loop_lag import EventLoopLag

        self._app = app
        self._bar = app.window.table.verticalScrollBar()
        self._beat = EventLoopLag(app.qt)
        self._report = StallReport(app.qt, LATE) if stalls else None
        self._step = 7
        self._timer = QTimer(app.qt)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._scroll)

    def _scroll(self) -> None:
        place = self._bar.value() + self._step
        if not 0 <= place <= self._bar.maximum():
            self._step = -self._step
        self._bar.setValue(place)

    def _processors(self) -> tuple[float, float]:
        workspace = self._app.workspace
        children = [workspace.reader.pid]
        if workspace.byte_worker is not None:
            children.append(workspace.byte_worker.pid)
        return time.process_time(), sum(map(processor_time, filter(None, children)))

    @contextlib.contextmanager
    def through(self, what: str, mib: float = 0.0) -> Iterator[None]:
        """Watch until the block ends, then say what was seen."""
        before, computed = resident(), self._processors()
        began = time.perf_counter()
        self._beat.start()
        self._timer.start()
        if self._report is not None:
            self._report.start()
        yield
        self._timer.stop()
        stalls, took = self._beat.stop(), time.perf_counter() - began
        own, children = (now - then for now, then in zip(self._processors(), computed, strict=True))
        speed = f"{mib / took:4.0f} MiB/s" if mib else " " * 10
        print(
            f"{what:28} {took:6.2f} s  {speed}  longest {stalls.longest:6.1f} ms, p99 "
            f"{stalls.p99:5.1f} ms of {stalls.ticks:5}, computed {stalls.computed:5.1f} ms at most, "
            f"p99 {stalls.computed_p99:4.1f}  "
            f"processor: window {own / took:4.0%}, "
            f"children {children / took:4.0%}  memory {(resident() - before) / 2**20:+6.1f} MiB",
            flush=True,
        )
        if self._report is not None:
            self._report.stop(print)


async def ended(jobs: list[Job], *, first: bool = False) -> None:
    """Wait until all have ended, or one of them."""
    enough = any if first else all
    while not enough(job.state.ended for job in jobs):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


class Morning:
    """All that is done in the window, one after the other."""

    def __init__(self, app: Application, home: Path, options: argparse.Namespace) -> None:
        self.app, self.home, self.options = app, home, options
        self.workspace = app.workspace
        self.scrolling = Scrolling(app, stalls=options.stalls)
        self.jobs: list[Job] = []

    async def open(self, server: dict[str, str]) -> None:
        """Connect, and wait for all rows."""
        from dfs_desktop.settings import Profile
        from dfs_desktop.workspace.registry.clients import origin

        workspace = self.workspace
        profile = Profile(id="bench", name="Bench", base_url=server["url"])
        workspace.settings.profiles = [profile]
        workspace.credentials.remember(profile.id, origin(profile.base_url), server["api_key"])
        await asyncio.sleep(4)  # the start is over
        with self.scrolling.through(f"{self.options.rows} rows arrive"):
            workspace.connections.open(profile)
            while len(workspace.listing.visible) < self.options.rows:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await asyncio.wait_for(self.app.prepared.wait(), 60)
        workspace.downloads.use_folder(self.home / "downloads")
        await asyncio.sleep(4)  # the byte worker has started

    async def run(self, server: dict[str, str]) -> int:
        """0 when all that was begun has arrived."""
        await self.open(server)
        mib, scrolling, uploading = self.options.mib, self.scrolling, self.workspace.uploads
        files = [self.home / f"big-{number}.fnnx" for number in range(2)]
        for path in files:
            make_model(path, mib)
        big = await uploading.review(files)
        with scrolling.through("scrolling alone"):
            await asyncio.sleep(8)
        self.workspace.queue.set_limit(4)
        self.jobs = uploading.submit(big)
        with scrolling.through("2 uploads", 2 * mib):
            await ended(self.jobs)
        records = [job.artifact for job in self.jobs if job.artifact is not None]
        four = await self._four(big, records)
        with scrolling.through("2 uploads and 2 downloads", 4 * mib):
            await ended(four)
        four = await self._four(big, records)
        with scrolling.through("… and all else at once"):
            await self._all_else()
            await ended(four, first=True)
        await self._no_more()
        await ended(four)
        await self._many_uploads()
        if self.options.sparse_gib:
            await self._sparse(self.options.sparse_gib)
        for job in self.jobs:
            if job.state.value != "done":
                print("not done:", job.title, job.state.value, job.error)
        return int(any(job.state.value != "done" for job in self.jobs))

    async def _four(self, big: list, records: list) -> list[Job]:  # type: ignore[type-arg]
        await asyncio.sleep(1)
        for path in (self.home / "downloads").glob("*.fnnx"):
            path.unlink()
        four = self.workspace.uploads.submit(big)
        four += await self.workspace.downloads.fetch(records)
        self.app.window.transfer_handlers.watch(four)
        self.jobs += four
        return four

    async def _all_else(self) -> None:
        """Uploads that wait behind those that run, and an artifact of very many members."""
        self.workspace.uploads.submit(await self._small())
        await asyncio.sleep(0)  # what a person does next is another event
        began = time.perf_counter()
        self.app.window.local_files.look_into([self.home / "many.fnnx"])
        details = self.app.window.details
        details.tabs.choose("files")
        try:
            async with asyncio.timeout(LOOKED):
                while "files" not in details.pages:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                page = details.pages["files"]
                while page.files.rowCount() == 0:  # type: ignore[attr-defined]  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            print(
                f"the Files tab did not come within {LOOKED:.0f} s; on with the next row",
                flush=True,
            )
        else:
            took = time.perf_counter() - began
            print(
                f"the Files tab of {self.options.members} members came in {took:.1f} s", flush=True
            )
            page.tree.expand(page.files.index(0, 0))  # type: ignore[attr-defined]

    async def _no_more(self) -> None:
        waiting = [job for job in self.workspace.queue.jobs if job.state.value == "waiting"]
        with self.scrolling.through(f"{len(waiting)} cancelled"):
            self.workspace.slices.run(self.workspace.queue.cancel, waiting)
            await asyncio.sleep(0.5)

    async def _many_uploads(self) -> None:
        """Files dropped by the thousand: each has its row from then on."""
        drafts = await self._small()
        self.workspace.queue.set_limit(1)
        with self.scrolling.through(f"{len(drafts)} uploads queued"):
            jobs = self.workspace.uploads.submit(drafts)
            await asyncio.sleep(5)
        for job in jobs:
            self.workspace.queue.pause(job)

    async def _small(self) -> list:  # type: ignore[type-arg]
        path = self.home / "small.fnnx"
        make_model(path, 0)
        (draft,) = await self.workspace.uploads.review([path])
        return [copy.copy(draft) for _ in range(self.options.waiting)]

    async def _sparse(self, gib: int) -> None:
        """A file of many gigabytes that has none on the disk: holes are read as zeros."""
        path = self.home / "sparse.fnnx"
        make_model(path, 1)
        grow(path, gib << 30)
        (job,) = self.workspace.uploads.submit(await self.workspace.uploads.review([path]))
        with self.scrolling.through(f"upload of a sparse {gib} GiB", gib * 1024):
            await ended([job])
        if job.artifact is not None:
            jobs = await self.workspace.downloads.fetch([job.artifact])
            with self.scrolling.through(f"download of {gib} GiB", gib * 1024):
                await ended(jobs)
            job = jobs[0]
        self.jobs.append(job)


def grow(path: Path, size: int) -> None:
    """Let the last member of an archive be a hole of that size."""
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


def make_many(path: Path, members: int) -> None:
    """A valid artifact of so many members, most of them empty and in a hundred folders."""
    make_model(path, 0)
    with tarfile.open(path, "a", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(members - 7):  # there are seven already
            archive.addfile(tarfile.TarInfo(f"variant_artifacts/{number % 100}/{number}.bin"))


@contextlib.contextmanager
def display() -> Iterator[None]:
    """The screen that there is, or one in memory."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        yield
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.environ["DISPLAY"] = f":{os.read(reading, 16).decode().strip()}"
        os.environ.pop("QT_QPA_PLATFORM", None)
        try:
            yield
        finally:
            server.terminate()


@contextlib.contextmanager
def neighbours(count: int) -> Iterator[None]:
    """Other programs that compute all the time, at the priority of the window."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def main() -> int:
    """Make the data, open the window, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=500)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--waiting", type=int, default=1000)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--sparse-gib", type=int, default=0)
    parser.add_argument("--neighbour", action="store_true")
    parser.add_argument("--stalls", action="store_true")
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, contextlib.ExitStack() as stack:
        home = Path(folder)
        fill(home / "registry", options.rows)
        with contextlib.closing(sqlite3.connect(home / "registry" / "registry.sqlite3")) as store:
            store.execute("UPDATE artifacts SET status = 'uploaded'")
            store.commit()
        make_many(home / "many.fnnx", options.members)
        os.environ |= {"DFS_DESKTOP_HOME": str(home / "desktop"), "XDG_RUNTIME_DIR": str(home)}
        server = stack.enter_context(https_registry(home / "registry", home))
        stack.enter_context(display())
        stack.enter_context(neighbours((os.cpu_count() or 1) if options.neighbour else 0))
        import gc

        gc.disable()  # as dfs_desktop.__main__ does
        from dfs_desktop.app import Options, run

        return run([""], Options(drive=lambda app: Morning(app, home, options).run(server)))


if __name__ == "__main__":
    sys.exit(main())
