"""Model artifacts, blocking and awaiting."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterator

from dfs_desktop.api.flows.records.find_artifacts import PagedList
from dfs_desktop.api.types import ModelArtifact

from .artifact_interface import ModelArtifactResourceBase
from .resource import AsyncResource, Resource, validate_collection

__all__ = [
    "AsyncModelArtifactResource",
    "ModelArtifactResource",
    "ModelArtifactResourceBase",
    "validate_collection",
]


class ModelArtifactResource(Resource, ModelArtifactResourceBase):
    """Model artifacts of a DataForceClient; see ModelArtifactResourceBase."""

    def pages(
        self,
        *,
        collection_id: str | None = None,
        search: str | None = None,
        whole_orbit: bool = False,
    ) -> Iterator[builtins.list[ModelArtifact]]:
        """The artifacts page by page, newest first where the server can: for long lists.

        ``search`` keeps those whose name holds it, in any case. ``whole_orbit`` looks through
        every collection of the default orbit. Pages are never empty.
        """
        pages = PagedList(collection_id, search or "", whole_orbit=whole_orbit)
        while (page := self._client._run(pages.next(self._context))) is not None:
            yield page


class AsyncModelArtifactResource(AsyncResource, ModelArtifactResourceBase):
    """Model artifacts of an AsyncDataForceClient; see ModelArtifactResourceBase."""

    async def pages(
        self,
        *,
        collection_id: str | None = None,
        search: str | None = None,
        whole_orbit: bool = False,
    ) -> AsyncIterator[builtins.list[ModelArtifact]]:
        """See ModelArtifactResource.pages."""
        pages = PagedList(collection_id, search or "", whole_orbit=whole_orbit)
        while (page := await self._client._run(pages.next(self._context))) is not None:
            yield page
