"""A workspace on a real registry, without a window: connected, with a journal, closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from dfs_desktop.api import AsyncDataForceClient, ModelArtifact
from dfs_desktop.credentials import Credentials
from dfs_desktop.server import LocalRegistry, Rules
from dfs_desktop.settings import Settings, SettingsFile
from dfs_desktop.transfers.job import Job
from dfs_desktop.transfers.journal import Journal
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workspace.listing.cache import ListingCache
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.registry.clients import LocalServer
from dfs_desktop.workspace.session import Stage
from dfs_desktop.workspace.shared_services import Means
from dfs_desktop.workspace.workspace import Workspace


class Room:
    """The workspace, the registry's folder, and what was said."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder, self.workspace = folder, workspace
        self.said: list[Notice] = []
        workspace.notices.noticed.connect(self.said.append)

    @property
    def here(self) -> AsyncDataForceClient:
        return self.workspace.session.here()

    @property
    def collection(self) -> str:
        return self.workspace.session.place.collection

    async def stuck(self, status: str, name: str = "resnet", collection: str = "") -> ModelArtifact:
        """A record that nothing works on, in this status."""
        artifacts = self.here.model_artifacts
        where = collection or self.collection
        made = await artifacts.create(
            where, f"{name}.fnnx", {}, {}, "0" * 64, {}, 12_000_000, model_name=name
        )
        record = made["model"]
        assert isinstance(record, ModelArtifact)
        if status == "upload_failed":
            await artifacts.update(record.id, status=status, collection_id=where)  # type: ignore[arg-type]
        if "delet" in status:
            await artifacts.delete_url(record.id, collection_id=where)
        if status == "deletion_failed":
            await artifacts.update(record.id, status=status, collection_id=where)  # type: ignore[arg-type]
        found = await artifacts.get(record.id, collection_id=where)
        assert found is not None
        assert found.status == status
        return found

    async def list(self) -> list[ModelArtifact]:
        return await self.here.model_artifacts.list()

    async def until_empty(self) -> None:
        """Wait until the registry holds no record in the open collection."""
        for _ in range(500):
            if not await self.list():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("records are left")

    async def refresh(self) -> None:
        await self.workspace.browser._refresh()

    async def upload(self, path: Path) -> Job:
        """Begin an upload, as after a review."""
        (job,) = self.workspace.uploads.submit(await self.workspace.uploads.review([path]))
        return job

    async def until(
        self, right: Callable[[], object], what: str = "", seconds: float = 15.0
    ) -> None:
        for _ in range(int(seconds * 100)):
            if right():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"waited in vain for {what or right}: {self.said}")

    def object_of(self, artifact: ModelArtifact) -> Path:
        """Where the registry keeps a file of this size."""
        sizes = {path: path.stat().st_size for path in (self.folder / "registry").rglob("*")}
        (found,) = [
            path for path, size in sizes.items() if size == artifact.size and path.is_file()
        ]
        return found


@asynccontextmanager
async def connected(
    folder: Path,
    settings: Settings | None = None,
    rules: Rules | None = None,
    byte_worker: ByteWorker | None = None,
) -> AsyncIterator[Room]:
    """A workspace that stands in its first collection."""
    registry = LocalRegistry(folder / "registry", rules=rules)
    address = registry.start()
    credentials = Credentials(backends=())
    means = Means(
        credentials,
        lambda: LocalServer(address.url, address.api_key),
        folder / "downloads",
        ListingCache(folder / "cache"),
        Journal(folder / "transfers.sqlite3"),
        byte_worker,
    )
    workspace = Workspace(SettingsFile(folder / "settings.json"), settings or Settings(), means)
    room = Room(folder, workspace)
    try:
        workspace.connections.start()
        session = workspace.session
        await room.until(lambda: session.stage is Stage.READY and session.collection is not None)
        await room.until(lambda: not session.loading)
        yield room
    finally:
        await workspace.stop()
        registry.stop()
        credentials.close()
