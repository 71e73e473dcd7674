"""The REST API as LUML servers speak it since June 2026: routes below ``/v1``."""

from typing import Any

from dfs_desktop.server.http.routing import Entry, Ids
from dfs_desktop.server.rest.routes import Paths, shared_entries
from dfs_desktop.server.rules.api_versions import LUML
from dfs_desktop.server.rules.artifact_types import require_fit, type_of
from dfs_desktop.server.rules.artifacts import ArtifactRules
from dfs_desktop.server.rules.collections import Catalog

from . import bodies
from . import tracks as track_routes
from .lists import Lists
from .records import LumlRecords
from .upload_links import part_links, upload_link


def entries(catalog: Catalog) -> list[Entry]:
    """All routes of this generation."""
    paths, records = Paths(LUML), LumlRecords(catalog)
    artifacts, lists = ArtifactRules(catalog), Lists(catalog, records)

    def add_artifact(ids: Ids, body: Any) -> Any:
        collection = catalog.stored_collection(ids)
        kind = type_of(body["manifest"], body["file_index"], body.pop("type"))
        require_fit(kind, collection["type"])
        row = artifacts.add(ids, body, kind)
        return {
            "artifact": records.artifact(row),
            "upload_details": upload_link(artifacts, ids, row),
        }

    return [
        Entry("GET", "/v1/auth/api-keys/validate", lambda _ids: None),
        Entry("POST", "/v1/bucket-secrets/upload/multipart",
              lambda _ids, body: part_links(artifacts, body), None,
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
