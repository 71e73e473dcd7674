"""Bucket secrets, blocking and awaiting. Reading only."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records import organizations
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.types import BucketSecret

from .resource import AsyncResource, Resource, operation


class _BucketSecrets:
    _context: Context

    @operation
    def list(self, *, organization_id: str | None = None) -> Flow[builtins.list[BucketSecret]]:
        """Every bucket, without its keys. Owners and admins only."""
        return organizations.list_bucket_secrets(self._context, organization_id)


class BucketSecretResource(Resource, _BucketSecrets):
    """The buckets of an organization."""


class AsyncBucketSecretResource(AsyncResource, _BucketSecrets):
    """The buckets of an organization."""
