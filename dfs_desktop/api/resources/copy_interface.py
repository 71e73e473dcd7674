"""Copying and moving artifacts to another place or server, for both kinds of resource."""

from __future__ import annotations

from typing import Any

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.transfers.copy import CopyTarget, copy_artifact, move_artifact
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.scope import Level, ScopeRequest
from dfs_desktop.api.storage.limits.progress_meter import current_meter
from dfs_desktop.api.types import ModelArtifact

from .resource import AsyncClient, Client, transfer, validate_collection


class CopyOperations:
    """What brings an artifact from one place to another."""

    _context: Context
    _client: Any

    @transfer
    @validate_collection
    def copy(
        self,
        model_id: str,
        *,
        collection_id: str | None = None,
        to: Client | AsyncClient | None = None,
        to_organization: str | None = None,
        to_orbit: str | None = None,
        to_collection: str | None = None,
    ) -> Flow[ModelArtifact]:
        """Copy an artifact into another collection, which may be at another server.

        The file passes through a temporary folder of this computer and is checked on the way; name,
        description, tags, metrics, manifest and index are registered as they are at the source.
        What the target would not take is found out before a byte moves. A copy that fails leaves
        nothing. Wrap the call in ``metered(Meter())`` to watch it.

        Arguments:
            model_id: id of the artifact.
            collection_id: its collection; the default one when left out.
            to: a client of the same kind, for the server that gets the copy; this one when left
                out.
            to_organization: id or name of the organization that gets the copy.
            to_orbit: id or name of the orbit. What is left out of the three is as ``to`` was set up.
            to_collection: id or name of the collection.

        Returns:
            The copy, with the status UPLOADED.

        Raises:
            NotFoundError: no artifact has this id.
            FileError: the server of the copy does not take such files, or this computer has no room.
            UploadDeniedError: over 500 MiB, and only organization admins may upload such files there.
            FileDownloadError: it has no file, or the storage did not give it; ChecksumError when it
                gave something else than was registered.
            FileUploadError: the other storage did not take it.
            ConfigurationError: no collection is given and there is no default one.

        Example:
            >>> copy = dfs.model_artifacts.copy(model_id, to_collection="Production")
            >>> there = dfs.model_artifacts.copy(model_id, to=team, to_collection="Models")
        """
        target = self._target(to, to_organization, to_orbit, to_collection)
        return copy_artifact(self._context, current_meter(), model_id, collection_id, target)

    @transfer
    @validate_collection
    def move(
        self,
        model_id: str,
        *,
        collection_id: str | None = None,
        to: Client | AsyncClient | None = None,
        to_organization: str | None = None,
        to_orbit: str | None = None,
        to_collection: str | None = None,
    ) -> Flow[ModelArtifact]:
        """Copy an artifact as ``copy`` does, then delete the original.

        The original is deleted only when the registry of the copy says the same size and SHA-256.
        When it cannot be deleted, both are there.

        Arguments:
            model_id: id of the artifact.
            collection_id: its collection; the default one when left out.
            to: as for ``copy``.
            to_organization: as for ``copy``.
            to_orbit: as for ``copy``.
            to_collection: as for ``copy``.

        Returns:
            The artifact in its new place.

        Raises:
            FileDeletionError: the copy is there, and the original could not be deleted.
            ConflictError: the copy is there, and the original is still in use.
            ConfigurationError: no collection is given and there is no default one.
            And what ``copy`` raises.

        Example:
            >>> moved = dfs.model_artifacts.move(model_id, to_collection="Archive")
        """
        target = self._target(to, to_organization, to_orbit, to_collection)
        return move_artifact(self._context, current_meter(), model_id, collection_id, target)

    def _target(
        self,
        to: Client | AsyncClient | None,
        organization: str | None,
        orbit: str | None,
        collection: str | None,
    ) -> CopyTarget:
        client: Any = self._client if to is None else to
        wanted = ScopeRequest(Level.COLLECTION, organization, orbit, collection)
        return CopyTarget(client, client._context, wanted)
