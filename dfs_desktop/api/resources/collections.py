"""Collections, blocking and awaiting: found, made, changed, deleted."""

from __future__ import annotations

import builtins
from functools import partial
from typing import Any

from dfs_desktop.api.errors import NotFoundError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records.settle_changes import deleted, has, made_since, settled
from dfs_desktop.api.flows.scope import find
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.api.types import Collection
from dfs_desktop.translation import tr

from .resource import AsyncResource, Resource, operation


class _Collections:
    _context: Context

    @operation
    def list(
        self, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[builtins.list[Collection]]:
        """Every collection."""
        place = yield from self._context.orbit(organization_id, orbit_id)
        return (yield from self._context.dialect.collections(place))

    @operation
    def get(
        self,
        value: str | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[Collection | None]:
        """One by id or exact name, None when there is none; without a value the default one."""
        context, where = self._context, (organization_id, orbit_id)
        if value is None:
            value = (yield from context.collection(None, *where)).collection
        if is_id(value):
            place = yield from context.collection(value, *where)
            return (yield from context.dialect.collection(place))
        orbit = yield from context.orbit(*where)
        return find((yield from context.dialect.collections(orbit)), value, "collection")

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
        place = yield from self._context.orbit(organization_id, orbit_id)
        dialect, begun = self._context.dialect, self._context.clock.now()

        def look() -> Flow[Collection | None]:
            named = [it for it in (yield from dialect.collections(place)) if it.name == name]
            wanted = {"description": description, "type": collection_type, "tags": tags}
            same = [it for it in named if has(it, wanted)]
            return made_since(same, begun, named=bool(named))

        values = name, description, collection_type, tags
        call = partial(dialect.create_collection, place, *values)
        return (yield from settled(call, look, again=False))

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
        place = yield from self._context.collection(collection_id, organization_id, orbit_id)
        dialect = self._context.dialect
        old = yield from dialect.collection(place)
        if old is None:
            raise NotFoundError(
                tr(
                    "There is no collection {collection!r} in this orbit.",
                    collection=place.collection,
                ),
                status_code=404,
            )
        new: dict[str, Any] = {  # the server would wipe what is not sent
            "name": old.name if name is None else name,
            "description": old.description if description is None else description,
            "tags": old.tags if tags is None else tags,
        }

        def look() -> Flow[Collection | None]:
            found = yield from dialect.collection(place)
            return found if found is not None and has(found, new) else None

        return (yield from settled(partial(dialect.update_collection, place, **new), look))

    @operation
    def delete(
        self, collection_id: str, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[None]:
        """Delete an empty collection; ConflictError while any record is in it."""
        place = yield from self._context.collection(collection_id, organization_id, orbit_id)
        dialect = self._context.dialect
        others = partial(dialect.collections, place)
        yield from deleted(dialect.delete_collection(place), others, place.collection.lower())


class CollectionResource(Resource, _Collections):
    """The collections of an orbit (the default one unless ids are given)."""


class AsyncCollectionResource(AsyncResource, _Collections):
    """The collections of an orbit (the default one unless ids are given)."""
