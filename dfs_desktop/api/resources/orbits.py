"""Orbits, blocking and awaiting: found, made, changed, deleted."""

from __future__ import annotations

import builtins
from functools import partial

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records.settle_changes import deleted, has, made_since, settled
from dfs_desktop.api.flows.scope import find
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.paging import or_none
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.api.types import Orbit

from .resource import AsyncResource, Resource, operation


class _Orbits:
    _context: Context

    @operation
    def list(self, organization_id: str | None = None) -> Flow[builtins.list[Orbit]]:
        """Every orbit that the key may see."""
        place = yield from self._context.organization(organization_id)
        return (yield from self._context.dialect.orbits(place.organization))

    @operation
    def get(
        self, value: str | None = None, *, organization_id: str | None = None
    ) -> Flow[Orbit | None]:
        """One by id or exact name, None when there is none; without a value the default one."""
        context = self._context
        if value is None:
            place = yield from context.orbit(organization_id)
            return (yield from context.dialect.orbit(place))
        if is_id(value):
            place = yield from context.orbit(organization_id, value)
            return (yield from or_none(context.dialect.orbit(place)))
        place = yield from context.organization(organization_id)
        return find((yield from context.dialect.orbits(place.organization)), value, "orbit")

    @operation
    def create(
        self, name: str, bucket_secret_id: str, *, organization_id: str | None = None
    ) -> Flow[Orbit]:
        """A new orbit whose objects live in the given bucket."""
        dialect = self._context.dialect
        where = (yield from self._context.organization(organization_id)).organization
        begun = self._context.clock.now()

        def look() -> Flow[Orbit | None]:
            named = [orbit for orbit in (yield from dialect.orbits(where)) if orbit.name == name]
            same = [orbit for orbit in named if orbit.bucket_secret_id in (None, bucket_secret_id)]
            return made_since(same, begun, named=bool(named))

        call = partial(dialect.create_orbit, where, name, bucket_secret_id)
        return (yield from settled(call, look, again=False))

    @operation
    def update(
        self,
        orbit_id: str | None = None,
        name: str | None = None,
        bucket_secret_id: str | None = None,
        *,
        organization_id: str | None = None,
    ) -> Flow[Orbit]:
        """Change what is given. Objects do not move to another bucket."""
        place = yield from self._context.orbit(organization_id, orbit_id)
        given = {"name": name, "bucket_secret_id": bucket_secret_id}
        changes = {key: value for key, value in given.items() if value is not None}

        def look() -> Flow[Orbit | None]:
            found: Orbit = yield from self._context.dialect.orbit(place)
            return found if has(found, changes) else None

        call = partial(self._context.dialect.update_orbit, place, changes)
        return (yield from settled(call, look))

    @operation
    def delete(self, orbit_id: str, *, organization_id: str | None = None) -> Flow[None]:
        """Delete an orbit with every record in it; objects stay in the bucket."""
        dialect = self._context.dialect
        place = yield from self._context.orbit(organization_id, orbit_id)
        others = partial(dialect.orbits, place.organization)
        yield from deleted(dialect.delete_orbit(place), others, place.orbit.lower())


class OrbitResource(Resource, _Orbits):
    """The orbits of an organization (the default one unless ``organization_id`` is given)."""


class AsyncOrbitResource(AsyncResource, _Orbits):
    """The orbits of an organization (the default one unless ``organization_id`` is given)."""
