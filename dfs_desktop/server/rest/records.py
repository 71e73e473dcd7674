"""Records in JSON, with the names of a generation."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dfs_desktop.server.rules.collections import Catalog
from dfs_desktop.server.store.database import Row

Shape = dict[str, Any]

# What the one person of a local registry may do: everything, in the words of the API.
_ORGANIZATION_OWNER: dict[str, list[str]] = {
    "organization": ["read", "update", "delete"],
    "organization_user": ["list", "read", "create", "update", "delete"],
    "organization_invite": ["create", "delete", "list", "read"],
    "billing": ["read", "update"],
    "orbit": ["create"],
}


class Records:
    """Turns rows into JSON, as far as the generations differ in names only."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._names = catalog.generation

    def organization(self, row: Row) -> Shape:
        """An organization, in the eyes of its owner."""
        return {
            "id": row["id"], "name": row["name"], "logo": row["logo"],
            "created_at": row["created_at"], "updated_at": row["updated_at"],
            "role": "owner", "permissions": _ORGANIZATION_OWNER,
        }  # fmt: skip

    def secret(self, row: Row) -> Shape:
        """A bucket secret, without its keys."""
        return {
            "id": row["id"],
            "endpoint": self.catalog.host if row["built_in"] else row["endpoint"],
            "bucket_name": row["bucket_name"], "secure": _flag(row["secure"]),
            "region": row["region"], "cert_check": _flag(row["cert_check"]),
            "organization_id": row["organization_id"],
            "created_at": row["created_at"], "updated_at": row["updated_at"],
        }  # fmt: skip

    def orbit(self, row: Row) -> Shape:
        """An orbit in a list."""
        return {**self.changed_orbit(row), "permissions": self._names.orbit_permissions}

    def changed_orbit(self, row: Row) -> Shape:
        """An orbit as changing one answers: without permissions, as recorded."""
        return {
            "id": row["id"], "name": row["name"],
            "organization_id": row["organization_id"], "bucket_secret_id": row["bucket_secret_id"],
            "total_members": row["total_members"], "total_collections": row["total_collections"],
            "total_satellites": 0, self._names.orbit_total: row["total_artifacts"],
            "role": None, "created_at": row["created_at"], "updated_at": row["updated_at"],
            "permissions": None,
        }  # fmt: skip

    def orbit_details(self, row: Row) -> Shape:
        """One orbit, with its members."""
        members = self.catalog.places.members(row["id"])
        return {**self.orbit(row), "members": [_member(member) for member in members]}

    def collection(self, row: Row) -> Shape:
        """A collection in a list."""
        return {
            "id": row["id"], "orbit_id": row["orbit_id"], "description": row["description"],
            "name": row["name"], self._names.collection_type: row["type"],
            "tags": stored_json(row["tags"]), self._names.collection_total: row["total_artifacts"],
            "created_at": row["created_at"], "updated_at": row["updated_at"],
        }  # fmt: skip

    def artifact(self, row: Row) -> Shape:
        """An artifact, as creating and changing one answers."""
        return {
            "id": row["id"], "collection_id": row["collection_id"], "file_name": row["file_name"],
            self._names.artifact_name: row["name"], "description": row["description"],
            self._names.metrics: stored_json(row["metrics"]),
            "manifest": stored_json(row["manifest"]), "file_hash": row["file_hash"],
            "file_index": stored_json(row["file_index"]),
            "bucket_location": row["bucket_location"], "size": row["size"],
            "unique_identifier": row["unique_identifier"], "tags": stored_json(row["tags"]),
            "status": row["status"], "created_by_user": row["created_by_user"],
            "created_at": row["created_at"], "updated_at": row["updated_at"],
        }  # fmt: skip


def each(shape: Callable[[Row], Shape]) -> Callable[[Iterable[Row]], list[Shape]]:
    """The shape of a list of such records."""
    return lambda rows: [shape(row) for row in rows]


def _member(row: Row) -> Shape:
    user = {
        "id": row["user_id"], "email": row["email"], "full_name": row["full_name"],
        "disabled": False, "photo": None, "has_api_key": True,
    }  # fmt: skip
    return {
        "id": row["id"], "orbit_id": row["orbit_id"], "role": row["role"], "user": user,
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip


def stored_json(text: str | None) -> msgspec.Raw | None:
    """Stored JSON goes out as it is: a list of thousands of manifests is never parsed here."""
    return None if text is None else msgspec.Raw(text.encode("utf-8"))


def _flag(value: int | None) -> bool | None:
    """A column that holds true, false or nothing."""
    return None if value is None else bool(value)
