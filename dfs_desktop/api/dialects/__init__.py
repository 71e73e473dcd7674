"""The ways registries speak: what differs between server generations stands behind one interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from dfs_desktop.api.flows.effects import Call, Flow
from dfs_desktop.api.flows.places import Place
from dfs_desktop.api.types import BucketSecret, Collection, ModelArtifact, Orbit, Organization

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Created", "Dialect", "Draft", "PlannedPart", "UploadPlan", "choose_dialect"]


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


class UploadPlan(Struct, frozen=True):
    """Where the bytes of a new artifact go."""

    parts: tuple[PlannedPart, ...]
    complete_url: str | None = None
    upload_id: str | None = None


class Created(Struct, frozen=True):
    """The answer to a creation."""

    artifact: ModelArtifact
    plan: UploadPlan


class Dialect(Protocol):
    """One generation of the registry's interface."""

    extensions: tuple[str, ...]
    max_upload_size: int

    def organizations(self) -> Call[list[Organization]]: ...
    def orbits(self, organization: str) -> Call[list[Orbit]]: ...
    def orbit(self, place: Place) -> Call[Orbit]: ...
    def create_orbit(self, organization: str, name: str, bucket_secret_id: str) -> Call[Orbit]: ...
    def update_orbit(self, place: Place, changes: Mapping[str, Any]) -> Call[Orbit]: ...
    def delete_orbit(self, place: Place) -> Call[None]: ...

    def collections(self, place: Place) -> Call[list[Collection]]: ...
    def create_collection(
        self, place: Place, name: str, description: str, kind: str, tags: list[str] | None
    ) -> Call[Collection]: ...
    def update_collection(
        self, place: Place, name: str, description: str, tags: list[str] | None
    ) -> Call[Collection]: ...
    def delete_collection(self, place: Place) -> Call[None]: ...

    def bucket_secrets(self, organization: str) -> Call[list[BucketSecret]]: ...

    def artifacts(self, place: Place) -> Flow[list[ModelArtifact]]: ...
    def artifact(self, place: Place, artifact_id: str) -> Flow[ModelArtifact | None]: ...
    def create_artifact(self, place: Place, draft: Draft) -> Call[Created]: ...
    def update_artifact(
        self, place: Place, artifact_id: str, changes: Mapping[str, Any]
    ) -> Call[ModelArtifact]: ...
    def download_url(self, place: Place, artifact_id: str) -> Call[str]: ...
    def delete_url(self, place: Place, artifact_id: str) -> Call[str]: ...
    def delete_artifact(self, place: Place, artifact_id: str) -> Call[None]: ...


def choose_dialect() -> Dialect:
    """The dialect to speak: the one place that decides. One generation is known so far."""
    from .dataforce import DataForceDialect

    return DataForceDialect()
