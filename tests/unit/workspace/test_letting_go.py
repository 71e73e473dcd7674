"""W-04: no entry of what needs attention is without an end, whatever the storage says."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.registries.workspace import Room
from unit.workspace.test_attention import STUCK, only, run, statuses

from dfs_desktop.api import Ledger, Scope, UploadRecord, UploadStep
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.workspace.attention.items import Step


@pytest.mark.fault("W-04")
@pytest.mark.parametrize("status", list(STUCK))
def test_every_stuck_record_has_an_end_that_needs_no_store(tmp_path: Path, status: str) -> None:
    async def journey(room: Room) -> None:
        await room.stuck(status)
        await room.refresh()
        assert "stays in the bucket" in only(room).offer(Step.LET_GO).effect  # type: ignore[union-attr]
        room.workspace.attention.take(only(room), Step.LET_GO)
        await room.until(lambda: not room.workspace.attention.items(), "the item to go")
        assert await statuses(room) == []

    run(tmp_path, journey)


@pytest.mark.fault("W-04")
@pytest.mark.parametrize("reachable", [True, False])
def test_a_clean_up_that_does_not_succeed_has_an_end(tmp_path: Path, reachable: bool) -> None:
    async def journey(room: Room) -> None:
        record = await room.stuck("pending_upload")
        place = room.workspace.session.place
        where = Scope(place.organization, place.orbit, record.collection_id)
        ledger = Ledger(UploadRecord("m.fnnx", "m", where, step=UploadStep.DISCARDING))
        ledger.record.artifact_id = record.id
        profile = room.workspace.session.profile.id if reachable else "forgotten"
        job = Job("m", ledger)
        job.profile, job.cancelling, job.state = profile, True, State.FAILED
        room.workspace.queue.jobs.append(job)
        (item,) = [i for i in room.workspace.attention.items() if i.job is job]
        assert [offer.step for offer in item.offers] == [Step.GO_ON, Step.LET_GO]
        room.workspace.attention.take(item, Step.LET_GO)
        await room.until(lambda: job not in room.workspace.queue.jobs, "the transfer to go")
        assert await statuses(room) == ([] if reachable else ["pending_upload"])
        told = [notice.detail for notice in room.said]
        assert any(record.id in detail for detail in told) is not reachable

    run(tmp_path, journey)
