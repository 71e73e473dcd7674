"""What a byte worker is to do, and what comes of it, as values; presigned links, never a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from dfs_desktop.api import errors
from dfs_desktop.api.errors import DataForceError
from dfs_desktop.api.http.address import Address
from dfs_desktop.api.http.network import Network
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.checkpoint import Checkpoint, PartialFileState
from dfs_desktop.api.protocol.ledger import SentPart
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.partial_file import PartialFile

if TYPE_CHECKING:
    from dfs_desktop.api.storage.store_client import Store

PERFORM, RECORD = "carry", "told"  # the operations of calls and of questions


class PartialState(Struct, frozen=True):
    """An open partial file: which file it is, what is in it, durable or not, and of which object."""

    kept: PartialFileState
    size: int
    encoding: str = ""

    @property
    def key(self) -> tuple[str, int, int]:
        return self.kept.path, self.kept.device, self.kept.inode

    @classmethod
    def of(cls, partial: PartialFile) -> PartialState:
        kept = structs.replace(partial.kept(), held=partial.holds())
        return cls(kept, partial.size, partial.encoding)


class SendBytes(Struct, tag="send", frozen=True):
    """See effects.SendBytes. ``tell``: whether somebody wants to hear of the parts that arrive."""

    job: effects.SendBytes
    tell: bool

    @classmethod
    def of(cls, job: effects.SendBytes) -> SendBytes:
        mute = structs.replace(job, done=dict(job.done), arrived=None)
        return cls(mute, job.arrived is not None)


class FetchBytes(Struct, tag="fetch", frozen=True):
    """See effects.FetchBytes. The file stays open until it is checked or let go."""

    url: str
    partial: PartialState
    tell: bool


class Salvage(Struct, tag="salvage", frozen=True):
    """See effects.Salvage. The file stays open until it is checked or let go."""

    source: str
    sums: bytes
    partial: PartialState


class Fetched(Struct, frozen=True):
    """Why the link was refused, if it was; and what the partial file holds now."""

    refused: str
    held: Checkpoint
    encoding: str


class Verify(Struct, tag="check", frozen=True):
    """Compare a complete partial file with the record, and close it."""

    partial: PartialState
    sha256: str


class Release(Struct, tag="let go", frozen=True):
    """Close a partial file, if it is open."""

    partial: PartialState


class SetRate(Struct, tag="pace", frozen=True):
    """From now on another bandwidth limit; see Order."""

    pace: int
    rate: int | None


class Order(Struct, frozen=True):
    """One piece of work. ``pace`` names the bandwidth limit that it shares with others; 0 is none."""

    work: (
        effects.ReadContents | effects.HashFile | effects.HashParts
        | SendBytes | FetchBytes | Salvage | Verify | Release | SetRate
    )  # fmt: skip
    registry: Address
    approved: tuple[str, ...]
    hasty: bool
    pace: int
    rate: int | None
    network: Network

    @classmethod
    def of(cls, work: Any, store: Store, meter: Meter) -> Order:
        from dfs_desktop.api.http.proxy.proxy_choice import for_child  # here: it brings httpx along

        limit = meter.limit
        pace, rate = (id(limit), limit.rate) if limit is not None else (0, None)
        approved, network = tuple(sorted(store.approved)), for_child(store.network)
        return cls(work, store.api, approved, meter.hasty, pace, rate, network)


class Record(Struct, frozen=True):
    """A part that arrived, or what of a partial file is durable; the reply says it is written down."""

    call: int
    part: SentPart | None = None
    held: Checkpoint | None = None


class Raised(Struct, frozen=True):
    """One of the library's exceptions, with all that it says."""

    kind: str
    facts: dict[str, Any]
    cause: Raised | None = None

    @classmethod
    def of(cls, error: DataForceError) -> Raised:
        cause = error.__cause__
        known = (str, int, float, bool, type(None))
        facts = {name: each for name, each in vars(error).items() if isinstance(each, known)}
        kind = next(each.__name__ for each in type(error).mro() if hasattr(errors, each.__name__))
        return cls(kind, facts, cls.of(cause) if isinstance(cause, DataForceError) else None)

    def error(self) -> DataForceError:
        """The exception again, of the very kind and with the very facts."""
        kind = getattr(errors, self.kind, DataForceError)
        if not (isinstance(kind, type) and issubclass(kind, DataForceError)):
            kind = DataForceError
        error: DataForceError = kind.__new__(kind)
        vars(error).update(self.facts)
        error.args = (error.title, error.detail)
        error.__cause__ = self.cause.error() if self.cause is not None else None
        return error


class Outcome(Struct, frozen=True):
    """How an order ended: its packed result, or what was raised."""

    result: bytes = b""
    raised: Raised | None = None
