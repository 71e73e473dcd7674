"""Local copies of artifacts for tests: fetched, checked, damaged, grown old."""

from __future__ import annotations

import os
import time
from pathlib import Path

from support.registries.workspace import Room

from dfs_desktop.api import ModelArtifact
from dfs_desktop.workspace.library.local_copy import State


async def fetched(room: Room, model: Path) -> tuple[ModelArtifact, Path]:
    """A record, and the copy of it that was downloaded and is known."""
    job = await room.upload(model)
    await room.until(lambda: job.state.ended and job.artifact)
    record = job.artifact
    assert record is not None
    (load,) = await room.workspace.downloads.fetch([record])
    await room.until(lambda: load.state.ended)
    library = room.workspace.library
    await room.until(lambda: library.at(load.path), "the copy")
    return record, load.path


async def checked(room: Room, *paths: Path) -> list[State]:
    """How files stand after they were read again."""
    checking = room.workspace.checking
    checking.verify(map(str, paths))
    await room.until(lambda: not checking.current and not checking.total)
    found = [room.workspace.library.at(path) for path in paths]
    return [copy.state for copy in found if copy is not None]


def overwrite(path: Path, at: int, *, quietly: bool = True) -> None:
    """Other bytes at a place; `quietly`: as a bad disk does it, without a new time. Loudly gives a
    time of its own: two writes within one tick of the system's clock (10 ms) bear the same."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * 16)
    changed = before.st_mtime_ns + (0 if quietly else 1_000_000_000)
    os.utime(path, ns=(before.st_atime_ns, changed))


def old(path: Path) -> Path:
    """The same, as if nobody had written to it for an hour."""
    os.utime(path, (time.time() - 3600,) * 2)
    return path
