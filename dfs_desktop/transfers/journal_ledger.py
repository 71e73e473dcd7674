"""Ledgers that the journal keeps, and the way back from a line of the journal to a transfer."""

from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from dfs_desktop import api
from dfs_desktop.api.failpoints import reached
from dfs_desktop.typed_decoding import prepared

from .job import Job, Kind, State, held_bytes
from .job_log import JobLog
from .journal import Journal, JournalEntry
from .problem import Problem

R = TypeVar("R", bound=api.UploadRecord | api.DownloadRecord | api.DeletionRecord)


class JournaledLedger(api.Ledger[R]):
    """The ledger of one transfer or deletion: each ``save`` is in the journal when it returns."""

    def __init__(self, journal: Journal, row: int, record: R, *, resumed: bool = False) -> None:
        super().__init__(record, resumed=resumed)
        self._journal, self.row = journal, row

    def save(self) -> None:
        record: api.UploadRecord | api.DownloadRecord | api.DeletionRecord = self.record
        drop = False
        if isinstance(record, api.UploadRecord):
            fetched = record.source is not None and held_bytes(record.source.fetch)
            drop = not (record.parts or fetched)
            record = replace(record, parts={})
        elif isinstance(record, api.DownloadRecord):
            drop = not held_bytes(record)
        body = msgspec.json.encode(record)
        self._journal.save_record(self.row, str(record.step), body, drop_parts=drop)

    def save_part(self, part: api.SentPart) -> None:
        reached("note.part:before")
        self._journal.save_part(self.row, part.number, part.offset, part.size, part.etag)
        reached("note.part:after")

    def save_held(self, held: api.Checkpoint) -> None:
        super().save_held(held)
        reached("note.held:before")
        self._journal.save_held(self.row, msgspec.json.encode(held))
        reached("note.held:after")


def enter(journal: Journal, job: Job) -> None:
    """Give a new transfer its line in the journal; from now on its ledger is kept there.

    Returns at once; ``job.begun`` ends when the line is durable.
    """
    record = job.record
    shown = job.provisional if job.kind is Kind.UPLOAD else job.artifact
    if shown is not None:  # as much of it as a row shows
        shown = replace(shown, manifest={}, file_index={}, metrics={}, deployments=[], tracks=[])
    line = JournalEntry(
        kind=job.kind.value,
        profile=job.profile,
        title=job.title,
        record=msgspec.json.encode(record),
        step=str(record.step),
        position=job.position,
        state=job.state.value,
        shown=None if shown is None else msgspec.json.encode(shown),
        id=journal.new_id(),
    )
    job.row, job.begun = line.id, journal.begin(line)
    ledger: Any = JournaledLedger(journal, job.row, record)
    job.ledger = ledger


def restore(journal: Journal, line: JournalEntry) -> Job | None:
    """The transfer of a line; None when nobody can make sense of it any more."""
    try:
        job = _rebuild(journal, line)
        state = State(line.state)
        if line.shown is not None:
            shown = msgspec.json.decode(line.shown, type=prepared(api.ModelArtifact))
            job.provisional = shown if job.kind is Kind.UPLOAD else None
            job.artifact = shown if job.kind is Kind.DOWNLOAD else None
            if job.provisional is not None:
                job.provisional = replace(shown, id=job.provisional_id)
    except (ValueError, RecursionError):
        return None
    job.row, job.position = line.id, line.position
    job.log = JobLog(line.log, line.logged)
    job.state = State.WAITING if state in (State.RUNNING, State.RETRYING) else state
    job.cancelling = bool(line.discarding)
    job.problem = None if job.state.busy else Problem.read(line.problem)
    return job


def _rebuild(journal: Journal, line: JournalEntry) -> Job:
    record: api.UploadRecord | api.DownloadRecord
    if Kind(line.kind) is Kind.UPLOAD:
        record = msgspec.json.decode(line.record, type=prepared(api.UploadRecord))
        record.parts = {part[0]: api.SentPart(*part) for part in line.parts}
        fetch = record.source.fetch if record.source is not None else None
    else:
        record = fetch = msgspec.json.decode(line.record, type=prepared(api.DownloadRecord))
    if line.held is not None and fetch is not None and fetch.kept is not None:
        held = msgspec.json.decode(line.held, type=prepared(api.Checkpoint))
        fetch.kept = replace(fetch.kept, held=held)
    ledger: Any = JournaledLedger(journal, line.id, record, resumed=True)
    return Job(line.title, ledger, line.profile)
