"""What tests of looking inside share: one artifact of each kind, and a registry that holds them."""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from support.artifacts import makers as make
from support.registries.local import Room

from dfs_desktop.api import AsyncDataForceClient, ModelArtifact
from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.session import Place, Stage
from dfs_desktop.workspace.workspace import Workspace

T = TypeVar("T")


def make_all(folder: Path) -> dict[str, Path]:
    """One real artifact of each kind."""
    return {
        "pipeline": make.make_pipeline(folder / "pipeline.fnnx"),
        "pyfunc": make.make_pyfunc(folder / "pyfunc.fnnx", version="2"),
        "experiment": make.make_experiment(folder / "run.luml"),
        "dataset": make.make_dataset(folder / "data.tar"),
    }


def live(workspace: Workspace, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine and end the workspace in order."""

    async def run() -> T:
        try:
            return await asyncio.wait_for(work(), 20)
        finally:
            await workspace.stop()

    return asyncio.run(run())


def record_of(room: Room, path: Path) -> ModelArtifact:
    """The file in the registry, as a list would show it."""
    content = path.read_bytes()
    with tarfile.open(path) as archive:
        index = {each.name: [each.offset_data, each.size] for each in archive if each.isfile()}
    made = room.upload(content, file_name=path.name, file_index=index)
    return ModelArtifact(
        id=made["id"],
        collection_id=room.collection_record["id"],
        file_name=path.name,
        file_hash=made["file_hash"],
        size=len(content),
        manifest={"inputs": [{"name": "x"}]},
        file_index={name: (place[0], place[1]) for name, place in index.items()},
    )


def connect(workspace: Workspace, room: Room) -> None:
    """Stand in the room's collection, as after a sign-in."""
    client = AsyncDataForceClient(base_url=room.address.url, api_key=room.address.api_key)
    workspace.clients.open["room"] = client
    session = workspace.session
    session.client, session.stage = client, Stage.READY
    session.place = Place(room.organization, room.orbit_record["id"], room.collection_record["id"])


async def member_in(look: Inspection, name: str) -> Member:
    """A member by the list that the reader gives."""
    members = await look.think(operations.members)
    return next(each for each in members if each.name == name)


def member_of(path: Path, name: str) -> bytes:
    """A member by Python's own reader."""
    with tarfile.open(path) as archive:
        found = archive.extractfile(name)
        assert found is not None
        return found.read()
