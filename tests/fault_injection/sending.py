"""Uploads of one file: to their rest, and by the next run of the program."""

from __future__ import annotations

from pathlib import Path

from dfs_desktop.api import UploadRecord
from dfs_desktop.transfers.job import Job, State
from fault_injection.cloud import Cloud
from fault_injection.engine import Engine


def send(cloud: Cloud, path: Path, *, again: bool = False) -> Job:
    """One upload to its rest; ``again``: the person says "retry" once."""

    async def journey(engine: Engine) -> Job:
        job = engine.upload(path)
        await engine.reach(job)
        if again:
            engine.queue.resume(job)
            await engine.reach(job)
        return job

    return cloud.play(journey)


def arrived(cloud: Cloud, job: Job) -> None:
    assert job.state is State.DONE, job.error
    assert cloud.statuses() == ["uploaded"]


def record_of(job: Job) -> UploadRecord:
    assert job.ledger is not None
    assert isinstance(job.ledger.record, UploadRecord)
    return job.ledger.record


def restored(cloud: Cloud) -> Job:
    """The next run of the program: its one transfer goes on to its rest."""

    async def journey(engine: Engine) -> Job:
        (job,) = await engine.restore()
        await engine.reach(job)
        return job

    return cloud.play(journey)
