"""Looks after the room on disks: fetches pause before others fill one, and go on when there is room."""

import asyncio
import contextlib
import shutil
from collections import defaultdict
from pathlib import Path

from dfs_desktop.api import DownloadStep
from dfs_desktop.api.errors import DiskFullError
from dfs_desktop.number_text import number_text
from dfs_desktop.transfers.job import Job, Kind, State, kept_bytes
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr
from dfs_desktop.workspace.state import AppState

from .actions import file_size
from .job_problem import problem_kind

EVERY = 2.0  # seconds between two looks
MARGIN = 1 << 20  # bytes that stay free beyond what is still to come
AGAIN = 16 << 20  # bytes more than that, before a fetch that paused goes on


class RoomWatch:
    """Looks while something is fetched, or waits for room; the person's own pauses stay."""

    def __init__(self, state: AppState, queue: Queue) -> None:
        self._state, self._queue = state, queue

    def follow(self) -> None:
        """Transfers changed: there may be something to look after."""
        if self._looked_after():
            self._state.tasks.start_once(self._watch, "look after the room on the disk")

    def _looked_after(self) -> dict[Path, list[Job]]:
        """What is fetched now, or stands for want of room, by its folder."""
        found: dict[Path, list[Job]] = defaultdict(list)
        for job in self._queue.jobs:
            running = job.state is State.RUNNING and not job.cancelling
            if (running or waits_for_room(job)) and (folder := landing(job)) is not None:
                found[folder].append(job)
        return found

    async def _watch(self) -> None:
        while folders := self._looked_after():
            free = await self._state.tasks.in_thread(_free, list(folders))
            self._settle(free)
            await asyncio.sleep(EVERY)

    def _settle(self, free: dict[Path, tuple[int, int]]) -> None:
        """``free``: for each folder its device and the bytes that are free there."""
        left: dict[int, int] = {}  # bytes free on each device, beyond what runs there
        jobs = [
            (job, *free[folder])
            for folder, there in self._looked_after().items()
            if folder in free
            for job in there
        ]
        for job, device, bytes_free in jobs:
            if job.state is State.RUNNING:
                left[device] = left.get(device, bytes_free) - to_come(job)
        self._pause([each for each in jobs if each[0].state is State.RUNNING], left)
        for job, device, bytes_free in jobs:
            room = left.get(device, bytes_free)
            if waits_for_room(job) and room >= to_come(job) + MARGIN + AGAIN:
                left[device] = room - to_come(job)
                self._queue.resume(job)

    def _pause(self, running: list[tuple[Job, int, int]], left: dict[int, int]) -> None:
        """Stop the last ones until the others have room."""
        for job, device, bytes_free in reversed(running):
            coming = to_come(job)
            if left[device] < MARGIN and coming and not job.pausing:
                left[device] += coming
                self._queue.pause(job, _full(job, coming, bytes_free))


def landing(job: Job) -> Path | None:
    """The folder that a job writes a file into now; None for one that only reads."""
    source = job.source
    fetching = source is not None and source.fetch.step is not DownloadStep.DONE
    return job.path.parent if job.kind is Kind.DOWNLOAD or fetching else None


def to_come(job: Job) -> int:
    """Bytes that a job has still to write."""
    moved = job.meter.snapshot()
    there = max(kept_bytes(job), moved.done if job.state is State.RUNNING else 0)
    return max((file_size(job) or 0) - there, 0)


def waits_for_room(job: Job) -> bool:
    """Whether it stands since the disk has no room for it."""
    return job.state is State.PAUSED and problem_kind(job) is DiskFullError


def _free(folders: list[Path]) -> dict[Path, tuple[int, int]]:
    found = {}
    for folder in folders:
        with contextlib.suppress(OSError, ValueError):
            disk = shutil.disk_usage(folder)
            if disk.total:  # some network disks say nothing
                found[folder] = (folder.stat().st_dev, disk.free)
    return found


def _full(job: Job, coming: int, free: int) -> DiskFullError:
    folder = job.path.parent
    return DiskFullError(
        tr(
            "The file needs {coming} bytes more, {free} are free in {folder}: something "
            "else fills the disk. Free some space; it goes on by itself then.",
            coming=number_text(coming),
            free=number_text(free),
            folder=folder,
        ),
        needed=coming,
        free=free,
        folder=str(folder),
    )
