"""The transfers of the queue: resumed at the start, shown in their rows, told of when they end."""

import asyncio

from msgspec.structs import replace

from dfs_desktop.api import Checkpoint, DownloadRecord, DownloadStep, UploadRecord, errors
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.transfers.job_runner import client_at
from dfs_desktop.transfers.journal import Journal
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.state import AppState

from .job_notices import discarded, downloaded, failed, key_of
from .job_problem import problem_kind, waits_for

SOON = 0.02  # seconds in which many changes are told as one


class Transfers:
    """`job_changed` tells each change of a job, after its row is right; `jobs_changed` soon after that
    some changed, for many once."""

    def __init__(self, state: AppState, queue: Queue, clients: Clients, browser: Browser) -> None:
        self._state, self._queue, self._clients, self._browser = state, queue, clients, browser
        self._seen: dict[Job, State] = {}
        self.job_changed: Event[[Job]] = Event()
        self.jobs_changed: Event[[]] = Event()
        self._telling: asyncio.TimerHandle | None = None

    async def let_go(self, job: Job) -> str:
        """Remove the record of an upload whose clean-up does not succeed; in words what stays."""
        record = job.record
        if not isinstance(record, UploadRecord) or not record.artifact_id:
            return ""
        try:
            client = client_at(await self._clients.of_job(job.profile), record.place)
            await client.transfers.let_go(job.ledger)  # type: ignore[arg-type]
        except errors.DataForceError as error:
            return tr(
                "Its record {id} stays at the server: {reason}",
                id=record.artifact_id,
                reason=error.detail,
            )
        return ""

    async def resume_all(self, journal: Journal | None = None) -> list[Job]:
        """At the start: everything that had not ended is there again, and goes on."""
        jobs = await self._queue.restore(paused=not self._state.settings.resume_transfers)
        if journal is not None and journal.notice:
            title = tr("The list of transfers could not be read")
            self._state.notify(Notice(title, journal.notice, Level.WARNING))
        return jobs

    def resume(self, job: Job) -> None:
        """Resume or retry a job. Wrong bytes that came twice are not looked at a third time: the
        file is fetched anew."""
        record = job.record
        if isinstance(record, UploadRecord) and record.source is not None:
            record = record.source.fetch
        if isinstance(record, DownloadRecord) and problem_kind(job) is errors.ChecksumError:
            record.repeated, record.step = False, DownloadStep.FETCHING
            if record.kept is not None:
                record.kept = replace(record.kept, held=Checkpoint())
        self._queue.resume(job)

    def approve_storage(self, job: Job) -> None:
        """The person vouches for the storage: all that waits for it goes on."""
        if not (host := waits_for(job)):
            return
        self._clients.approve_storage(job.server, host)
        for each in self._queue.jobs:
            if each.server == job.server and waits_for(each) == host:
                self.resume(each)

    def on_job_changed(self, job: Job, *, say: bool = True) -> None:
        """The rows and the notices are right before anybody else hears of it. ``say``: the person is
        told here how it ended, and in no other window."""
        self._follow(job, say=say)
        self.job_changed.emit(job)
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(SOON, self._tell)

    def stop(self) -> None:
        """Behind the queue's end: what was still to be told is told to nobody."""
        if self._telling is not None:
            self._telling.cancel()

    def _tell(self) -> None:
        self._telling = None
        self.jobs_changed.emit()

    def _follow(self, job: Job, *, say: bool) -> None:
        """A job changed: when it ended, or cannot go on by itself, the person is told once."""
        notices = self._state.notices
        before, self._seen[job] = self._seen.get(job), job.state
        if before is job.state:
            return
        (self._show_upload if job.kind is Kind.UPLOAD else self._show_download)(job)
        if say and job.state in {State.FAILED, State.ATTENTION} and job.error is not None:
            again = self._clients.retry_action(job.error, job.server, lambda: self.resume(job))
            notices.notify(failed(job, job.error, again))
        else:
            notices.withdraw(key_of(job))
        said: Notice | None = None
        if job.state is State.DONE and job.kind is Kind.DOWNLOAD and not job.watched:
            state, path = self._state, job.path
            show, look = state.folder_requested.emit, state.look_requested.emit
            said = downloaded(job, lambda: show(path), lambda: look(path))
        elif job.state is State.CANCELLED:
            said = discarded(job)
        if said is not None and say:
            notices.notify(said)
        if job.state.ended and job not in self._queue.jobs:
            self._seen.pop(job, None)

    def _show_upload(self, job: Job) -> None:
        """The row of an upload: provisional, then the record."""
        state = self._state
        here = state.session.place.collection == job.collection_id
        if job.provisional is None:
            return
        key = job.provisional.id
        if not job.state.ended:
            if here and job.artifact_id not in state.listing and key not in state.listing:
                state.listing.put(job.provisional, job)
            return
        if here:
            state.listing.settle(key, job.artifact)
            if job.artifact is None and job.artifact_id:
                if job.state is State.CANCELLED:
                    state.listing.note_cancelled(job.artifact_id)
                self._browser.refresh()  # a record was made and given up: show what it is now
        if job.artifact is not None:
            record = job.record
            begun = record.begun if isinstance(record, UploadRecord) else 0.0
            self._browser.count_changed(job.collection_id, +1, since=begun)

    def _show_download(self, job: Job) -> None:
        listing = self._state.listing
        row = listing.row(job.artifact_id)
        wanted = None if job.state.ended else job
        if row is not None and row.job is not wanted and (wanted or row.job is job):
            listing.attach(job.artifact_id, wanted)
