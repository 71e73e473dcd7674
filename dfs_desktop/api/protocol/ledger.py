"""What a transfer writes down so that it survives the end of the program, and the ledger for it.

The rule: a record says what is about to happen before it happens, and what came of it afterwards.
Every step can be repeated, or looked into. A ledger here forgets; the desktop keeps a journal.
"""

import enum
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from dfs_desktop.api.types import ModelArtifact
from dfs_desktop.artifact import Fingerprint

from .checkpoint import Checkpoint, PartialFileState
from .scope import Scope
from .upload_plan import UploadPlan


class UploadStep(enum.StrEnum):
    """How far an upload came; each value is written before what it names begins."""

    PLANNED = "planned"
    HASHED = "hashed"
    CREATING = "creating"  # none or one record exists
    CREATED = "created"  # the record exists, and its links are known
    INITIATING = "initiating"  # none or one upload in parts is open
    SENDING = "sending"  # parts with an ETag are in the storage
    COMPLETING = "completing"  # the object may exist
    STORED = "stored"  # the object was seen, whole
    CONFIRMING = "confirming"  # the registry may know
    DONE = "done"
    EXPIRED = "expired"  # the links are too old, and nobody gives new ones
    DISCARDING = "discarding"  # the person wants it gone
    DISCARDED = "discarded"


class SentPart(Struct, frozen=True):
    """A part that the storage has: bytes from ``offset``, and the ETag it answered with."""

    number: int
    offset: int
    size: int
    etag: str


class DownloadStep(enum.StrEnum):
    """How far a download came."""

    PLANNED = "planned"
    FETCHING = "fetching"  # the partial file exists
    COMMITTING = "committing"  # it is complete; it may have its final name
    DONE = "done"
    DISCARDED = "discarded"


class DownloadRecord(Struct):
    """All of one download. ``replace``: what has the target's name already may be overwritten.

    ``source``: a damaged copy, of which the parts are taken that fit ``sums``, the checksums of the
    right parts; only the others are fetched.
    """

    artifact_id: str
    file_path: str | None
    place: Scope
    replace: bool = True
    step: DownloadStep = DownloadStep.PLANNED
    mark: str = ""  # of the partial file's name: known before there is one
    file_name: str = ""
    size: int = 0
    sha256: str = ""
    kept: PartialFileState | None = None
    final: str = ""
    repeated: bool = False  # wrong bytes came once already
    source: str = ""
    sums: bytes = b""

    def renew(self) -> None:
        """Back to the plan: nothing of it is on the disk."""
        self.step, self.kept, self.mark, self.final = DownloadStep.PLANNED, None, "", ""


class RegisteredFacts(Struct, frozen=True):
    """What a registry says of an artifact's file; a copy is registered with the same."""

    file_name: str
    metrics: dict[str, Any]
    manifest: dict[str, Any]
    file_index: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, artifact: ModelArtifact) -> "RegisteredFacts":
        """Those of a record."""
        facts = (artifact.metrics, artifact.manifest, artifact.file_index)
        return cls(artifact.file_name, *facts)


class CopySource(Struct):
    """The artifact that an upload copies: ``fetch`` brings its file, to the upload's path.

    ``server`` and ``where`` are the program's own: which server it is on, and the place in words.
    ``move``: the artifact is to be deleted once the copy is there.
    """

    fetch: DownloadRecord
    server: str = ""
    where: str = ""
    move: bool = False
    registered: RegisteredFacts | None = None


class UploadRecord(Struct):
    """All of one upload. ``plan`` holds links that grant access: it is dropped with their use."""

    path: str
    model_name: str
    place: Scope
    description: str | None = None
    tags: list[str] | None = None
    step: UploadStep = UploadStep.PLANNED
    file_name: str = ""
    fingerprint: Fingerprint | None = None
    sha256: str = ""
    size: int = 0
    begun: float = 0.0  # POSIX seconds by our clock: when the creation was sent
    ahead: float | None = None  # seconds that the server's clock was ahead then, if that was known
    artifact_id: str = ""
    plan: UploadPlan | None = None
    upload_id: str | None = None
    etag: str = ""  # what the whole object's has to be, where that is known
    parts: dict[int, SentPart] = field(default_factory=dict)
    leftovers: int = 0  # uploads in parts that were opened in the storage and are of no use now
    marked: bool = False  # it was given up, but its record could only be marked as failed
    source: CopySource | None = None  # its file is an artifact elsewhere, and is fetched first
    track: str = ""  # the program's own: the track that it becomes a version of
    replaces: str = ""  # and the artifact that is deleted when this one has arrived

    def forget_parts(self) -> None:
        """The storage's upload is of no use any more; what arrived of it stays there as it is."""
        if self.upload_id is not None:
            self.leftovers += 1
        self.upload_id, self.parts, self.etag = None, {}, ""

    def begin_again(self) -> None:
        """Back to the hashed file, as if no record had ever been made."""
        self.forget_parts()
        self.artifact_id, self.plan, self.step = "", None, UploadStep.HASHED

    def renew(self) -> None:
        """Back to the plan: the file has changed, or what was begun has been given up."""
        self.begin_again()
        self.step, self.fingerprint, self.sha256, self.size = UploadStep.PLANNED, None, "", 0
        if self.source is not None:
            self.source.fetch.renew()


class DeletionStep(enum.StrEnum):
    """How far a deletion came."""

    INTENT = "intent"  # the record may be ``pending_deletion``
    REMOVING = "removing"  # the object may be gone
    FORGETTING = "forgetting"  # the object is gone, the record may be
    DONE = "done"


class DeletionRecord(Struct):
    """All of one deletion."""

    artifact_id: str
    place: Scope
    step: DeletionStep = DeletionStep.INTENT


R = TypeVar("R", bound=UploadRecord | DownloadRecord | DeletionRecord)


class Ledger(Generic[R]):
    """Keeps one record. This one forgets with the program; a journal overrides the ``save``s.

    They block, return when the facts are durable, and may be called from any thread.
    ``resumed``: the record comes from an earlier run, so what it says has to be checked.
    """

    def __init__(self, record: R, *, resumed: bool = False) -> None:
        self.record = record
        self.resumed = resumed

    def save(self) -> None:
        """Write the record as it is now."""

    def heard(self, artifact: ModelArtifact) -> None:
        """Hear what the registry says of a download's artifact now."""

    def save_part(self, part: SentPart) -> None:
        """Write that a part arrived. ``record.parts`` has it already."""

    def save_held(self, held: Checkpoint) -> None:
        """Write how much of a partial file is durable."""
        record = self.record
        if isinstance(record, DownloadRecord) and record.kept is not None:
            record.kept = replace(record.kept, held=held)


Upload: TypeAlias = Ledger[UploadRecord]
Download: TypeAlias = Ledger[DownloadRecord]
Deletion: TypeAlias = Ledger[DeletionRecord]
AnyLedger: TypeAlias = Upload | Download | Deletion
AnyStep: TypeAlias = UploadStep | DownloadStep | DeletionStep
