"""Asks servers whether they still have what is on this computer."""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dfs_desktop.api import DataForceError, ModelArtifactStatus, Scope
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.transfers.job_runner import client_at
from dfs_desktop.workspace.registry.clients import Clients

from .library import Library
from .local_copy import LocalCopy

if TYPE_CHECKING:
    from dfs_desktop.api import AsyncDataForceClient, ModelArtifact

log = logging.getLogger(__name__)

AT_ONCE = 50  # copies that are noted before the window paints again
FEW = 5  # copies of one collection that are asked for one by one; for more it is listed


async def ask_servers(library: Library, clients: Clients) -> int:
    """Note of each copy whether its record is there; how many could not be asked for."""
    places: dict[tuple[str, Scope], list[LocalCopy]] = {}
    for copy in library.copies():
        if copy.known:
            where = Scope(copy.organization, copy.orbit, copy.collection)
            places.setdefault((copy.server, where), []).append(copy)
    unanswered = 0
    for (server, where), copies in places.items():
        try:
            client = client_at(await clients.of(server), where)
            stored = await _stored(client, where, copies)
        except (DataForceError, CredentialsError) as error:
            log.info("a server does not say what it has: %s", type(error).__name__)
            unanswered += len(copies)
            continue
        for number, copy in enumerate(copies):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            if (now := library.at(copy.path)) is not None:
                answer = "yes" if (copy.artifact_id, copy.sha256) in stored else "no"
                library.put(replace(now, on_server=answer, asked=time.time()))
    return unanswered


async def _stored(
    client: "AsyncDataForceClient", where: Scope, copies: Iterable[LocalCopy]
) -> set[tuple[str, str]]:
    """Ids and hashes of the records that have a whole file."""
    ids = [copy.artifact_id for copy in copies]
    artifacts = client.model_artifacts
    found: list[ModelArtifact | None]
    if len(ids) <= FEW:
        found = [await artifacts.get(each, collection_id=where.collection) for each in ids]
    else:
        found = [*await artifacts.list(collection_id=where.collection)]
    uploaded = ModelArtifactStatus.UPLOADED
    return {(one.id, one.sha256) for one in found if one is not None and one.status == uploaded}
