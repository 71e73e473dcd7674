"""The REST API as LUML servers speak it since June 2026: routes below ``/v1``."""

from typing import Any

from dfs_desktop.server.http.routing import Entry, Ids
from dfs_desktop.server.http.validation import Invalid, problem
from dfs_desktop.server.objects.multipart import plan
from dfs_desktop.server.rest.routes import Paths, shared_entries
from dfs_desktop.server.rules.api_versions import LUML
from dfs_desktop.server.rules.artifact_types import require_fit, type_of
from dfs_desktop.server.rules.artifacts import ArtifactRules
from dfs_desktop.server.rules.collections import Catalog
from dfs_desktop.server.rules.orbits import known
from dfs_desktop.server.store.database import Row

from . import bodies
from . import tracks as track_routes
from .lists import Lists
from .records import LumlRecords


def entries(catalog: Catalog) -> list[Entry]:
    """All routes of this generation."""
    paths, records = Paths(LUML), LumlRecords(catalog)
    artifacts, lists = ArtifactRules(catalog), Lists(catalog, records)

    def add_artifact(ids: Ids, body: Any) -> Any:
        collection = catalog.stored_collection(ids)
        kind = type_of(body["manifest"], body["file_index"], body.pop("type"))
        require_fit(kind, collection["type"])
        row = artifacts.add(ids, body, kind)
        return {"artifact": records.artifact(row), "upload_details": _upload(artifacts, ids, row)}

    return [
        Entry("GET", "/v1/auth/api-keys/validate", lambda _ids: None),
        Entry("POST", "/v1/bucket-secrets/upload/multipart",
              lambda _ids, body: _part_urls(artifacts, body), None,
              bodies.part_urls(catalog.rules)),
        Entry("GET", paths.collections, lists.collections, query=bodies.COLLECTION_PAGE),
        Entry("GET", paths.collection, catalog.collection, records.collection_details),
        Entry("GET", f"{paths.orbit}/artifacts", lists.artifacts, query=bodies.ARTIFACT_PAGE),
        Entry("POST", paths.artifacts, add_artifact, None, bodies.artifact(catalog.rules)),
        Entry("GET", paths.artifact, lambda ids: records.artifact_details(
            artifacts.artifact(ids), catalog.collection(ids))),
        *track_routes.entries(paths.orbit, catalog, records),
        *shared_entries(paths, records, artifacts, bodies.BODIES),
    ]  # fmt: skip


def _upload(artifacts: ArtifactRules, ids: Ids, row: Row) -> dict[str, Any]:
    """Where the bytes go. Nothing is kept between the answers: they may be asked for again."""
    presigner, key = artifacts.presigner, row["bucket_location"]
    multipart = row["size"] > artifacts.rules.multipart_above
    return {
        "type": presigner.kind,
        "url": presigner.initiate(key) if multipart else presigner.put(key),
        "multipart": multipart,
        "bucket_location": key,
        "bucket_secret_id": artifacts.catalog.stored_orbit(ids)["bucket_secret_id"],
    }


def _part_urls(artifacts: ArtifactRules, body: dict[str, Any]) -> dict[str, Any]:
    """URLs for the parts of an upload. The size alone decides how many there are."""
    presigner, upload, key = artifacts.presigner, body["upload_id"], body["bucket_location"]
    known(artifacts.catalog.store.one("bucket_secrets", id=body["bucket_id"]), "Secret not found")
    if presigner.kind == "s3" and upload is None:
        raise Invalid([problem("missing", ("body", "upload_id"), "Field required", body)])
    return {
        "type": presigner.kind,
        **({} if presigner.kind == "azure" else {"upload_id": upload}),
        "parts": artifacts.parts(key, plan(body["size"], artifacts.rules), upload),
        "complete_url": presigner.complete(key, upload),
    }
