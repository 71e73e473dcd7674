"""Runs transfers, a few at a time, in the order they came; the only one that cancels them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from dfs_desktop.api import TransferCancelled, metered
from dfs_desktop.transfers.job import Job, State

Work = Callable[[Job], Awaitable[object]]


class Queue:
    """At most `limit` transfers run at once. `changed` hears every change of a job's state.

    It conducts on the event loop; the bytes move on the client's worker threads.
    """

    def __init__(self, limit: int, changed: Callable[[Job], object]) -> None:
        self.jobs: list[Job] = []
        self._slots = asyncio.Semaphore(limit)
        self._changed = changed
        self._tasks: dict[Job, asyncio.Task[None]] = {}

    def add(self, job: Job, work: Work) -> asyncio.Task[None]:
        """Queue a job. The task ends when the job does and never raises: look at `job.state`."""
        self.jobs.append(job)
        task = asyncio.get_running_loop().create_task(self._run(job, work), name=job.title)
        self._tasks[job] = task
        task.add_done_callback(lambda ended: self._ended(job, ended))
        self._changed(job)
        return task

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._tasks.pop(job, None)
        if task.cancelled() and not job.state.ended:  # cancelled before its first step
            self._enter(job, State.CANCELLED)

    def _enter(self, job: Job, state: State) -> None:
        job.state = state
        self._changed(job)

    async def _run(self, job: Job, work: Work) -> None:
        try:
            async with self._slots:
                self._enter(job, State.RUNNING)
                with metered(job.meter):
                    await work(job)
        except (asyncio.CancelledError, TransferCancelled):
            self._enter(job, State.CANCELLED)
        except Exception as error:  # noqa: BLE001  whatever it was, it is this job's end and is shown
            job.error = error
            self._enter(job, State.FAILED)
        else:
            self._enter(job, State.DONE)

    def cancel(self, job: Job) -> None:
        """Ask a job to stop. A second call changes nothing; an ended job stays as it is."""
        task = self._tasks.get(job)
        if task is None or job.cancelling:
            return
        job.cancelling = True
        task.cancel()
        self._changed(job)

    def running(self) -> list[Job]:
        """All jobs that have not ended, waiting ones included."""
        return [job for job in self.jobs if not job.state.ended]

    def clear_ended(self) -> None:
        self.jobs = [job for job in self.jobs if not job.state.ended]

    async def stop(self) -> None:
        """Cancel everything once and wait until the clean-up is done."""
        tasks = list(self._tasks.values())
        for job in self.running():
            self.cancel(job)
        if tasks:
            await asyncio.wait(tasks)
