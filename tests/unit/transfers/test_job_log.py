"""The log of a transfer: bounded, the same after a restart, in words without secrets."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dfs_desktop.api import Ledger, LogEntry, Phase, RateLimitError, Scope, UploadRecord
from dfs_desktop.transfers import job_log
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.job_log import JobLog
from dfs_desktop.transfers.journal import Journal, JournalEntry
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workspace.transfers.log_text import log_text

LINK = "https://bucket.example/big?X-Amz-Signature=aabbccddeeff"


def words(job: Job) -> list[str]:
    """The lines of its log without their times."""
    lines = [line.split("  ", 1)[1] for line in log_text([job]).splitlines() if "  " in line]
    return [re.sub(r"in \d s", "in … s", line) for line in lines]


@given(st.lists(st.integers(0, 260), min_size=1, max_size=3))
@settings(max_examples=12)
def test_the_first_and_the_last_are_kept_however_many_there_were_in_however_many_runs(
    runs: list[int],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, log, told = Path(folder, "journal.sqlite3"), JobLog(), 0
        for run, many in enumerate(runs):
            journal = Journal(path)
            if run == 0:
                line = JournalEntry(kind="upload", profile="", title="", record=b"", step="", id=7)
                journal.begin(line).result()
            for _ in range(many):
                log.add(LogEntry(float(told), "paused"), journal, 7)
                told += 1
            journal.close()
            journal = Journal(path)
            (found,) = journal.load().result()
            journal.close()
            assert found.log == log.entries
            log = JobLog(found.log, found.logged)
        numbers = [int(entry.at) for entry in log.entries]
        first, last = job_log.FIRST, job_log.MOST - job_log.FIRST
        every = list(range(told))
        assert numbers == (every[:first] + every[first:][-last:])


def test_a_log_tells_of_every_try_across_a_restart_and_leaves_with_its_transfer(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.sqlite3"
    Journal(path).close()
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE log")  # a journal of an earlier version
    db.close()
    answers: list[Exception | None] = [RateLimitError("Slow down", f"at {LINK}"), None]

    async def work(job: Job) -> None:
        job.meter.enter(Phase.SENDING, 48_000_000)
        job.meter.stumbled("The storage did not answer.")
        job.meter.stumbled("The storage did not answer.")
        job.meter.recovered()
        if (answer := answers.pop(0)) is not None:
            raise answer

    async def first_run() -> list[str]:
        journal = Journal(path)
        queue = Queue(1, lambda _job: None, work, journal)
        record = UploadRecord("/models/big.fnnx", "big", Scope("o", "b", "c"))
        job = Job("big", Ledger(record))
        queue.add(job)
        while job.state is not State.RETRYING:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        queue.pause(job)
        await queue.stop()
        journal.close()
        assert "aabbccddeeff" not in log_text([job])
        return words(job)

    async def second_run() -> list[str]:
        journal = Journal(path)
        queue = Queue(1, lambda _job: None, work, journal)
        (job,) = await queue.restore()
        queue.resume(job)
        while job.state is not State.DONE:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        told = words(job)
        queue.remove(job)
        journal.close()
        return told

    before = asyncio.run(first_run())
    again = ["Sends 48 MB", "Waits out a fault: The storage did not answer.", "Gets on again"]
    tried = ["Put into the list", "Begins", *again]
    failed = [line for line in before if line.startswith("It could not go on: ")]
    assert before == [*tried, *failed, "Tries again in … s", "Paused"]
    assert len(failed) == 1
    went_on = ["The program was started again", "Goes on when its turn comes", "Begins"]
    assert asyncio.run(second_run()) == [*before, *went_on, *again, "Done"]
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM log").fetchone() == (0,)
    db.close()


def test_the_reason_of_an_end_is_told_and_a_strange_clock_is_no_fault() -> None:
    job = Job("big\n", Ledger(UploadRecord("/models/big.fnnx", "big", Scope("o", "b", "c"))))
    job.log.add(LogEntry(1e300, "failing", 0, "It was changed"))
    text = log_text([job])
    assert "-" * 19 + "  It could not go on: It was changed" in text
    assert "File: /models/big.fnnx" in text
