"""The operations on model artifacts with their documentation, for both kinds of resource."""

from __future__ import annotations

import builtins
import enum
from abc import ABC
from pathlib import PurePath
from typing import Any

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records import artifact_records as flows
from dfs_desktop.api.flows.records import find_artifacts
from dfs_desktop.api.flows.transfers.create_once import create_artifact
from dfs_desktop.api.flows.transfers.download import download_artifact
from dfs_desktop.api.flows.transfers.upload import upload_artifact
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.upload_plan import Draft
from dfs_desktop.api.storage.limits.progress_meter import current_meter
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus

from .copy_interface import CopyOperations
from .create_operation import CreateOperation
from .resource import operation, transfer, validate_collection


class ModelArtifactResourceBase(CopyOperations, ABC):
    """The operations on model artifacts, in the default collection unless one is named.

    Every method raises ConfigurationError when no ``collection_id`` is given and the client has
    no default collection: none was set up, and there is not exactly one to choose. Refusals of
    the registry raise APIStatusError's subclasses, a missing answer APIConnectionError.
    """

    _context: Context

    @operation
    @validate_collection
    def get(
        self, model_value: str, *, collection_id: str | None = None
    ) -> Flow[ModelArtifact | None]:
        """Find one artifact by its id, or by its exact model name or file name.

        Arguments:
            model_value: an id, or a name in the exact case.
            collection_id: where to look; the default collection when left out.

        Returns:
            The artifact, or None when neither an id nor a name fits.

        Raises:
            MultipleResourcesFoundError: several artifacts have that name.
            ConfigurationError: no collection is given and there is no default one.

        Example:
            >>> by_name = dfs.model_artifacts.get("my_model")
            >>> by_id = dfs.model_artifacts.get("0199c455-21ee-74c6-b747-19a82f1a1e67")
        """
        return find_artifacts.get_artifact(self._context, model_value, collection_id)

    @operation
    @validate_collection
    def list(self, *, collection_id: str | None = None) -> Flow[builtins.list[ModelArtifact]]:
        """All artifacts of a collection, however many there are.

        Arguments:
            collection_id: which collection; the default one when left out.

        Returns:
            The artifacts, oldest first.

        Raises:
            ConfigurationError: no collection is given and there is no default one.

        Example:
            >>> for artifact in dfs.model_artifacts.list():
            ...     print(artifact.model_name, artifact.metrics)
        """
        place = yield from self._context.collection(collection_id)
        return (yield from find_artifacts.all_artifacts(self._context, place))

    @operation
    @validate_collection
    def download_url(
        self, model_id: str, *, collection_id: str | None = None
    ) -> Flow[dict[str, str]]:
        """A presigned URL that reads the artifact's file straight from the storage.

        Whoever has the URL can read the file until it expires: treat it as a secret.

        Arguments:
            model_id: id of the artifact.
            collection_id: its collection; the default one when left out.

        Returns:
            A dictionary with the URL under "url".

        Raises:
            NotFoundError: no artifact has this id.
            ConfigurationError: no collection is given and there is no default one.

        Example:
            >>> url = dfs.model_artifacts.download_url(model_id)["url"]
        """
        return flows.download_url(self._context, model_id, collection_id)

    @operation
    @validate_collection
    def delete_url(
        self, model_id: str, *, collection_id: str | None = None
    ) -> Flow[dict[str, str]]:
        """A presigned URL that deletes the artifact's file in the storage.

        Asking for it already marks the record ``pending_deletion``, and nothing leads back:
        use ``delete`` unless you mean to do its three steps yourself.

        Arguments:
            model_id: id of the artifact.
            collection_id: its collection; the default one when left out.

        Returns:
            A dictionary with the URL under "url".

        Raises:
            NotFoundError: no artifact has this id.
            ConfigurationError: no collection is given and there is no default one.

        Example:
            >>> url = dfs.model_artifacts.delete_url(model_id)["url"]
        """
        place = yield from self._context.collection(collection_id)
        return {"url": (yield from self._context.dialect.delete_url(place, model_id))}

    @transfer
    @validate_collection
    def upload(
        self,
        file_path: str,
        model_name: str,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        *,
        collection_id: str | None = None,
    ) -> Flow[ModelArtifact]:
        """Upload a model file (.fnnx, .pyfnx or .dfs; on LUML servers .luml and .tar too) and register it.

        Manifest, metrics, file index, size and SHA-256 are read from the file. All checks of the
        file come before anything is created; when sending fails or is cancelled afterwards, the
        record is marked ``upload_failed``. Wrap the call in ``metered(Meter())`` to watch it.

        Arguments:
            file_path: the local file.
            model_name: the name to register; need not be unique.
            description: what people should know about it.
            tags: words to find it by.
            collection_id: where to put it; the default collection when left out.

        Returns:
            The registered artifact, with the status UPLOADED.

        Raises:
            FileError: the format is not supported, the file is over 5 GB (on servers of 2025) or
                no such archive, or it cannot be read. UploadDeniedError: over 500 MiB, and only
                organization admins may upload such files to this server.
            FileUploadError: the storage did not take it, or the file changed meanwhile.
            ConfigurationError: no collection is given and there is no default one.

        Example:
            >>> artifact = dfs.model_artifacts.upload(
            ...     "model.fnnx", "Production Model", tags=["ml", "production"]
            ... )
        """
        return upload_artifact(
            self._context, current_meter(), file_path, model_name, description, tags, collection_id
        )

    @transfer
    @validate_collection
    def download(
        self, model_id: str, file_path: str | None = None, *, collection_id: str | None = None
    ) -> Flow[None]:
        """Download an artifact's file and check it against its registered size and SHA-256.

        The bytes go to a temporary file beside the target and get their name only when they are
        complete and right. Wrap the call in ``metered(Meter())`` to watch it.

        Arguments:
            model_id: id of the artifact.
            file_path: the file to write (it is replaced when it exists) or a folder to put it
                in; its registered file name in the current directory when left out.
            collection_id: its collection; the default one when left out.

        Returns:
            None; the file is there.

        Raises:
            ValueError: no artifact has this id (also a NotFoundError).
            FileDownloadError: the storage did not give it; ChecksumError when it gave something
                else than was registered.
            FileError: it cannot be written there.
            ConfigurationError: no collection is given and there is no default one.

        Example:
            >>> dfs.model_artifacts.download(model_id)
            >>> dfs.model_artifacts.download(model_id, file_path="/tmp/model.fnnx")
        """
        return download_artifact(self._context, current_meter(), model_id, file_path, collection_id)

    @CreateOperation
    @validate_collection
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
    ) -> Flow[dict[str, str | ModelArtifact]]:
        """Make a record without sending a file, and get the URL that takes the bytes.

        For those who send the bytes themselves; ``upload`` does all of it. The record stays
        ``pending_upload`` until ``update(..., status=...)`` says otherwise.

        Arguments:
            collection_id: where to register it; None, or left out in a call with keywords, means
                the default collection.
            file_name: the name of the file, with its extension.
            metrics: numbers and other JSON values; NaN and infinity are refused.
            manifest: facts about the model; fields that the server demands and that are missing
                are sent empty.
            file_hash: SHA-256 of the file in hex; downloads are checked against it.
            file_index: file name inside the archive → (offset, length) in bytes.
            size: bytes of the whole file.
            model_name: the name to show; the file name without extension when left out.
            description: what people should know about it.
            tags: words to find it by.

        Returns:
            A dictionary: "url" takes the file by PUT, "model" is the new ModelArtifact. For sizes
            that the server wants in parts, "url" completes the upload, and "parts" is a JSON text:
            a list of {number, url, size}.

        Raises:
            ConfigurationError: no collection is given and there is no default one.
            UnprocessableEntityError: the server does not accept a value.

        Example:
            >>> result = dfs.model_artifacts.create(
            ...     file_name="model.fnnx", metrics={"accuracy": 0.95}, manifest={"version": "1"},
            ...     file_hash="abc123", file_index={"layer1": (0, 1024)}, size=1048576,
            ... )
            >>> result["url"], result["model"]
        """
        # Without a model name it is called like its file: the server insists on one.
        draft = Draft(
            file_name=file_name,
            model_name=PurePath(file_name).stem if model_name is None else model_name,
            metrics=metrics,
            manifest=manifest,
            file_hash=file_hash,
            file_index=file_index,
            size=size,
            description=description,
            tags=tags,
        )
        return create_artifact(self._context, draft, collection_id)

    @operation
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
    ) -> Flow[ModelArtifact]:
        """Change what is given and nothing else.

        None means "leave it": a description is cleared with "" and tags with []. Asking for the
        status that the record already has is fine.

        Arguments:
            model_id: id of the artifact.
            file_name: new file name (a label; the stored object keeps its own).
            model_name: new model name.
            description: new description.
            tags: new tags, replacing the old ones.
            status: "pending_upload" | "uploaded" | "upload_failed" | "deletion_failed"; the
                server allows few changes of status.
            collection_id: its collection; the default one when left out.

        Returns:
            The artifact as it is now.

        Raises:
            NotFoundError: no artifact has this id.
            BadRequestError: the status cannot follow the present one.
            ConfigurationError: no collection is given and there is no default one.

        Example:
            >>> dfs.model_artifacts.update(model_id, model_name="Updated Model", tags=["prod"])
        """
        changes: dict[str, Any] = {
            "file_name": file_name,
            "model_name": model_name,
            "description": description,
            "tags": tags,
            "status": status.value if isinstance(status, enum.Enum) else status,
        }
        given = {name: value for name, value in changes.items() if value is not None}
        return flows.update_artifact(self._context, model_id, given, collection_id)

    @transfer
    @validate_collection
    def delete(self, model_id: str, *, collection_id: str | None = None) -> Flow[None]:
        """Delete an artifact for good: its file in the storage, then its record.

        When the storage refuses, the record stays and is marked ``deletion_failed``.

        Arguments:
            model_id: id of the artifact.
            collection_id: its collection; the default one when left out.

        Returns:
            None.

        Raises:
            NotFoundError: no artifact has this id.
            FileDeletionError: the storage did not delete the file.
            ConflictError: it is still in use; its ``blockers`` name the deployments and tracks.
            ConfigurationError: no collection is given and there is no default one.

        Warning:
            This cannot be undone.

        Example:
            >>> dfs.model_artifacts.delete(model_id)
        """
        return flows.delete_artifact(self._context, model_id, current_meter(), collection_id)
