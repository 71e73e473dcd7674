"""What can be done with tracks, their stages and their entries, and when it is refused."""

from typing import Any

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.store.database import Row
from dfs_desktop.server.store.tracks import NamedStage

from .collections import Catalog, json_text
from .orbits import known

_FOREIGN_STAGE = "Stage does not belong to this track."


class TrackRules:
    """Answers with rows, or raises a refusal with the texts of the servers."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._store, self._tracks = catalog.store, catalog.store.tracks

    def track(self, ids: Ids) -> Row:
        orbit = self._catalog.stored_orbit(ids)["id"]
        row = self._store.one("tracks", orbit_id=orbit, id=ids["track_id"])
        return known(row, "Track not found")

    def add(self, ids: Ids, body: dict[str, Any]) -> Row:
        orbit, stages = self._catalog.stored_orbit(ids)["id"], body.pop("stages")
        _refuse_twins(stages)
        values = {**body, "orbit_id": orbit, "tags": json_text(body["tags"])}
        return self.track({**ids, "track_id": self._tracks.add(values, stages)})

    def change(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Change what was sent; ``stages`` are all that shall be there."""
        track = self.track(ids)["id"]
        sent = body.pop("stages", None)
        stages = None if sent is None else [NamedStage(**each) for each in sent]
        if stages is not None:
            self._check_stages(track, stages)
        if "tags" in body:
            body["tags"] = json_text(body["tags"])
        self._tracks.change(track, body, stages)
        return self.track(ids)

    def _check_stages(self, track: str, stages: list[NamedStage]) -> None:
        _refuse_twins([stage.name for stage in stages])
        there = {row["id"]: row for row in self._store.all("track_stages", track_id=track)}
        kept = {stage.id for stage in stages if stage.id is not None}
        if kept - there.keys():
            raise Refusal(422, _FOREIGN_STAGE)
        held = [row for key, row in there.items() if key not in kept and row["is_used"]]
        if held:
            named = ", ".join(f"'{row['name']}' ({row['id']})" for row in held)
            raise Refusal(409, f"Cannot remove stages that are assigned to a version: {named}.")

    def remove(self, ids: Ids) -> None:
        self._store.remove("tracks", self.track(ids)["id"])

    def stages(self, ids: Ids) -> list[Row]:
        return self._store.all("track_stages", track_id=self.track(ids)["id"])

    # Entries

    def entry(self, ids: Ids) -> Row:
        track = self.track(ids)["id"]
        row = self._store.one("track_entries", track_id=track, id=ids["entry_id"])
        return known(row, "Entry not found")

    def holder(self, ids: Ids, given: dict[str, Any]) -> Row:
        """The entry at a stage."""
        track = self.track(ids)["id"]
        self._stage(track, given["stage_id"], Refusal(404, "Stage not found"))
        return known(self._holder(track, given["stage_id"]), "Entry not found")

    def add_entry(self, ids: Ids, body: dict[str, Any]) -> Row:
        """The next version: an artifact of the same orbit and of the track's type."""
        track, key = self.track(ids), body["artifact_id"]
        found = self._store.one("artifacts_of_orbits", orbit_id=track["orbit_id"], id=key)
        artifact = known(found, "Artifact not found")
        if artifact["status"] == "pending_deletion":
            raise Refusal(409, "Artifact is being deleted.")
        if artifact["type"] != track["artifact_type"]:
            raise Refusal(
                400,
                f"Artifact type '{artifact['type']}' does not match "
                f"track artifact type '{track['artifact_type']}'.",
            )
        if any(row["id"] == track["id"] for row in self._tracks.of_artifact(artifact["id"])):
            raise Refusal(409, "Artifact is already an entry in this track.")
        self._require_stage(track["id"], body["stage_id"], "", "")
        by = self._store.places.user()["id"]
        key = self._tracks.add_entry(track["id"], artifact["id"], body["stage_id"], by)
        return self.entry({**ids, "entry_id": key})

    def move_stage(self, ids: Ids, body: dict[str, Any], *, force: bool) -> Row:
        """Give an entry a stage, or with null none; with *force* from whoever holds it."""
        row, stage = self.entry(ids), body["stage_id"]
        if not force:
            self._require_stage(row["track_id"], stage, row["id"], " Use force to reassign.")
        elif stage is not None:
            self._stage(row["track_id"], stage, Refusal(422, _FOREIGN_STAGE))
        self._tracks.move_stage(row["track_id"], row["id"], stage)
        return self.entry(ids)

    def remove_entry(self, ids: Ids) -> None:
        row = self.entry(ids)
        self._tracks.remove_entries(row["track_id"], [row["id"]])

    def remove_entries(self, ids: Ids, body: dict[str, Any]) -> None:
        self._tracks.remove_entries(self.track(ids)["id"], body["entry_ids"])

    def _stage(self, track: str, stage: str, otherwise: Refusal) -> Row:
        if (row := self._store.one("track_stages", track_id=track, id=stage)) is None:
            raise otherwise
        return row

    def _holder(self, track: str, stage: str) -> Row | None:
        return self._store.one("track_entries", track_id=track, stage_id=stage)

    def _require_stage(self, track: str, stage: str | None, own: str, advice: str) -> None:
        """Refuse a stage of another track, and one that another entry holds."""
        if stage is None:
            return
        name = self._stage(track, stage, Refusal(422, _FOREIGN_STAGE))["name"]
        holder = self._holder(track, stage)
        if holder is not None and holder["id"] != own:
            at = f"Stage '{name}' is already assigned to v{holder['version']}."
            raise Refusal(409, at + advice)


def _refuse_twins(names: list[str]) -> None:
    if len(set(names)) < len(names):
        raise Refusal(409, "Duplicate stage names are not allowed.")
