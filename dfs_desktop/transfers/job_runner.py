"""Carries one transfer on with the client of its server, or discards what it left behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dfs_desktop.api import (
    ConfigurationError,
    DownloadRecord,
    DownloadStep,
    Ledger,
    Scope,
    UploadRecord,
    UploadStep,
)
from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import tr

from .job import Job

if TYPE_CHECKING:
    from dfs_desktop.api import AsyncDataForceClient

# The client of a server, by the id of its profile.
ClientOf = Callable[[str], Awaitable["AsyncDataForceClient"]]


class JobRunner:
    """What a queue does with a job: called with one, it does what is left of it."""

    def __init__(self, client_of: ClientOf, jobs: Callable[[], Iterable[Job]]) -> None:
        """``jobs``: all that the queue has; the clean-up of one spares the records of the others."""
        self._client_of, self._jobs = client_of, jobs

    async def __call__(self, job: Job) -> None:
        client = await self._client_of(job.profile)
        if job.ledger is None:
            raise ConfigurationError(
                tr("This transfer cannot be carried on"), tr("Start it again.")
            )
        ledger = job.ledger
        here = client_at(client, ledger.record.place)
        if isinstance(ledger.record, UploadRecord):
            if job.profile == LOCAL:
                _pass_by_old_links(ledger.record, urlsplit(client.base_url).netloc)
            await self._fetch_source(job, ledger)
            await self._upload(job, here, ledger)
        else:
            await _download(job, here, ledger)

    async def _fetch_source(self, job: Job, ledger: Ledger[UploadRecord]) -> None:
        """The first half of a copy, at the server that has the artifact."""
        record = ledger.record
        if record.source is None or job.cancelling:
            return
        if record.step is UploadStep.DISCARDED:
            record.renew()
        client = await self._client_of(record.source.server)
        await client_at(client, record.source.fetch.place).transfers.fetch_source(ledger)

    async def _upload(
        self, job: Job, here: AsyncDataForceClient, ledger: Ledger[UploadRecord]
    ) -> None:
        here.transfers.spare(each.artifact_id for each in self._jobs())
        if job.cancelling:
            job.artifact = await here.transfers.discard_upload(ledger)
            return
        if ledger.record.step is UploadStep.DISCARDED:
            ledger.record.renew()
        job.artifact = await here.transfers.upload(ledger)


async def _download(job: Job, here: AsyncDataForceClient, ledger: Ledger[DownloadRecord]) -> None:
    if job.cancelling:
        await here.transfers.discard_download(ledger)
        return
    if ledger.record.step is DownloadStep.DISCARDED:
        ledger.record.step = DownloadStep.PLANNED
    job.path = Path(await here.transfers.download(ledger))


def client_at(client: AsyncDataForceClient, place: Scope) -> AsyncDataForceClient:
    """The client looking at the place of a transfer."""
    return client.at(place.organization or None, place.orbit or None, place.collection or None)


def _pass_by_old_links(record: UploadRecord, here: str) -> None:
    """Begin anew where the links that are left lead to where the registry listened last time.

    Another program may listen there now, and the registry takes no link of another port.
    """
    if (plan := record.plan) is None or record.step is UploadStep.DISCARDED:
        return
    links = [*(part.url for part in plan.parts), plan.complete_url]
    if record.upload_id is None:
        links.append(plan.start_url)
    if any(link is not None and urlsplit(link).netloc != here for link in links):
        record.step = UploadStep.EXPIRED
