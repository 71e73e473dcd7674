"""The ways registries speak: what differs between server generations stands behind one interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from msgspec import Struct

from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.api.flows.scope import Place
from dfs_desktop.api.protocol.effects import Call, Flow
from dfs_desktop.api.types import BucketSecret, Collection, ModelArtifact, Orbit, Organization

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "Created",
    "Dialect",
    "Draft",
    "Page",
    "PartSource",
    "PlannedPart",
    "UploadPlan",
    "speaking",
]

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """Some items of a list, and where the next ones begin; None after the last."""

    items: list[T]
    cursor: str | None = None


class Draft(Struct, frozen=True, kw_only=True):
    """What a new artifact record is made from."""

    file_name: str
    model_name: str
    metrics: dict[str, Any]
    manifest: dict[str, Any]
    file_hash: str
    file_index: Mapping[str, Sequence[int]]
    size: int
    description: str | None = None
    tags: list[str] | None = None


class PlannedPart(Struct, frozen=True):
    """One presigned URL and how many bytes it takes. Parts follow each other without gaps."""

    number: int
    url: str
    size: int


class PartSource(Struct, frozen=True):
    """Which object of which bucket parts are for: enough to ask for their URLs, again and again."""

    bucket: str
    location: str


class UploadPlan(Struct, frozen=True):
    """Where the bytes of a new artifact go. ``store`` is s3 or azure.

    With a ``source`` the parts are asked for in a second step, on S3 after a POST to
    ``start_url`` has opened the upload there.
    """

    parts: tuple[PlannedPart, ...]
    complete_url: str | None = None
    upload_id: str | None = None
    store: str = "s3"
    source: PartSource | None = None
    start_url: str | None = None


class Created(Struct, frozen=True):
    """The answer to a creation."""

    artifact: ModelArtifact
    plan: UploadPlan


class Dialect(Protocol):
    """One generation of the registry's interface."""

    generation: str
    extensions: tuple[str, ...]
    max_upload_size: int
    sorts: bool  # whether lists can be had newest first
    searches: bool  # whether a list can be narrowed by name
    orbit_wide: bool  # whether one list can span the orbit
    guards_parts: bool  # whether only administrators get the URLs of parts

    def organizations(self) -> Call[list[Organization]]: ...
    def orbits(self, organization: str) -> Call[list[Orbit]]: ...
    def orbit(self, place: Place) -> Call[Orbit]: ...
    def create_orbit(self, organization: str, name: str, bucket_secret_id: str) -> Call[Orbit]: ...
    def update_orbit(self, place: Place, changes: Mapping[str, Any]) -> Call[Orbit]: ...
    def delete_orbit(self, place: Place) -> Call[None]: ...

    def collections(self, place: Place) -> Flow[list[Collection]]: ...
    def collection(self, place: Place) -> Flow[Collection | None]: ...
    def create_collection(
        self, place: Place, name: str, description: str, kind: str, tags: list[str] | None
    ) -> Call[Collection]: ...
    def update_collection(
        self, place: Place, name: str, description: str, tags: list[str] | None
    ) -> Call[Collection]: ...
    def delete_collection(self, place: Place) -> Call[None]: ...

    def bucket_secrets(self, organization: str) -> Call[list[BucketSecret]]: ...

    def artifacts(
        self, place: Place, cursor: str | None = None, *, search: str = "", newest: bool = False
    ) -> Call[Page[ModelArtifact]]: ...
    def artifact(self, place: Place, artifact_id: str) -> Flow[ModelArtifact | None]: ...
    def create_artifact(self, place: Place, draft: Draft) -> Call[Created]: ...
    def part_urls(
        self, source: PartSource, size: int, upload_id: str | None
    ) -> Call[UploadPlan]: ...
    def update_artifact(
        self, place: Place, artifact_id: str, changes: Mapping[str, Any]
    ) -> Call[ModelArtifact]: ...
    def download_url(self, place: Place, artifact_id: str) -> Call[str]: ...
    def delete_url(self, place: Place, artifact_id: str) -> Call[str]: ...
    def delete_artifact(self, place: Place, artifact_id: str) -> Call[None]: ...
    def force_deletion(self, place: Place, artifact_id: str) -> Call[None]: ...


def speaking(generation: str) -> Dialect:
    """The dialect of a generation, A to G (B and C speak A's, which reads their answers too)."""
    from .dataforce import DataForceDialect
    from .luml import DIALECTS

    known: dict[str, type[Dialect]] = {**dict.fromkeys("ABC", DataForceDialect), **DIALECTS}
    if generation not in known:
        raise ConfigurationError(f"There is no generation {generation!r}; there are A to G.")
    return known[generation]()
