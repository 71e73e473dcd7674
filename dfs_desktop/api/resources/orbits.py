"""Orbits: the sync and the async face."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows import account
from dfs_desktop.api.types import Orbit

from .resource import AsyncResource, Resource


class OrbitResource(Resource):
    """The orbits of an organization (the default one unless ``organization_id`` is given)."""

    def list(self, organization_id: str | None = None) -> builtins.list[Orbit]:
        """Every orbit that the key may see."""
        return self._run(account.list_orbits(self._context, organization_id))

    def get(self, value: str | None = None, *, organization_id: str | None = None) -> Orbit | None:
        """One by id or exact name, None when there is none; without a value the default one."""
        return self._run(account.get_orbit(self._context, value, organization_id))

    def create(
        self, name: str, bucket_secret_id: str, *, organization_id: str | None = None
    ) -> Orbit:
        """A new orbit whose objects live in the given bucket."""
        flow = account.create_orbit(self._context, name, bucket_secret_id, organization_id)
        return self._run(flow)

    def update(
        self,
        orbit_id: str | None = None,
        name: str | None = None,
        bucket_secret_id: str | None = None,
        *,
        organization_id: str | None = None,
    ) -> Orbit:
        """Change what is given. Objects do not move to another bucket."""
        flow = account.update_orbit(
            self._context, orbit_id, name, bucket_secret_id, organization_id
        )
        return self._run(flow)

    def delete(self, orbit_id: str, *, organization_id: str | None = None) -> None:
        """Delete an orbit with every record in it; objects stay in the bucket."""
        return self._run(account.delete_orbit(self._context, orbit_id, organization_id))


class AsyncOrbitResource(AsyncResource):
    """The orbits of an organization (the default one unless ``organization_id`` is given)."""

    async def list(self, organization_id: str | None = None) -> builtins.list[Orbit]:
        """Every orbit that the key may see."""
        return await self._run(account.list_orbits(self._context, organization_id))

    async def get(
        self, value: str | None = None, *, organization_id: str | None = None
    ) -> Orbit | None:
        """One by id or exact name, None when there is none; without a value the default one."""
        return await self._run(account.get_orbit(self._context, value, organization_id))

    async def create(
        self, name: str, bucket_secret_id: str, *, organization_id: str | None = None
    ) -> Orbit:
        """A new orbit whose objects live in the given bucket."""
        flow = account.create_orbit(self._context, name, bucket_secret_id, organization_id)
        return await self._run(flow)

    async def update(
        self,
        orbit_id: str | None = None,
        name: str | None = None,
        bucket_secret_id: str | None = None,
        *,
        organization_id: str | None = None,
    ) -> Orbit:
        """Change what is given. Objects do not move to another bucket."""
        flow = account.update_orbit(
            self._context, orbit_id, name, bucket_secret_id, organization_id
        )
        return await self._run(flow)

    async def delete(self, orbit_id: str, *, organization_id: str | None = None) -> None:
        """Delete an orbit with every record in it; objects stay in the bucket."""
        return await self._run(account.delete_orbit(self._context, orbit_id, organization_id))
