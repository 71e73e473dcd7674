"""Artifact records. JSON columns hold JSON text, as it goes over the wire."""

from typing import Any

from dfs_desktop.server.identity import new_id, now

from .database import Database, Row


class Artifacts:
    """Reads return rows; a missing record is ``None``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def list(self, collection: str) -> list[Row]:
        """The artifacts of a collection, oldest first."""
        return self._db.rows(
            "SELECT * FROM artifacts WHERE collection_id = ? ORDER BY rowid", collection
        )

    def find(self, orbit: str, key: str) -> Row | None:
        """One artifact in whichever collection of that orbit."""
        return self._db.find(
            "SELECT a.* FROM artifacts a JOIN collections c ON c.id = a.collection_id "
            "WHERE c.orbit_id = ? AND a.id = ?",
            orbit,
            key,
        )

    def object_id(self, location: str) -> str:
        """The object behind a ``bucket_location``. An unknown one leads to no object."""
        row = self._db.find("SELECT object_id FROM artifacts WHERE bucket_location = ?", location)
        return row["object_id"] if row else "none"

    def count(self, organization: str) -> int:
        """How many artifacts an organization has."""
        total: int = self._db.row(
            "SELECT count(*) FROM artifacts a JOIN collections c ON c.id = a.collection_id "
            "JOIN orbits o ON o.id = c.orbit_id WHERE o.organization_id = ?",
            organization,
        )[0]
        return total

    def add(self, values: dict[str, Any]) -> str:
        """A new record, waiting for its upload."""
        key = new_id()
        self._db.insert(
            "artifacts", {"id": key, **values, "status": "pending_upload", "created_at": now()}
        )
        return key

    def change(self, key: str, changes: dict[str, Any]) -> None:
        """Change some columns and date the change."""
        self._db.update("artifacts", key, {**changes, "updated_at": now()})

    def remove(self, key: str) -> None:
        """Drop the record. Its object, if any, is the business of the object store."""
        self._db.run("DELETE FROM artifacts WHERE id = ?", key)
