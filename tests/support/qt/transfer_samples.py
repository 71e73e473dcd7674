"""Transfers for the tests of their displays: real jobs, whose meters are advanced by hand."""

from __future__ import annotations

from dfs_desktop.api import (
    DownloadRecord,
    Ledger,
    ModelArtifact,
    Phase,
    Scope,
    UploadRecord,
)
from dfs_desktop.transfers.job import Job, Kind, State

MB = 10**6


def make_job(
    title: str = "bert-tiny",
    kind: Kind = Kind.UPLOAD,
    size: int = 200 * MB,
    file: str = "bert.fnnx",
) -> Job:
    path, place = f"/models/{file}", Scope("o", "b", "c")
    record = ModelArtifact(id="a", collection_id="c", file_name=file, model_name=title, size=size)
    if kind is Kind.UPLOAD:
        job = Job(title, Ledger(UploadRecord(path, title, place)))
        job.provisional = record
    else:
        job = Job(title, Ledger(DownloadRecord("a", path, place)))
        job.artifact = record
    return job


def run(job: Job, phase: Phase, total: int | None, done: int = 0) -> Job:
    job.state = State.RUNNING
    job.meter.enter(phase, total)
    job.meter.advance(done)
    return job


def nothing(_of: object) -> None:
    """A wish that these tests do not watch."""
