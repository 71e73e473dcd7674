"""Transfers for the tests of their displays: real jobs, whose meters are advanced by hand."""

from __future__ import annotations

from pathlib import Path

from dfs_desktop.api import ModelArtifact, Phase
from dfs_desktop.transfers.job import Job, Kind, State

MB = 10**6


def make_job(
    title: str = "bert-tiny",
    kind: Kind = Kind.UPLOAD,
    size: int = 200 * MB,
    file: str = "bert.fnnx",
) -> Job:
    job = Job(kind, title, Path("/models") / file, collection_id="c")
    record = ModelArtifact(id="a", collection_id="c", file_name=file, model_name=title, size=size)
    if kind is Kind.UPLOAD:
        job.provisional = record
    else:
        job.artifact = record
    return job


def run(job: Job, phase: Phase, total: int | None, done: int = 0) -> Job:
    job.state = State.RUNNING
    job.meter.enter(phase, total)
    job.meter.advance(done)
    return job


def nothing(_of: object) -> None:
    """A wish that these tests do not watch."""
