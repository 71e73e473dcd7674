"""Organizations: the sync and the async face."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows import account
from dfs_desktop.api.types import Organization

from .resource import AsyncResource, Resource


class OrganizationResource(Resource):
    """The organizations that the key's owner belongs to."""

    def list(self) -> builtins.list[Organization]:
        """Every organization."""
        return self._run(account.list_organizations(self._context))

    def get(self, value: str | None = None) -> Organization | None:
        """One by id or exact name, None when there is none; without a value the default one."""
        return self._run(account.get_organization(self._context, value))


class AsyncOrganizationResource(AsyncResource):
    """The organizations that the key's owner belongs to."""

    async def list(self) -> builtins.list[Organization]:
        """Every organization."""
        return await self._run(account.list_organizations(self._context))

    async def get(self, value: str | None = None) -> Organization | None:
        """One by id or exact name, None when there is none; without a value the default one."""
        return await self._run(account.get_organization(self._context, value))
