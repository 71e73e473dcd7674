"""Organizations, orbits, collections and bucket secrets: what a picker needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dfs_desktop.api.errors import MultipleResourcesFoundError, NotFoundError
from dfs_desktop.api.protocol.effects import Effect, Flow
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.api.types import BucketSecret, Collection, Orbit, Organization

from .scope import N
from .session import Session
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


def list_organizations(session: Session) -> Flow[list[Organization]]:
    """Every organization of the key's owner."""
    return (yield from session.dialect.organizations())


def get_organization(session: Session, value: str | None) -> Flow[Organization | None]:
    """One by id or name; without a value the default one."""
    if value is None:
        value = (yield from session.organization()).organization
    return find((yield from session.dialect.organizations()), value, "organization")


def list_orbits(session: Session, organization: str | None) -> Flow[list[Orbit]]:
    """Every orbit of an organization that the key may see."""
    place = yield from session.organization(organization)
    return (yield from session.dialect.orbits(place.organization))


def get_orbit(session: Session, value: str | None, organization: str | None) -> Flow[Orbit | None]:
    """One by id or name; without a value the default one."""
    if value is None:
        place = yield from session.orbit(organization)
        return (yield from session.dialect.orbit(place))
    if is_id(value):
        place = yield from session.orbit(organization, value)
        try:
            return (yield from session.dialect.orbit(place))
        except NotFoundError:
            return None
    return find((yield from list_orbits(session, organization)), value, "orbit")


def create_orbit(
    session: Session, name: str, bucket_secret_id: str, organization: str | None
) -> Flow[Orbit]:
    """A new orbit on a bucket."""
    place = yield from session.organization(organization)
    where, begun = place.organization, session.clock.now()

    def look() -> Flow[Orbit | None]:
        named = [
            orbit for orbit in (yield from session.dialect.orbits(where)) if orbit.name == name
        ]
        same = [orbit for orbit in named if orbit.bucket_secret_id in (None, bucket_secret_id)]
        return made_since(same, begun, named=bool(named))

    call = partial(session.dialect.create_orbit, where, name, bucket_secret_id)
    return (yield from settled(call, look, again=False))


def update_orbit(
    session: Session,
    orbit_id: str | None,
    name: str | None,
    bucket_secret_id: str | None,
    organization: str | None,
) -> Flow[Orbit]:
    """Change what is given."""
    place = yield from session.orbit(organization, orbit_id)
    given = {"name": name, "bucket_secret_id": bucket_secret_id}
    changes = {key: value for key, value in given.items() if value is not None}

    def look() -> Flow[Orbit | None]:
        found: Orbit = yield from session.dialect.orbit(place)
        same = all(getattr(found, key) == value for key, value in changes.items())
        return found if same else None

    return (yield from settled(lambda: session.dialect.update_orbit(place, changes), look))


def delete_orbit(session: Session, orbit_id: str, organization: str | None) -> Flow[None]:
    """Delete an orbit with everything registered in it."""
    place = yield from session.orbit(organization, orbit_id)

    def look() -> Flow[bool | None]:
        left = yield from session.dialect.orbits(place.organization)
        return None if any(orbit.id == place.orbit.lower() for orbit in left) else True

    yield from settled(lambda: _done(session.dialect.delete_orbit(place)), look)


def list_collections(
    session: Session, organization: str | None, orbit: str | None
) -> Flow[list[Collection]]:
    """Every collection of an orbit."""
    place = yield from session.orbit(organization, orbit)
    return (yield from session.dialect.collections(place))


def get_collection(
    session: Session, value: str | None, organization: str | None, orbit: str | None
) -> Flow[Collection | None]:
    """One by id or name; without a value the default one."""
    if value is None:
        value = (yield from session.collection(None, organization, orbit)).collection
    if is_id(value):
        place = yield from session.collection(value, organization, orbit)
        return (yield from session.dialect.collection(place))
    found = yield from list_collections(session, organization, orbit)
    return find(found, value, "collection")


def create_collection(
    session: Session,
    name: str,
    description: str,
    kind: str,
    tags: list[str] | None,
    organization: str | None,
    orbit: str | None,
) -> Flow[Collection]:
    """A new collection."""
    place = yield from session.orbit(organization, orbit)
    begun = session.clock.now()

    def look() -> Flow[Collection | None]:
        named = [it for it in (yield from session.dialect.collections(place)) if it.name == name]
        wanted = description, kind, tags or None
        same = [it for it in named if (it.description, it.type, it.tags or None) == wanted]
        return made_since(same, begun, named=bool(named))

    call = partial(session.dialect.create_collection, place, name, description, kind, tags)
    return (yield from settled(call, look, again=False))


def update_collection(
    session: Session,
    collection_id: str | None,
    name: str | None,
    description: str | None,
    tags: list[str] | None,
    organization: str | None,
    orbit: str | None,
) -> Flow[Collection]:
    """Change what is given and keep the rest: the server would wipe what is not sent."""
    place = yield from session.collection(collection_id, organization, orbit)
    old = yield from session.dialect.collection(place)
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
        found = yield from session.dialect.collection(place)
        if found is None:
            return None
        same = (found.name, found.description, found.tags or None) == (*new[:2], new[2] or None)
        return found if same else None

    return (yield from settled(lambda: session.dialect.update_collection(place, *new), look))


def delete_collection(
    session: Session, collection_id: str, organization: str | None, orbit: str | None
) -> Flow[None]:
    """Delete an empty collection."""
    place = yield from session.collection(collection_id, organization, orbit)

    def look() -> Flow[bool | None]:
        return None if (yield from session.dialect.collection(place)) is not None else True

    yield from settled(lambda: _done(session.dialect.delete_collection(place)), look)


def _done(call: Effect[None]) -> Flow[bool]:
    yield from call
    return True


def list_bucket_secrets(session: Session, organization: str | None) -> Flow[list[BucketSecret]]:
    """The buckets of an organization, without their keys."""
    place = yield from session.organization(organization)
    return (yield from session.dialect.bucket_secrets(place.organization))
