"""Collections: found, made, changed, deleted."""

from __future__ import annotations

from functools import partial

from dfs_desktop.api.errors import NotFoundError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.scope import find
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.api.types import Collection

from .settle_changes import done, made_since, settled


def list_collections(
    context: Context, organization: str | None, orbit: str | None
) -> Flow[list[Collection]]:
    """Every collection of an orbit."""
    place = yield from context.orbit(organization, orbit)
    return (yield from context.dialect.collections(place))


def get_collection(
    context: Context, value: str | None, organization: str | None, orbit: str | None
) -> Flow[Collection | None]:
    """One by id or name; without a value the default one."""
    if value is None:
        value = (yield from context.collection(None, organization, orbit)).collection
    if is_id(value):
        place = yield from context.collection(value, organization, orbit)
        return (yield from context.dialect.collection(place))
    found = yield from list_collections(context, organization, orbit)
    return find(found, value, "collection")


def create_collection(
    context: Context,
    name: str,
    description: str,
    kind: str,
    tags: list[str] | None,
    organization: str | None,
    orbit: str | None,
) -> Flow[Collection]:
    """A new collection."""
    place = yield from context.orbit(organization, orbit)
    begun = context.clock.now()

    def look() -> Flow[Collection | None]:
        named = [it for it in (yield from context.dialect.collections(place)) if it.name == name]
        wanted = description, kind, tags or None
        same = [it for it in named if (it.description, it.type, it.tags or None) == wanted]
        return made_since(same, begun, named=bool(named))

    call = partial(context.dialect.create_collection, place, name, description, kind, tags)
    return (yield from settled(call, look, again=False))


def update_collection(
    context: Context,
    collection_id: str | None,
    name: str | None,
    description: str | None,
    tags: list[str] | None,
    organization: str | None,
    orbit: str | None,
) -> Flow[Collection]:
    """Change what is given and keep the rest: the server would wipe what is not sent."""
    place = yield from context.collection(collection_id, organization, orbit)
    old = yield from context.dialect.collection(place)
    if old is None:
        raise NotFoundError(
            f"There is no collection {place.collection!r} in this orbit.", status_code=404
        )
    new = (
        old.name if name is None else name,
        old.description if description is None else description,
        old.tags if tags is None else tags,
    )

    def look() -> Flow[Collection | None]:
        found = yield from context.dialect.collection(place)
        if found is None:
            return None
        same = (found.name, found.description, found.tags or None) == (*new[:2], new[2] or None)
        return found if same else None

    return (yield from settled(lambda: context.dialect.update_collection(place, *new), look))


def delete_collection(
    context: Context, collection_id: str, organization: str | None, orbit: str | None
) -> Flow[None]:
    """Delete an empty collection."""
    place = yield from context.collection(collection_id, organization, orbit)

    def look() -> Flow[bool | None]:
        return None if (yield from context.dialect.collection(place)) is not None else True

    yield from settled(lambda: done(context.dialect.delete_collection(place)), look)
