"""The engine without a window: journal, queue and client on a plain asyncio loop."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from types import TracebackType
from typing import Any

from dfs_desktop.api import AsyncDataForceClient, DownloadRecord, Ledger, UploadRecord
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.storage.effect_handlers import perform
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.job_runner import JobRunner
from dfs_desktop.transfers.journal import Journal
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workers.byte_worker.caller import ByteWorker

PATIENCE = 25.0  # seconds that a test waits for a state
_numbers = itertools.count(1)


class Engine:
    """What the desktop does with transfers: its queue and its runner.

    ``by_child``: the bytes are moved by a byte worker, as in the window; else in this process.
    """

    by_child = False

    def __init__(self, folder: Path, options: dict[str, Any], *, limit: int = 3) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.place = Scope(options["organization"], options["orbit"], options["collection"])
        self.journal = Journal(folder / "journal.sqlite3")
        self.worker = ByteWorker() if self.by_child else None
        performer = self.worker.perform if self.worker is not None else perform
        self.client = AsyncDataForceClient(**options, performer=performer)
        runner = JobRunner(self._client_of, lambda: self.queue.jobs)
        self.queue = Queue(limit, self._heard, runner, self.journal)
        self.states: dict[Job, list[State]] = {}
        self.texts: list[str] = []  # of every error, as a log or a window would show it
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Engine:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.queue.stop()
        await self.client.aclose()
        if self.worker is not None:
            self.worker.close()
        self.journal.close()

    def upload(self, path: Path, name: str = "") -> Job:
        """Queue an upload."""
        name = name or f"model {next(_numbers)}"
        ledger = Ledger(UploadRecord(str(path), name, self.place))
        return self._add(Job(name, ledger))

    def download(self, artifact_id: str, target: Path, *, replace: bool = True) -> Job:
        """Queue a download."""
        ledger = Ledger(DownloadRecord(artifact_id, str(target), self.place, replace))
        return self._add(Job(target.name, ledger))

    def repair(self, artifact_id: str, target: Path, sums: bytes) -> Job:
        """Queue a download that takes from the file what is right in it, by its checksums."""
        record = DownloadRecord(artifact_id, str(target), self.place, source=str(target), sums=sums)
        job = Job(target.name, Ledger(record))
        return self._add(job)

    def _add(self, job: Job) -> Job:
        self.queue.add(job)
        return job

    async def restore(self, *, paused: bool = False) -> list[Job]:
        """As at the start of the program."""
        return await self.queue.restore(paused=paused)

    async def reach(self, job: Job, *states: State) -> State:
        """Wait until a job is in one of these states; without any: until it rests."""
        async with asyncio.timeout(PATIENCE):
            while not (job.state in states if states else not self._at_work(job)):
                self._changed.clear()
                await self._changed.wait()
        return job.state

    def _at_work(self, job: Job) -> bool:
        """A task ends a moment after its job's state says so, and is heard of again then."""
        return job.state.busy or job in self.queue._tasks

    async def until(self, true: Any) -> None:
        """Wait until something that is no job's state is so."""
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - it is other threads that make it so
                await asyncio.sleep(0.002)

    async def all_rest(self) -> None:
        for job in list(self.queue.jobs):
            await self.reach(job)

    def _heard(self, job: Job) -> None:
        self.states.setdefault(job, []).append(job.state)
        if job.error is not None:
            error: BaseException | None = job.error
            while error is not None:
                self.texts.append(f"{error} {error!r} {error.args} {job.reason}")
                error = error.__cause__ or error.__context__
        self._changed.set()

    async def _client_of(self, _profile: str) -> AsyncDataForceClient:
        return self.client
