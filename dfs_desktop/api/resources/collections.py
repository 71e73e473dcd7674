"""Collections: the sync and the async face."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows import account
from dfs_desktop.api.types import Collection

from .resource import AsyncResource, Resource


class CollectionResource(Resource):
    """The collections of an orbit (the default one unless ids are given)."""

    def list(
        self, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> builtins.list[Collection]:
        """Every collection."""
        flow = account.list_collections(self._context, organization_id, orbit_id)
        return self._run(flow)

    def get(
        self,
        value: str | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Collection | None:
        """One by id or exact name, None when there is none; without a value the default one."""
        flow = account.get_collection(self._context, value, organization_id, orbit_id)
        return self._run(flow)

    def create(
        self,
        name: str,
        description: str = "",
        collection_type: str = "model",
        tags: builtins.list[str] | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Collection:
        """A new collection; ``collection_type`` is "model" or "dataset"."""
        flow = account.create_collection(
            self._context, name, description, collection_type, tags, organization_id, orbit_id
        )
        return self._run(flow)

    def update(
        self,
        collection_id: str | None = None,
        name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Collection:
        """Change what is given, of the default collection when none is named."""
        flow = account.update_collection(
            self._context, collection_id, name, description, tags, organization_id, orbit_id
        )
        return self._run(flow)

    def delete(
        self,
        collection_id: str,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> None:
        """Delete an empty collection; ConflictError while any record is in it."""
        flow = account.delete_collection(self._context, collection_id, organization_id, orbit_id)
        return self._run(flow)


class AsyncCollectionResource(AsyncResource):
    """The collections of an orbit (the default one unless ids are given)."""

    async def list(
        self, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> builtins.list[Collection]:
        """Every collection."""
        flow = account.list_collections(self._context, organization_id, orbit_id)
        return await self._run(flow)

    async def get(
        self,
        value: str | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Collection | None:
        """One by id or exact name, None when there is none; without a value the default one."""
        flow = account.get_collection(self._context, value, organization_id, orbit_id)
        return await self._run(flow)

    async def create(
        self,
        name: str,
        description: str = "",
        collection_type: str = "model",
        tags: builtins.list[str] | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Collection:
        """A new collection; ``collection_type`` is "model" or "dataset"."""
        flow = account.create_collection(
            self._context, name, description, collection_type, tags, organization_id, orbit_id
        )
        return await self._run(flow)

    async def update(
        self,
        collection_id: str | None = None,
        name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Collection:
        """Change what is given, of the default collection when none is named."""
        flow = account.update_collection(
            self._context, collection_id, name, description, tags, organization_id, orbit_id
        )
        return await self._run(flow)

    async def delete(
        self,
        collection_id: str,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> None:
        """Delete an empty collection; ConflictError while any record is in it."""
        flow = account.delete_collection(self._context, collection_id, organization_id, orbit_id)
        return await self._run(flow)
