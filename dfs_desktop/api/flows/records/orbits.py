"""Orbits: found, made, changed, deleted."""

from __future__ import annotations

from functools import partial

from dfs_desktop.api.errors import NotFoundError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.scope import find
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.api.types import Orbit

from .settle_changes import done, made_since, settled


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

    yield from settled(lambda: done(context.dialect.delete_orbit(place)), look)
