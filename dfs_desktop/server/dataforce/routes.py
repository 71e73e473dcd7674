"""The REST API as DataForce servers spoke it at the end of 2025."""

from typing import Any

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Entry, Ids
from dfs_desktop.server.http.validation import Field, fields, identifier, one_of, text
from dfs_desktop.server.objects.multipart import drifting_plan
from dfs_desktop.server.rest.bodies import (
    BUCKET_OPTIONS,
    FILE_NAME,
    MANIFEST,
    MAYBE_TAGS,
    artifact,
    artifact_changes,
    orbit,
    orbit_changes,
)
from dfs_desktop.server.rest.records import Records, each
from dfs_desktop.server.rest.routes import Bodies, Paths, shared_entries
from dfs_desktop.server.rules.api_versions import DATAFORCE
from dfs_desktop.server.rules.artifact_types import type_of_2025
from dfs_desktop.server.rules.artifacts import ArtifactRules
from dfs_desktop.server.rules.collections import Catalog
from dfs_desktop.server.store.database import Row

_place = {"description": text(), "name": text()}
_BODIES = Bodies(
    secret=fields({"endpoint": text(), "bucket_name": text(), **BUCKET_OPTIONS}),
    secret_changes=fields(
        {"id": identifier, "endpoint": Field(text()), "bucket_name": Field(text()),
         **BUCKET_OPTIONS},
        partial=True,
    ),
    orbit=orbit(text()),
    orbit_changes=orbit_changes(text()),
    collection=fields(
        {**_place, "collection_type": one_of("model", "dataset"), "tags": MAYBE_TAGS}
    ),
    # Not partial: a missing tags member clears the tags, as on the servers.
    collection_changes=fields({**_place, "tags": MAYBE_TAGS}),
    artifact_changes=artifact_changes(
        DATAFORCE, "ModelArtifactStatus", file_name=Field(FILE_NAME)
    ),
)  # fmt: skip


def entries(catalog: Catalog) -> list[Entry]:
    """All routes of this generation."""
    paths = Paths(DATAFORCE)
    records, artifacts = Records(catalog), ArtifactRules(catalog)
    too_big = f"Model cant be bigger than 5TB - {catalog.rules.artifact_size} bytes"

    def add_artifact(ids: Ids, body: Any) -> Any:
        row = artifacts.add(ids, body, type_of_2025(body["manifest"]))
        return {"model": records.artifact(row), "url": _upload(artifacts, row)}

    return [
        Entry("GET", paths.collections, catalog.collections, each(records.collection)),
        Entry("GET", paths.artifacts, artifacts.in_collection, each(records.artifact)),
        Entry("POST", paths.artifacts, add_artifact, None,
              fields(artifact(DATAFORCE, catalog.rules, MANIFEST, too_big))),
        *shared_entries(paths, records, artifacts, _BODIES),
    ]  # fmt: skip


def _upload(artifacts: ArtifactRules, row: Row) -> dict[str, Any]:
    """Where the bytes go. A large upload is opened here, and all its URLs come at once."""
    presigner, key, size = artifacts.presigner, row["bucket_location"], row["size"]
    if size <= artifacts.rules.multipart_above:
        part = {"part_number": 1, "url": presigner.put(key),
                "start_byte": 0, "end_byte": size, "part_size": size}  # fmt: skip
        return {"upload_id": None, "parts": [part], "complete_url": None}
    try:
        upload = presigner.open_upload(key)
    except OSError:
        raise Refusal(400, "Failed to initiate multipart upload.") from None
    return {
        "upload_id": upload,
        "parts": artifacts.parts(key, drifting_plan(size, artifacts.rules), upload),
        "complete_url": presigner.complete(key, upload),
    }
