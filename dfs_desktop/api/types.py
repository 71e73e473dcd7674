"""What the registry holds: artifacts, tracks, collections, orbits, organizations, bucket secrets."""

import enum
from typing import Any

import msgspec
from msgspec import Struct

from dfs_desktop.text.url_parts import url_parts

from .registered_hash import sha256_of

Permissions = dict[str, list[str]]


class ModelArtifactStatus(enum.StrEnum):
    """Where an artifact is in its life. A status this version does not know is kept, not refused."""

    PENDING_UPLOAD = "pending_upload"
    UPLOADED = "uploaded"
    UPLOAD_FAILED = "upload_failed"
    PENDING_DELETION = "pending_deletion"
    DELETION_FAILED = "deletion_failed"

    __hash__ = str.__hash__  # as its text, which it equals; the one of Enum is five times slower

    @classmethod
    def _missing_(cls, value: object) -> "ModelArtifactStatus | None":
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = value[:40].upper()
        unknown._value_ = value
        return unknown


class ModelArtifact(Struct, frozen=True, kw_only=True):
    """One registered model file. ``size`` in bytes; times as the server wrote them (ISO 8601, UTC).

    ``manifest`` and ``file_index`` arrive as undecoded JSON and are decoded when looked at: in a
    long list nobody looks at most of them.
    """

    id: str = ""
    collection_id: str = ""
    file_name: str = ""
    model_name: str | None = None
    description: str | None = None
    metrics: dict[str, Any] = {}
    manifest: dict[str, Any] = {}
    file_hash: str = ""
    file_index: dict[str, tuple[int, int]] = {}
    size: int = 0
    unique_identifier: str | None = None
    status: ModelArtifactStatus = ModelArtifactStatus.PENDING_UPLOAD
    tags: list[str] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    created_by_user: str | None = None
    bucket_location: str | None = None
    # Told by newer servers only; lists leave tracks out.
    type: str | None = None
    deployments: list[dict[str, Any]] = []
    tracks: list[dict[str, Any]] = []
    collection_name: str | None = None

    @property
    def display_name(self) -> str:
        """The model name, or that of the file where it has none."""
        return self.model_name or self.file_name

    @property
    def sha256(self) -> str:
        """The file's SHA-256 in hex, whatever notation ``file_hash`` has; empty when it is none."""
        return sha256_of(self.file_hash)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ModelArtifact):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__struct_fields__)

    def told_like(self, other: "ModelArtifact") -> bool:
        """Whether a server told the same of both; what nobody has looked at is not decoded for it."""
        return Struct.__eq__(self, other) is True

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        values = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__)
        return f"ModelArtifact({', '.join(values)})"


HEAVIEST = 2_000_000  # brackets and commas of a manifest or an index that is decoded


def _decoded(raw: msgspec.Raw) -> dict[str, Any]:
    """The object in some JSON; an empty one when it is none, or would take too much memory."""
    text = bytes(raw)
    if len(text) > HEAVIEST and sum(map(text.count, (b"[", b"{", b","))) > HEAVIEST:
        return {}
    try:
        value = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _decode_when_read(field: str) -> None:
    """Let ``artifact.<field>`` turn undecoded JSON into Python once, and remember the result."""
    slot = ModelArtifact.__dict__[field]

    def read(self: ModelArtifact) -> Any:
        value = slot.__get__(self)
        if type(value) is msgspec.Raw:
            value = _decoded(value)
            slot.__set__(self, value)
        return value

    setattr(ModelArtifact, field, property(read))


_decode_when_read("manifest")
_decode_when_read("file_index")


class UndecodedArtifact(ModelArtifact, frozen=True, kw_only=True, gc=False):
    """An artifact in the documented words, as generations A to D send it: read without detour."""

    id: str
    manifest: msgspec.Raw = msgspec.Raw(b"{}")  # type: ignore[assignment]
    file_index: msgspec.Raw = msgspec.Raw(b"{}")  # type: ignore[assignment]


class Organization(Struct, frozen=True, kw_only=True):
    """An account's home for orbits. ``permissions`` maps a resource to verbs."""

    id: str
    name: str
    logo: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    role: str | None = None
    permissions: Permissions = {}


class Orbit(Struct, frozen=True, kw_only=True):
    """A workspace inside an organization, tied to one bucket. Totals are None where hidden."""

    id: str
    name: str
    organization_id: str = ""
    bucket_secret_id: str | None = None
    total_members: int | None = None
    total_collections: int | None = None
    total_artifacts: int | None = None
    role: str | None = None
    permissions: Permissions = {}
    created_at: str | None = None
    updated_at: str | None = None


class Collection(Struct, frozen=True, kw_only=True):
    """A shelf of artifacts inside an orbit."""

    id: str
    name: str
    orbit_id: str = ""
    description: str = ""
    type: str = "model"
    tags: list[str] | None = None
    total_artifacts: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Stage(Struct, frozen=True, kw_only=True):
    """A place in a track that at most one of its entries holds, such as “production”."""

    id: str
    name: str
    track_id: str = ""
    created_at: str | None = None
    updated_at: str | None = None


class Track(Struct, frozen=True, kw_only=True):
    """A named line of versions of one type of artifact in an orbit. Servers have them since June 2026."""

    id: str
    name: str
    orbit_id: str = ""
    artifact_type: str = "model"
    description: str = ""
    tags: list[str] | None = None
    stages: list[Stage] = []
    next_version: int = 1
    total_entries: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


class TrackEntry(Struct, frozen=True, kw_only=True):
    """A version in a track: an artifact with its number, and the stage that it holds."""

    id: str
    track_id: str
    artifact_id: str
    version: int = 0
    stage_id: str | None = None
    artifact_name: str | None = None
    artifact_description: str | None = None
    stage_name: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class BucketSecret(Struct, frozen=True, kw_only=True):
    """Where an organization keeps its objects. On Azure ``endpoint`` holds the account's key."""

    id: str
    type: str = "s3"
    endpoint: str = ""
    bucket_name: str = ""
    secure: bool | None = None
    region: str | None = None
    cert_check: bool | None = None
    organization_id: str = ""
    created_at: str | None = None
    updated_at: str | None = None

    @property
    def host(self) -> str:
        """The endpoint without anything that could be a secret: fit to be shown."""
        if "=" in self.endpoint or ";" in self.endpoint or "@" in self.endpoint:
            return "(hidden)"
        return url_parts(f"//{self.endpoint.split('://')[-1]}").netloc

    def __repr__(self) -> str:
        return (
            f"BucketSecret(id={self.id!r}, type={self.type!r}, endpoint={self.host!r}, "
            f"bucket_name={self.bucket_name!r}, region={self.region!r})"
        )
