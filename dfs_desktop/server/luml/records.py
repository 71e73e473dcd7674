"""Records in the JSON of LUML servers."""

from __future__ import annotations

from typing import Any

from dfs_desktop.server.permissions import ORBIT_OWNER_2026
from dfs_desktop.server.place_rules import Catalog
from dfs_desktop.server.records import flag, member_shape, stored_json
from dfs_desktop.server.store.database import Row


def orbit_shape(row: Row, *, permissions: bool = True) -> dict[str, Any]:
    """An orbit in a list. Changing one answers without permissions, as recorded."""
    return {
        "id": row["id"], "name": row["name"],
        "organization_id": row["organization_id"], "bucket_secret_id": row["bucket_secret_id"],
        "total_members": row["total_members"], "total_collections": row["total_collections"],
        "total_satellites": 0, "total_artifacts": row["total_artifacts"],
        "role": None, "created_at": row["created_at"], "updated_at": row["updated_at"],
        "permissions": ORBIT_OWNER_2026 if permissions else None,
    }  # fmt: skip


def orbit_details(row: Row, catalog: Catalog) -> dict[str, Any]:
    """One orbit, with its members and the tags of its collections."""
    return {
        **orbit_shape(row),
        "members": [member_shape(member) for member in catalog.places.members(row["id"])],
        "collections_tags": catalog.store.pages.collection_tags(row["id"]),
    }


def collection_shape(row: Row) -> dict[str, Any]:
    """A collection in a list."""
    return {
        "id": row["id"], "orbit_id": row["orbit_id"], "description": row["description"],
        "name": row["name"], "type": row["type"], "tags": stored_json(row["tags"]),
        "total_artifacts": row["total_artifacts"],
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip


def artifact_shape(row: Row) -> dict[str, Any]:
    """An artifact as creating and changing one answers."""
    return {
        "file_name": row["file_name"], "name": row["name"], "description": row["description"],
        "extra_values": stored_json(row["metrics"]), "manifest": stored_json(row["manifest"]),
        "file_hash": row["file_hash"], "file_index": stored_json(row["file_index"]),
        "size": row["size"], "tags": stored_json(row["tags"]), "type": row["type"],
        "id": row["id"], "collection_id": row["collection_id"],
        "bucket_location": row["bucket_location"], "unique_identifier": row["unique_identifier"],
        "status": row["status"], "created_by_user": row["created_by_user"],
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip


def artifact_item(row: Row) -> dict[str, Any]:
    """An artifact in a list. Nothing is deployed from a local registry."""
    shape = artifact_shape(row)
    return {**shape, "deployments": [], "collection_name": row["collection_name"]}


def artifact_details(row: Row, collection: Row) -> dict[str, Any]:
    """One artifact. There are no tracks here either."""
    return {
        **artifact_shape(row),
        "deployments": [],
        "collection": collection_shape(collection),
        "tracks": [],
    }


def secret_shape(row: Row, catalog: Catalog) -> dict[str, Any]:
    """A bucket secret. The registry's own takes the protocol of the store in use."""
    own = bool(row["built_in"])
    kind = catalog.presigner.kind if own else row["type"]
    shape: dict[str, Any] = {
        "id": row["id"], "type": kind,
        "endpoint": catalog.host if own else row["endpoint"],
        "bucket_name": row["bucket_name"],
    }  # fmt: skip
    if kind == "s3":
        shape |= {"secure": flag(row["secure"]), "region": row["region"] or "",
                  "cert_check": flag(row["cert_check"])}  # fmt: skip
    return {
        **shape,
        "orbits": [
            {key: orbit[key] for key in ("id", "name", "created_at", "updated_at")}
            for orbit in catalog.places.orbits_on(row["id"])
        ],
        "organization_id": row["organization_id"],
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip
