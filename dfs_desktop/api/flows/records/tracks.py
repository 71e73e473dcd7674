"""Tracks: found, made, changed; versions added and removed, stages moved."""

from __future__ import annotations

from typing import Any

from dfs_desktop.api.dialects.tracks import TrackCalls
from dfs_desktop.api.errors import ConfigurationError, NotFoundError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.scope import find, pick
from dfs_desktop.api.protocol.effects import Call, Flow
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.api.types import Track, TrackEntry

from .settle_changes import done, made_since, settled


class Tracks:
    """The operations on the tracks of one orbit, the default one unless ids are given."""

    def __init__(
        self, context: Context, organization: str | None = None, orbit: str | None = None
    ) -> None:
        self._context = context
        self._where = organization, orbit

    def _calls(self) -> Flow[TrackCalls]:
        place = yield from self._context.orbit(*self._where)
        return TrackCalls(self._context.dialect, place)

    def list(self) -> Flow[list[Track]]:
        calls = yield from self._calls()
        return (yield from calls.tracks())

    def get(self, value: str) -> Flow[Track | None]:
        """One by id or by its exact name."""
        calls = yield from self._calls()
        if not is_id(value):
            return find((yield from calls.tracks()), value, "track")
        try:
            found: Track = yield from calls.track(value)
        except NotFoundError:
            return None
        return found

    def create(
        self,
        name: str,
        artifact_type: str,
        description: str | None,
        tags: list[str] | None,  # type: ignore[valid-type]
        stages: list[str],  # type: ignore[valid-type]
    ) -> Flow[Track]:
        calls = yield from self._calls()
        begun = self._context.clock.now()
        body = {
            "name": name,
            "artifact_type": artifact_type,
            "description": description,
            "tags": tags,
            "stages": stages,
        }

        def look() -> Flow[Track | None]:
            named = [each for each in (yield from calls.tracks()) if each.name == name]
            return made_since(named, begun, named=bool(named))

        return (yield from settled(lambda: calls.create(body), look, again=False))

    def update(self, track: str, changes: dict[str, Any]) -> Flow[Track]:
        """Change what is given. ``stages`` are all names in their order; those that stay keep their
        holder, one that is held cannot go."""
        calls = yield from self._calls()
        track_id = yield from self._id(calls, track)
        wanted = changes.pop("stages", None)
        if wanted is not None:
            now = yield from calls.track(track_id)
            known = {stage.name: stage.id for stage in now.stages}
            changes["stages"] = [
                {"id": known[name], "name": name} if name in known else {"name": name}
                for name in wanted
            ]

        def look() -> Flow[Track | None]:
            found: Track = yield from calls.track(track_id)
            plain = all(
                getattr(found, key) == value for key, value in changes.items() if key != "stages"
            )
            same = wanted is None or {each.name for each in found.stages} == set(wanted)
            return found if plain and same else None

        return (yield from settled(lambda: calls.update(track_id, changes), look, again=False))

    def delete(self, track: str) -> Flow[None]:
        """Delete a track with its entries; the artifacts stay."""
        calls = yield from self._calls()
        track_id = yield from self._id(calls, track)

        def look() -> Flow[bool | None]:
            left = yield from calls.tracks()
            return None if any(each.id == track_id for each in left) else True

        yield from settled(lambda: done(calls.delete(track_id)), look)

    def entries(self, track: str) -> Flow[list[TrackEntry]]:  # type: ignore[valid-type]
        calls = yield from self._calls()
        track_id = yield from self._id(calls, track)
        return (yield from calls.entries(track_id))

    def add(self, track: str, artifact_id: str, stage: str | None) -> Flow[TrackEntry]:
        """Add an artifact as the next version."""
        calls = yield from self._calls()
        track_id = yield from self._id(calls, track)
        stage_id = yield from self._stage_id(calls, track_id, stage)

        def look() -> Flow[TrackEntry | None]:
            there = yield from calls.entries(track_id)
            return next((each for each in there if each.artifact_id == artifact_id), None)

        return (yield from settled(lambda: calls.add(track_id, artifact_id, stage_id), look))

    def set_stage(
        self, track: str, entry_id: str, stage: str | None, *, force: bool
    ) -> Flow[TrackEntry]:
        """Give an entry a stage, or none."""
        calls = yield from self._calls()
        track_id = yield from self._id(calls, track)
        stage_id = yield from self._stage_id(calls, track_id, stage)

        def look() -> Flow[TrackEntry | None]:
            there = yield from calls.entries(track_id)
            found = next((each for each in there if each.id == entry_id), None)
            return found if found is not None and found.stage_id == stage_id else None

        def send() -> Call[TrackEntry]:
            return calls.set_stage(track_id, entry_id, stage_id, force=force)

        return (yield from settled(send, look))

    def remove(self, track: str, entry_id: str) -> Flow[None]:
        """Take a version out of a track; the artifact stays."""
        calls = yield from self._calls()
        track_id = yield from self._id(calls, track)

        def look() -> Flow[bool | None]:
            left = yield from calls.entries(track_id)
            return None if any(each.id == entry_id for each in left) else True

        yield from settled(lambda: done(calls.remove(track_id, entry_id)), look)

    def _id(self, calls: TrackCalls, track: str) -> Flow[str]:
        if is_id(track):
            return track
        if not track.strip():
            raise ConfigurationError("Name a track, or give its id.", title="No track was named")
        return pick((yield from calls.tracks()), track, "track").id

    def _stage_id(self, calls: TrackCalls, track_id: str, stage: str | None) -> Flow[str | None]:
        if stage is None or is_id(stage):
            return stage
        track: Track = yield from calls.track(track_id)
        return pick(track.stages, stage, "stage").id
