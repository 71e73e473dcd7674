"""Records in the JSON of LUML servers, where they say more than those of 2025."""

from collections.abc import Iterable

from dfs_desktop.server.rest.records import Records, Shape, stored_json
from dfs_desktop.server.store.database import Row


class LumlRecords(Records):
    """Nothing is deployed from a local registry."""

    def secret(self, row: Row) -> Shape:
        """The registry's own takes the protocol of the store in use."""
        shape = super().secret(row)
        shape["type"] = self.catalog.presigner.kind if row["built_in"] else row["type"]
        if shape["type"] == "s3":
            shape["region"] = row["region"] or ""
        else:
            for name in ("secure", "region", "cert_check"):
                del shape[name]
        orbits = self.catalog.places.orbits_on(row["id"])
        columns = ("id", "name", "created_at", "updated_at")
        shape["orbits"] = [{name: orbit[name] for name in columns} for orbit in orbits]
        return shape

    def orbit_details(self, row: Row) -> Shape:
        """One orbit, with its members and the tags of its collections."""
        tags = self.catalog.store.pages.collection_tags(row["id"])
        return {**super().orbit_details(row), "collections_tags": tags}

    def collection_details(self, row: Row) -> Shape:
        """One collection, with the tags and metrics of its artifacts."""
        tags, metrics = self.catalog.store.pages.labels(row["id"])
        shape = self.collection(row)
        return {**shape, "artifacts_tags": tags, "artifacts_extra_values": metrics}

    def artifact(self, row: Row) -> Shape:
        """An artifact, as creating and changing one answers."""
        return {**super().artifact(row), "type": row["type"]}

    def artifact_item(self, row: Row) -> Shape:
        """An artifact in a list."""
        return {**self.artifact(row), "deployments": [], "collection_name": row["collection_name"]}

    def artifact_details(self, row: Row, collection: Row) -> Shape:
        """One artifact."""
        columns = ("id", "name", "created_at", "updated_at")
        tracks = self.catalog.store.tracks.of_artifact(row["id"])
        return {
            **self.artifact(row),
            "deployments": [],
            "tracks": [{name: track[name] for name in columns} for track in tracks],
            "collection": self.collection(collection),
        }

    def stage(self, row: Row) -> Shape:
        """A stage of a track."""
        columns = ("id", "track_id", "name", "created_at", "updated_at")
        return {**{name: row[name] for name in columns}, "is_used": bool(row["is_used"])}

    def stages(self, rows: Iterable[Row]) -> list[Shape]:
        """The stages of a track."""
        return [self.stage(row) for row in rows]

    def track(self, row: Row) -> Shape:
        """A track with its stages."""
        columns = (
            "id", "orbit_id", "name", "artifact_type", "description", "next_version",
            "total_entries", "created_at", "updated_at",
        )  # fmt: skip
        return {
            **{name: row[name] for name in columns},
            "tags": stored_json(row["tags"]),
            "stages": self.stages(self.catalog.store.tracks.stages(row["id"])),
        }

    def entry(self, row: Row) -> Shape:
        """A version in a track."""
        columns = (
            "id", "track_id", "artifact_id", "version", "stage_id", "added_by", "created_at",
            "updated_at", "artifact_name", "artifact_description", "stage_name",
        )  # fmt: skip
        return {name: row[name] for name in columns}
