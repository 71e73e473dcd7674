"""A disk that others fill while something is fetched: the fetch pauses before, and goes on after."""

import asyncio
from pathlib import Path

import pytest
from support.artifacts import model_files
from support.registries.workspace import connected
from support.small_disk import fill, mounted

from dfs_desktop.transfers.job import Kind, State
from dfs_desktop.workspace.transfers import room_watch
from dfs_desktop.workspace.transfers.job_problem import why

MB = 10**6


def test_a_fetch_pauses_before_others_fill_the_disk_and_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[list[Path]] = []
    look = room_watch._free
    monkeypatch.setattr(room_watch, "EVERY", 0.05)
    monkeypatch.setattr(room_watch, "_free", lambda places: (looks.append(places), look(places))[1])

    async def play(folder: Path) -> None:
        async with connected(tmp_path) as room:
            sent = await room.upload(model_files.write(tmp_path, "model", weights=30 * MB))
            await room.until(lambda: sent.state is State.DONE)
            workspace = room.workspace
            workspace.limits.use_rate(Kind.DOWNLOAD, 3 * MB)
            assert sent.artifact is not None
            (job,) = await workspace.downloads.fetch([sent.artifact], into=folder)
            await room.until(lambda: job.meter.snapshot().done > MB)
            filler = fill(folder, left=20 * MB)
            await room.until(lambda: job.state is State.PAUSED)
            assert "goes on by itself" in why(job)
            assert job.log.entries[-2].text == why(job)
            before = len(looks)
            await room.until(lambda: len(looks) > before + 2)
            assert job.state is State.PAUSED, "there is no room yet"

            filler.unlink()
            await room.until(lambda: job.state is State.RUNNING)
            workspace.queue.pause(job)
            await room.until(lambda: job.state is State.PAUSED)
            await room.until(
                lambda: all(
                    task.get_name() != "look after the room on the disk"
                    for task in asyncio.all_tasks()
                )
            )
            assert job.state is State.PAUSED, "what the person paused stays"
            workspace.limits.use_rate(Kind.DOWNLOAD, None)
            workspace.queue.resume(job)
            await room.until(lambda: job.state is State.DONE)

    with mounted(tmp_path / "disk", 100) as folder:
        asyncio.run(asyncio.wait_for(play(folder), 60))
