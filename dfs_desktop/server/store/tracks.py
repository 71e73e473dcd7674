"""Tracks, their stages and their entries."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dfs_desktop.server.identity import new_id, now

from .database import Database, Row
from .pages import Query, Selection, of_orbit, page

TRACK_COLUMNS = ("created_at", "name", "description", "total_entries")
ENTRY_COLUMNS = ("created_at", "artifact_name", "description", "stage", "version")

_TRACK = """
SELECT t.*, (SELECT count(*) FROM track_entries e WHERE e.track_id = t.id) AS total_entries
FROM tracks t
"""
_ENTRY = """
SELECT e.*, a.name AS artifact_name, a.description AS artifact_description,
    a.description AS description, s.name AS stage_name, s.name AS stage
FROM track_entries e JOIN artifacts a ON a.id = e.artifact_id
LEFT JOIN track_stages s ON s.id = e.stage_id
"""
_STAGE = """
SELECT s.*, EXISTS (SELECT 1 FROM track_entries e WHERE e.stage_id = s.id) AS is_used
FROM track_stages s
"""


class NamedStage(NamedTuple):
    """A stage as it shall be; without an id it is new."""

    id: str | None
    name: str


class Tracks:
    """Reads return rows; a missing record is ``None``. Writers return the id."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def page(self, wanted: Selection) -> list[Row]:
        """Tracks of an orbit with their totals."""
        return page(self._db, _TRACK, of_orbit("artifact_type", wanted), wanted)

    def find(self, orbit: str, key: str) -> Row | None:
        """One track of that orbit."""
        return self._db.find(f"{_TRACK} WHERE t.orbit_id = ? AND t.id = ?", orbit, key)

    def of_artifact(self, artifact: str) -> list[Row]:
        """The tracks that an artifact is in, oldest first."""
        inside = "SELECT track_id FROM track_entries WHERE artifact_id = ?"
        return self._db.rows(f"{_TRACK} WHERE t.id IN ({inside}) ORDER BY t.rowid", artifact)

    def add(self, values: dict[str, Any], stages: Sequence[str]) -> str:
        """A new track with its stages."""
        key = new_id()
        with self._db.transaction():
            self._db.insert("tracks", {"id": key, **values, "created_at": now()})
            for name in stages:
                self._add_stage(key, name)
        return key

    def change(self, key: str, values: dict[str, Any], stages: Sequence[NamedStage] | None) -> None:
        """Change some columns; ``stages`` are all that shall be there."""
        with self._db.transaction():
            self._db.update("tracks", key, {**values, "updated_at": now()})
            if stages is None:
                return
            kept = {stage.id for stage in stages}
            for row in self.stages(key):
                if row["id"] not in kept:
                    self._db.run("DELETE FROM track_stages WHERE id = ?", row["id"])
            for stage in stages:
                if stage.id is None:
                    self._add_stage(key, stage.name)
                else:
                    changes = {"name": stage.name, "updated_at": now()}
                    self._db.update("track_stages", stage.id, changes)

    def remove(self, key: str) -> None:
        """Drop a track with all that is in it."""
        self._db.run("DELETE FROM tracks WHERE id = ?", key)

    def stages(self, track: str) -> list[Row]:
        """The stages of a track, in the order in which they were made."""
        return self._db.rows(f"{_STAGE} WHERE s.track_id = ? ORDER BY s.rowid", track)

    def _add_stage(self, track: str, name: str) -> None:
        values = {"id": new_id(), "track_id": track, "name": name, "created_at": now()}
        self._db.insert("track_stages", values)

    # Entries

    def entries(self, track: str, stage: str | None, wanted: Selection) -> list[Row]:
        """The entries of a track with the names of their artifacts and stages."""
        query = Query()
        query.add("track_id = ?", track)
        if stage is not None:
            query.add("stage_id = ?", stage)
        return page(self._db, _ENTRY, query, wanted)

    def entry(self, track: str, key: str) -> Row | None:
        """One entry of that track."""
        return self._db.find(f"{_ENTRY} WHERE e.track_id = ? AND e.id = ?", track, key)

    def holder(self, track: str, stage: str) -> Row | None:
        """The entry that holds a stage."""
        return self._db.find(f"{_ENTRY} WHERE e.track_id = ? AND e.stage_id = ?", track, stage)

    def add_entry(self, track: str, artifact: str, stage: str | None, by: str) -> str:
        """The next version of a track. Its number is never given again."""
        key = new_id()
        with self._db.transaction():
            version = self._db.row("SELECT next_version FROM tracks WHERE id = ?", track)[0]
            self._db.update("tracks", track, {"next_version": version + 1})
            self._db.insert(
                "track_entries",
                {"id": key, "track_id": track, "artifact_id": artifact, "version": version,
                 "stage_id": stage, "added_by": by, "created_at": now()},
            )  # fmt: skip
        return key

    def move_stage(self, track: str, key: str, stage: str | None) -> None:
        """Give an entry a stage; whoever held it has none then."""
        with self._db.transaction():
            self._db.run(
                "UPDATE track_entries SET stage_id = NULL WHERE track_id = ? AND stage_id = ?",
                track,
                stage,
            )
            self._db.update("track_entries", key, {"stage_id": stage, "updated_at": now()})

    def remove_entries(self, track: str, keys: Sequence[str]) -> None:
        """Take entries out of a track."""
        sql = "DELETE FROM track_entries WHERE track_id = ? AND id = ?"
        self._db.run_many(sql, [(track, key) for key in keys])
