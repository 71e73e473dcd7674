"""Collections, blocking and awaiting."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records import collections
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.types import Collection

from .resource import AsyncResource, Resource, operation


class _Collections:
    _context: Context

    @operation
    def list(
        self, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[builtins.list[Collection]]:
        """Every collection."""
        return collections.list_collections(self._context, organization_id, orbit_id)

    @operation
    def get(
        self,
        value: str | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[Collection | None]:
        """One by id or exact name, None when there is none; without a value the default one."""
        return collections.get_collection(self._context, value, organization_id, orbit_id)

    @operation
    def create(
        self,
        name: str,
        description: str = "",
        collection_type: str = "model",
        tags: builtins.list[str] | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[Collection]:
        """A new collection; ``collection_type`` is "model" or "dataset"."""
        return collections.create_collection(
            self._context, name, description, collection_type, tags, organization_id, orbit_id
        )

    @operation
    def update(
        self,
        collection_id: str | None = None,
        name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[Collection]:
        """Change what is given, of the default collection when none is named."""
        return collections.update_collection(
            self._context, collection_id, name, description, tags, organization_id, orbit_id
        )

    @operation
    def delete(
        self,
        collection_id: str,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[None]:
        """Delete an empty collection; ConflictError while any record is in it."""
        return collections.delete_collection(
            self._context, collection_id, organization_id, orbit_id
        )


class CollectionResource(Resource, _Collections):
    """The collections of an orbit (the default one unless ids are given)."""


class AsyncCollectionResource(AsyncResource, _Collections):
    """The collections of an orbit (the default one unless ids are given)."""
