"""Where the bytes of an upload go, as today's servers say it."""

from typing import Any

from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.http.validation import Invalid, problem
from dfs_desktop.server.objects.multipart import plan
from dfs_desktop.server.rules.artifacts import ArtifactRules
from dfs_desktop.server.rules.orbits import known
from dfs_desktop.server.store.database import Row


def upload_link(artifacts: ArtifactRules, ids: Ids, row: Row) -> dict[str, Any]:
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


def part_links(artifacts: ArtifactRules, body: dict[str, Any]) -> dict[str, Any]:
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
