"""What can be done with organizations, orbits, collections and artifacts, and when it is refused.

No HTTP paths and no field names of one generation: those belong to the dialect modules.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import msgspec

from .answers import Refusal
from .multipart import plan
from .routing import Ids
from .rules import Rules
from .signing import Signer
from .store import Store
from .store.database import Row
from .validation import Invalid, problem

_NEXT_STATUS = {
    "pending_upload": ("uploaded", "upload_failed"),
    "pending_deletion": ("deletion_failed",),
}
_ARTIFACT_GONE = "Model Artifact model not found"
TEST_OBJECT = "test_file"


class Catalog:
    """Answers with rows, or raises a refusal with the texts of the servers."""

    def __init__(self, store: Store, signer: Signer, rules: Rules, host: str) -> None:
        self.places = store.places
        self.host = host
        self._artifacts = store.artifacts
        self._objects = store.objects
        self._database = store.database
        self._signer = signer
        self._rules = rules

    def sign_in(self) -> None:
        """Nobody has a password here; the API key is in the app."""
        raise Refusal(400, "Invalid email or password")

    # Bucket secrets

    def bucket_secrets(self, ids: Ids) -> list[Row]:
        """All of an organization."""
        return self.places.bucket_secrets(self._organization(ids))

    def bucket_secret(self, ids: Ids) -> Row:
        """One of an organization."""
        row = self.places.bucket_secret(self._organization(ids), ids["secret_id"])
        return _known(row, "Secret not found")

    def add_bucket_secret(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Remember a bucket. Its keys are not kept."""
        organization = self._organization(ids)
        values = _bucket_columns(body)
        self._refuse_duplicate(organization, values["endpoint"], values["bucket_name"], "")
        key = self.places.add_bucket_secret(organization, values)
        return _known(self.places.bucket_secret(organization, key), "Secret not found")

    def change_bucket_secret(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Change what was sent, keep the rest."""
        row = self.bucket_secret(ids)
        if row["built_in"]:
            raise Refusal(409, "The bucket of this registry itself cannot be changed")
        values = _bucket_columns(body)
        endpoint = values.get("endpoint", row["endpoint"])
        name = values.get("bucket_name", row["bucket_name"])
        self._refuse_duplicate(row["organization_id"], endpoint, name, row["id"])
        self.places.change("bucket_secrets", row["id"], values)
        return self.bucket_secret(ids)

    def remove_bucket_secret(self, ids: Ids) -> None:
        """Forget a bucket that no orbit uses. An unknown one is already forgotten."""
        row = self.places.bucket_secret(self._organization(ids), ids["secret_id"])
        if row is None:
            return
        if row["built_in"] or self.places.bucket_secret_used(row["id"]):
            raise Refusal(409, "Cannot delete bucket secret that is currently used by orbits")
        self.places.remove("bucket_secrets", row["id"])

    def test_urls(self) -> dict[str, str]:
        """URLs to try the store with."""
        return {
            "presigned_url": self._url("PUT", TEST_OBJECT),
            "download_url": self._url("GET", TEST_OBJECT),
            "delete_url": self._url("DELETE", TEST_OBJECT),
        }

    def _refuse_duplicate(self, organization: str, endpoint: str, name: str, own: str) -> None:
        if self.places.bucket_secret_exists(organization, endpoint, name, own):
            text = "Bucket secret with the given bucket name and endpoint already exists."
            raise Refusal(409, text)

    # Orbits

    def orbits(self, ids: Ids) -> list[Row]:
        """All of an organization."""
        return self.places.orbits(self._organization(ids))

    def orbit(self, ids: Ids) -> Row:
        """One of an organization."""
        row = self.places.orbit(self._organization(ids), ids["orbit_id"])
        return _known(row, "Orbit not found")

    def add_orbit(self, ids: Ids, body: dict[str, Any]) -> Row:
        """A new orbit."""
        organization = self._organization(ids)
        limit = self._rules.orbits_limit
        if limit is not None and len(self.places.orbits(organization)) >= limit:
            raise Refusal(409, "Organization reached maximum number of orbits")
        self._require_bucket(organization, body["bucket_secret_id"])
        if body["members"]:
            # The maker is a member anyway, and there is nobody else.
            raise Refusal(400, "A local registry has one person: leave the members out")
        key = self.places.add_orbit(organization, body["name"], body["bucket_secret_id"])
        return self.orbit({**ids, "orbit_id": key})

    def change_orbit(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Change what was sent; an empty change changes nothing, not even the date."""
        row = self.orbit(ids)
        if "bucket_secret_id" in body:
            self._require_bucket(row["organization_id"], body["bucket_secret_id"])
        if body:
            self.places.change("orbits", row["id"], body)
        return self.orbit(ids)

    def remove_orbit(self, ids: Ids) -> None:
        """Remove an orbit with everything in it. An unknown one is already gone."""
        row = self.places.orbit(self._organization(ids), ids["orbit_id"])
        if row is not None:
            self.places.remove("orbits", row["id"])

    def _require_bucket(self, organization: str, key: str) -> None:
        _known(self.places.bucket_secret(organization, key), "Bucket secret not found")

    # Collections

    def collections(self, ids: Ids) -> list[Row]:
        """All of an orbit."""
        return self.places.collections(self.orbit(ids)["id"])

    def collection(self, ids: Ids) -> Row:
        """One of an orbit."""
        row = self.places.collection(self.orbit(ids)["id"], ids["collection_id"])
        return _known(row, "Collection not found")

    def add_collection(self, ids: Ids, kind: str, body: dict[str, Any]) -> Row:
        """A new collection."""
        orbit = self.orbit(ids)["id"]
        key = self.places.add_collection(
            orbit, body["name"], body["description"], kind, _json(body["tags"])
        )
        return self.collection({**ids, "collection_id": key})

    def change_collection(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Write name, description and tags, all three."""
        row = self.collection(ids)
        self.places.change("collections", row["id"], {**body, "tags": _json(body["tags"])})
        return self.collection(ids)

    def remove_collection(self, ids: Ids) -> None:
        """Remove an empty collection."""
        row = self.collection(ids)
        if row["total_artifacts"]:
            raise Refusal(409, "Collection has models and cant be deleted")
        self.places.remove("collections", row["id"])

    # Artifacts

    def artifacts(self, ids: Ids) -> list[Row]:
        """All of a collection."""
        return self._artifacts.list(self.collection(ids)["id"])

    def artifact(self, ids: Ids) -> Row:
        """One of an orbit: the servers do not look at the collection here."""
        row = self._artifacts.find(self.orbit(ids)["id"], ids["model_artifact_id"])
        return _known(row, _ARTIFACT_GONE)

    def add_artifact(self, ids: Ids, body: dict[str, Any]) -> tuple[Row, dict[str, Any]]:
        """A new record and where its bytes go."""
        collection = self.collection(ids)
        limit = self._rules.artifacts_limit
        if limit is not None and self._artifacts.count(ids["organization_id"]) >= limit:
            raise Refusal(409, "Organization reached maximum number of model artifacts")
        if body["name"] is None:
            _refuse_null("model_name")
        unique = uuid.uuid4().hex
        orbit = collection["orbit_id"]
        values = {
            **body,
            **{name: _json(body[name]) for name in ("metrics", "manifest", "file_index", "tags")},
            "collection_id": collection["id"],
            "object_id": uuid.uuid4().hex,
            "unique_identifier": unique,
            # A label for people. The bytes lie in a file with a random name.
            "bucket_location": f"orbit-{orbit}/collection-{collection['id']}/{unique}"
            f"-{body['file_name']}",
            "created_by_user": self.places.user()["full_name"],
        }
        with self._database.transaction():
            key = self._artifacts.add(values)
            upload = self._upload_urls(values["object_id"], body["size"])
        return self.artifact({**ids, "model_artifact_id": key}), upload

    def _upload_urls(self, object_id: str, size: int) -> dict[str, Any]:
        if size <= self._rules.multipart_above:
            part = {"part_number": 1, "url": self._url("PUT", object_id),
                    "start_byte": 0, "end_byte": size, "part_size": size}  # fmt: skip
            return {"upload_id": None, "parts": [part], "complete_url": None}
        upload = self._objects.open_upload(object_id)
        parts = [
            {"part_number": part.part_number,
             "url": self._url(
                 "PUT", object_id, partNumber=str(part.part_number), uploadId=upload),
             "start_byte": part.start_byte, "end_byte": part.end_byte,
             "part_size": part.part_size}
            for part in plan(size, self._rules)
        ]  # fmt: skip
        complete = self._url("POST", object_id, uploadId=upload)
        return {"upload_id": upload, "parts": parts, "complete_url": complete}

    def change_artifact(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Change what was sent. Here the collection has to be the right one."""
        row = self.artifact(ids)
        if row["collection_id"] != ids["collection_id"]:
            raise Refusal(404, _ARTIFACT_GONE)
        status = body.get("status")
        if status is not None and status not in _NEXT_STATUS.get(row["status"], ()):
            raise Refusal(400, f"Invalid status transition from {row['status']} to {status}")
        if "tags" in body:
            body["tags"] = _json(body["tags"])
        if body:
            self._artifacts.change(row["id"], body)
        return self.artifact(ids)

    def download_url(self, ids: Ids) -> str:
        """Where the bytes are, or would be: given in every status."""
        return self._url("GET", self.artifact(ids)["object_id"])

    def delete_url(self, ids: Ids) -> str:
        """Where to delete the bytes. From now on the record waits for its deletion."""
        row = self.artifact(ids)
        if row["status"] != "pending_deletion":
            self._artifacts.change(row["id"], {"status": "pending_deletion"})
        return self._url("DELETE", row["object_id"])

    def confirm_deletion(self, ids: Ids) -> None:
        """Drop the record after its bytes."""
        row = self.artifact(ids)
        if row["status"] != "pending_deletion":
            raise Refusal(400, f"Unable to confirm deletion with status '{row['status']}'")
        self._artifacts.remove(row["id"])

    def force_deletion(self, ids: Ids) -> None:
        """Drop the record whatever its status; the sweep removes the bytes later."""
        self._artifacts.remove(self.artifact(ids)["id"])

    def _organization(self, ids: Ids) -> str:
        row = self.places.organization(ids["organization_id"])
        if row is None:
            raise Refusal(403, "Not enough rights")
        key: str = row["id"]
        return key

    def _url(self, method: str, object_id: str, **extra: str) -> str:
        return f"http://{self.host}{self._signer.path(method, object_id, **extra)}"


def _known(row: Row | None, detail: str) -> Row:
    if row is None:
        raise Refusal(404, detail)
    return row


def _refuse_null(field: str) -> None:
    raise Invalid([problem("string_type", ("body", field), "Input should be a valid string", None)])


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode("utf-8")


def _bucket_columns(body: dict[str, Any]) -> dict[str, Any]:
    columns = ("endpoint", "bucket_name", "secure", "region", "cert_check")
    values = {name: body[name] for name in columns if name in body}
    if "endpoint" in values:
        values["endpoint"] = re.sub("^https?://", "", values["endpoint"])
    return values
