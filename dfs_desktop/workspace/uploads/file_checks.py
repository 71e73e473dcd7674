"""Whether dropped files will work where they go: looked into beside the review, file by file."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError, ModelArtifact, ModelArtifactStatus
from dfs_desktop.api.dialects.dataforce import Dialect
from dfs_desktop.api.dialects.server_dialect import dialect_for
from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.preflight import unreadable
from dfs_desktop.translation import tr
from dfs_desktop.workers.process.daemon_threads import DaemonThreadPool
from dfs_desktop.workers.reader import operations
from dfs_desktop.workers.reader.caller import Reader
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.inspection.inspector import hash_of_file
from dfs_desktop.workspace.state import AppState

from . import server_rules
from .draft import Draft, mark_of

MOST_PAGES = 5  # of the newest in the orbit, in which the same bytes are looked for
_ORDER = {"error": 0, "warning": 1, "note": 2}

log = logging.getLogger(__name__)


class _Stopped(Exception):  # noqa: N818  nothing went wrong
    """The review was closed."""


class FileChecks:
    """Looks into drafts one after the other. `found` tells which draft has new findings."""

    def __init__(
        self, state: AppState, reader: Reader, drafts: Sequence[Draft], collection_id: str
    ) -> None:
        self.found: Event[[Draft]] = Event()
        self._state, self._reader = state, reader
        self._drafts = [draft for draft in drafts if not draft.problem]
        self._collection_id = collection_id
        self._session = state.session
        self._closed = False
        self._hashes: dict[Path, str] = {}
        self._task: asyncio.Task[None] | None = None
        # Hashing gigabytes must not keep the workspace's own threads from their short jobs.
        self._thread = DaemonThreadPool(1, "dfs-check")

    def start(self) -> None:
        """Begin; what is found is written into the drafts."""
        self._task = self._state.tasks.start(self._check_all(), "check the files")

    def close(self) -> None:
        """Stop; nothing is written into the drafts any more."""
        self._closed = True
        self.found = Event()
        if self._task is not None:
            self._task.cancel()
        for draft in self._drafts:
            self._let_go(draft)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _go_on(self) -> None:
        if self._closed:
            raise _Stopped

    async def _check_all(self) -> None:
        try:
            for draft in self._drafts:
                inside = await self._look_inside(draft)
                role = server_rules.role_in(self._session)
                inside = server_rules.without_needless(inside, role, self._dialect())
                self._add(draft, [*inside, *self._place(draft)])
            known = await self._known()
            for draft in self._drafts:
                self._add(draft, await self._same_bytes(draft, known), last=True)
        except asyncio.CancelledError:
            self.close()  # the program ends
            raise

    async def _look_inside(self, draft: Draft) -> list[Finding]:
        in_thread = self._state.tasks.in_thread
        try:
            if draft.opened is not None and await in_thread(mark_of, draft.path) != draft.mark:
                self._let_go(draft)  # it has changed since, and is walked through anew
            artifact = draft.opened or self._reader.add(path=os.fsencode(draft.path))
            draft.opened = artifact
            return await self._reader.look(operations.problems, artifact)
        except ArtifactError as error:
            return unreadable(draft.path.name, error)
        except OSError as error:
            remedy = tr("Look whether it is still there, then drop it again.")
            title = tr("The file cannot be read: {reason}", reason=disk_errors.reason(error))
            return [Finding("error", title, remedy)]
        finally:
            self._let_go(draft)

    def _let_go(self, draft: Draft) -> None:
        if draft.opened is not None:
            self._reader.forget(draft.opened)
            draft.opened = None

    def _add(self, draft: Draft, findings: Sequence[Finding], *, last: bool = False) -> None:
        both = dict.fromkeys([*draft.findings, *findings])
        draft.findings = tuple(sorted(both, key=lambda each: _ORDER[each.level]))
        draft.checked = last
        self.found.emit(draft)

    def _place(self, draft: Draft) -> Iterator[Finding]:
        """What this server, this account and this collection say to the file."""
        session, dialect = self._session, self._dialect()
        if dialect is None:
            return
        yield from server_rules.accepted_by_server(draft.path.name, draft.size, dialect)
        yield from server_rules.accepted_by_role(draft.size, server_rules.role_in(session), dialect)
        collection = next((c for c in session.collections if c.id == self._collection_id), None)
        if collection is not None and draft.contents is not None:
            manifest, kind = draft.contents.manifest, collection.type
            yield from server_rules.accepted_by_collection(manifest, kind, dialect)

    def _dialect(self) -> Dialect | None:
        client = self._session.client
        generation = client.generation if client is not None else None
        return dialect_for(generation) if generation else None

    # The same bytes

    async def _known(self) -> list[ModelArtifact]:
        """Records in which the same bytes may be: of the collection, and the orbit's newest."""
        state, session = self._state, self._session
        sizes = {draft.size for draft in self._drafts}
        records = list(state.listing.artifacts()) if state.session is session else []
        dialect = self._dialect()
        try:
            if dialect is not None and dialect.orbit_wide and session.client is not None:
                records += await self._pages(whole_orbit=True)
            elif self._collection_id != session.place.collection and session.client is not None:
                records += await self._pages(whole_orbit=False)
        except DataForceError as error:
            log.info("not looked for the same bytes: %s", type(error).__name__)
        uploaded = ModelArtifactStatus.UPLOADED
        found = {a.id: a for a in records if a.size in sizes and a.status is uploaded}
        return list(found.values())

    async def _pages(self, *, whole_orbit: bool) -> list[ModelArtifact]:
        found: list[ModelArtifact] = []
        number = 0
        pages = self._session.here().model_artifacts.pages(
            collection_id=None if whole_orbit else self._collection_id, whole_orbit=whole_orbit
        )
        async for page in pages:
            found += page
            number += 1
            if number == MOST_PAGES:
                break
        return found

    async def _same_bytes(self, draft: Draft, known: Sequence[ModelArtifact]) -> list[Finding]:
        """Only a file of equal size is worth the hashing."""
        records = [each for each in known if each.size == draft.size and each.file_hash]
        twins = [each for each in self._drafts if each is not draft and each.size == draft.size]
        if not (records or twins) or not draft.size:
            return []
        mine = await self._hash(draft.path)
        names = {c.id: c.name for c in self._session.collections}
        findings = []
        for record in records:
            if mine and record.sha256 == mine:
                draft.twin = draft.twin or record
                where = visible(names.get(record.collection_id, tr("this orbit")))
                name = visible(record.display_name)
                size = quantities.size(draft.size)
                title = tr(
                    "The same bytes are in “{where}” already, as “{name}”", where=where, name=name
                )
                remedy = tr("Use that one instead of sending {size} again.", size=size)
                findings.append(Finding("warning", title, remedy))
        for twin in twins:
            if mine and await self._hash(twin.path) == mine:
                name = visible(twin.path.name)
                title = tr("The same bytes are in this list a second time, as “{name}”", name=name)
                findings.append(Finding("warning", title, tr("Remove one of the two.")))
        return findings[:5]

    async def _hash(self, path: Path) -> str:
        if path not in self._hashes:
            work = asyncio.get_running_loop().run_in_executor(
                self._thread, _hash, path, self._go_on
            )
            self._hashes[path] = await work
        return self._hashes[path]


def _hash(path: Path, go_on: Callable[[], None]) -> str:
    """The SHA-256, or "" when the file cannot be read: then there is nothing to compare."""
    try:
        return hash_of_file(path, go_on)
    except (ArtifactError, OSError):
        return ""
