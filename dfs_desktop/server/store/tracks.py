"""Tracks, their stages and their entries."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .database import Database, Row
from .pages import Query, Selection, page
from .schema import READ

TRACK_COLUMNS = ("created_at", "name", "description", "total_entries")
ENTRY_COLUMNS = ("created_at", "artifact_name", "description", "stage", "version")


class NamedStage(NamedTuple):
    """A stage as it shall be; without an id it is new."""

    id: str | None
    name: str


class Tracks:
    """Reads return rows, writers the id."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of_artifact(self, artifact: str) -> list[Row]:
        """The tracks that an artifact is in, oldest first."""
        inside = "SELECT track_id FROM track_entries WHERE artifact_id = ?"
        return self._db.rows(
            f"{READ['tracks']} WHERE t.id IN ({inside}) ORDER BY t.rowid", artifact
        )

    def add(self, values: dict[str, Any], stages: Sequence[str]) -> str:
        """A new track with its stages."""
        with self._db.transaction():
            key = self._db.add("tracks", values)
            for name in stages:
                self._db.add("track_stages", {"track_id": key, "name": name})
        return key

    def change(self, key: str, values: dict[str, Any], stages: Sequence[NamedStage] | None) -> None:
        """Change some columns; ``stages`` are all that shall be there."""
        with self._db.transaction():
            self._db.change("tracks", key, values)
            if stages is None:
                return
            kept = {stage.id for stage in stages}
            for row in self._db.all("track_stages", track_id=key):
                if row["id"] not in kept:
                    self._db.remove("track_stages", row["id"])
            for stage in stages:
                if stage.id is None:
                    self._db.add("track_stages", {"track_id": key, "name": stage.name})
                else:
                    self._db.change("track_stages", stage.id, {"name": stage.name})

    def entries(self, track: str, stage: str | None, wanted: Selection) -> list[Row]:
        """The entries of a track with the names of their artifacts and stages."""
        query = Query()
        query.add("track_id = ?", track)
        if stage is not None:
            query.add("stage_id = ?", stage)
        return page(self._db, "track_entries", query, wanted)

    def add_entry(self, track: str, artifact: str, stage: str | None, by: str) -> str:
        """The next version of a track. Its number is never given again."""
        with self._db.transaction():
            version = self._db.row("SELECT next_version FROM tracks WHERE id = ?", track)[0]
            self._db.update("tracks", track, {"next_version": version + 1})
            entry = {"track_id": track, "artifact_id": artifact, "version": version,
                     "stage_id": stage, "added_by": by}  # fmt: skip
            return self._db.add("track_entries", entry)

    def move_stage(self, track: str, key: str, stage: str | None) -> None:
        """Give an entry a stage; whoever held it has none then."""
        with self._db.transaction():
            self._db.run(
                "UPDATE track_entries SET stage_id = NULL WHERE track_id = ? AND stage_id = ?",
                track,
                stage,
            )
            self._db.change("track_entries", key, {"stage_id": stage})

    def remove_entries(self, track: str, keys: Sequence[str]) -> None:
        """Take entries out of a track."""
        sql = "DELETE FROM track_entries WHERE track_id = ? AND id = ?"
        self._db.run_many(sql, [(track, key) for key in keys])
