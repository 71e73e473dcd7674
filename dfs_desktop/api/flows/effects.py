"""What a flow can ask of the outside world, as plain values; a driver carries them out.

``reply = yield from effect`` inside a flow hands the effect to the driver and waits for its reply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from msgspec import UNSET, Struct, UnsetType

if TYPE_CHECKING:
    from dfs_desktop.api.storage.partial import Partial
    from dfs_desktop.artifact import Contents, Fingerprint  # noqa: F401 - quoted in a base

    from .places import Place, Places, Wanted  # noqa: F401 - quoted in a base

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Flow: TypeAlias = "Generator[Effect[Any], Any, T]"

# What ends a transfer by somebody's wish rather than by a fault (with TransferCancelled, which is
# an ordinary exception of ours).
INTERRUPTIONS = (asyncio.CancelledError, KeyboardInterrupt)


class Effect(Generic[T_co]):
    """One thing to be done outside; its reply has the type T_co."""

    __slots__ = ()

    def __iter__(self) -> Generator[Effect[T_co], Any, T_co]:
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


class Locate(Struct, Effect["Place"], frozen=True):
    """The ids of organization, orbit and collection to work in, asked for once and remembered."""

    places: Places
    wanted: Wanted


class Pause(Struct, Effect[None], frozen=True):
    """Wait, unless stopped."""

    seconds: float


class MeasureFile(Struct, Effect[int], frozen=True):
    """The size in bytes of a local file, known before anything of it is read."""

    path: str


class ReadContents(Struct, Effect["Contents"], frozen=True):
    """Look inside a local artifact: manifest, metrics, index, size. No hashing."""

    path: str


class HashFile(Struct, Effect[str], frozen=True):
    """SHA-256 (hex) of a local file that must not change meanwhile."""

    path: str
    fingerprint: Fingerprint


class Piece(Struct, frozen=True):
    """A part of a file and the presigned URL that takes it. Offset and size in bytes."""

    number: int
    url: str
    offset: int
    size: int


class Sent(Struct, frozen=True):
    """How far sending came.

    ``refused``: the store takes the URLs no more; what arrived is in the job's ``done``.
    ``joined``: the store said that it made one object of the parts; otherwise its answer was
    lost, and only a look at the object tells. ``etag``: what the object's has to be, if known.
    """

    refused: bool = False
    joined: bool = True
    etag: str = ""


class SendBytes(Struct, Effect[Sent], frozen=True):
    """PUT a file to its presigned URLs; several pieces are put in parallel, then joined.

    ``store`` is s3 or azure. ``done`` holds the ETags of pieces that the store has, and is
    filled while sending. ``renewable``: for URLs that are refused there are fresh ones.
    """

    path: str
    fingerprint: Fingerprint
    pieces: tuple[Piece, ...]
    complete_url: str | None = None
    store: str = "s3"
    done: dict[int, str] = {}
    renewable: bool = False


class OpenUpload(Struct, Effect[str], frozen=True):
    """Open an upload in parts at an S3 store; its id."""

    url: str


class StoredObject(Struct, frozen=True):
    """What a store says about an object; ``size`` None when it does not say."""

    size: int | None
    etag: str = ""


class LookAtObject(Struct, Effect["StoredObject | None"], frozen=True):
    """Ask the store for the first byte of an object: is it there, and how long is it?"""

    url: str


class Held(Struct, frozen=True):
    """What of a file is durable on the disk: sorted, disjoint ranges [start, end), and of which
    state of the object they are."""

    ranges: tuple[tuple[int, int], ...] = ()
    etag: str = ""


class Kept(Struct, frozen=True):
    """A partial file as a journal knows it: where it is, which file it was, what is in it."""

    path: str
    target: str
    device: int
    inode: int
    held: Held = Held()


class Reserve(Struct, Effect["Partial"], frozen=True):
    """Make the partial file of a download beside its target."""

    file_path: str | None
    file_name: str
    size: int


class FetchBytes(Struct, Effect[bool], frozen=True):
    """Receive a presigned URL into a partial file; False when the URL is refused (expired)."""

    url: str
    partial: Partial


class Commit(Struct, Effect[None], frozen=True):
    """Check a complete partial file against the record and give it its name."""

    partial: Partial
    sha256: str


class Discard(Struct, Effect[None], frozen=True):
    """Remove a partial file."""

    partial: Partial


class StoreDelete(Struct, Effect[None], frozen=True):
    """DELETE an object at the store; already gone is fine."""

    url: str
