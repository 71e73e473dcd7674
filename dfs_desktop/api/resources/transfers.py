"""Transfers that survive: uploads, downloads and deletions that a ledger lets one carry on later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records.artifact_records import (
    carry_on_deletion,
    download_url,
    force_deletion,
)
from dfs_desktop.api.flows.transfers.copy_source import fetch_source
from dfs_desktop.api.flows.transfers.discard_upload import discard_upload, let_go
from dfs_desktop.api.flows.transfers.download import carry_on_download, discard_download
from dfs_desktop.api.flows.transfers.upload import carry_on_upload
from dfs_desktop.api.http.proxy.proxy_choice import for_child
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.ledger import Deletion, Download, Upload
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.storage.limits.progress_meter import current_meter
from dfs_desktop.api.storage.presigned_urls import expires_at
from dfs_desktop.api.storage.range_source import RangeSource
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.api.stored_file import StoredFile
from dfs_desktop.api.types import ModelArtifact

from .resource import AsyncResource, Resource, operation, transfer

LINK_WAIT = 60.0  # seconds that a reading thread waits for the registry


class _Transfers:
    _context: Context

    @transfer
    def upload(self, ledger: Upload) -> Flow[ModelArtifact]:
        """Do what is left of an upload; its record, ``uploaded``.

        SourceChangedError and UploadExpiredError say that it has to begin again; with every
        other error it can be carried on."""
        return carry_on_upload(self._context, current_meter(), ledger)

    @transfer
    def fetch_source(self, ledger: Upload) -> Flow[None]:
        """Do what is left of fetching the file that an upload copies; its artifact is here."""
        return fetch_source(self._context, current_meter(), ledger)

    @transfer
    def discard_upload(self, ledger: Upload) -> Flow[ModelArtifact | None]:
        """Give an upload up. When the storage has the whole file already it is finished instead,
        and its record returned."""
        return discard_upload(self._context, ledger)

    @operation
    def let_go(self, ledger: Upload) -> Flow[None]:
        """Remove only the record of an upload, whatever the storage may have of its file."""
        return let_go(self._context, ledger)

    @operation
    def forget(self, place: Scope, artifact_id: str) -> Flow[None]:
        """Remove only a record, whatever the storage may have under its name."""
        return force_deletion(self._context, place, artifact_id)

    @transfer
    def download(self, ledger: Download) -> Flow[str]:
        """Do what is left of a download; the path that the file got."""
        return carry_on_download(self._context, current_meter(), ledger)

    @transfer
    def discard_download(self, ledger: Download) -> Flow[None]:
        """Give a download up: its partial file is removed."""
        return discard_download(ledger)

    @transfer
    def delete(self, ledger: Deletion) -> Flow[None]:
        """Do what is left of a deletion."""
        return carry_on_deletion(self._context, ledger)

    @operation
    def link(self, artifact: ModelArtifact) -> Flow[str]:
        """A presigned address of the stored file, good for some minutes: whoever has it can read."""
        return _link(self._context, artifact)

    def kept_link(self, artifact: ModelArtifact) -> str:
        """One that was asked for before and is still good; empty when there is none."""
        return self._context.links.find(artifact.id, self._context.clock.now())

    def spare(self, artifact_ids: Iterable[str]) -> None:
        """Say which records other uploads of ours belong to, those of earlier runs too: none of
        them is taken for what a creation left whose answer was lost."""
        self._context.own.update(artifact_ids)

    def _source(
        self, artifact: ModelArtifact, ask_url: Callable[[], str], store: Store
    ) -> RangeSource:
        now, kept = self._context.clock.told, [self.kept_link(artifact)]

        def first_kept() -> str:
            return (kept.pop() if kept else "") or ask_url()

        return RangeSource(artifact.file_name, artifact.size, first_kept, store, now)


def _link(context: Context, artifact: ModelArtifact) -> Flow[str]:
    answer = yield from download_url(context, artifact.id, artifact.collection_id or None)
    context.links.keep(artifact.id, answer["url"], expires_at(answer["url"]))
    return answer["url"]


class TransferResource(Resource, _Transfers):
    """Unlike ``model_artifacts``, which leaves no trace of what fails, these leave a transfer that
    was stopped, or that failed for a reason that passes, where it is: call again with the same
    ledger, also after the end of the program. ``metered`` watches and stops them."""

    def source(self, artifact: ModelArtifact) -> RangeSource:
        """The stored file as random access bytes: ``read(offset, length)`` is one ranged request.

        Nothing is asked before the first read. Reads block: use them from a worker thread. With
        ``dfs_desktop.artifact.artifact_reader.OpenArtifact`` any member can be seen without a download.
        """
        return self._source(artifact, lambda: self.link(artifact), self._client._store)


class AsyncTransferResource(AsyncResource, _Transfers):
    """The awaiting twin of TransferResource. Cancelling a task is a stop; it is safe at any time."""

    def source(self, artifact: ModelArtifact) -> RangeSource:
        """The stored file as random access bytes, to be read from worker threads only: the loop
        that runs now asks the registry for links."""
        loop = asyncio.get_running_loop()

        def ask_url() -> str:
            return asyncio.run_coroutine_threadsafe(self.link(artifact), loop).result(LINK_WAIT)

        return self._source(artifact, ask_url, self._client._store)

    @property
    def shows_certificate(self) -> bool:
        """Whether a certificate of the person's is shown, which no other process is given."""
        return self._client._store.network.own is not None

    def stored_file(self, artifact: ModelArtifact) -> StoredFile:
        """What another process needs to read the file by ranges, beside links; nothing is asked."""
        store = self._client._store
        return StoredFile(
            artifact.file_name,
            artifact.size,
            store.api,
            tuple(sorted(store.approved)),
            self._context.clock.ahead,
            for_child(store.network),
        )
