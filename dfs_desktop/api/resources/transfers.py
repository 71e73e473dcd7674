"""Transfers that survive: uploads, downloads and deletions that a ledger lets one carry on later."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from dfs_desktop.api.flows.artifact_records import carry_on_deletion, download_url, force_deletion
from dfs_desktop.api.flows.confirm_upload import discard_upload, let_go
from dfs_desktop.api.flows.download import carry_on_download, discard_download
from dfs_desktop.api.flows.persistence import Deletion, Download, Upload
from dfs_desktop.api.flows.upload import carry_on_upload
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.storage.limits.progress_meter import current_meter
from dfs_desktop.api.storage.range_source import RangeSource
from dfs_desktop.api.stored_file import StoredFile
from dfs_desktop.api.types import ModelArtifact

from .resource import AsyncResource, Resource

LINK_WAIT = 60.0  # seconds that a reading thread waits for the registry


class TransferResource(Resource):
    """Unlike ``model_artifacts``, which leaves no trace of what fails, these leave a transfer that
    was stopped, or that failed for a reason that passes, where it is: call again with the same
    ledger, also after the end of the program. ``metered`` watches and stops them."""

    def upload(self, ledger: Upload) -> ModelArtifact:
        """Do what is left of an upload; its record, ``uploaded``.

        SourceChangedError and UploadExpiredError say that it has to begin again; with every
        other error it can be carried on."""
        meter = current_meter()
        return self._run(carry_on_upload(self._context, meter, ledger), meter)

    def discard_upload(self, ledger: Upload) -> ModelArtifact | None:
        """Give an upload up. When the storage has the whole file already it is finished instead,
        and its record returned."""
        return self._run(discard_upload(self._context, ledger), current_meter())

    def let_go(self, ledger: Upload) -> None:
        """Remove only the record of an upload, whatever the storage may have of its file."""
        self._run(let_go(self._context, ledger))

    def forget(self, place: Scope, artifact_id: str) -> None:
        """Remove only a record, whatever the storage may have under its name."""
        self._run(force_deletion(self._context, place, artifact_id))

    def spare(self, artifact_ids: Iterable[str]) -> None:
        """Say which records other uploads of ours belong to, those of earlier runs too: none of
        them is taken for what a creation left whose answer was lost."""
        self._context.own.update(artifact_ids)

    def download(self, ledger: Download) -> str:
        """Do what is left of a download; the path that the file got."""
        meter = current_meter()
        return self._run(carry_on_download(self._context, meter, ledger), meter)

    def discard_download(self, ledger: Download) -> None:
        """Give a download up: its partial file is removed."""
        self._run(discard_download(ledger), current_meter())

    def delete(self, ledger: Deletion) -> None:
        """Do what is left of a deletion."""
        meter = current_meter()
        self._run(carry_on_deletion(self._context, ledger), meter)

    def source(self, artifact: ModelArtifact) -> RangeSource:
        """The stored file as random access bytes: ``read(offset, length)`` is one ranged request.

        Nothing is asked before the first read. Reads block: use them from a worker thread. With
        ``dfs_desktop.artifact.artifact_reader.OpenArtifact`` any member can be seen without a download.
        """
        place = artifact.collection_id or None

        def ask_url() -> str:
            return self._run(download_url(self._context, artifact.id, place))["url"]

        store, now = self._client._store, self._context.clock.told
        return RangeSource(artifact.file_name, artifact.size, ask_url, store, now)


class AsyncTransferResource(AsyncResource):
    """The awaiting twin of TransferResource. Cancelling a task is a stop; it is safe at any time."""

    async def upload(self, ledger: Upload) -> ModelArtifact:
        """Do what is left of an upload; its record, ``uploaded``."""
        meter = current_meter()
        return await self._run(carry_on_upload(self._context, meter, ledger), meter)

    async def discard_upload(self, ledger: Upload) -> ModelArtifact | None:
        """Give an upload up; its record when the storage had the whole file already."""
        return await self._run(discard_upload(self._context, ledger), current_meter())

    async def let_go(self, ledger: Upload) -> None:
        """Remove only the record of an upload, whatever the storage may have of its file."""
        await self._run(let_go(self._context, ledger))

    async def forget(self, place: Scope, artifact_id: str) -> None:
        """Remove only a record, whatever the storage may have under its name."""
        await self._run(force_deletion(self._context, place, artifact_id))

    def spare(self, artifact_ids: Iterable[str]) -> None:
        """Say which records other uploads of ours belong to, those of earlier runs too."""
        self._context.own.update(artifact_ids)

    async def download(self, ledger: Download) -> str:
        """Do what is left of a download; the path that the file got."""
        meter = current_meter()
        return await self._run(carry_on_download(self._context, meter, ledger), meter)

    async def discard_download(self, ledger: Download) -> None:
        """Give a download up: its partial file is removed."""
        await self._run(discard_download(ledger), current_meter())

    async def delete(self, ledger: Deletion) -> None:
        """Do what is left of a deletion."""
        meter = current_meter()
        await self._run(carry_on_deletion(self._context, ledger), meter)

    def source(self, artifact: ModelArtifact) -> RangeSource:
        """The stored file as random access bytes, to be read from worker threads only: the loop
        that runs now asks the registry for links."""
        loop = asyncio.get_running_loop()

        def ask_url() -> str:
            return asyncio.run_coroutine_threadsafe(self.link(artifact), loop).result(LINK_WAIT)

        store, now = self._client._store, self._context.clock.told
        return RangeSource(artifact.file_name, artifact.size, ask_url, store, now)

    async def link(self, artifact: ModelArtifact) -> str:
        """A presigned address of the stored file, good for some minutes: whoever has it can read."""
        place = artifact.collection_id or None
        return (await self._run(download_url(self._context, artifact.id, place)))["url"]

    def stored_file(self, artifact: ModelArtifact) -> StoredFile:
        """What another process needs to read the file by ranges, beside links; nothing is asked."""
        store = self._client._store
        return StoredFile(
            artifact.file_name,
            artifact.size,
            store.api,
            tuple(sorted(store.approved)),
            self._context.clock.ahead,
        )
