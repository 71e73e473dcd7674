"""Bucket secrets: the sync and the async face. Reading only."""

from __future__ import annotations

import builtins

from dfs_desktop.api.flows import account
from dfs_desktop.api.types import BucketSecret

from .resource import AsyncFace, Face


class BucketSecretResource(Face):
    """The buckets of an organization."""

    def list(self, *, organization_id: str | None = None) -> builtins.list[BucketSecret]:
        """Every bucket, without its keys. Owners and admins only."""
        return self._run(account.list_bucket_secrets(self._session, organization_id))


class AsyncBucketSecretResource(AsyncFace):
    """The buckets of an organization."""

    async def list(self, *, organization_id: str | None = None) -> builtins.list[BucketSecret]:
        """Every bucket, without its keys. Owners and admins only."""
        return await self._run(account.list_bucket_secrets(self._session, organization_id))
