"""Ledgers that the journal keeps, and the way back from a line of the journal to a transfer."""

from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from dfs_desktop.api import (
    Checkpoint,
    DownloadRecord,
    Ledger,
    ModelArtifact,
    SentPart,
    UploadRecord,
)
from dfs_desktop.api.failpoints import reached
from dfs_desktop.typed_decoding import prepared

from .job import AnyLedger, Job, Kind, State, held_bytes
from .job_log import JobLog
from .journal import Journal, JournalEntry
from .problem import Problem

R = TypeVar("R", bound=UploadRecord | DownloadRecord)


class JournaledLedger(Ledger[R]):
    """One transfer's ledger: each ``save`` is in the journal when it returns."""

    def __init__(self, journal: Journal, row: int, record: R, *, resumed: bool = False) -> None:
        super().__init__(record, resumed=resumed)
        self._journal, self._row = journal, row

    def save(self) -> None:
        record: UploadRecord | DownloadRecord = self.record
        if isinstance(record, UploadRecord):
            fetched = record.source is not None and held_bytes(record.source.fetch)
            drop = not (record.parts or fetched)
            body = msgspec.json.encode(replace(record, parts={}))
        else:
            drop = not held_bytes(record)
            body = msgspec.json.encode(record)
        self._journal.save_record(self._row, str(record.step), body, drop_parts=drop)

    def save_part(self, part: SentPart) -> None:
        reached("note.part:before")
        self._journal.save_part(self._row, part.number, part.offset, part.size, part.etag)
        reached("note.part:after")

    def save_held(self, held: Checkpoint) -> None:
        super().save_held(held)
        reached("note.held:before")
        self._journal.save_held(self._row, msgspec.json.encode(held))
        reached("note.held:after")


def enter(journal: Journal, job: Job) -> None:
    """Give a new transfer its line in the journal; from now on its ledger is kept there.

    Returns at once; ``job.begun`` ends when the line is durable.
    """
    if job.ledger is None:
        return
    record = job.ledger.record
    shown = job.provisional if job.kind is Kind.UPLOAD else job.artifact
    line = JournalEntry(
        kind=job.kind.value,
        profile=job.profile,
        title=job.title,
        record=msgspec.json.encode(record),
        step=str(record.step),
        position=job.position,
        state=job.state.value,
        shown=None if shown is None else msgspec.json.encode(_brief(shown)),
        id=journal.new_id(),
    )
    job.row, job.begun = line.id, journal.begin(line)
    job.ledger = _keep(journal, job.row, record)


def _keep(journal: Journal, row: int, record: UploadRecord | DownloadRecord) -> AnyLedger:
    if isinstance(record, UploadRecord):
        return JournaledLedger(journal, row, record)
    return JournaledLedger(journal, row, record)


def _brief(artifact: ModelArtifact) -> ModelArtifact:
    """What a row shows; manifest and index are not needed to know it again."""
    return replace(artifact, manifest={}, file_index={}, metrics={}, deployments=[], tracks=[])


def restore(journal: Journal, line: JournalEntry) -> Job | None:
    """The transfer of a line; None when nobody can make sense of it any more."""
    try:
        job = _rebuild(journal, line)
        state = State(line.state)
        if line.shown is not None:
            shown = msgspec.json.decode(line.shown, type=prepared(ModelArtifact))
            job.provisional = shown if job.kind is Kind.UPLOAD else None
            job.artifact = shown if job.kind is Kind.DOWNLOAD else None
            if job.provisional is not None:
                job.provisional = replace(shown, id=f"job:{job.number}")
    except (msgspec.MsgspecError, ValueError):
        return None
    job.row, job.position = line.id, line.position
    job.log = JobLog(line.log, line.logged)
    job.state = State.WAITING if state in (State.RUNNING, State.RETRYING) else state
    job.cancelling = bool(line.discarding)
    job.problem = None if job.state.busy else Problem.read(line.problem)
    return job


def _rebuild(journal: Journal, line: JournalEntry) -> Job:
    kind = Kind(line.kind)
    ledger: AnyLedger
    if kind is Kind.UPLOAD:
        upload = msgspec.json.decode(line.record, type=prepared(UploadRecord))
        upload.parts = {part[0]: SentPart(*part) for part in line.parts}
        if upload.source is not None:
            _take_over(upload.source.fetch, line)
        ledger = JournaledLedger(journal, line.id, upload, resumed=True)
        path, collection = Path(upload.path), upload.place.collection
    else:
        download = msgspec.json.decode(line.record, type=prepared(DownloadRecord))
        _take_over(download, line)
        ledger = JournaledLedger(journal, line.id, download, resumed=True)
        path, collection = Path(download.file_path or "."), download.place.collection
    return Job(
        kind, line.title, path, collection_id=collection, ledger=ledger, profile=line.profile
    )


def _take_over(download: DownloadRecord, line: JournalEntry) -> None:
    """Note in a download how much of it is durable."""
    if line.held is not None and download.kept is not None:
        found = msgspec.json.decode(line.held, type=prepared(Checkpoint))
        download.kept = replace(download.kept, held=found)
