"""The DataForce registry of autumn 2025: routes without prefix, bare lists, ``model_artifacts``."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from typing import Any

from dfs_desktop.api.flows.effects import Call, Flow
from dfs_desktop.api.flows.places import Place
from dfs_desktop.api.types import BucketSecret, Collection, ModelArtifact, Orbit, Organization

from . import Created, Draft
from .dataforce_wire import (
    read_artifact,
    read_artifacts,
    read_collection,
    read_collections,
    read_creation,
    read_nothing,
    read_orbit,
    read_orbits,
    read_organizations,
    read_secrets,
    read_url,
)

GIB = 1 << 30

# What the server demands of a manifest; a caller of ``create`` may leave any of it out.
EMPTY_MANIFEST: dict[str, Any] = {
    "variant": "",
    "producer_name": "",
    "producer_version": "",
    "producer_tags": [],
    "inputs": [],
    "outputs": [],
    "dynamic_attributes": [],
    "env_vars": [],
}


def segment(value: str) -> str:
    """One path segment: an id cannot climb out of its place."""
    return urllib.parse.quote(value, safe="").replace(".", "%2E")


def path(*segments: str) -> str:
    """A path from alternating words and ids."""
    return "".join(f"/{segment(part)}" for part in segments)


class DataForceDialect:
    """Generation A: DataForce Studio from October to December 2025."""

    extensions: tuple[str, ...] = (".fnnx", ".pyfnx", ".dfs")
    max_upload_size = 5 * GIB

    def organizations(self) -> Call[list[Organization]]:
        return Call("GET", "/users/me/organizations", read_organizations, repeatable=True)

    def orbits(self, organization: str) -> Call[list[Orbit]]:
        return Call("GET", _orbits(organization), read_orbits, repeatable=True)

    def orbit(self, place: Place) -> Call[Orbit]:
        return Call("GET", _orbit_path(place), read_orbit, repeatable=True)

    def create_orbit(self, organization: str, name: str, bucket_secret_id: str) -> Call[Orbit]:
        body = {"name": name, "bucket_secret_id": bucket_secret_id}
        return Call("POST", _orbits(organization), read_orbit, body, settle=True)

    def update_orbit(self, place: Place, changes: Mapping[str, Any]) -> Call[Orbit]:
        return Call("PATCH", _orbit_path(place), read_orbit, dict(changes), settle=True)

    def delete_orbit(self, place: Place) -> Call[None]:
        return Call("DELETE", _orbit_path(place), read_nothing, settle=True)

    def collections(self, place: Place) -> Call[list[Collection]]:
        return Call("GET", _orbit_path(place) + "/collections", read_collections, repeatable=True)

    def create_collection(
        self, place: Place, name: str, description: str, kind: str, tags: list[str] | None
    ) -> Call[Collection]:
        body: dict[str, Any] = {"name": name, "description": description, "collection_type": kind}
        if tags is not None:
            body["tags"] = tags
        return Call("POST", _orbit_path(place) + "/collections", read_collection, body, settle=True)

    def update_collection(
        self, place: Place, name: str, description: str, tags: list[str] | None
    ) -> Call[Collection]:
        # Not partial on the server: whatever is left out is stored as null.
        body = {"name": name, "description": description, "tags": tags}
        return Call("PATCH", _collection_path(place), read_collection, body, settle=True)

    def delete_collection(self, place: Place) -> Call[None]:
        return Call("DELETE", _collection_path(place), read_nothing, settle=True)

    def bucket_secrets(self, organization: str) -> Call[list[BucketSecret]]:
        where = path("organizations", organization, "bucket-secrets")
        return Call("GET", where, read_secrets, repeatable=True)

    def artifacts(self, place: Place) -> Flow[list[ModelArtifact]]:
        return (yield from Call("GET", _artifacts(place), read_artifacts, repeatable=True))

    def artifact(self, place: Place, artifact_id: str) -> Flow[ModelArtifact | None]:
        # This generation has no address for reading one artifact (405).
        everything = yield from self.artifacts(place)
        wanted = artifact_id.lower()
        return next((item for item in everything if item.id.lower() == wanted), None)

    def create_artifact(self, place: Place, draft: Draft) -> Call[Created]:
        body: dict[str, Any] = {
            "file_name": draft.file_name,
            "model_name": draft.model_name,
            "metrics": draft.metrics,
            "manifest": {**EMPTY_MANIFEST, **draft.manifest},
            "file_hash": draft.file_hash,
            "file_index": draft.file_index,
            "size": draft.size,
        }
        if draft.description is not None:
            body["description"] = draft.description
        if draft.tags is not None:
            body["tags"] = draft.tags
        return Call("POST", _artifacts(place), read_creation, body, settle=True)

    def update_artifact(
        self, place: Place, artifact_id: str, changes: Mapping[str, Any]
    ) -> Call[ModelArtifact]:
        where = _artifact_path(place, artifact_id)
        return Call("PATCH", where, read_artifact, dict(changes), settle=True)

    def download_url(self, place: Place, artifact_id: str) -> Call[str]:
        where = _artifact_path(place, artifact_id) + "/download-url"
        return Call("GET", where, read_url, repeatable=True)

    def delete_url(self, place: Place, artifact_id: str) -> Call[str]:
        # A GET that writes: the record becomes pending_deletion. Asking twice does no more harm.
        where = _artifact_path(place, artifact_id) + "/delete-url"
        return Call("GET", where, read_url, settle=True, repeatable=True)

    def delete_artifact(self, place: Place, artifact_id: str) -> Call[None]:
        return Call("DELETE", _artifact_path(place, artifact_id), read_nothing, settle=True)


def _orbits(organization: str) -> str:
    return path("organizations", organization, "orbits")


def _orbit_path(place: Place) -> str:
    return path("organizations", place.organization, "orbits", place.orbit)


def _collection_path(place: Place) -> str:
    return _orbit_path(place) + path("collections", place.collection)


def _artifacts(place: Place) -> str:
    return _collection_path(place) + "/model_artifacts"


def _artifact_path(place: Place, artifact_id: str) -> str:
    return _artifacts(place) + path(artifact_id)
