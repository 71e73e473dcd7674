"""Deletions that are under way: noted before the first request, and finished at the next start."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TypeAlias

import msgspec
from msgspec import Struct

from dfs_desktop import api
from dfs_desktop.typed_decoding import prepared

from .journal import Journal, JournalEntry
from .journal_ledger import JournaledLedger

KIND = "deletion"
JournaledDeletion: TypeAlias = JournaledLedger[api.DeletionRecord]


class Unfinished(Struct, frozen=True):
    """A deletion of an earlier run."""

    profile: str
    title: str
    ledger: JournaledDeletion


class Deletions:
    """Carries deletions out, noted in the journal where there is one."""

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal

    async def delete(
        self,
        client: api.AsyncDataForceClient,
        artifact_id: str,
        place: api.Scope,
        profile: str,
        title: str,
    ) -> None:
        """Delete object and record. An error leaves nothing in the journal: the record itself says
        then how far it came, and the person is told."""
        record = api.DeletionRecord(artifact_id, place)
        if self._journal is None:
            await client.transfers.delete(api.Ledger(record))
            return
        line = JournalEntry(
            id=self._journal.new_id(),
            kind=KIND,
            profile=profile,
            title=title,
            record=msgspec.json.encode(record),
            step=str(record.step),
        )
        await asyncio.wrap_future(self._journal.begin(line))
        await self._carry_on(client, JournaledDeletion(self._journal, line.id, record))

    async def finish(self, client: api.AsyncDataForceClient, unfinished: Unfinished) -> None:
        """Go on with what an earlier run began."""
        await self._carry_on(client, unfinished.ledger)

    async def _carry_on(self, client: api.AsyncDataForceClient, ledger: JournaledDeletion) -> None:
        if self._journal is None:
            return
        try:
            await client.transfers.delete(ledger)
        except Exception as error:
            half = ledger.record.step is api.DeletionStep.FORGETTING
            if not (half and getattr(error, "retryable", False)):
                self._journal.remove(ledger.row)  # else the next start forgets the record
            raise
        self._journal.remove(ledger.row)  # not when the program ends: then it is finished later

    async def unfinished(self) -> list[Unfinished]:
        """What earlier runs began and did not end. Each has our own intent: it may be finished."""
        if self._journal is None:
            return []
        found: list[Unfinished] = []
        for line in await asyncio.wrap_future(self._journal.load()):
            if line.kind != KIND:
                continue
            record = None
            with contextlib.suppress(ValueError, RecursionError):
                record = msgspec.json.decode(line.record, type=prepared(api.DeletionRecord))
            if record is None or record.step is api.DeletionStep.DONE:
                self._journal.remove(line.id)
                continue
            ledger = JournaledDeletion(self._journal, line.id, record, resumed=True)
            found.append(Unfinished(line.profile, line.title, ledger))
        return found
