"""Records in JSON, with the names of a generation."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dfs_desktop.server.rules.collections import Catalog
from dfs_desktop.server.store.database import Row

Shape = dict[str, Any]
DATES = ("created_at", "updated_at")

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
        shown = picked(row, "id", "name", "logo", *DATES)
        return {**shown, "role": "owner", "permissions": _ORGANIZATION_OWNER}

    def secret(self, row: Row) -> Shape:
        """A bucket secret, without its keys."""
        return {
            **picked(row, "id", "endpoint", "bucket_name", "region", "organization_id", *DATES),
            **{name: _flag(row[name]) for name in ("secure", "cert_check")},
            **({"endpoint": self.catalog.host} if row["built_in"] else {}),
        }

    def orbit(self, row: Row) -> Shape:
        """An orbit in a list."""
        return {**self.changed_orbit(row), "permissions": self._names.orbit_permissions}

    def changed_orbit(self, row: Row) -> Shape:
        """An orbit as changing one answers: without permissions, as recorded."""
        return {
            **picked(row, "id", "name", "organization_id", "bucket_secret_id", "total_members",
                     "total_collections", *DATES),
            "total_satellites": 0, self._names.orbit_total: row["total_artifacts"],
            "role": None, "permissions": None,
        }  # fmt: skip

    def orbit_details(self, row: Row) -> Shape:
        """One orbit, with its members."""
        members = self.catalog.store.all("orbit_members", orbit_id=row["id"])
        return {**self.orbit(row), "members": [_member(member) for member in members]}

    def collection(self, row: Row) -> Shape:
        """A collection in a list."""
        return {
            **picked(row, "id", "orbit_id", "description", "name", *DATES),
            self._names.collection_type: row["type"], "tags": stored_json(row["tags"]),
            self._names.collection_total: row["total_artifacts"],
        }  # fmt: skip

    def artifact(self, row: Row) -> Shape:
        """An artifact, as creating and changing one answers."""
        return {
            **picked(row, "id", "collection_id", "file_name", "description", "file_hash",
                     "bucket_location", "size", "unique_identifier", "status",
                     "created_by_user", *DATES),
            self._names.artifact_name: row["name"],
            self._names.metrics: stored_json(row["metrics"]),
            **{name: stored_json(row[name]) for name in ("manifest", "file_index", "tags")},
        }  # fmt: skip


def picked(row: Row, *columns: str) -> Shape:
    """Columns that the API calls as the table does."""
    return {name: row[name] for name in columns}


def each(shape: Callable[[Row], Shape]) -> Callable[[Iterable[Row]], list[Shape]]:
    """The shape of a list of such records."""
    return lambda rows: [shape(row) for row in rows]


def _member(row: Row) -> Shape:
    user = {
        "id": row["user_id"], **picked(row, "email", "full_name"),
        "disabled": False, "photo": None, "has_api_key": True,
    }  # fmt: skip
    return {**picked(row, "id", "orbit_id", "role", *DATES), "user": user}


def stored_json(text: str | None) -> msgspec.Raw | None:
    """Stored JSON goes out as it is: a list of thousands of manifests is never parsed here."""
    return None if text is None else msgspec.Raw(text.encode("utf-8"))


def _flag(value: int | None) -> bool | None:
    """A column that holds true, false or nothing."""
    return None if value is None else bool(value)
