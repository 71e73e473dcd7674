"""X-07: an upload that was interrupted sends nothing to where the local registry listened before."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest
from support.artifacts import model_files
from support.registries.workspace import connected

from dfs_desktop.api import ModelArtifactStatus
from dfs_desktop.server import Rules
from dfs_desktop.settings import Settings
from dfs_desktop.transfers.job import State

MB = 10**6


@pytest.mark.fault("X-07")
@pytest.mark.parametrize(("generation", "in_parts"), [("A", False), ("G", True)])
def test_a_resumed_upload_goes_to_the_port_of_this_run_only(
    tmp_path: Path, generation: str, in_parts: bool
) -> None:
    most = 1 << 20 if in_parts else 1 << 40
    rules = Rules(generations=(generation,), multipart_above=most, part_sizes=((1 << 40, 5 << 20),))
    model = model_files.write(tmp_path, "bert", weights=7 * MB)
    settings = Settings(upload_limit=4 * MB)

    async def journey() -> None:
        async with connected(tmp_path, settings, rules) as room:
            job = await room.upload(model)
            await room.until(lambda: job.meter.snapshot().done > MB, "the first bytes")
            assert room.workspace.local is not None
            port = int(room.workspace.local.url.rpartition(":")[2])
            room.workspace.queue.pause(job)
            await room.until(lambda: job.state is State.PAUSED)
        listener = socket.create_server(("127.0.0.1", port))  # of another user of the machine
        listener.settimeout(0)
        with contextlib.closing(listener):
            async with connected(tmp_path, Settings(), rules) as room:
                await room.workspace.queue.restore()
                (job,) = room.workspace.queue.jobs
                room.workspace.queue.resume(job)
                await room.until(lambda: job.state is State.DONE, "the end of the upload")
                (artifact,) = await room.list()
                assert artifact.status is ModelArtifactStatus.UPLOADED
            with pytest.raises(BlockingIOError):
                listener.accept()

    asyncio.run(asyncio.wait_for(journey(), 60))
