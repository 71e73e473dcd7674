"""Where the bytes of a new artifact go, as LUML servers say it: S3 or Azure, whole or in parts."""

from __future__ import annotations

from typing import Any

from dfs_desktop.server.artifact_rules import ArtifactRules
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.http.validation import Invalid, problem
from dfs_desktop.server.objects.multipart import plan
from dfs_desktop.server.place_rules import Catalog, known
from dfs_desktop.server.store.database import Row


class Uploads:
    """Says how to upload. Nothing is kept between the answers: they may be asked for again."""

    def __init__(self, catalog: Catalog, held: ArtifactRules) -> None:
        self._catalog = catalog
        self._held = held
        self._presigner = catalog.presigner

    def details(self, ids: Ids, row: Row) -> dict[str, Any]:
        """The second half of the answer to a creation."""
        key = row["bucket_location"]
        multipart = self._held.is_multipart(row["size"])
        return {
            "type": self._presigner.kind,
            "url": self._presigner.initiate(key) if multipart else self._presigner.put(key),
            "multipart": multipart,
            "bucket_location": key,
            "bucket_secret_id": self._catalog.orbit(ids)["bucket_secret_id"],
        }

    def part_urls(self, _ids: Ids, body: Any) -> Any:
        """URLs for the parts of an upload. The size alone decides how many there are."""
        known(self._catalog.places.any_bucket_secret(body["bucket_id"]), "Secret not found")
        key, kind, upload = body["bucket_location"], self._presigner.kind, body["upload_id"]
        if kind == "s3" and upload is None:
            raise Invalid([problem("missing", ("body", "upload_id"), "Field required", body)])
        parts = [
            self._held.part(key, part, upload) for part in plan(body["size"], self._catalog.rules)
        ]
        answer = {"type": kind, "upload_id": upload, "parts": parts,
                  "complete_url": self._presigner.complete(key, upload)}  # fmt: skip
        if kind == "azure":
            del answer["upload_id"]
        return answer
