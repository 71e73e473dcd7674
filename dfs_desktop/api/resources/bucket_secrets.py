"""Bucket secrets: the sync and the async face. Reading only."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows import account
from dfs_desktop.api.types import BucketSecret

from .resource import AsyncResource, Resource


class BucketSecretResource(Resource):
    """The buckets of an organization."""

    def list(self, *, organization_id: str | None = None) -> builtins.list[BucketSecret]:
        """Every bucket, without its keys. Owners and admins only."""
        return self._run(account.list_bucket_secrets(self._context, organization_id))


class AsyncBucketSecretResource(AsyncResource):
    """The buckets of an organization."""

    async def list(self, *, organization_id: str | None = None) -> builtins.list[BucketSecret]:
        """Every bucket, without its keys. Owners and admins only."""
        return await self._run(account.list_bucket_secrets(self._context, organization_id))
