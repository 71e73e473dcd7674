"""The artifacts on this computer: noted when they arrive or are sent, looked after, removed when asked."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

import msgspec
from msgspec.structs import replace

from dfs_desktop.api import DownloadRecord, ModelArtifact, UploadRecord
from dfs_desktop.api.registered_hash import sha256_of
from dfs_desktop.artifact import Fingerprint, Hashes
from dfs_desktop.transfers.job import Job
from dfs_desktop.transfers.job import State as JobState
from dfs_desktop.translation import tr
from dfs_desktop.typed_decoding import prepared
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.state import AppState

from .index import Index
from .list_columns import prepare, shown_path
from .local_copy import LocalCopy, State, now_is, used_since

Place = TypeVar("Place")
SOON = 0.2  # seconds in which changes that come together are told as one


class Library:
    """`changed` tells that some copies are others than before. Lives on the event loop's thread."""

    def __init__(self, state: AppState, index: Index) -> None:
        self._state, self._index = state, index
        self.changed: Event[[]] = Event()
        self.unsummed: Event[[list[str]]] = Event()  # files to read when there is time
        self._places: dict[str, dict[str, bytes]] = {}  # watched folders and the like, by kind
        self.loaded = asyncio.Event()
        self._telling: asyncio.TimerHandle | None = None
        self._closed = False
        self._noted: WeakSet[Job] = WeakSet()  # transfers whose files are known
        self._served: list[AppState] = []
        self.serve(state)

    def serve(self, state: AppState) -> None:
        """Mark the rows of a window, and note what is opened from it."""
        self._served.append(state)
        for asked in (state.look_requested, state.quick_look_requested, state.folder_requested):
            asked.connect(self.note_use)
        state.listing.copies = self._index.by_hash
        state.listing.told_of_copy = lambda record: self.told(self.copy_of(record))
        state.known_hash = self.known_hash
        state.copy_on_disk = self._fetched
        state.any_copy = self._any
        self.changed.connect(state.listing.copies_changed)

    async def load(self) -> None:
        """Read what was known last time, then see how it stands."""
        copies, self._places = await asyncio.wrap_future(self._index.load())
        await self._state.tasks.in_thread(prepare, copies)
        self._index.take(copies)
        if self._index.notice:
            title = tr("The list of artifacts on this computer could not be read")
            self._state.notify(Notice(title, self._index.notice, Level.WARNING, place=""))
        self.loaded.set()
        self._tell_soon()
        await self.look()
        self.unsummed.emit([copy.path for copy in self._index.all() if copy.lacks_sums])

    async def look(self, only: str = "") -> None:
        """See how every file stands, or `only` one, without reading any: what changed, what is gone."""
        copies = [each for each in (self._index.at(only),) if each] if only else self._index.all()
        found = await self._state.tasks.in_thread(
            lambda: [(each, now_is(each), used_since(each)) for each in copies]
        )
        changed = [each for each in found if each[0].state is not each[1] or each[2]]
        self._state.slices.run(self._stands, changed)  # thousands, when a drive is unplugged

    def _stands(self, found: tuple[LocalCopy, State, float]) -> None:
        copy, state, used = found
        if self._index.at(copy.path) is copy:
            self.put(replace(copy, state=state, used=max(copy.used, used)))

    def note_use(self, path: Path) -> None:
        """A file is opened, shown or taken out of the window."""
        copy, now = self._index.at(str(path)), time.time()
        if copy is not None and now - copy.used > 1:
            self.put(replace(copy, used=now))

    def copies(self) -> list[LocalCopy]:
        """All of them, in no order."""
        return self._index.all()

    def at(self, path: Path | str) -> LocalCopy | None:
        """What is known of a file."""
        return self._index.at(str(path))

    def copy_of(self, record: ModelArtifact) -> LocalCopy | None:
        """A right copy of a record's bytes; the disk is not asked."""
        return self._index.by_hash.get(record.sha256)

    def _any(self, record: ModelArtifact) -> Path | None:
        copy = self.copy_of(record)
        return Path(copy.path) if copy is not None else None

    def _fetched(self, record: ModelArtifact) -> Path | None:
        """A right copy that was downloaded or found; the original of an upload is the person's."""
        same = self._index.same(record.sha256)
        return next((Path(copy.path) for copy in same if copy.origin != "uploaded"), None)

    def known_hash(self, path: str, mark: Fingerprint) -> str:
        """The SHA-256 of a file that was read when it was as it is now; empty for others. A file in
        which somebody found a fault is read again. Safe for threads."""
        copy = self._index.at(path)
        right = copy is not None and copy.state is State.FINE and copy.same_file(mark)
        return copy.found if copy is not None and right else ""

    def put(self, copy: LocalCopy) -> None:
        """Note a copy."""
        self._index.put(copy)
        self._tell_soon()

    def forget(self, copies: Iterable[LocalCopy]) -> None:
        """Drop copies from the list; their files stay as they are."""
        for copy in copies:
            self._index.forget(copy.path)
        self._tell_soon()

    def places(self, kind: str, type_: type[Place]) -> list[Place]:
        """The watched folders, or the collections that are kept in step, as far as they are read."""
        found = []
        for record in self._places.get(kind, {}).values():
            with contextlib.suppress(ValueError, RecursionError):
                found.append(msgspec.json.decode(record, type=prepared(type_)))
        return found

    def note_place(self, kind: str, key: str, place: msgspec.Struct) -> None:
        """Keep a watched folder, or a collection that is kept in step."""
        record = self._places.setdefault(kind, {})[key] = msgspec.json.encode(place)
        self._index.put_place(kind, key, record)

    def forget_place(self, kind: str, key: str) -> None:
        """Drop it; no file is touched."""
        self._places.get(kind, {}).pop(key, None)
        self._index.forget_place(kind, key)

    def found(self, path: str, mark: Fingerprint, hashes: Hashes) -> None:
        """A file was read: what is known of it, or a new copy."""
        copy = self._index.at(path) or self._new_copy(path, hashes.sha256)
        self.put(copy.read_as(mark, hashes.sha256, hashes.sums))

    def _new_copy(self, path: str, sha256: str) -> LocalCopy:
        """What is known of the same bytes elsewhere holds for these as well; a file that is missing
        there was moved here."""
        others = sorted(
            (copy for copy in self._index.all() if copy.sha256 == sha256),
            key=lambda copy: (copy.known, copy.state is State.MISSING),
        )
        if not others:
            return LocalCopy(path=path, sha256=sha256)
        if others[-1].state is State.MISSING:
            self._index.forget(others[-1].path)
        return replace(others[-1], path=path, origin="found")

    def on_job_changed(self, job: Job) -> None:
        """A transfer that ended well leaves a copy that is right: it was just checked."""
        if job.state is not JobState.DONE or self._closed:
            return
        if job in self._noted:  # an end is told more than once, and the file may be another by then
            return
        self._noted.add(job)
        record = job.record
        if not (sha256 := sha256_of(record.sha256)):
            return  # nobody says what is right: it is no verified copy
        path = record.final if isinstance(record, DownloadRecord) else record.path
        path = os.path.abspath(path)  # noqa: PTH100 - links in it are the person's
        self._state.tasks.start(self._note(job, record, path, sha256), "note where a file is")

    async def _note(
        self, job: Job, record: DownloadRecord | UploadRecord, path: str, sha256: str
    ) -> None:
        try:
            mark = await self._state.tasks.in_thread(Fingerprint.of, path)
        except OSError:
            return
        download = isinstance(record, DownloadRecord)
        if isinstance(record, UploadRecord) and record.fingerprint != mark:
            return  # it is another file by now
        known, place = self._index.at(path), record.place
        profile = self._state.profile(job.profile)
        found = (each.session.collection_of(place.collection) for each in self._served)
        collection = next(filter(None, found), None)
        sums = known.sums if known is not None and known.sha256 == sha256 else b""
        copy = LocalCopy(
            path=path,
            sha256=sha256,
            origin="downloaded" if download else "uploaded",
            server=job.profile,
            server_name=profile.name if profile is not None else "",
            organization=place.organization or "",
            orbit=place.orbit or "",
            collection=place.collection or "",
            collection_name=collection.name if collection is not None else "",
            artifact_id=record.artifact_id,
            name=job.title,
            on_server="yes",
        )
        copy = copy.read_as(mark, sha256, sums)
        self.put(replace(copy, asked=copy.checked, used=copy.checked))
        if copy.lacks_sums:
            self.unsummed.emit([path])

    async def remove(
        self, chosen: Sequence[LocalCopy], to_trash: Callable[[str], bool]
    ) -> list[LocalCopy]:
        """Move files to the trash, those that are what the list says; those that stayed.

        What is there under the name by now may be another file: that is left alone."""
        stayed = []
        for copy in chosen:
            now = await self._state.tasks.in_thread(now_is, copy)
            known = self._index.at(copy.path)
            same = known is not None and now is known.state
            if now is State.MISSING or (same and now is not State.AWAY and to_trash(copy.path)):
                self._index.forget(copy.path)
            else:
                stayed.append(copy)
        self._tell_soon()
        return stayed

    def told(self, copy: LocalCopy | None) -> str:
        """Where a copy is and when it was checked, for a tooltip."""
        if copy is None:
            return ""
        checked = quantities.ago(quantities.file_time(copy.checked))
        return tr(
            "On this computer: {path}, checked {when}", path=shown_path(copy.path), when=checked
        )

    async def close(self) -> None:
        """Write what waits."""
        self._closed = True
        if self._telling is not None:
            self._telling.cancel()
        await asyncio.get_running_loop().run_in_executor(None, self._index.close)

    def _tell_soon(self) -> None:
        if self._telling is None and not self._closed:
            self._telling = asyncio.get_running_loop().call_later(SOON, self._tell)

    def _tell(self) -> None:
        self._telling = None
        self.changed.emit()
