"""What can be done with the buckets that an organization knows, and when it is refused."""

import re
from typing import Any

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.http.validation import Invalid, problem
from dfs_desktop.server.objects.object_urls import TEST_OBJECT
from dfs_desktop.server.store.database import Row

from .collections import Catalog
from .orbits import known

_DUPLICATE = "Bucket secret with the given bucket name and endpoint already exists."


class BucketSecretRules:
    """Answers with rows, or raises a refusal. The keys of a bucket are not kept."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._store, self._presigner = catalog.store, catalog.presigner

    def every(self, ids: Ids) -> list[Row]:
        return self._store.all("bucket_secrets", organization_id=self._catalog.organization(ids))

    def one(self, ids: Ids) -> Row:
        return known(self._catalog.find("bucket_secrets", ids, "secret_id"), "Secret not found")

    def add(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Remember a bucket. Its keys are not kept."""
        organization = self._catalog.organization(ids)
        values = _bucket_columns(body)
        self._refuse_duplicate(organization, values["endpoint"], values["bucket_name"], "")
        key = self._store.add("bucket_secrets", {"organization_id": organization, **values})
        return self.one({**ids, "secret_id": key})

    def change(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Change what was sent, keep the rest. Strict: null what was not sent, or refuse."""
        row = self.one(ids)
        if self._catalog.generation.strict:
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
        self._store.change("bucket_secrets", row["id"], values)
        return self.one(ids)

    def remove(self, ids: Ids) -> None:
        """Forget a bucket that no orbit uses. An unknown one is forgotten, unless strict."""
        found = self._catalog.find("bucket_secrets", ids, "secret_id")
        if found is None and not self._catalog.generation.strict:
            return
        row = known(found, "Secret not found")
        if row["built_in"] or self._store.one("orbits", bucket_secret_id=row["id"]):
            raise Refusal(409, "Cannot delete bucket secret that is currently used by orbits")
        self._store.remove("bucket_secrets", row["id"])

    def urls_of(self, ids: Ids, body: Any) -> dict[str, str]:
        """URLs to try the store of a bucket secret with."""
        self.one(ids)
        return self.store_urls(ids, body)

    def store_urls(self, _ids: Ids, _body: Any) -> dict[str, str]:
        """URLs to try the store with."""
        return {
            "presigned_url": self._presigner.put(TEST_OBJECT),
            "download_url": self._presigner.get(TEST_OBJECT),
            "delete_url": self._presigner.delete(TEST_OBJECT),
        }

    def _refuse_duplicate(self, organization: str, endpoint: str, name: str, own: str) -> None:
        found = self._store.one(
            "bucket_secrets", organization_id=organization, endpoint=endpoint, bucket_name=name
        )
        if found is not None and found["id"] != own:
            raise Refusal(409, _DUPLICATE)


def _bucket_columns(body: dict[str, Any]) -> dict[str, Any]:
    columns = ("type", "endpoint", "bucket_name", "secure", "region", "cert_check")
    values = {name: body[name] for name in columns if name in body}
    if "endpoint" in values:
        endpoint = re.sub("^https?://", "", values["endpoint"])
        # An Azure connection string holds the account's key, and keys are not kept.
        values["endpoint"] = re.sub("(?i)(AccountKey=)[^;]*", r"\1", endpoint)
    return values
