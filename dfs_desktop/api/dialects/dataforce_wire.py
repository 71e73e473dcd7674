"""The records of the DataForce registry as they travel, and how they become our types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from dfs_desktop.api.types import (
    BucketSecret,
    Collection,
    ModelArtifact,
    ModelArtifactStatus,
    Orbit,
    Organization,
    Permissions,
)

from . import Created, PlannedPart, UploadPlan

T = TypeVar("T")
W = TypeVar("W")


class _Artifact(Struct):
    id: str
    collection_id: str = ""
    file_name: str = ""
    model_name: str | None = None
    description: str | None = None
    metrics: dict[str, Any] | None = None
    manifest: Raw = Raw(b"{}")
    file_hash: str | None = None
    file_index: Raw = Raw(b"{}")
    size: int = 0
    unique_identifier: str | None = None
    status: str = ""
    tags: list[str] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    created_by_user: str | None = None
    bucket_location: str | None = None


class _Orbit(Struct):
    id: str
    name: str
    organization_id: str = ""
    bucket_secret_id: str | None = None
    total_members: int | None = None
    total_collections: int | None = None
    total_model_artifacts: int | None = None
    role: str | None = None
    permissions: Permissions | None = None
    created_at: str | None = None
    updated_at: str | None = None


class _Organization(Struct):
    id: str
    name: str
    logo: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    role: str | None = None
    permissions: Permissions | None = None


class _Collection(Struct):
    id: str
    name: str
    orbit_id: str = ""
    description: str | None = None
    collection_type: str = "model"
    tags: list[str] | None = None
    total_models: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


class _Part(Struct):
    part_number: int
    url: str
    part_size: int  # start_byte and end_byte drift by one byte per part here: never read


class _Upload(Struct):
    url: str | None = None
    parts: list[_Part] | None = None
    complete_url: str | None = None
    upload_id: str | None = None
    multipart: bool = False


class _Creation(Struct):
    model: _Artifact | None = None
    artifact: _Artifact | None = None
    url: _Upload | str | None = None
    upload_details: _Upload | str | None = None


class _Url(Struct):
    url: str


def _artifact(wire: _Artifact) -> ModelArtifact:
    return ModelArtifact(
        id=wire.id,
        collection_id=wire.collection_id,
        file_name=wire.file_name,
        model_name=wire.model_name,
        description=wire.description,
        metrics=wire.metrics or {},
        # Undecoded on purpose, see ModelArtifact; copied so that a record does not keep the
        # whole answer alive.
        manifest=wire.manifest.copy(),  # type: ignore[arg-type]
        file_hash=wire.file_hash or "",
        file_index=wire.file_index.copy(),  # type: ignore[arg-type]
        size=wire.size,
        unique_identifier=wire.unique_identifier,
        status=ModelArtifactStatus(wire.status),
        tags=wire.tags,
        created_at=wire.created_at,
        updated_at=wire.updated_at,
        created_by_user=wire.created_by_user,
        bucket_location=wire.bucket_location,
    )


def _orbit(wire: _Orbit) -> Orbit:
    return Orbit(
        id=wire.id,
        name=wire.name,
        organization_id=wire.organization_id,
        bucket_secret_id=wire.bucket_secret_id,
        total_members=wire.total_members,
        total_collections=wire.total_collections,
        total_artifacts=wire.total_model_artifacts,
        role=wire.role,
        permissions=wire.permissions or {},
        created_at=wire.created_at,
        updated_at=wire.updated_at,
    )


def _organization(wire: _Organization) -> Organization:
    return Organization(
        id=wire.id,
        name=wire.name,
        logo=wire.logo,
        created_at=wire.created_at,
        updated_at=wire.updated_at,
        role=wire.role,
        permissions=wire.permissions or {},
    )


def _collection(wire: _Collection) -> Collection:
    return Collection(
        id=wire.id,
        name=wire.name,
        orbit_id=wire.orbit_id,
        description=wire.description or "",
        type=wire.collection_type,
        tags=wire.tags,
        total_artifacts=wire.total_models,
        created_at=wire.created_at,
        updated_at=wire.updated_at,
    )


_RECORDS = msgspec.json.Decoder(list[Raw])


def _one(wire: type[W], build: Callable[[W], T]) -> Callable[[bytes], T]:
    decoder = msgspec.json.Decoder(wire)
    return lambda body: build(decoder.decode(body))


def _many(wire: type[W], build: Callable[[W], T]) -> Callable[[bytes], list[T]]:
    """A reader of bare lists that lets other threads in between two records.

    One call over a list of 20 000 would hold the interpreter's lock, and an event loop, for
    80 ms; finding where the records begin takes 20 ms, each record some microseconds.
    """
    one = msgspec.json.Decoder(wire)
    return lambda body: [build(one.decode(item)) for item in _RECORDS.decode(body)]


def read_nothing(_body: bytes) -> None:
    return None


def read_creation(body: bytes) -> Created:
    """Read a creation's answer, also in the shapes that later servers give it."""
    answer = _CREATION.decode(body)
    wire = answer.model or answer.artifact
    details = answer.upload_details or answer.url
    if wire is None or details is None:
        raise msgspec.ValidationError("the answer has no artifact or no place to upload to")
    artifact = _artifact(wire)
    if isinstance(details, str):
        return Created(artifact, UploadPlan((PlannedPart(1, details, artifact.size),)))
    if details.parts is not None:
        parts = tuple(PlannedPart(p.part_number, p.url, p.part_size) for p in details.parts)
        return Created(artifact, UploadPlan(parts, details.complete_url, details.upload_id))
    if details.url is None or details.multipart:
        raise msgspec.ValidationError("the answer asks for an upload protocol not known here")
    return Created(artifact, UploadPlan((PlannedPart(1, details.url, artifact.size),)))


_CREATION = msgspec.json.Decoder(_Creation)
read_artifact = _one(_Artifact, _artifact)
read_artifacts = _many(_Artifact, _artifact)
read_collection = _one(_Collection, _collection)
read_collections = _many(_Collection, _collection)
read_orbit = _one(_Orbit, _orbit)
read_orbits = _many(_Orbit, _orbit)
read_organizations = _many(_Organization, _organization)
read_secrets: Callable[[bytes], list[BucketSecret]] = msgspec.json.Decoder(
    list[BucketSecret]
).decode
read_url = _one(_Url, lambda answer: answer.url)
