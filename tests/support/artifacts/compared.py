"""What tests of comparisons and checks share: a registry with real artifacts, and a workspace on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support.network.relay import Relay
from support.qt.widgets import open_workspace

from dfs_desktop.api import AsyncDataForceClient, ModelArtifact
from dfs_desktop.server import LocalRegistry
from dfs_desktop.workspace.comparison.comparison import Comparison
from dfs_desktop.workspace.comparison.sides import Side, file_side, record_side, told_apart
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.workspace import Workspace


class Stage:
    """An open workspace whose session stands in a collection of a real registry."""

    def __init__(
        self, workspace: Workspace, client: AsyncDataForceClient, road: Relay, key: str
    ) -> None:
        self.workspace, self.client, self.road, self.key = workspace, client, road, key

    async def upload(self, *paths: Path) -> list[ModelArtifact]:
        """The records of these files, as a list shows them."""
        made = [await self.client.model_artifacts.upload(str(path), path.stem) for path in paths]
        self.workspace.listing.replace(await self.client.model_artifacts.list())
        found = {each.id: each for each in self.workspace.listing.artifacts()}
        return [found[each.id] for each in made]

    def comparison(self, *what: ModelArtifact | Path) -> Comparison:
        sides: list[Side] = [
            file_side(each) if isinstance(each, Path) else record_side(each) for each in what
        ]
        return Comparison(self.workspace.state, self.workspace.reader, told_apart(sides))


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """Ends everything that was begun on it."""
    registry = LocalRegistry(folder / "registry")
    address = registry.start()
    road = Relay()  # the way to registry and store
    road.target = urlsplit(address.url).netloc
    client = AsyncDataForceClient(f"http://{road.place}", address.api_key)
    try:
        with open_workspace(folder / "workspace") as workspace:
            try:
                await _enter(workspace, client)
                yield Stage(workspace, client, road, address.api_key)
            finally:
                road.release()
                await workspace.stop()
    finally:
        await client.aclose()
        with road:
            registry.stop()


async def _enter(workspace: Workspace, client: AsyncDataForceClient) -> None:
    session = workspace.session
    session.client = client
    session.profile = type(session.profile)(id="p", name="Test", base_url=client.base_url)
    session.organizations = await client.organizations.list()
    organization = session.organizations[0].id
    session.orbits = await client.orbits.list(organization_id=organization)
    orbit = session.orbits[0].id
    session.collections = await client.collections.list(
        organization_id=organization, orbit_id=orbit
    )
    session.place = Place(organization, orbit, session.collections[0].id)
    client.setup_config(organization, orbit, session.collections[0].id)


async def settled(comparison: Comparison) -> None:
    """Until everything has been read and judged."""
    from dfs_desktop.workspace.comparison.comparison import SECTIONS
    from dfs_desktop.workspace.comparison.content_equality import Equality

    for _ in range(1000):
        reading = any(comparison.reading(title) for title in SECTIONS)
        judging = any(each.kind is Equality.COMPARING for each in comparison.equalities())
        if not reading and not judging:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not come to an end")


def rows(comparison: Comparison, title: str) -> dict[str, tuple[Any, ...]]:
    """The rows of a section by their labels: the values, then the note."""
    section = next(each for each in comparison.sections() if each.title == title)
    return {row.label: (*row.values, row.note) for row in section.rows}


def run(folder: Path, play: Callable[[Stage], Any]) -> None:
    """Play a scene on a stage of its own."""

    async def scene() -> None:
        async with stage(folder) as place:
            await play(place)

    asyncio.run(asyncio.wait_for(scene(), 60))
