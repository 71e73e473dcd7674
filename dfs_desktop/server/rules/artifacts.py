"""What can be done with artifacts, and when it is refused."""

import uuid
from collections.abc import Iterable
from typing import Any

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.http.validation import Invalid, problem
from dfs_desktop.server.objects.multipart import PlannedPart
from dfs_desktop.server.store.database import Row

from .collections import Catalog, json_text
from .orbits import known

_NEXT_STATUS = {
    "pending_upload": ("uploaded", "upload_failed"),
    "pending_deletion": ("deletion_failed",),
}


class ArtifactRules:
    """Answers with rows, or raises a refusal with the texts of the servers."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._generation = catalog.generation
        self.presigner = catalog.presigner
        self.rules = catalog.rules
        self._store = catalog.store

    def in_collection(self, ids: Ids) -> list[Row]:
        """All of a collection."""
        return self._store.all("artifacts", collection_id=self.catalog.stored_collection(ids)["id"])

    def artifact(self, ids: Ids, *, strict: bool = False) -> Row:
        """One artifact, below its own collection or (not strict) below any of its orbit."""
        orbit, key = self.catalog.stored_orbit(ids)["id"], ids[self._generation.artifact_id]
        unknown = self._generation.artifact_unknown
        row = known(self._store.one("artifacts_of_orbits", orbit_id=orbit, id=key), unknown)
        strict = strict or self._generation.strict
        if strict and row["collection_id"] != ids["collection_id"]:
            raise Refusal(404, unknown)
        return row

    def add(self, ids: Ids, body: dict[str, Any], kind: str) -> Row:
        """A new record of type *kind*."""
        collection = self.catalog.stored_collection(ids)
        limit = self.rules.artifacts_limit
        orbits = [] if limit is None else self.catalog.orbits(ids)
        if limit is not None and sum(each["total_artifacts"] for each in orbits) >= limit:
            raise Refusal(409, self._generation.artifacts_limit)
        if body[self._generation.artifact_name] is None:
            at = ("body", self._generation.artifact_name)
            raise Invalid([problem("string_type", at, "Input should be a valid string", None)])
        unique = uuid.uuid4().hex
        values = self._generation.columns(body)
        as_json = ("metrics", "manifest", "file_index", "tags")
        values |= {
            **{name: json_text(values[name]) for name in as_json},
            "type": kind,
            "collection_id": collection["id"],
            "object_id": uuid.uuid4().hex,
            "unique_identifier": unique,
            # A label for people. The bytes lie in a file with a random name.
            "bucket_location": f"orbit-{collection['orbit_id']}/collection-{collection['id']}/"
            f"{unique}-{body['file_name']}",
            "created_by_user": self._store.places.user()["full_name"],
            "status": "pending_upload",
        }
        key = self._store.add("artifacts", values)
        return self.artifact({**ids, self._generation.artifact_id: key})

    def parts(
        self, key: str, planned: Iterable[PlannedPart], upload_id: str | None
    ) -> list[dict[str, Any]]:
        """The parts of an upload with their URLs, as all generations write them."""
        return [
            {**part._asdict(), "url": self.presigner.part(key, part.part_number, upload_id)}
            for part in planned
        ]

    def change(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Change what was sent. Here the collection has to be the right one."""
        row = self.artifact(ids, strict=True)
        status = body.get("status")
        if status is not None and status not in _NEXT_STATUS.get(row["status"], ()):
            raise Refusal(400, f"Invalid status transition from {row['status']} to {status}")
        values = self._generation.columns(body)
        if "tags" in values:
            values["tags"] = json_text(values["tags"])
        if values:
            self._store.change("artifacts", row["id"], values)
        return self.artifact(ids)

    def download_url(self, ids: Ids) -> dict[str, str]:
        """Where the bytes are, or would be: given in every status."""
        return {"url": self.presigner.get(self.artifact(ids)["bucket_location"])}

    def delete_url(self, ids: Ids) -> dict[str, str]:
        """Where to delete the bytes. From now on the record waits for its deletion."""
        row = self._free_artifact(ids)
        if row["status"] != "pending_deletion":
            self._store.change("artifacts", row["id"], {"status": "pending_deletion"})
        return {"url": self.presigner.delete(row["bucket_location"])}

    def confirm_deletion(self, ids: Ids) -> None:
        """Drop the record after its bytes."""
        row = self.artifact(ids)
        if row["status"] != "pending_deletion":
            raise Refusal(400, f"Unable to confirm deletion with status '{row['status']}'")
        self.presigner.drop_uploads(row["bucket_location"])
        self._store.remove("artifacts", row["id"])

    def force_deletion(self, ids: Ids) -> None:
        """Drop the record whatever its status; the sweep removes a whole file later."""
        row = self._free_artifact(ids)
        self.presigner.drop_uploads(row["bucket_location"])
        self._store.remove("artifacts", row["id"])

    def _free_artifact(self, ids: Ids) -> Row:
        """An artifact that no track refers to."""
        row = self.artifact(ids)
        if self._store.tracks.of_artifact(row["id"]):
            raise Refusal(
                409,
                "Artifact is referenced by one or more tracks. "
                "Remove it from all tracks before deleting.",
            )
        return row
