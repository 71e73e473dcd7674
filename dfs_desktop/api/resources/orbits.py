"""Orbits, blocking and awaiting."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records import orbits
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.types import Orbit

from .resource import AsyncResource, Resource, operation


class _Orbits:
    _context: Context

    @operation
    def list(self, organization_id: str | None = None) -> Flow[builtins.list[Orbit]]:
        """Every orbit that the key may see."""
        return orbits.list_orbits(self._context, organization_id)

    @operation
    def get(
        self, value: str | None = None, *, organization_id: str | None = None
    ) -> Flow[Orbit | None]:
        """One by id or exact name, None when there is none; without a value the default one."""
        return orbits.get_orbit(self._context, value, organization_id)

    @operation
    def create(
        self, name: str, bucket_secret_id: str, *, organization_id: str | None = None
    ) -> Flow[Orbit]:
        """A new orbit whose objects live in the given bucket."""
        return orbits.create_orbit(self._context, name, bucket_secret_id, organization_id)

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
        return orbits.update_orbit(self._context, orbit_id, name, bucket_secret_id, organization_id)

    @operation
    def delete(self, orbit_id: str, *, organization_id: str | None = None) -> Flow[None]:
        """Delete an orbit with every record in it; objects stay in the bucket."""
        return orbits.delete_orbit(self._context, orbit_id, organization_id)


class OrbitResource(Resource, _Orbits):
    """The orbits of an organization (the default one unless ``organization_id`` is given)."""


class AsyncOrbitResource(AsyncResource, _Orbits):
    """The orbits of an organization (the default one unless ``organization_id`` is given)."""
