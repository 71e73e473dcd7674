"""What can be done with organizations, orbits and collections, and when it is refused.

No HTTP paths and no shapes of one generation: those belong to the dialect modules.
"""

import re
from typing import Any

import msgspec

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.http.validation import Invalid, problem
from dfs_desktop.server.limits import Rules
from dfs_desktop.server.objects.object_urls import TEST_OBJECT, Presigner
from dfs_desktop.server.store import Store
from dfs_desktop.server.store.database import Row

from .api_versions import Generation

_DUPLICATE = "Bucket secret with the given bucket name and endpoint already exists."


class Catalog:
    """Answers with rows, or raises a refusal with the texts of the servers."""

    def __init__(
        self, store: Store, presigner: Presigner, rules: Rules, host: str, generation: Generation
    ) -> None:
        self.store = store
        self.places = store.places
        self.presigner = presigner
        self.rules = rules
        self.host = host
        self.generation = generation

    def sign_in(self, _ids: Ids, _body: Any) -> None:
        """Nobody has a password here; the API key is in the app."""
        raise Refusal(400, "Invalid email or password")

    def organizations(self, _ids: Ids) -> list[Row]:
        return self.places.organizations()

    # Bucket secrets

    def bucket_secrets(self, ids: Ids) -> list[Row]:
        return self.places.bucket_secrets(self.organization(ids))

    def bucket_secret(self, ids: Ids) -> Row:
        row = self.places.bucket_secret(self.organization(ids), ids["secret_id"])
        return known(row, "Secret not found")

    def add_bucket_secret(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Remember a bucket. Its keys are not kept."""
        organization = self.organization(ids)
        values = _bucket_columns(body)
        self._refuse_duplicate(organization, values["endpoint"], values["bucket_name"], "")
        key = self.places.add_bucket_secret(organization, values)
        return known(self.places.bucket_secret(organization, key), "Secret not found")

    def change_bucket_secret(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Change what was sent, keep the rest. Strict: null what was not sent, or refuse."""
        row = self.bucket_secret(ids)
        if self.generation.strict:
            if body["endpoint"] is None or body["bucket_name"] is None:
                raise Refusal(409, _DUPLICATE)
            if row["type"] == "s3" and body["region"] is None:
                # The servers store this, and fail from then on whenever they should show it.
                raise Invalid([problem("missing", ("body", "region"), "Field required", body)])
            body = {**body, "type": row["type"]}
        if row["built_in"]:
            raise Refusal(409, "The bucket of this registry itself cannot be changed")
        values = _bucket_columns(body)
        endpoint = values.get("endpoint", row["endpoint"])
        name = values.get("bucket_name", row["bucket_name"])
        self._refuse_duplicate(row["organization_id"], endpoint, name, row["id"])
        self.places.change("bucket_secrets", row["id"], values)
        return self.bucket_secret(ids)

    def remove_bucket_secret(self, ids: Ids) -> None:
        """Forget a bucket that no orbit uses. An unknown one is forgotten, unless strict."""
        row = self.places.bucket_secret(self.organization(ids), ids["secret_id"])
        if row is None:
            self._already_gone("Secret not found")
            return
        if row["built_in"] or self.places.bucket_secret_used(row["id"]):
            raise Refusal(409, "Cannot delete bucket secret that is currently used by orbits")
        self.places.remove("bucket_secrets", row["id"])

    def urls_of_secret(self, ids: Ids, body: Any) -> dict[str, str]:
        """URLs to try the store of a bucket secret with."""
        self.bucket_secret(ids)
        return self.store_urls(ids, body)

    def store_urls(self, _ids: Ids, _body: Any) -> dict[str, str]:
        """URLs to try the store with."""
        return {
            "presigned_url": self.presigner.put(TEST_OBJECT),
            "download_url": self.presigner.get(TEST_OBJECT),
            "delete_url": self.presigner.delete(TEST_OBJECT),
        }

    def _refuse_duplicate(self, organization: str, endpoint: str, name: str, own: str) -> None:
        if self.places.bucket_secret_exists(organization, endpoint, name, own):
            raise Refusal(409, _DUPLICATE)

    # Orbits

    def orbits(self, ids: Ids) -> list[Row]:
        return self.places.orbits(self.organization(ids))

    def orbit(self, ids: Ids) -> Row:
        row = self.places.orbit(self.organization(ids), ids["orbit_id"])
        return known(row, "Orbit not found")

    def add_orbit(self, ids: Ids, body: dict[str, Any]) -> Row:
        organization = self.organization(ids)
        limit = self.rules.orbits_limit
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
        """Remove an orbit with everything in it. An unknown one is gone, unless strict."""
        if (row := self.places.orbit(self.organization(ids), ids["orbit_id"])) is None:
            self._already_gone("Orbit not found")
            return
        self.places.remove("orbits", row["id"])

    def _require_bucket(self, organization: str, key: str) -> None:
        known(self.places.bucket_secret(organization, key), "Bucket secret not found")

    # Collections

    def collections(self, ids: Ids) -> list[Row]:
        return self.places.collections(self.orbit(ids)["id"])

    def collection(self, ids: Ids) -> Row:
        row = self.places.collection(self.orbit(ids)["id"], ids["collection_id"])
        return known(row, "Collection not found")

    def add_collection(self, ids: Ids, body: dict[str, Any]) -> Row:
        orbit, values = self.orbit(ids)["id"], self.generation.columns(body)
        key = self.places.add_collection(
            orbit, values["name"], values["description"], values["type"], json_text(values["tags"])
        )
        return self.collection({**ids, "collection_id": key})

    def change_collection(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Write name, description and tags, all three."""
        row = self.collection(ids)
        self.places.change("collections", row["id"], {**body, "tags": json_text(body["tags"])})
        return self.collection(ids)

    def remove_collection(self, ids: Ids) -> None:
        row = self.collection(ids)
        if row["total_artifacts"]:
            raise Refusal(409, self.generation.collection_not_empty)
        self.places.remove("collections", row["id"])

    def organization(self, ids: Ids) -> str:
        """The id of an organization. An unknown one is refused like one of other people."""
        if (row := self.places.organization(ids["organization_id"])) is None:
            raise Refusal(403, "Not enough rights")
        key: str = row["id"]
        return key

    def _already_gone(self, detail: str) -> None:
        if self.generation.strict:
            raise Refusal(404, detail)


def known(row: Row | None, detail: str) -> Row:
    """The row, or a 404."""
    if row is None:
        raise Refusal(404, detail)
    return row


def json_text(value: Any) -> str | None:
    """JSON as it is stored."""
    return None if value is None else msgspec.json.encode(value).decode("utf-8")


def _bucket_columns(body: dict[str, Any]) -> dict[str, Any]:
    columns = ("type", "endpoint", "bucket_name", "secure", "region", "cert_check")
    values = {name: body[name] for name in columns if name in body}
    if "endpoint" in values:
        endpoint = re.sub("^https?://", "", values["endpoint"])
        # An Azure connection string holds the account's key, and keys are not kept.
        values["endpoint"] = re.sub("(?i)(AccountKey=)[^;]*", r"\1", endpoint)
    return values
