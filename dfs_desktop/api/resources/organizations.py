"""Organizations and their bucket secrets, blocking and awaiting. Reading only."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.scope import find
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.types import BucketSecret, Organization

from .resource import AsyncResource, Resource, operation


class _Organizations:
    _context: Context

    @operation
    def list(self) -> Flow[builtins.list[Organization]]:
        """Every organization."""
        return (yield from self._context.dialect.organizations())

    @operation
    def get(self, value: str | None = None) -> Flow[Organization | None]:
        """One by id or exact name, None when there is none; without a value the default one."""
        if value is None:
            value = (yield from self._context.organization()).organization
        return find((yield from self._context.dialect.organizations()), value, "organization")


class _BucketSecrets:
    _context: Context

    @operation
    def list(self, *, organization_id: str | None = None) -> Flow[builtins.list[BucketSecret]]:
        """Every bucket, without its keys. Owners and admins only."""
        place = yield from self._context.organization(organization_id)
        return (yield from self._context.dialect.bucket_secrets(place.organization))


class OrganizationResource(Resource, _Organizations):
    """The organizations that the key's owner belongs to."""


class AsyncOrganizationResource(AsyncResource, _Organizations):
    """The organizations that the key's owner belongs to."""


class BucketSecretResource(Resource, _BucketSecrets):
    """The buckets of an organization."""


class AsyncBucketSecretResource(AsyncResource, _BucketSecrets):
    """The buckets of an organization."""
