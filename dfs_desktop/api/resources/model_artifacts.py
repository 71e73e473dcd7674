"""Model artifacts: the sync and the async face of the same flows."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterator
from typing import Any, overload

from dfs_desktop.api.flows import artifact_records as flows
from dfs_desktop.api.flows import listing
from dfs_desktop.api.flows.create_once import create_artifact
from dfs_desktop.api.flows.download import download_artifact
from dfs_desktop.api.flows.upload import upload_artifact
from dfs_desktop.api.storage.limits.progress_meter import current_meter
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus

from .artifact_interface import ModelArtifactResourceBase
from .drafts import created_answer, draft, given
from .resource import AsyncResource, Resource, validate_collection

__all__ = [
    "AsyncModelArtifactResource",
    "ModelArtifactResource",
    "ModelArtifactResourceBase",
    "validate_collection",
]


class ModelArtifactResource(Resource, ModelArtifactResourceBase):
    """Model artifacts of a DataForceClient; see ModelArtifactResourceBase."""

    @validate_collection
    def get(self, model_value: str, *, collection_id: str | None = None) -> ModelArtifact | None:
        return self._run(listing.get_artifact(self._context, model_value, collection_id))

    @validate_collection
    def list(self, *, collection_id: str | None = None) -> builtins.list[ModelArtifact]:
        return self._run(listing.list_artifacts(self._context, collection_id))

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
        pages = listing.PagedList(collection_id, search or "", whole_orbit=whole_orbit)
        while (page := self._run(pages.next(self._context))) is not None:
            yield page

    @validate_collection
    def download_url(self, model_id: str, *, collection_id: str | None = None) -> dict[str, str]:
        return self._run(flows.download_url(self._context, model_id, collection_id))

    @validate_collection
    def delete_url(self, model_id: str, *, collection_id: str | None = None) -> dict[str, str]:
        return self._run(flows.delete_url(self._context, model_id, collection_id))

    @validate_collection
    def upload(
        self,
        file_path: str,
        model_name: str,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        *,
        collection_id: str | None = None,
    ) -> ModelArtifact:
        meter = current_meter()
        flow = upload_artifact(
            self._context, meter, file_path, model_name, description, tags, collection_id
        )
        return self._run(flow, meter)

    @validate_collection
    def download(
        self, model_id: str, file_path: str | None = None, *, collection_id: str | None = None
    ) -> None:
        meter = current_meter()
        flow = download_artifact(self._context, meter, model_id, file_path, collection_id)
        return self._run(flow, meter)

    @overload
    def create(
        self,
        collection_id: str | None,
        file_name: str,
        metrics: dict[str, Any],
        manifest: dict[str, Any],
        file_hash: str,
        file_index: dict[str, tuple[int, int]],
        size: int,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
    ) -> dict[str, str | ModelArtifact]: ...

    @overload
    def create(
        self,
        *,
        collection_id: str | None = None,
        file_name: str,
        metrics: dict[str, Any],
        manifest: dict[str, Any],
        file_hash: str,
        file_index: dict[str, tuple[int, int]],
        size: int,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
    ) -> dict[str, str | ModelArtifact]: ...

    @validate_collection  # type: ignore[misc]  # it adds what the second overload leaves out
    def create(
        self,
        collection_id: str | None,
        file_name: str,
        metrics: dict[str, Any],
        manifest: dict[str, Any],
        file_hash: str,
        file_index: dict[str, tuple[int, int]],
        size: int,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
    ) -> dict[str, str | ModelArtifact]:
        new = draft(
            file_name,
            metrics,
            manifest,
            file_hash,
            file_index,
            size,
            model_name,
            description,
            tags,
        )
        flow = create_artifact(self._context, new, collection_id)
        return created_answer(self._run(flow))

    @validate_collection
    def update(
        self,
        model_id: str,
        file_name: str | None = None,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        status: ModelArtifactStatus | None = None,
        *,
        collection_id: str | None = None,
    ) -> ModelArtifact:
        changes = given(
            file_name=file_name,
            model_name=model_name,
            description=description,
            tags=tags,
            status=status,
        )
        flow = flows.update_artifact(self._context, model_id, changes, collection_id)
        return self._run(flow)

    @validate_collection
    def delete(self, model_id: str, *, collection_id: str | None = None) -> None:
        meter = current_meter()
        flow = flows.delete_artifact(self._context, model_id, meter, collection_id)
        return self._run(flow, meter)


class AsyncModelArtifactResource(AsyncResource, ModelArtifactResourceBase):
    """Model artifacts of an AsyncDataForceClient; see ModelArtifactResourceBase."""

    @validate_collection
    async def get(
        self, model_value: str, *, collection_id: str | None = None
    ) -> ModelArtifact | None:
        return await self._run(listing.get_artifact(self._context, model_value, collection_id))

    @validate_collection
    async def list(self, *, collection_id: str | None = None) -> builtins.list[ModelArtifact]:
        return await self._run(listing.list_artifacts(self._context, collection_id))

    async def pages(
        self,
        *,
        collection_id: str | None = None,
        search: str | None = None,
        whole_orbit: bool = False,
    ) -> AsyncIterator[builtins.list[ModelArtifact]]:
        """The artifacts page by page, newest first where the server can: for long lists.

        ``search`` keeps those whose name holds it, in any case. ``whole_orbit`` looks through
        every collection of the default orbit. Pages are never empty.
        """
        pages = listing.PagedList(collection_id, search or "", whole_orbit=whole_orbit)
        while (page := await self._run(pages.next(self._context))) is not None:
            yield page

    @validate_collection
    async def download_url(
        self, model_id: str, *, collection_id: str | None = None
    ) -> dict[str, str]:
        return await self._run(flows.download_url(self._context, model_id, collection_id))

    @validate_collection
    async def delete_url(
        self, model_id: str, *, collection_id: str | None = None
    ) -> dict[str, str]:
        return await self._run(flows.delete_url(self._context, model_id, collection_id))

    @validate_collection
    async def upload(
        self,
        file_path: str,
        model_name: str,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        *,
        collection_id: str | None = None,
    ) -> ModelArtifact:
        meter = current_meter()
        flow = upload_artifact(
            self._context, meter, file_path, model_name, description, tags, collection_id
        )
        return await self._run(flow, meter)

    @validate_collection
    async def download(
        self, model_id: str, file_path: str | None = None, *, collection_id: str | None = None
    ) -> None:
        meter = current_meter()
        flow = download_artifact(self._context, meter, model_id, file_path, collection_id)
        return await self._run(flow, meter)

    @overload
    async def create(
        self,
        collection_id: str | None,
        file_name: str,
        metrics: dict[str, Any],
        manifest: dict[str, Any],
        file_hash: str,
        file_index: dict[str, tuple[int, int]],
        size: int,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
    ) -> dict[str, str | ModelArtifact]: ...

    @overload
    async def create(
        self,
        *,
        collection_id: str | None = None,
        file_name: str,
        metrics: dict[str, Any],
        manifest: dict[str, Any],
        file_hash: str,
        file_index: dict[str, tuple[int, int]],
        size: int,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
    ) -> dict[str, str | ModelArtifact]: ...

    @validate_collection  # type: ignore[misc]  # it adds what the second overload leaves out
    async def create(
        self,
        collection_id: str | None,
        file_name: str,
        metrics: dict[str, Any],
        manifest: dict[str, Any],
        file_hash: str,
        file_index: dict[str, tuple[int, int]],
        size: int,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
    ) -> dict[str, str | ModelArtifact]:
        new = draft(
            file_name,
            metrics,
            manifest,
            file_hash,
            file_index,
            size,
            model_name,
            description,
            tags,
        )
        flow = create_artifact(self._context, new, collection_id)
        return created_answer(await self._run(flow))

    @validate_collection
    async def update(
        self,
        model_id: str,
        file_name: str | None = None,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        status: ModelArtifactStatus | None = None,
        *,
        collection_id: str | None = None,
    ) -> ModelArtifact:
        changes = given(
            file_name=file_name,
            model_name=model_name,
            description=description,
            tags=tags,
            status=status,
        )
        flow = flows.update_artifact(self._context, model_id, changes, collection_id)
        return await self._run(flow)

    @validate_collection
    async def delete(self, model_id: str, *, collection_id: str | None = None) -> None:
        meter = current_meter()
        flow = flows.delete_artifact(self._context, model_id, meter, collection_id)
        return await self._run(flow, meter)
