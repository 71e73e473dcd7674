"""Organizations, blocking and awaiting."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records import organizations
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.types import Organization

from .resource import AsyncResource, Resource, operation


class _Organizations:
    _context: Context

    @operation
    def list(self) -> Flow[builtins.list[Organization]]:
        """Every organization."""
        return organizations.list_organizations(self._context)

    @operation
    def get(self, value: str | None = None) -> Flow[Organization | None]:
        """One by id or exact name, None when there is none; without a value the default one."""
        return organizations.get_organization(self._context, value)


class OrganizationResource(Resource, _Organizations):
    """The organizations that the key's owner belongs to."""


class AsyncOrganizationResource(AsyncResource, _Organizations):
    """The organizations that the key's owner belongs to."""
