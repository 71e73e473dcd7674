"""The DataForce registry of 2025: routes without prefix, bare lists, ``model_artifacts``."""

import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import structs

from dfs_desktop.api.errors import ArtifactNotFoundError
from dfs_desktop.api.protocol.effects import Call, Flow
from dfs_desktop.api.protocol.paging import Page, everything
from dfs_desktop.api.protocol.scope import Scope, is_id
from dfs_desktop.api.protocol.upload_plan import Created, Draft, PartSource, UploadPlan
from dfs_desktop.api.types import BucketSecret, Collection, ModelArtifact, Orbit, Organization
from dfs_desktop.translation import later, tr

from . import records
from .upload_plans import read_creation, read_parts

GIB = 1 << 30
PAGE = 100  # the most that a server gives at once

# What the server demands of a manifest; a caller of ``create`` may leave any of it out.
PRODUCER: dict[str, Any] = {
    "variant": "",
    "producer_name": "",
    "producer_version": "",
    "producer_tags": [],
}
EMPTY_MANIFEST: dict[str, Any] = {
    **PRODUCER,
    "inputs": [],
    "outputs": [],
    "dynamic_attributes": [],
    "env_vars": [],
}


def segment(value: str) -> str:
    """One path segment: an id cannot climb out of its place."""
    return urllib.parse.quote(value, safe="", errors="replace").replace(".", "%2E")


def path(*segments: str) -> str:
    """A path from alternating words and ids."""
    return "".join(f"/{segment(part)}" for part in segments)


def query(**parameters: str | int | None) -> str:
    """The question mark and what follows; parameters without a value are left out."""
    given = {name: str(value) for name, value in parameters.items() if value}
    text = urllib.parse.urlencode(given, errors="replace", quote_via=urllib.parse.quote)
    return "?" + text if text else ""


class Dialect:
    """Generation A, October to December 2025; its tolerant reading fits B, C and the first D too.

    Later generations derive from it.
    """

    generation = "A"
    interface = later("DataForce API of 2025")  # as people call it
    extensions: tuple[str, ...] = (".fnnx", ".pyfnx", ".dfs")
    max_upload_size = 5 * GIB
    sorts = False  # whether lists can be had newest first
    orbit_wide = False  # whether one list can span the orbit
    has_tracks = False
    guards_parts = False  # whether only administrators get the URLs of parts

    # What later generations call otherwise.
    prefix = ""
    noun = "model_artifacts"
    words: Mapping[str, str] = {}
    read_artifacts: Callable[[bytes], Page[ModelArtifact]] = staticmethod(
        records.read_old_artifacts
    )

    def organizations(self) -> Call[list[Organization]]:
        where = f"{self.prefix}/users/me/organizations"
        return Call("GET", where, records.read_organizations, repeatable=True)

    def key_check(self) -> Call[Any]:
        """What is refused to a key that is not accepted, and asks for nothing else where it can."""
        return self.organizations()

    def orbits(self, organization: str) -> Call[list[Orbit]]:
        return Call("GET", self._orbits(organization), records.read_orbits, repeatable=True)

    def orbit(self, place: Scope) -> Call[Orbit]:
        return Call("GET", self._orbit(place), records.read_orbit, repeatable=True)

    def create_orbit(self, organization: str, name: str, bucket_secret_id: str) -> Call[Orbit]:
        body = {"name": name, "bucket_secret_id": bucket_secret_id}
        return Call("POST", self._orbits(organization), records.read_orbit, body, settle=True)

    def update_orbit(self, place: Scope, changes: Mapping[str, Any]) -> Call[Orbit]:
        return Call("PATCH", self._orbit(place), records.read_orbit, dict(changes), settle=True)

    def delete_orbit(self, place: Scope) -> Call[None]:
        return Call("DELETE", self._orbit(place), records.read_nothing, settle=True)

    def collections(self, place: Scope) -> Flow[list[Collection]]:
        def ask(cursor: str | None) -> Call[Page[Collection]]:
            where = self._orbit(place) + "/collections" + self._page(cursor)
            return Call("GET", where, records.read_collections, repeatable=True)

        return everything(ask)

    def collection(self, place: Scope) -> Flow[Collection | None]:
        # This generation has no address for reading one collection (405).
        found = yield from self.collections(place)
        return next((item for item in found if item.id == place.collection.lower()), None)

    def create_collection(
        self, place: Scope, name: str, description: str, kind: str, tags: list[str] | None
    ) -> Call[Collection]:
        body = self._named({"name": name, "description": description, "collection_type": kind})
        if tags is not None:
            body["tags"] = tags
        where = self._orbit(place) + "/collections"
        return Call("POST", where, records.read_collection, body, settle=True)

    def update_collection(
        self, place: Scope, name: str, description: str, tags: list[str] | None
    ) -> Call[Collection]:
        # Not partial on the server: whatever is left out is stored as null.
        body = {"name": name, "description": description, "tags": tags}
        return Call("PATCH", self._collection(place), records.read_collection, body, settle=True)

    def delete_collection(self, place: Scope) -> Call[None]:
        return Call("DELETE", self._collection(place), records.read_nothing, settle=True)

    def bucket_secrets(self, organization: str) -> Call[list[BucketSecret]]:
        where = self.prefix + path("organizations", organization, "bucket-secrets")
        return Call("GET", where, records.read_secrets, repeatable=True)

    def artifacts(
        self,
        place: Scope,
        cursor: str | None = None,
        *,
        search: str = "",  # noqa: ARG002 - older servers would ignore it
        newest: bool = False,
    ) -> Call[Page[ModelArtifact]]:
        where = self._artifacts(place) + self._page(cursor, newest=newest)
        return Call("GET", where, self.read_artifacts, repeatable=True)

    def artifact(self, place: Scope, artifact_id: str) -> Flow[ModelArtifact | None]:
        # This generation has no address for reading one artifact (405).
        found = yield from everything(lambda cursor: self.artifacts(place, cursor))
        wanted = artifact_id.lower()
        return next((records.detached(item) for item in found if item.id.lower() == wanted), None)

    def create_artifact(self, place: Scope, draft: Draft) -> Call[Created]:
        body = structs.asdict(draft) | {"manifest": self._manifest(draft)}
        body = {name: value for name, value in body.items() if value is not None}
        return Call("POST", self._artifacts(place), read_creation, self._named(body), settle=True)

    def part_urls(self, source: PartSource, size: int, upload_id: str | None) -> Call[UploadPlan]:
        body = {"bucket_id": source.bucket, "bucket_location": source.location, "size": size}
        if upload_id is not None:
            body["upload_id"] = upload_id
        # Changes nothing: the same upload may be asked about as often as one likes.
        where = f"{self.prefix}/bucket-secrets/upload/multipart"
        return Call("POST", where, read_parts, body, repeatable=True)

    def update_artifact(
        self, place: Scope, artifact_id: str, changes: Mapping[str, Any]
    ) -> Call[ModelArtifact]:
        where = self._artifact(place, artifact_id)
        return Call("PATCH", where, records.read_artifact, self._named(changes), settle=True)

    def download_url(self, place: Scope, artifact_id: str) -> Call[str]:
        where = self._artifact(place, artifact_id) + "/download-url"
        return Call("GET", where, records.read_url, repeatable=True)

    def delete_url(self, place: Scope, artifact_id: str) -> Call[str]:
        # A GET that writes: the record becomes pending_deletion. Asking twice does no more harm.
        where = self._artifact(place, artifact_id) + "/delete-url"
        return Call("GET", where, records.read_url, settle=True, repeatable=True)

    def delete_artifact(self, place: Scope, artifact_id: str) -> Call[None]:
        where = self._artifact(place, artifact_id)
        return Call("DELETE", where, records.read_nothing, settle=True, repeatable=True)

    def force_deletion(self, place: Scope, artifact_id: str) -> Call[None]:
        # In any status, and without a word to the store: what the store has stays there.
        where = self._artifact(place, artifact_id) + "/force"
        return Call("DELETE", where, records.read_nothing, settle=True, repeatable=True)

    def _named(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.words.get(name, name): value for name, value in body.items()}

    def _manifest(self, draft: Draft) -> dict[str, Any]:
        return {**EMPTY_MANIFEST, **draft.manifest}

    def _page(self, cursor: str | None, *, newest: bool = False) -> str:  # noqa: ARG002
        # A bare list needs no words. The first server with pages looks alike until it sends one.
        return query(limit=PAGE, cursor=cursor) if cursor else ""

    def _orbits(self, organization: str) -> str:
        return self.prefix + path("organizations", organization, "orbits")

    def _orbit(self, place: Scope) -> str:
        return self._orbits(place.organization) + path(place.orbit)

    def _collection(self, place: Scope) -> str:
        return self._orbit(place) + path("collections", place.collection)

    def _artifacts(self, place: Scope) -> str:
        return f"{self._collection(place)}/{self.noun}"

    def _artifact(self, place: Scope, artifact_id: str) -> str:
        if not is_id(artifact_id):  # a server would call the form wrong, or take it for the list
            raise ArtifactNotFoundError(
                tr(
                    "No model artifact has the id {artifact_id!r}: ids are UUIDs.",
                    artifact_id=artifact_id[:80],
                ),
                status_code=404,
            )
        return self._artifacts(place) + path(artifact_id)
