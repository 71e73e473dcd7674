"""Organizations, orbits, collections and bucket secrets: what a picker needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dfs_desktop.api.errors import MultipleResourcesFoundError, NotFoundError
from dfs_desktop.api.protocol.effects import Effect, Flow
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.api.types import BucketSecret, Collection, Orbit, Organization

from .context import Context
from .scope import N
from .settle_changes import made_since, settled


def find(things: Sequence[N], value: str, what: str) -> N | None:
    """The thing with this id or exact name; None when there is none."""
    found = [t for t in things if t.id == value] or [t for t in things if t.name == value]
    if len(found) > 1:
        raise MultipleResourcesFoundError(
            f"{len(found)} {what}s are named {value!r}: use an id "
            f"({', '.join(t.id for t in found[:5])})."
        )
    return found[0] if found else None


def list_organizations(context: Context) -> Flow[list[Organization]]:
    """Every organization of the key's owner."""
    return (yield from context.dialect.organizations())


def get_organization(context: Context, value: str | None) -> Flow[Organization | None]:
    """One by id or name; without a value the default one."""
    if value is None:
        value = (yield from context.organization()).organization
    return find((yield from context.dialect.organizations()), value, "organization")


def list_orbits(context: Context, organization: str | None) -> Flow[list[Orbit]]:
    """Every orbit of an organization that the key may see."""
    place = yield from context.organization(organization)
    return (yield from context.dialect.orbits(place.organization))


def get_orbit(context: Context, value: str | None, organization: str | None) -> Flow[Orbit | None]:
    """One by id or name; without a value the default one."""
    if value is None:
        place = yield from context.orbit(organization)
        return (yield from context.dialect.orbit(place))
    if is_id(value):
        place = yield from context.orbit(organization, value)
        try:
            return (yield from context.dialect.orbit(place))
        except NotFoundError:
            return None
    return find((yield from list_orbits(context, organization)), value, "orbit")


def create_orbit(
    context: Context, name: str, bucket_secret_id: str, organization: str | None
) -> Flow[Orbit]:
    """A new orbit on a bucket."""
    place = yield from context.organization(organization)
    where, begun = place.organization, context.clock.now()

    def look() -> Flow[Orbit | None]:
        named = [
            orbit for orbit in (yield from context.dialect.orbits(where)) if orbit.name == name
        ]
        same = [orbit for orbit in named if orbit.bucket_secret_id in (None, bucket_secret_id)]
        return made_since(same, begun, named=bool(named))

    call = partial(context.dialect.create_orbit, where, name, bucket_secret_id)
    return (yield from settled(call, look, again=False))


def update_orbit(
    context: Context,
    orbit_id: str | None,
    name: str | None,
    bucket_secret_id: str | None,
    organization: str | None,
) -> Flow[Orbit]:
    """Change what is given."""
    place = yield from context.orbit(organization, orbit_id)
    given = {"name": name, "bucket_secret_id": bucket_secret_id}
    changes = {key: value for key, value in given.items() if value is not None}

    def look() -> Flow[Orbit | None]:
        found: Orbit = yield from context.dialect.orbit(place)
        same = all(getattr(found, key) == value for key, value in changes.items())
        return found if same else None

    return (yield from settled(lambda: context.dialect.update_orbit(place, changes), look))


def delete_orbit(context: Context, orbit_id: str, organization: str | None) -> Flow[None]:
    """Delete an orbit with everything registered in it."""
    place = yield from context.orbit(organization, orbit_id)

    def look() -> Flow[bool | None]:
        left = yield from context.dialect.orbits(place.organization)
        return None if any(orbit.id == place.orbit.lower() for orbit in left) else True

    yield from settled(lambda: _done(context.dialect.delete_orbit(place)), look)


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

    yield from settled(lambda: _done(context.dialect.delete_collection(place)), look)


def _done(call: Effect[None]) -> Flow[bool]:
    yield from call
    return True


def list_bucket_secrets(context: Context, organization: str | None) -> Flow[list[BucketSecret]]:
    """The buckets of an organization, without their keys."""
    place = yield from context.organization(organization)
    return (yield from context.dialect.bucket_secrets(place.organization))
