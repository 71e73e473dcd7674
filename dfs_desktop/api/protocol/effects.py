"""What a flow can ask of the outside world, as plain values; a driver carries them out.

``reply = yield from effect`` inside a flow hands the effect to the driver and waits for its reply.
"""

import asyncio
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from msgspec import UNSET, Struct, UnsetType

from dfs_desktop.artifact import Contents, Fingerprint, Hashes

from .checkpoint import Checkpoint, OpenPartialFile, PartialFileState
from .ledger import AnyLedger, SentPart
from .scope import Scope, ScopeRequest

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Flow: TypeAlias = Generator["Effect[Any]", Any, T]

# What ends a transfer by somebody's wish rather than by a fault (with TransferCancelled, which is
# an ordinary exception of ours).
INTERRUPTIONS = (asyncio.CancelledError, KeyboardInterrupt)


def mark_under_way(error: asyncio.CancelledError) -> None:
    """Mark a cancel that met an effect which had begun, and whose outcome nobody knows."""
    error.under_way = True  # type: ignore[attr-defined]


def had_begun(error: asyncio.CancelledError) -> bool:
    """Whether the effect that a cancel met had begun; else it was not carried out at all."""
    return getattr(error, "under_way", False)


class Effect(Generic[T_co]):
    """One thing to be done outside; its reply has the type T_co."""

    __slots__ = ()

    def __iter__(self) -> "Generator[Effect[T_co], Any, T_co]":
        reply: T_co = yield self
        return reply


class Call(Struct, Effect[T], Generic[T], frozen=True):
    """One JSON request to the registry. ``path`` is built by a dialect, never by the server.

    ``settle``: the request changes something, so its answer is awaited even when cancelled.
    ``repeatable``: sending it twice does what sending it once does. ``look`` reads the answer
    instead of ``read``, whatever its status; ``keyless`` keeps the API key at home.
    """

    method: str
    path: str
    read: Callable[[bytes], T]
    json: Any | UnsetType = UNSET
    settle: bool = False
    repeatable: bool = False
    look: Callable[[int, Mapping[str, str], bytes], T] | None = None
    keyless: bool = False


class ScopeResolver(Protocol):
    """Turns what a call asks for into ids."""

    def known(self, wanted: ScopeRequest) -> Scope | None:
        """The place, when nothing has to be asked."""

    def resolve(self, wanted: ScopeRequest) -> Flow[Scope]:
        """Ask for whatever is still unknown."""


class Locate(Struct, Effect[Scope], frozen=True):
    """The ids of organization, orbit and collection to work in, asked for once and remembered."""

    places: ScopeResolver
    wanted: ScopeRequest


class Note(Struct, Effect[None], frozen=True):
    """Write a transfer's record down. Never skipped: what is stopped has to be found again."""

    ledger: AnyLedger


class Runner(Protocol):
    """A client, as far as a flow of another client knows it."""

    def _run(self, flow: Flow[Any], meter: Any = None) -> Any: ...


class Elsewhere(Struct, Effect[T], Generic[T], frozen=True):
    """Walk a flow with another client, which may be one of another server."""

    client: Runner
    flow: Flow[T]


class Step(Struct, Effect[T], Generic[T], frozen=True):
    """Carry out an effect that the world sees, and let a test end the program right before it
    or right after it (see ``failpoints``)."""

    name: str
    effect: Effect[T]


class Pause(Struct, Effect[None], frozen=True):
    """Wait, unless stopped."""

    seconds: float


class MeasureFile(Struct, Effect[int], frozen=True):
    """The size in bytes of a local file, known before anything of it is read."""

    path: str


class ReadContents(Struct, Effect[Contents], frozen=True, tag="look inside"):
    """Look inside a local artifact: manifest, metrics, index, size. No hashing."""

    path: str


class TakeFingerprint(Struct, Effect[Fingerprint | None], frozen=True):
    """Which file a path names now; None when there is none."""

    path: str


class MakeFolder(Struct, Effect[str], frozen=True):
    """Make a folder for a file that is passed on, with those above it; its path.

    Without a ``path`` it is a new one among the system's temporary files.
    """

    path: str = ""


class RemoveFolder(Struct, Effect[None], frozen=True):
    """Remove a folder that MakeFolder made, and what is in it."""

    path: str


class HashFile(Struct, Effect[str], frozen=True, tag="hash"):
    """SHA-256 (hex) of a local file that must not change meanwhile."""

    path: str
    fingerprint: Fingerprint


class HashParts(Struct, Effect[Hashes], frozen=True, tag="hash parts"):
    """The same, with the checksums of its parts."""

    path: str
    fingerprint: Fingerprint


class CheckSource(Struct, Effect[None], frozen=True):
    """SourceChangedError when a local file is not the one any more that was hashed."""

    path: str
    fingerprint: Fingerprint


class UploadPart(Struct, frozen=True):
    """A part of a file and the presigned URL that takes it. Offset and size in bytes.

    ``expires``: POSIX seconds by the server's clock; None when the URL does not say.
    """

    number: int
    url: str
    offset: int
    size: int
    expires: float | None = None


class UploadResult(Struct, frozen=True):
    """How far sending came.

    ``refused``: the store takes the URLs no more, and ``why`` (``lost``: it may have been the
    network as well, which cut every answer off; ``expired``: it says, or we know, that they are too
    old); ``forgotten``: it does not know the
    upload in parts any more; ``unfit``: it cannot join what arrived. What arrived is in the job's
    ``done``. ``joined``: the store said that it made one object of the parts; otherwise its answer
    was lost, and only a look at the object tells. ``etag``: what the object's has to be, if known.
    """

    refused: bool = False
    lost: bool = False
    expired: bool = False
    forgotten: bool = False
    unfit: bool = False
    joined: bool = True
    etag: str = ""
    why: str = ""


class SendBytes(Struct, Effect[UploadResult], frozen=True):
    """PUT a file to its presigned URLs; several pieces are put in parallel.

    ``store``: its provider's kind. ``whole``: one piece is the object, not a part of it. ``done`` holds
    what the store has already, and is filled while sending; ``arrived`` hears of each part, on
    the thread that sent it. ``ahead``: seconds that the server's clock is ahead of ours,
    if anybody knows.
    """

    path: str
    fingerprint: Fingerprint
    pieces: tuple[UploadPart, ...]
    store: str = "s3"
    whole: bool = True
    done: dict[int, SentPart] = {}
    arrived: Callable[[SentPart], None] | None = None
    ahead: float | None = None


class JoinParts(Struct, Effect[UploadResult], frozen=True):
    """Make one object of the parts that arrived. ``pieces`` in file order, as they were sent."""

    url: str
    pieces: tuple[UploadPart, ...]
    done: dict[int, SentPart]
    store: str = "s3"


class OpenUpload(Struct, Effect[str], frozen=True):
    """Open an upload in parts at a store that does so itself, as S3 does; its id."""

    url: str


class StoredObject(Struct, frozen=True):
    """What a store says about an object; ``size`` None when it does not say."""

    size: int | None
    etag: str = ""


class Missing(Struct, frozen=True):
    """There is no object under a name. ``surely`` False: or one that the link may not see, which a
    store says to both where a key may not list. ``why`` says the same to a person."""

    why: str
    surely: bool


class HeadObject(Struct, Effect[StoredObject | Missing], frozen=True):
    """Ask the store for the first byte of an object: is it there, and how long is it?"""

    url: str


class Reserve(Struct, Effect[OpenPartialFile], frozen=True):
    """Make the partial file of a download beside its target.

    ``replace``: a file that has the target's name may be overwritten; else a free name is taken.
    ``mark`` becomes part of its name. A file that has it already is one that an earlier run made
    and could not write down any more: it is made anew.
    """

    file_path: str | None
    file_name: str
    size: int
    replace: bool = True
    mark: str = ""


class Reopen(Struct, Effect[OpenPartialFile | None], frozen=True):
    """Open the partial file of an earlier run; None when it is gone or is not ours."""

    kept: PartialFileState
    size: int
    replace: bool = True


class Salvage(Struct, Effect[Checkpoint], frozen=True):
    """Copy into a partial file what a damaged copy has right: the parts that fit their checksums."""

    source: str
    sums: bytes
    partial: OpenPartialFile


class FetchBytes(Struct, Effect[str], frozen=True):
    """Receive a presigned URL into a partial file. The reply is empty, or says why the URL is
    refused: it is too old, or the object is not there or not to be seen.

    ``keep`` hears, from any thread, what has become durable.
    """

    url: str
    partial: OpenPartialFile
    keep: Callable[[Checkpoint], None] | None = None


class Commit(Struct, Effect[Path], frozen=True):
    """Check a complete partial file against the record and give it its name; replies the path."""

    partial: OpenPartialFile
    sha256: str


class Close(Struct, Effect[None], frozen=True):
    """Close a partial file that is kept for later."""

    partial: OpenPartialFile


class Discard(Struct, Effect[None], frozen=True):
    """Remove a partial file."""

    partial: OpenPartialFile


class JudgeStorage(Struct, Effect[None], frozen=True):
    """StorageAddressError, or another, when an address of a storage may not be used."""

    url: str


class StoreDelete(Struct, Effect[None], frozen=True):
    """DELETE an object at the store; already gone is fine."""

    url: str
