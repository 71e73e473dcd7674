"""Records in the JSON of LUML servers, where they say more than those of 2025."""

from collections.abc import Iterable

from dfs_desktop.server.rest.records import DATES, Records, Shape, picked, stored_json
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
        orbits = self.catalog.store.all("orbits", bucket_secret_id=row["id"])
        shape["orbits"] = [picked(orbit, "id", "name", *DATES) for orbit in orbits]
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
        tracks = self.catalog.store.tracks.of_artifact(row["id"])
        return {
            **self.artifact(row),
            "deployments": [],
            "tracks": [picked(track, "id", "name", *DATES) for track in tracks],
            "collection": self.collection(collection),
        }

    def stages(self, rows: Iterable[Row]) -> list[Shape]:
        """The stages of a track."""
        columns = ("id", "track_id", "name", *DATES)
        return [{**picked(row, *columns), "is_used": bool(row["is_used"])} for row in rows]

    def track(self, row: Row) -> Shape:
        """A track with its stages."""
        return {
            **picked(row, "id", "orbit_id", "name", "artifact_type", "description", "next_version",
                     "total_entries", *DATES),
            "tags": stored_json(row["tags"]),
            "stages": self.stages(self.catalog.store.all("track_stages", track_id=row["id"])),
        }  # fmt: skip

    def entry(self, row: Row) -> Shape:
        """A version in a track."""
        return picked(
            row, "id", "track_id", "artifact_id", "version", "stage_id", "added_by", *DATES,
            "artifact_name", "artifact_description", "stage_name",
        )  # fmt: skip
