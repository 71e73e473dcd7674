"""What can be done with collections, and when it is refused.

No HTTP paths and no shapes of one generation: those belong to the dialect modules.
"""

from typing import Any

import msgspec

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.store.database import Row

from .orbits import OrbitRules, known


class Catalog(OrbitRules):
    """Organizations, orbits and collections."""

    def collections(self, ids: Ids) -> list[Row]:
        return self.store.all("collections", orbit_id=self.stored_orbit(ids)["id"])

    def collection(self, ids: Ids) -> Row:
        orbit = self.stored_orbit(ids)["id"]
        row = self.store.one("collections", orbit_id=orbit, id=ids["collection_id"])
        return known(row, "Collection not found")

    def stored_collection(self, ids: Ids) -> Row:
        """The same without its total."""
        orbit = self.stored_orbit(ids)["id"]
        row = self.store.stored("collections", orbit_id=orbit, id=ids["collection_id"])
        return known(row, "Collection not found")

    def add_collection(self, ids: Ids, body: dict[str, Any]) -> Row:
        values = {"orbit_id": self.stored_orbit(ids)["id"], **self.generation.columns(body)}
        key = self.store.add("collections", {**values, "tags": json_text(values["tags"])})
        return self.collection({**ids, "collection_id": key})

    def change_collection(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Write name, description and tags, all three."""
        row = self.stored_collection(ids)
        self.store.change("collections", row["id"], {**body, "tags": json_text(body["tags"])})
        return self.collection(ids)

    def remove_collection(self, ids: Ids) -> None:
        row = self.collection(ids)
        if row["total_artifacts"]:
            raise Refusal(409, self.generation.collection_not_empty)
        self.store.remove("collections", row["id"])


def json_text(value: Any) -> str | None:
    """JSON as it is stored."""
    return None if value is None else msgspec.json.encode(value).decode("utf-8")
