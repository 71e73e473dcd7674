"""What the transfers of the queue do, and what a person hears of how they end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from dfs_desktop.api import (
    Checkpoint,
    ChecksumError,
    ConfigurationError,
    DataForceError,
    DownloadRecord,
    DownloadStep,
    Ledger,
    UploadRecord,
    UploadStep,
)
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.formats import count
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.session import LOCAL

from .actions import problem_kind, waits_for

if TYPE_CHECKING:
    from dfs_desktop.api import AsyncDataForceClient
    from dfs_desktop.workspace.workspace import Workspace


class Transfers:
    """Carries jobs on with the client of the server that they belong to."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: dict[Job, State] = {}
        self.file_opened: Event[[Path]] = Event()  # the person asked to see a file in its folder

    async def work(self, job: Job) -> None:
        """Do what is left of a job, or give it up."""
        client = await self._client(job)
        if job.ledger is None:
            raise ConfigurationError("This transfer cannot be carried on", "Start it again.")
        ledger = job.ledger
        record = ledger.record
        here = client.at(*_ids(record.place))
        if isinstance(record, UploadRecord):
            await self._upload(job, here, ledger)  # type: ignore[arg-type]
        else:
            await self._download(job, here, ledger)  # type: ignore[arg-type]

    async def _upload(
        self, job: Job, here: AsyncDataForceClient, ledger: Ledger[UploadRecord]
    ) -> None:
        record = ledger.record
        if job.profile == LOCAL and self._workspace.local is not None:
            _pass_by_old_links(record, urlsplit(self._workspace.local.url).netloc)
        here.transfers.spare(each.artifact_id for each in self._workspace.queue.jobs)
        if job.cancelling:
            job.artifact = await here.transfers.discard_upload(ledger)
            return
        if record.step is UploadStep.DISCARDED:
            record.renew()
        job.artifact = await here.transfers.upload(ledger)

    async def _download(
        self, job: Job, here: AsyncDataForceClient, ledger: Ledger[DownloadRecord]
    ) -> None:
        if job.cancelling:
            await here.transfers.discard_download(ledger)
            return
        if ledger.record.step is DownloadStep.DISCARDED:
            ledger.record.step = DownloadStep.PLANNED
        job.path = Path(await here.transfers.download(ledger))

    async def _client(self, job: Job) -> AsyncDataForceClient:
        workspace = self._workspace
        profile = next((p for p in workspace.profiles() if p.id == job.profile), None)
        if profile is None:
            raise ConfigurationError(
                "Its server is not known any more", "Add the connection again, or discard this."
            )
        return await workspace.connections.client(profile)

    async def let_go(self, job: Job) -> str:
        """Remove the record of an upload whose clean-up does not succeed; in words what stays."""
        record = job.ledger.record if job.ledger is not None else None
        if not isinstance(record, UploadRecord) or not record.artifact_id:
            return ""
        try:
            client = (await self._client(job)).at(*_ids(record.place))
            await client.transfers.let_go(job.ledger)  # type: ignore[arg-type]
        except DataForceError as error:
            return f"Its record {record.artifact_id} stays at the server: {error.detail}"
        return ""

    async def resume_all(self) -> list[Job]:
        """At the start: everything that had not ended is there again, and goes on."""
        workspace = self._workspace
        jobs = await workspace.queue.restore(paused=not workspace.settings.resume_transfers)
        if workspace.journal is not None and workspace.journal.notice:
            title = "The list of transfers could not be read"
            workspace.notify(Notice(title, workspace.journal.notice, Level.WARNING))
        return jobs

    def go_on(self, job: Job) -> None:
        """Resume or retry a job. Wrong bytes that came twice are not looked at a third time: the
        file is fetched anew."""
        record = job.ledger.record if job.ledger is not None else None
        if isinstance(record, DownloadRecord) and problem_kind(job) is ChecksumError:
            record.repeated, record.step = False, DownloadStep.FETCHING
            if record.kept is not None:
                record.kept = replace(record.kept, held=Checkpoint())
        self._workspace.queue.resume(job)

    def approve_storage(self, job: Job) -> None:
        """The person vouches for the storage: all that waits for it goes on."""
        host = waits_for(job)
        if not host:
            return
        self._workspace.connections.approve_storage(job.profile, host)
        for each in self._workspace.queue.jobs:
            if each.profile == job.profile and waits_for(each) == host:
                self.go_on(each)

    def heard(self, job: Job) -> None:
        """A job changed: when it ended, or cannot go on by itself, the person is told once."""
        before, self._seen[job] = self._seen.get(job), job.state
        if before is job.state:
            return
        if job.kind is Kind.UPLOAD:
            self._show_upload(job)
        else:
            self._show_download(job)
        if job.state in {State.FAILED, State.ATTENTION} and job.error is not None:
            self._say_failed(job, job.error)
        else:
            self._workspace.withdraw(f"transfer:{job.number}")
        if job.state is State.DONE and job.kind is Kind.DOWNLOAD and not job.watched:
            self._say_downloaded(job)
        elif job.state is State.CANCELLED:
            self._say_discarded(job)
        if job.state.ended and job not in self._workspace.queue.jobs:
            self._seen.pop(job, None)

    def _show_upload(self, job: Job) -> None:
        """The row of an upload: provisional, then the record."""
        workspace = self._workspace
        here = workspace.session.place.collection == job.collection_id
        if job.provisional is None:
            return
        key = job.provisional.id
        if not job.state.ended:
            if here and job.artifact_id not in workspace.listing and key not in workspace.listing:
                workspace.listing.put(job.provisional, job)
            return
        if here:
            workspace.listing.settle(key, job.artifact)
            if job.artifact is None and job.artifact_id:
                if job.state is State.CANCELLED:
                    workspace.listing.note_cancelled(job.artifact_id)
                workspace.browser.refresh()  # a record was made and given up: show what it is now
        if job.artifact is not None:
            workspace.browser.count_changed(job.collection_id, +1)

    def _show_download(self, job: Job) -> None:
        listing = self._workspace.listing
        row = listing.row(job.artifact_id)
        wanted = None if job.state.ended else job
        if row is not None and row.job is not wanted and (wanted or row.job is job):
            listing.attach(job.artifact_id, wanted)

    def _say_failed(self, job: Job, error: BaseException) -> None:
        workspace = self._workspace
        verb = "upload" if job.kind is Kind.UPLOAD else "download"
        name = job.path.name if job.kind is Kind.UPLOAD else job.title
        again = workspace.connections.way_on(error, job.profile, lambda: self.go_on(job))
        notice = from_error(error, f"Could not {verb} {name}", again)
        workspace.notify(replace(notice, key=f"transfer:{job.number}", place=job.profile))

    def _say_downloaded(self, job: Job) -> None:
        checked = "Checked and saved in" if _has_hash(job) else "Saved, not verifiable, in"
        self._workspace.notify(
            Notice(
                f"{job.path.name} was downloaded",
                f"{checked} {job.path.parent}.",
                Level.SUCCESS,
                Action("Open folder", lambda: self.file_opened.emit(job.path)),
                seconds=12,
                key=f"download:{job.artifact_id}",
            )
        )

    def _say_discarded(self, job: Job) -> None:
        """What stays in the bucket is said honestly."""
        record = job.ledger.record if job.ledger is not None else None
        if job.artifact is not None and job.kind is Kind.UPLOAD:
            self._workspace.notify(
                Notice(
                    f"{job.path.name} had arrived already",
                    "The storage has the whole file, so the upload was finished. Delete the "
                    "artifact if you do not want it.",
                    Level.INFORMATION,
                    seconds=12,
                )
            )
        elif isinstance(record, UploadRecord) and record.marked:
            self._workspace.notify(
                Notice(
                    f"{job.path.name} was cancelled",
                    "Its record stays, marked as a failed upload: only an orbit admin may remove "
                    "it.",
                    Level.INFORMATION,
                    seconds=12,
                )
            )
        elif isinstance(record, UploadRecord) and record.leftovers and job.profile != LOCAL:
            self._workspace.notify(
                Notice(
                    "Parts of the file stay in the storage",
                    f"The parts of {count(record.leftovers, 'unfinished upload')} cannot be "
                    "removed from here. They are invisible and cost space until the bucket's "
                    "lifecycle rule for incomplete uploads removes them.",
                    Level.WARNING,
                )
            )


def _has_hash(job: Job) -> bool:
    record = job.ledger.record if job.ledger is not None else None
    return isinstance(record, DownloadRecord) and len(record.sha256.strip()) == 64


def _ids(place: object) -> tuple[str | None, str | None, str | None]:
    names = ("organization", "orbit", "collection")
    first, second, third = (getattr(place, name) or None for name in names)
    return first, second, third


def _pass_by_old_links(record: UploadRecord, here: str) -> None:
    """Begin anew where the links that are left lead to where the registry listened last time.

    Another program may listen there now, and the registry takes no link of another port.
    """
    plan = record.plan
    if plan is None or record.step is UploadStep.DISCARDED:
        return
    links = [*(part.url for part in plan.parts), plan.complete_url]
    if record.upload_id is None:
        links.append(plan.start_url)
    if any(link is not None and urlsplit(link).netloc != here for link in links):
        record.step = UploadStep.EXPIRED
