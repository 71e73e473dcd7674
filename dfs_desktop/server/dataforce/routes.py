"""The REST API as DataForce servers spoke it at the end of 2025: routes and record shapes."""

from __future__ import annotations

from typing import Any

from dfs_desktop.server.artifact_rules import ArtifactRules
from dfs_desktop.server.artifact_types import type_of_2025
from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Entry, Ids, session_entries
from dfs_desktop.server.objects.multipart import drifting_plan
from dfs_desktop.server.permissions import ORBIT_OWNER
from dfs_desktop.server.place_rules import Catalog
from dfs_desktop.server.records import flag, member_shape, organization_shape, stored_json
from dfs_desktop.server.store.database import Row

from . import bodies

_ORG = "/organizations/{organization_id}"
_ORBITS = f"{_ORG}/orbits"
_ORBIT = f"{_ORBITS}/{{orbit_id}}"
_COLLECTIONS = f"{_ORBIT}/collections"
_COLLECTION = f"{_COLLECTIONS}/{{collection_id}}"
_ARTIFACTS = f"{_COLLECTION}/model_artifacts"
_ARTIFACT = f"{_ARTIFACTS}/{{model_artifact_id}}"
_SECRETS = f"{_ORG}/bucket-secrets"
_SECRET = f"{_SECRETS}/{{secret_id}}"


class DataForce:
    """Turns requests of this generation into calls of the catalog, and rows into its JSON."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._rules = catalog.rules
        self._held = ArtifactRules(catalog)

    def entries(self) -> list[Entry]:
        """All routes. The order matters: a 405 names the first method of an address."""
        return [
            Entry("POST", "/auth/signin", self._sign_in, bodies.SIGN_IN, public=True),
            *session_entries(""),
            Entry("GET", "/users/me/organizations", self._organizations),
            Entry("GET", _SECRETS, self._secrets),
            Entry("POST", _SECRETS, self._add_secret, bodies.BUCKET_SECRET),
            Entry("GET", _SECRET, self._secret),
            Entry("PATCH", _SECRET, self._change_secret, bodies.BUCKET_SECRET_CHANGES),
            Entry("DELETE", _SECRET, self._remove_secret),
            Entry("POST", f"{_SECRET}/urls", self._urls_of, bodies.BUCKET_SECRET_CHANGES),
            Entry("POST", "/bucket-secrets/urls", self._urls, bodies.BUCKET_SECRET),
            Entry("GET", _ORBITS, self._orbits),
            Entry("POST", _ORBITS, self._add_orbit, bodies.ORBIT),
            Entry("GET", _ORBIT, self._orbit),
            Entry("PATCH", _ORBIT, self._change_orbit, bodies.ORBIT_CHANGES),
            Entry("DELETE", _ORBIT, self._remove_orbit),
            Entry("GET", _COLLECTIONS, self._collections),
            Entry("POST", _COLLECTIONS, self._add_collection, bodies.COLLECTION),
            Entry("PATCH", _COLLECTION, self._change_collection, bodies.COLLECTION_CHANGES),
            Entry("DELETE", _COLLECTION, self._remove_collection),
            Entry("GET", _ARTIFACTS, self._artifacts),
            Entry("POST", _ARTIFACTS, self._add_artifact, bodies.artifact(self._rules)),
            Entry("PATCH", _ARTIFACT, self._change_artifact, bodies.ARTIFACT_CHANGES),
            Entry("DELETE", _ARTIFACT, self._confirm_deletion),
            Entry("GET", f"{_ARTIFACT}/download-url", self._download_url),
            Entry("GET", f"{_ARTIFACT}/delete-url", self._delete_url),
            Entry("DELETE", f"{_ARTIFACT}/force", self._force),
        ]

    def _sign_in(self, _ids: Ids, _body: Any) -> Any:
        self._catalog.sign_in()

    # Organizations and bucket secrets

    def _organizations(self, _ids: Ids, _body: Any) -> Any:
        return [organization_shape(row) for row in self._catalog.places.organizations()]

    def _secrets(self, ids: Ids, _body: Any) -> Any:
        return [self._secret_shape(row) for row in self._catalog.bucket_secrets(ids)]

    def _secret(self, ids: Ids, _body: Any) -> Any:
        return self._secret_shape(self._catalog.bucket_secret(ids))

    def _add_secret(self, ids: Ids, body: Any) -> Any:
        return self._secret_shape(self._catalog.add_bucket_secret(ids, body))

    def _change_secret(self, ids: Ids, body: Any) -> Any:
        return self._secret_shape(self._catalog.change_bucket_secret(ids, body))

    def _remove_secret(self, ids: Ids, _body: Any) -> Any:
        self._catalog.remove_bucket_secret(ids)

    def _urls_of(self, ids: Ids, _body: Any) -> Any:
        self._catalog.bucket_secret(ids)
        return self._catalog.test_urls()

    def _urls(self, _ids: Ids, _body: Any) -> Any:
        return self._catalog.test_urls()

    def _secret_shape(self, row: Row) -> dict[str, Any]:
        return {
            "id": row["id"],
            "endpoint": self._catalog.host if row["built_in"] else row["endpoint"],
            "bucket_name": row["bucket_name"],
            "secure": flag(row["secure"]), "region": row["region"],
            "cert_check": flag(row["cert_check"]),
            "organization_id": row["organization_id"],
            "created_at": row["created_at"], "updated_at": row["updated_at"],
        }  # fmt: skip

    # Orbits

    def _orbits(self, ids: Ids, _body: Any) -> Any:
        return [_orbit_shape(row, ORBIT_OWNER) for row in self._catalog.orbits(ids)]

    def _orbit(self, ids: Ids, _body: Any) -> Any:
        return self._orbit_details(self._catalog.orbit(ids))

    def _add_orbit(self, ids: Ids, body: Any) -> Any:
        return self._orbit_details(self._catalog.add_orbit(ids, body))

    def _change_orbit(self, ids: Ids, body: Any) -> Any:
        return _orbit_shape(self._catalog.change_orbit(ids, body), None)

    def _remove_orbit(self, ids: Ids, _body: Any) -> Any:
        self._catalog.remove_orbit(ids)

    def _orbit_details(self, row: Row) -> dict[str, Any]:
        members = [member_shape(member) for member in self._catalog.places.members(row["id"])]
        return {**_orbit_shape(row, ORBIT_OWNER), "members": members}

    # Collections

    def _collections(self, ids: Ids, _body: Any) -> Any:
        return [_collection_shape(row) for row in self._catalog.collections(ids)]

    def _add_collection(self, ids: Ids, body: Any) -> Any:
        kind = body.pop("collection_type")
        return _collection_shape(self._catalog.add_collection(ids, kind, body))

    def _change_collection(self, ids: Ids, body: Any) -> Any:
        return _collection_shape(self._catalog.change_collection(ids, body))

    def _remove_collection(self, ids: Ids, _body: Any) -> Any:
        self._catalog.remove_collection(ids)

    # Artifacts

    def _artifacts(self, ids: Ids, _body: Any) -> Any:
        return [_artifact_shape(row) for row in self._held.in_collection(ids)]

    def _add_artifact(self, ids: Ids, body: Any) -> Any:
        body["name"] = body.pop("model_name")
        row = self._held.add(ids, body, type_of_2025(body["manifest"]))
        return {"model": _artifact_shape(row), "url": self._upload(row)}

    def _upload(self, row: Row) -> dict[str, Any]:
        """Where the bytes go. A large upload is opened here, and all its URLs come at once."""
        presigner, key, size = self._catalog.presigner, row["bucket_location"], row["size"]
        if not self._held.is_multipart(size):
            part = {"part_number": 1, "url": presigner.put(key),
                    "start_byte": 0, "end_byte": size, "part_size": size}  # fmt: skip
            return {"upload_id": None, "parts": [part], "complete_url": None}
        try:
            upload = presigner.open_upload(key)
        except OSError:
            raise Refusal(400, "Failed to initiate multipart upload.") from None
        parts = [self._held.part(key, part, upload) for part in drifting_plan(size, self._rules)]
        return {
            "upload_id": upload,
            "parts": parts,
            "complete_url": presigner.complete(key, upload),
        }

    def _change_artifact(self, ids: Ids, body: Any) -> Any:
        if "model_name" in body:
            body["name"] = body.pop("model_name")
        return _artifact_shape(self._held.change(ids, body))

    def _download_url(self, ids: Ids, _body: Any) -> Any:
        return {"url": self._held.download_url(ids)}

    def _delete_url(self, ids: Ids, _body: Any) -> Any:
        return {"url": self._held.delete_url(ids)}

    def _confirm_deletion(self, ids: Ids, _body: Any) -> Any:
        self._held.confirm_deletion(ids)

    def _force(self, ids: Ids, _body: Any) -> Any:
        self._held.force_deletion(ids)


def _orbit_shape(row: Row, permissions: dict[str, list[str]] | None) -> dict[str, Any]:
    return {
        "id": row["id"], "name": row["name"],
        "organization_id": row["organization_id"], "bucket_secret_id": row["bucket_secret_id"],
        "total_members": row["total_members"], "total_collections": row["total_collections"],
        "total_satellites": 0, "total_model_artifacts": row["total_artifacts"],
        "role": None, "created_at": row["created_at"], "updated_at": row["updated_at"],
        "permissions": permissions,
    }  # fmt: skip


def _collection_shape(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"], "orbit_id": row["orbit_id"], "description": row["description"],
        "name": row["name"], "collection_type": row["type"], "tags": stored_json(row["tags"]),
        "total_models": row["total_artifacts"],
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip


def _artifact_shape(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"], "collection_id": row["collection_id"], "file_name": row["file_name"],
        "model_name": row["name"], "description": row["description"],
        "metrics": stored_json(row["metrics"]), "manifest": stored_json(row["manifest"]),
        "file_hash": row["file_hash"], "file_index": stored_json(row["file_index"]),
        "bucket_location": row["bucket_location"], "size": row["size"],
        "unique_identifier": row["unique_identifier"], "tags": stored_json(row["tags"]),
        "status": row["status"], "created_by_user": row["created_by_user"],
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip
