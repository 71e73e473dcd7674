"""Carries one transfer on with the client of its server, or discards what it left behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from dfs_desktop import api
from dfs_desktop.settings import LOCAL
from dfs_desktop.text.url_parts import url_parts

from .job import Job

# The client of a server, by the id of its profile.
ClientOf = Callable[[str], Awaitable["api.AsyncDataForceClient"]]
_Clients = dict[str, "api.AsyncDataForceClient"]


class JobRunner:
    """What a queue does with a job: called with one, it does what is left of it."""

    def __init__(self, client_of: ClientOf, jobs: Callable[[], Iterable[Job]]) -> None:
        """``jobs``: all that the queue has; the clean-up of one spares the records of the others."""
        self._client_of, self._jobs = client_of, jobs

    async def __call__(self, job: Job) -> None:
        """Once more where a key was refused that is not the server's any more: another one was entered
        meanwhile, or the local registry was started anew."""
        while True:
            asked: _Clients = {}
            try:
                return await self._carry_on(job, asked)
            except (api.AuthenticationError, api.UnconfirmedUploadError) as error:
                cause = error.reason if isinstance(error, api.UnconfirmedUploadError) else error
                if not isinstance(cause, api.AuthenticationError):
                    raise
                now = {server: await self._client_of(server) for server in asked}
                if all(now[server] is client for server, client in asked.items()):
                    raise
                job.ledger.resumed = True

    async def _carry_on(self, job: Job, asked: _Clients) -> None:
        client = asked[job.profile] = await self._client_of(job.profile)
        ledger = job.ledger
        here = client_at(client, ledger.record.place)
        if isinstance(ledger.record, api.UploadRecord):
            if job.profile == LOCAL:
                _pass_by_old_links(ledger.record, url_parts(client.base_url).netloc)
            await self._fetch_source(job, ledger, asked)
            await self._upload(job, here, ledger)
        else:
            await _download(job, here, ledger)

    async def _fetch_source(
        self, job: Job, ledger: api.Ledger[api.UploadRecord], asked: _Clients
    ) -> None:
        """The first half of a copy, at the server that has the artifact."""
        record = ledger.record
        if record.source is None or job.cancelling:
            return
        if record.step is api.UploadStep.DISCARDED:
            record.renew()
        client = asked[record.source.server] = await self._client_of(record.source.server)
        await client_at(client, record.source.fetch.place).transfers.fetch_source(ledger)

    async def _upload(
        self, job: Job, here: api.AsyncDataForceClient, ledger: api.Ledger[api.UploadRecord]
    ) -> None:
        here.transfers.spare(each.artifact_id for each in self._jobs())
        if job.cancelling:
            job.artifact = await here.transfers.discard_upload(ledger)
            return
        if ledger.record.step is api.UploadStep.DISCARDED:
            ledger.record.renew()
        job.artifact = await here.transfers.upload(ledger)


async def _download(
    job: Job, here: api.AsyncDataForceClient, ledger: api.Ledger[api.DownloadRecord]
) -> None:
    if job.cancelling:
        await here.transfers.discard_download(ledger)
        return
    if ledger.record.step is api.DownloadStep.DISCARDED:
        ledger.record.step = api.DownloadStep.PLANNED
    job.path = Path(await here.transfers.download(ledger))


def client_at(client: api.AsyncDataForceClient, place: api.Scope) -> api.AsyncDataForceClient:
    """The client looking at the place of a transfer."""
    return client.at(place.organization or None, place.orbit or None, place.collection or None)


def _pass_by_old_links(record: api.UploadRecord, here: str) -> None:
    """Begin anew where the links that are left lead to where the registry listened last time.

    Another program may listen there now, and the registry takes no link of another port.
    """
    if (plan := record.plan) is None or record.step is api.UploadStep.DISCARDED:
        return
    links = [*(part.url for part in plan.parts), plan.complete_url]
    if record.upload_id is None:
        links.append(plan.start_url)
    if any(link is not None and url_parts(link).netloc != here for link in links):
        record.step = api.UploadStep.EXPIRED
