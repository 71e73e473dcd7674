"""What is looked into: opened without a request, read piece by piece in a process of its own.

Selecting an artifact asks nobody for anything. Bytes are fetched when a tab or a member is opened,
their address when the pointer comes to the files; when the person moves on, what is still being
read for the place they left is stopped.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, TypeVarTuple, Unpack, cast

from dfs_desktop.api import DataForceError, ModelArtifact
from dfs_desktop.artifact import ArtifactError, hash_file
from dfs_desktop.artifact.archive.byte_source import LocalSource, Source
from dfs_desktop.artifact.archive.file_fingerprint import Fingerprint
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import tr
from dfs_desktop.workers.process.failures import OverstayError
from dfs_desktop.workers.process.messages import pack
from dfs_desktop.workers.reader.caller import Artifact, Reader
from dfs_desktop.workspace.listing.cache import ListingCache
from dfs_desktop.workspace.state import AppState

if TYPE_CHECKING:  # the readers are imported when somebody looks: the window is there sooner
    from dfs_desktop.api import AsyncTransferResource
    from dfs_desktop.artifact.artifact_reader import OpenArtifact

    from .kept_looks import KeptLooks

Arguments = TypeVarTuple("Arguments")
T = TypeVar("T")
LOOKS = 8  # artifacts that are remembered, each open in the reader with the documents it has read
FEW_MEMBERS = 2000  # an index of more is looked through in the reader
# What is asked of a record's storage: of the client that is connected when it is asked.
Connect: TypeAlias = "Callable[[], AsyncTransferResource]"


class Inspection:
    """One artifact that somebody looks into: a record of the registry, or a file on this computer.

    `sections` names the tabs that have something to say; empty until the index was looked through.
    `known` keeps what the tabs found, so that going back to one reads nothing again.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        record: ModelArtifact | None = None,
        connect: Connect | None = None,
        path: Path | None = None,
        kept: KeptLooks | None = None,
    ) -> None:
        self._kept = kept
        self._reader, self._connect = reader, connect
        self.record, self.path = record, path
        self.sections: tuple[str, ...] = ()
        self.known: dict[str, Any] = {}
        self.insisted = False  # whether the person wants it although it takes very much
        self._overstayed = False  # whether a look was ended because it took too much
        self._artifact: Artifact | None = None  # as the reader knows it
        self._listed = False  # whether the reader knows it by its index only
        if record is not None and len(record.file_index) <= FEW_MEMBERS:
            self.sections = _sections_at_once(record)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name if self.path else self.record.file_name if self.record else ""

    @property
    def provisional(self) -> bool:
        """Whether there is nothing to read yet, since the upload still runs."""
        return self.record is not None and is_provisional(self.record.id)

    async def open(self) -> None:
        """Find out which sections there are; for a file on this computer that reads its headers."""
        if self.sections:
            return
        from dfs_desktop.workers.reader import operations

        if self.record is not None:
            manifest = self.record.manifest
            self.sections = await self.think(operations.listed_sections, manifest)
        else:
            self.sections = await self.read(operations.sections)

    async def think(
        self, operation: Callable[[OpenArtifact, Unpack[Arguments]], T], *arguments: *Arguments
    ) -> T:
        """What an operation that needs the index only, and no bytes, gives for the artifact."""
        return await self._reader.look(operation, self._known(), arguments=arguments)

    async def read(
        self, operation: Callable[[OpenArtifact, Unpack[Arguments]], T], *arguments: *Arguments
    ) -> T:
        """What an operation of `workers.looks` gives for the artifact.

        ArtifactError, or why there is no connection."""
        if self.provisional:
            raise ArtifactError(
                tr("The file is still on its way"), tr("Look inside when it has been uploaded.")
            )
        kept, record = self._kept, self.record
        if kept is None or record is None:
            return await self._read(operation, arguments)
        if kept.alone and (found := await kept.load(record, operation, arguments)) is not None:
            return cast("T", found)
        try:
            read = await self._read(operation, arguments)
        except (ArtifactError, DataForceError):
            if (found := await kept.load(record, operation, arguments)) is None:
                raise
            return cast("T", found)
        kept.save_soon(record, operation, arguments, read)
        return read

    def ask_ahead(self) -> None:
        """Somebody is about to read: ask for the address of the bytes, and wait for nothing."""
        alone = self._kept is not None and self._kept.alone
        if self.record is not None and not self.provisional and not alone:
            with contextlib.suppress(DataForceError):  # which the read will tell
                self._connected().ask_ahead()

    async def _read(self, operation: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        artifact = self._connected()
        artifact.ask_ahead()
        return await self._reader.look(
            operation, artifact, arguments=arguments, generous=self.insisted
        )

    def _known(self) -> Artifact:
        """The artifact as the reader knows it, which may be unable to read its bytes."""
        if self._artifact is None:
            if self.record is None:
                self._artifact = self._reader.add(path=os.fsencode(self.path or ""))
                return self._artifact
            if self._connect is not None:
                with contextlib.suppress(DataForceError):  # then its index is told only once
                    return self._connected()
            self._artifact, self._listed = add_record(self._reader, self.record), True
        return self._artifact

    def _connected(self) -> Artifact:
        """The artifact as the reader knows it, its bytes included."""
        record, connect = self.record, self._connect
        if record is None or connect is None:
            return self._known()
        connect()  # says in words when there is no connection
        if self._artifact is None or self._listed:
            self.close()
            self._artifact = add_record(self._reader, record, connect)
        return self._artifact

    def source(self) -> tuple[Source, Callable[[], None]]:
        """The bytes, for long reads in this process that go on when the person moves on, and an end
        of them."""
        if self.record is None or self._connect is None:
            local = LocalSource(self.path or Path())
            return local, local.close
        far = self._connect().source(self.record)
        return far, far.close

    def leave(self) -> None:
        """The person has moved on: a file on this computer is let go."""
        if self.path is not None:
            self.renew()

    def note(self, error: Exception) -> None:
        """Remember how a look failed, for the next try."""
        self._overstayed = isinstance(error, OverstayError)

    def begin_anew(self) -> None:
        """The person wants another try; after one that took too much, with more of all."""
        self.insisted = self.insisted or self._overstayed
        self.renew()

    def renew(self) -> None:
        """Forget what was read, for another try."""
        self.known.clear()
        self.close()

    def close(self) -> None:
        """The reader need not keep it open."""
        artifact, self._artifact, self._listed = self._artifact, None, False
        if artifact is not None:
            self._reader.forget(artifact)


class Inspector:
    """Opens what is selected. One artifact is looked into at a time; a few are remembered."""

    def __init__(self, state: AppState, reader: Reader, cache: ListingCache) -> None:
        self._cache = cache
        self._state, self._reader = state, reader
        self._looks: dict[tuple[object, ...], Inspection] = {}  # the latest used comes last
        self.current: Inspection | None = None

    def look(self, record: ModelArtifact) -> Inspection:
        """Look into a record of the open place. Asks nobody for anything."""
        found = self.look_beside(record)
        self._move_to(found)
        return found

    def look_beside(self, record: ModelArtifact) -> Inspection:
        """The look into a record, without leaving the one that is shown."""
        session = self._state.session
        index = len(record.file_index)
        key = (session.profile.id, record.id, record.file_hash, record.size, index)
        found = self._looks.pop(key, None)
        if found is None:
            from .kept_looks import KeptLooks

            place = session.place

            def connect() -> AsyncTransferResource:
                session.here()  # says in words when there is no connection yet
                client = self._state.session.here() if session.client is None else session.client
                return client.at(
                    place.organization or None,
                    place.orbit or None,
                    record.collection_id or place.collection or None,
                ).transfers

            kept = KeptLooks(self._state, self._cache)
            found = Inspection(self._reader, record=record, connect=connect, kept=kept)
        self._looks[key] = found
        while len(self._looks) > LOOKS:
            self._looks.pop(next(iter(self._looks))).close()
        found.record = record
        return found

    def look_at_file(self, path: Path) -> Inspection:
        """Look into a file on this computer; no account and no network."""
        if self.current is not None and self.current.path == path:
            return self.current
        look = Inspection(self._reader, path=path)
        self._move_to(look)
        return look

    def look_beside_file(self, path: Path) -> Inspection:
        """The look into a file, without leaving what is shown; to be closed by whoever asked."""
        return Inspection(self._reader, path=path)

    def leave(self) -> None:
        """Nothing is looked into any more."""
        self._move_to(None)

    def _move_to(self, look: Inspection | None) -> None:
        if self.current is not None and self.current is not look:
            self.current.leave()
        self.current = look


def add_record(reader: Reader, record: ModelArtifact, connect: Connect | None = None) -> Artifact:
    """A record's file as the reader is to open it; its index only without a way to its bytes."""

    async def link() -> str:
        if connect is None:
            raise ArtifactError(
                tr("The artifact cannot be read"), tr("There is no connection to it.")
            )
        return await connect().link(record)

    def kept() -> str:
        return "" if connect is None else connect().kept_link(record)

    transfers = None if connect is None else connect()
    source = None
    if transfers is not None and transfers.shows_certificate:
        source = transfers.source(record)
    return reader.add(
        link if source is None else None,
        kept,
        source,
        name=record.file_name,
        size=record.size,
        stored=b"" if transfers is None else pack(transfers.stored_file(record)),
        index=record.file_index,
        manifest=record.manifest,
    )


def _sections_at_once(record: ModelArtifact) -> tuple[str, ...]:
    """The sections of a record by its index and its manifest, which its registry has told."""
    from dfs_desktop.artifact.artifact_reader import OpenArtifact
    from dfs_desktop.artifact.sections import sections_of

    listed = OpenArtifact(_Listed(record.file_name, record.size), record.file_index)
    return sections_of(listed, record.manifest)


class _Listed:
    """The measures of a file of which nothing is read."""

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size

    def read(self, _offset: int, _length: int) -> bytes:
        raise ArtifactError(
            tr("The artifact cannot be read"), tr("Only its list of files is here.")
        )


def hash_of_file(path: Path, check: Callable[[], None]) -> str:
    """The SHA-256 of a file on this computer; `check` may raise to stop."""
    fingerprint = Fingerprint.of(path)
    return hash_file(path, fingerprint=fingerprint, advance=lambda _count: None, check=check)
