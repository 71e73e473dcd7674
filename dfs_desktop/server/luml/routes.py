"""The REST API as LUML servers speak it since June 2026: routes below ``/v1``."""

from __future__ import annotations

from typing import Any

from dfs_desktop.server.artifact_rules import ArtifactRules
from dfs_desktop.server.artifact_types import require_fit, type_of
from dfs_desktop.server.http.routing import Entry, Ids, session_entries
from dfs_desktop.server.place_rules import Catalog
from dfs_desktop.server.records import organization_shape

from . import bodies
from .lists import Lists
from .records import (
    artifact_details,
    artifact_shape,
    collection_shape,
    orbit_details,
    orbit_shape,
    secret_shape,
)
from .uploads import Uploads

_P = "/v1"
_ORG = f"{_P}/organizations/{{organization_id}}"
_ORBITS = f"{_ORG}/orbits"
_ORBIT = f"{_ORBITS}/{{orbit_id}}"
_COLLECTIONS = f"{_ORBIT}/collections"
_COLLECTION = f"{_COLLECTIONS}/{{collection_id}}"
_ARTIFACTS = f"{_COLLECTION}/artifacts"
_ARTIFACT = f"{_ARTIFACTS}/{{artifact_id}}"
_SECRETS = f"{_ORG}/bucket-secrets"
_SECRET = f"{_SECRETS}/{{secret_id}}"


class Luml:
    """Turns requests of this generation into calls of the rules, and rows into its JSON."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._held = ArtifactRules(catalog)
        self._lists = Lists(catalog)
        self._uploads = Uploads(catalog, self._held)

    def entries(self) -> list[Entry]:
        """All routes. The order matters: a 405 names the first method of an address."""
        return [*self._account(), *self._places(), *self._artifacts()]

    def _account(self) -> list[Entry]:
        return [
            Entry("POST", f"{_P}/auth/signin", self._sign_in, bodies.SIGN_IN, public=True),
            Entry("GET", f"{_P}/auth/api-keys/validate", self._validate),
            *session_entries(_P),
            Entry("GET", f"{_P}/users/me/organizations", self._organizations),
            Entry("GET", _SECRETS, self._secrets),
            Entry("POST", _SECRETS, self._add_secret, bodies.bucket_secret),
            Entry("GET", _SECRET, self._secret),
            Entry("PATCH", _SECRET, self._change_secret, bodies.BUCKET_SECRET_CHANGES),
            Entry("DELETE", _SECRET, self._remove_secret),
            Entry("POST", f"{_SECRET}/urls", self._urls_of, bodies.BUCKET_SECRET_CHANGES),
            Entry("POST", f"{_P}/bucket-secrets/urls", self._urls, bodies.bucket_secret),
            Entry("POST", f"{_P}/bucket-secrets/upload/multipart", self._uploads.part_urls,
                  bodies.part_urls(self._catalog.rules)),
        ]  # fmt: skip

    def _places(self) -> list[Entry]:
        return [
            Entry("GET", _ORBITS, self._orbits),
            Entry("POST", _ORBITS, self._add_orbit, bodies.ORBIT),
            Entry("GET", _ORBIT, self._orbit),
            Entry("PATCH", _ORBIT, self._change_orbit, bodies.ORBIT_CHANGES),
            Entry("DELETE", _ORBIT, self._remove_orbit),
            Entry("GET", _COLLECTIONS, self._lists.collections, query=bodies.COLLECTION_PAGE),
            Entry("POST", _COLLECTIONS, self._add_collection, bodies.COLLECTION),
            Entry("GET", _COLLECTION, self._collection),
            Entry("PATCH", _COLLECTION, self._change_collection, bodies.COLLECTION_CHANGES),
            Entry("DELETE", _COLLECTION, self._remove_collection),
        ]

    def _artifacts(self) -> list[Entry]:
        body = bodies.artifact(self._catalog.rules)
        return [
            Entry("GET", f"{_ORBIT}/artifacts", self._lists.artifacts, query=bodies.ARTIFACT_PAGE),
            Entry("POST", _ARTIFACTS, self._add_artifact, body),
            Entry("GET", _ARTIFACT, self._artifact),
            Entry("PATCH", _ARTIFACT, self._change_artifact, bodies.ARTIFACT_CHANGES),
            Entry("DELETE", _ARTIFACT, self._confirm_deletion),
            Entry("GET", f"{_ARTIFACT}/download-url", self._download_url),
            Entry("GET", f"{_ARTIFACT}/delete-url", self._delete_url),
            Entry("DELETE", f"{_ARTIFACT}/force", self._force),
        ]

    def _sign_in(self, _ids: Ids, _body: Any) -> Any:
        self._catalog.sign_in()

    def _validate(self, _ids: Ids, _body: Any) -> Any:
        """The key was good enough to come here."""

    # Organizations and bucket secrets

    def _organizations(self, _ids: Ids, _body: Any) -> Any:
        return [organization_shape(row) for row in self._catalog.places.organizations()]

    def _secrets(self, ids: Ids, _body: Any) -> Any:
        return [secret_shape(row, self._catalog) for row in self._catalog.bucket_secrets(ids)]

    def _secret(self, ids: Ids, _body: Any) -> Any:
        return secret_shape(self._catalog.bucket_secret(ids), self._catalog)

    def _add_secret(self, ids: Ids, body: Any) -> Any:
        return secret_shape(self._catalog.add_bucket_secret(ids, body), self._catalog)

    def _change_secret(self, ids: Ids, body: Any) -> Any:
        return secret_shape(self._catalog.replace_bucket_secret(ids, body), self._catalog)

    def _remove_secret(self, ids: Ids, _body: Any) -> Any:
        self._catalog.remove_bucket_secret(ids)

    def _urls_of(self, ids: Ids, _body: Any) -> Any:
        self._catalog.bucket_secret(ids)
        return self._catalog.test_urls()

    def _urls(self, _ids: Ids, _body: Any) -> Any:
        return self._catalog.test_urls()

    # Orbits

    def _orbits(self, ids: Ids, _body: Any) -> Any:
        return [orbit_shape(row) for row in self._catalog.orbits(ids)]

    def _orbit(self, ids: Ids, _body: Any) -> Any:
        return orbit_details(self._catalog.orbit(ids), self._catalog)

    def _add_orbit(self, ids: Ids, body: Any) -> Any:
        return orbit_details(self._catalog.add_orbit(ids, body), self._catalog)

    def _change_orbit(self, ids: Ids, body: Any) -> Any:
        return orbit_shape(self._catalog.change_orbit(ids, body), permissions=False)

    def _remove_orbit(self, ids: Ids, _body: Any) -> Any:
        self._catalog.remove_orbit(ids)

    # Collections

    def _add_collection(self, ids: Ids, body: Any) -> Any:
        return collection_shape(self._catalog.add_collection(ids, body.pop("type"), body))

    def _collection(self, ids: Ids, _body: Any) -> Any:
        row = self._catalog.collection(ids)
        tags, metrics = self._catalog.store.pages.labels(row["id"])
        shape = collection_shape(row)
        return {**shape, "artifacts_tags": tags, "artifacts_extra_values": metrics}

    def _change_collection(self, ids: Ids, body: Any) -> Any:
        return collection_shape(self._catalog.change_collection(ids, body))

    def _remove_collection(self, ids: Ids, _body: Any) -> Any:
        self._catalog.remove_collection(ids)

    # Artifacts

    def _add_artifact(self, ids: Ids, body: Any) -> Any:
        collection = self._catalog.collection(ids)
        kind = type_of(body["manifest"], body["file_index"], body.pop("type"))
        require_fit(kind, collection["type"])
        body["metrics"] = body.pop("extra_values")
        row = self._held.add(ids, body, kind)
        return {"artifact": artifact_shape(row), "upload_details": self._uploads.details(ids, row)}

    def _artifact(self, ids: Ids, _body: Any) -> Any:
        return artifact_details(self._held.artifact(ids), self._catalog.collection(ids))

    def _change_artifact(self, ids: Ids, body: Any) -> Any:
        return artifact_shape(self._held.change(ids, body))

    def _download_url(self, ids: Ids, _body: Any) -> Any:
        return {"url": self._held.download_url(ids)}

    def _delete_url(self, ids: Ids, _body: Any) -> Any:
        return {"url": self._held.delete_url(ids)}

    def _confirm_deletion(self, ids: Ids, _body: Any) -> Any:
        self._held.confirm_deletion(ids)

    def _force(self, ids: Ids, _body: Any) -> Any:
        self._held.force_deletion(ids)
