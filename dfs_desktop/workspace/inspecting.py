"""The journey into an artifact: opened for looking, read piece by piece on worker threads of its own.

Selecting an artifact asks nobody for anything. Bytes are fetched when a tab or a member is opened;
when the person moves on, what is still being read for the place they left is stopped.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dfs_desktop.api import ModelArtifact, RangeSource
from dfs_desktop.artifact import ArtifactError, hash_file
from dfs_desktop.artifact.files import Fingerprint
from dfs_desktop.transfers.job import Kind, State
from dfs_desktop.workspace.reader_threads import ReaderThreads

if TYPE_CHECKING:  # the readers are imported when somebody looks: the window is there sooner
    from dfs_desktop.artifact.opened import OpenArtifact
    from dfs_desktop.artifact.source import Slice, Source
    from dfs_desktop.workspace.workspace import Workspace

T = TypeVar("T")
LOOKS = 8  # opened artifacts that are remembered, each with the documents it has read
THREADS = 2
FEW_MEMBERS = 2000  # an index of more is checked on a worker thread
ONE_PIECE = 1024 * 1024  # a member up to this size is fetched whole, by one request
AHEAD = 16 * 1024  # bytes that a small read brings beside its own
MOST_WHOLE = 64 * 1024 * 1024
_TRIFLE = 4  # bytes: `{}` and `[]` with a line break say nothing
_PORTS = ("inputs", "outputs", "dynamic_attributes", "env_vars")


class FarSource:
    """The bytes of a record's stored file. It connects late, and again after it was closed."""

    def __init__(self, record: ModelArtifact, connect: Callable[[], RangeSource]) -> None:
        self._record, self._connect = record, connect
        self._inner: RangeSource | None = None

    @property
    def name(self) -> str:
        return self._record.file_name

    @property
    def size(self) -> int:
        return self._record.size

    def connect(self) -> None:
        """On the event loop, before the first read. Nothing is sent yet."""
        if self._inner is None:
            self._inner = self._connect()

    def read(self, offset: int, length: int) -> bytes:
        inner = self._inner
        if inner is None:
            raise ArtifactError("Reading was stopped", "Open the artifact again.")
        return inner.read(offset, length)

    def close(self) -> None:
        """End the reads that are under way."""
        inner, self._inner = self._inner, None
        if inner is not None:
            inner.close()


class Look:
    """One artifact that somebody looks into: a record of the registry, or a file on this computer.

    `sections` names the tabs that have something to say; empty until the index was looked through.
    `known` keeps what the tabs found, so that going back to one reads nothing again.
    """

    def __init__(
        self,
        pool: Callable[[Callable[[], Any]], asyncio.Future[Any]],
        *,
        record: ModelArtifact | None = None,
        far: FarSource | None = None,
        path: Path | None = None,
    ) -> None:
        self._pool, self._far = pool, far
        self.record, self.path = record, path
        self.opened: OpenArtifact | None = None
        self.sections: tuple[str, ...] = ()
        self.known: dict[str, Any] = {}
        self._busy = 0
        if record is not None and far is not None and len(record.file_index) <= FEW_MEMBERS:
            self._take(_open_record(record, far))

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name if self.path else self.record.file_name if self.record else ""

    @property
    def provisional(self) -> bool:
        """Whether there is nothing to read yet, since the upload still runs."""
        return self.record is not None and self.record.id.startswith("job:")

    async def open(self) -> OpenArtifact:
        """The artifact with its directory; for a file on this computer that reads its headers."""
        if self.opened is None:
            if self.path is not None:
                self._take(await self._pool(functools.partial(_open_file, self.path)))
            elif self.record is not None and self._far is not None:
                self._take(
                    await self._pool(functools.partial(_open_record, self.record, self._far))
                )
        if self.opened is None:
            raise ArtifactError("The artifact is closed", "Select it again.")
        return self.opened

    def _take(self, found: tuple[OpenArtifact, tuple[str, ...]]) -> None:
        if self.opened is None:
            self.opened, self.sections = found
        else:
            found[0].close()

    async def think(self, work: Callable[[OpenArtifact], T]) -> T:
        """Run work that needs the index only, and no bytes, on a worker thread."""
        opened = await self.open()
        found: T = await self._pool(functools.partial(work, opened))
        return found

    async def read(self, work: Callable[[OpenArtifact], T]) -> T:
        """Run work that reads on a worker thread; ArtifactError, or why there is no connection."""
        if self.provisional:
            raise ArtifactError(
                "The file is still on its way", "Look inside when it has been uploaded."
            )
        self._busy += 1
        try:
            if self._far is not None:
                self._far.connect()
            return await self.think(work)
        finally:
            self._busy -= 1

    def source(self) -> tuple[Source, Callable[[], None]]:
        """A source of its own for long reads that go on when the person moves on, and its end."""
        if self._far is None:
            from dfs_desktop.artifact.opened import OpenArtifact

            opened = OpenArtifact.local(self.path or Path())
            return opened.source, opened.close
        far = FarSource(self._far._record, self._far._connect)
        far.connect()
        return far, far.close

    def leave(self) -> None:
        """The person has moved on: reads under way end, and a file on this computer is let go."""
        if self._far is not None and self._busy:
            self._far.close()
        if self.path is not None:
            self.renew()

    def renew(self) -> None:
        """Forget what was read, for another try."""
        self.known.clear()
        if self.opened is not None and self.path is not None:
            self.opened.close()
            self.opened = None

    def close(self) -> None:
        """No more reads."""
        if self._far is not None:
            self._far.close()
        if self.opened is not None:
            self.opened.close()


class Inspecting:
    """Opens what is selected. One artifact is looked into at a time; a few are remembered."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._threads = ReaderThreads(THREADS, "dfs-look")
        self._running: set[asyncio.Future[Any]] = set()
        self._looks: dict[tuple[object, ...], Look] = {}  # the latest used comes last
        self.current: Look | None = None

    def look(self, record: ModelArtifact) -> Look:
        """Look into a record of the open place. Asks nobody for anything."""
        session = self._workspace.session
        index = len(record.file_index)
        key = (session.profile.id, record.id, record.file_hash, record.size, index)
        found = self._looks.pop(key, None)
        if found is None:
            place = session.place

            def connect() -> RangeSource:
                session.here()  # says in words when there is no connection yet
                client = (
                    self._workspace.session.here() if session.client is None else session.client
                )
                at = client.at(
                    place.organization or None,
                    place.orbit or None,
                    record.collection_id or place.collection or None,
                )
                return at.transfers.source(record)

            found = Look(self._submit, record=record, far=FarSource(record, connect))
        self._looks[key] = found
        while len(self._looks) > LOOKS:
            self._looks.pop(next(iter(self._looks))).close()
        found.record = record
        self._move_to(found)
        return found

    def look_at_file(self, path: Path) -> Look:
        """Look into a file on this computer; no account and no network."""
        if self.current is not None and self.current.path == path:
            return self.current
        look = Look(self._submit, path=path)
        self._move_to(look)
        return look

    def leave(self) -> None:
        """Nothing is looked into any more."""
        self._move_to(None)

    def _move_to(self, look: Look | None) -> None:
        if self.current is not None and self.current is not look:
            self.current.leave()
        self.current = look

    def verified_copy(self, record: ModelArtifact) -> Path | None:
        """Where a download of these very bytes was checked against their SHA-256 in this run."""
        for job in reversed(self._workspace.queue.jobs):
            if job.kind is not Kind.DOWNLOAD or job.state is not State.DONE:
                continue
            found = job.artifact.file_hash if job.artifact is not None else ""
            if found and found == record.file_hash and job.path.is_file():
                return job.path
        return None

    def _submit(self, work: Callable[[], Any]) -> asyncio.Future[Any]:
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    async def stop(self) -> None:
        """Reads end, and their threads; to be called while the clients still live."""
        for look in (*self._looks.values(), self.current):
            if look is not None:
                look.close()
        if self._running:
            await asyncio.wait(set(self._running), timeout=3)
        self._threads.shutdown(wait=False, cancel_futures=True)


def _open_record(record: ModelArtifact, far: FarSource) -> tuple[OpenArtifact, tuple[str, ...]]:
    from dfs_desktop.artifact.opened import OpenArtifact
    from dfs_desktop.artifact.source import CachedSource

    opened = OpenArtifact(CachedSource(far, AHEAD), record.file_index, record.manifest)
    return opened, sections_of(opened, record.manifest)


def _open_file(path: Path) -> tuple[OpenArtifact, tuple[str, ...]]:
    from dfs_desktop.artifact.opened import OpenArtifact

    opened = OpenArtifact.local(path)
    try:
        manifest = opened.manifest().value
    except ArtifactError:
        manifest = {}  # the tabs say what is wrong; the files can be seen all the same
    return opened, sections_of(opened, manifest)


def sections_of(artifact: OpenArtifact, manifest: dict[str, Any]) -> tuple[str, ...]:
    """The tabs that have something to say, by the names of the members and the manifest alone."""
    from dfs_desktop.artifact.cards import find_cards
    from dfs_desktop.artifact.experiment import find_snapshots
    from dfs_desktop.artifact.inside.attachments import find_attachments
    from dfs_desktop.artifact.weights import weights_files

    index = artifact.index

    def says(*names: str) -> bool:
        return any(name in index and index[name].size > _TRIFLE for name in names)

    metadata = says("meta.json") or any(
        name.startswith("meta-") and name.endswith(".json") and "/" not in name for name in index
    )
    present = {
        "overview": True,
        "interface": any(manifest.get(each) for each in _PORTS),
        "graph": says("ops.json", "variant_config.json"),
        "environment": says("env.json"),
        "files": bool(index),
        "card": bool(find_cards(artifact)),
        "experiment": bool(find_snapshots(artifact) or find_attachments(artifact)),
        "weights": bool(weights_files(artifact)),
        "safety": bool(index),
        "metadata": metadata,
        "manifest": True,
    }
    return tuple(key for key, there in present.items() if there)


def whole(part: Slice, most: int = ONE_PIECE) -> Source:
    """A member, or a part of one, to be read: fetched by one request when it is small."""
    from dfs_desktop.artifact.source import BytesSource

    if part.size > min(most, MOST_WHOLE):
        return part
    return BytesSource(part.read(0, part.size), part.name)


def hash_of_file(path: Path, check: Callable[[], None]) -> str:
    """The SHA-256 of a file on this computer; `check` may raise to stop."""
    fingerprint = Fingerprint.of(path)
    return hash_file(path, fingerprint=fingerprint, advance=lambda _count: None, check=check)
