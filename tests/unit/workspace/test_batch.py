"""Transfers that go on together: whether bytes flow, how far all are, and what is said at their end."""

from __future__ import annotations

import asyncio

import pytest

from dfs_desktop.api import DownloadRecord, Ledger, Phase, Scope, UploadRecord
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.transfers.problem import Problem
from dfs_desktop.workspace.transfers.batch import PATIENCE, STILL, Batch, Outcome


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def job(name: str = "resnet50", kind: Kind = Kind.DOWNLOAD) -> Job:
    path, place = f"/models/{name}.fnnx", Scope("o", "b", "c")
    if kind is Kind.UPLOAD:
        return Job(name, Ledger(UploadRecord(path, name, place)))
    return Job(name, Ledger(DownloadRecord("", path, place)))


def enter(batch: Batch, *jobs: Job, state: State = State.RUNNING) -> None:
    for each in jobs:
        each.state = state
        batch.on_job_changed(each)


def ended(batch: Batch) -> list[Outcome]:
    found: list[Outcome] = []

    async def look() -> None:
        disconnect = batch.ended.connect(found.append)
        batch.look()
        disconnect()

    asyncio.run(look())
    return found


def test_bytes_flow_from_the_first_to_the_last_and_not_while_all_waits() -> None:
    clock = Clock()
    batch, one = Batch(clock), job()
    assert not batch.flowing
    enter(batch, one, state=State.WAITING)
    assert not batch.flowing
    enter(batch, one)
    one.meter.enter(Phase.RECEIVING, 100)
    assert batch.flowing
    clock.now += STILL + 1
    assert not batch.flowing, "a connection that hangs keeps nobody awake"
    one.meter.advance(1)
    assert batch.flowing
    enter(batch, one, state=State.PAUSED)
    assert not batch.flowing


def test_a_server_that_puts_a_file_together_is_given_longer() -> None:
    clock = Clock()
    batch, one = Batch(clock), job(kind=Kind.UPLOAD)
    enter(batch, one)
    one.meter.enter(Phase.CONFIRMING, None)
    assert batch.flowing
    clock.now += STILL + 1
    assert batch.flowing
    clock.now += PATIENCE
    assert not batch.flowing


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED, State.ATTENTION])
def test_nothing_flows_once_it_has_ended(state: State) -> None:
    batch, one = Batch(), job()
    enter(batch, one)
    enter(batch, one, state=state)
    assert not batch.flowing


def test_ten_downloads_are_one_batch_with_one_end() -> None:
    batch = Batch()
    jobs = [job(f"m{number}") for number in range(10)]
    enter(batch, *jobs)
    enter(batch, *jobs[:9], state=State.DONE)
    assert ended(batch) == []
    enter(batch, jobs[9], state=State.DONE)
    (outcome,) = ended(batch)
    assert outcome.title == "10 downloads are done"
    assert outcome.text == "m0, m1, m2 and 7 more"
    assert ended(batch) == []


def test_what_needs_the_person_comes_first_and_cancelled_ones_are_not_counted() -> None:
    batch = Batch()
    good, bad, gone = job("good"), job("bad", Kind.UPLOAD), job("gone")
    enter(batch, good, bad, gone)
    gone.cancelling = True
    enter(batch, gone, state=State.CANCELLED)
    enter(batch, good, state=State.DONE)
    enter(batch, bad, state=State.FAILED)
    (outcome,) = ended(batch)
    assert outcome.title == "1 of 2 transfers needs you"
    assert outcome.jobs == (bad, good)


def test_one_alone_is_named_and_a_full_disk_needs_the_person() -> None:
    batch, one = Batch(), job()
    enter(batch, one)
    one.problem = Problem.of(OSError(28, "No space left on device"))
    enter(batch, one, state=State.PAUSED)
    (outcome,) = ended(batch)
    assert outcome.title == "resnet50 could not be downloaded"
    enter(batch, one)
    one.problem = None
    enter(batch, one, state=State.DONE)
    (outcome,) = ended(batch)
    assert (outcome.title, outcome.stuck) == ("resnet50 is downloaded", ())


def test_what_failed_before_the_start_and_what_was_paused_by_hand_are_no_news() -> None:
    batch = Batch()
    enter(batch, job("old"), state=State.FAILED)
    enter(batch, job("waiting"), state=State.PAUSED)
    assert ended(batch) == []
    paused = job("paused")
    enter(batch, paused)
    enter(batch, paused, state=State.PAUSED)
    assert ended(batch) == []


def test_progress_counts_bytes_of_all_and_never_says_that_it_is_over() -> None:
    batch = Batch()
    small, large = job("small"), job("large")
    for each, size in ((small, 100), (large, 300)):
        each.meter.enter(Phase.RECEIVING, size)
    assert batch.permille is None
    enter(batch, small, large)
    assert batch.permille == 0
    large.meter.advance(150)
    assert batch.permille == 375
    enter(batch, small, state=State.DONE)
    assert batch.permille == 625
    large.meter.advance(150)
    assert batch.permille == 999
    enter(batch, large, state=State.DONE)
    assert batch.permille is None
