"""Tracks, blocking and awaiting: found, made, changed; versions added and removed, stages moved."""

from __future__ import annotations

import builtins
from functools import partial
from typing import Any

from dfs_desktop.api.dialects.tracks import TrackCalls
from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records.settle_changes import deleted, has, made_since, settled
from dfs_desktop.api.flows.scope import find, pick
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.paging import or_none
from dfs_desktop.api.protocol.scope import is_id
from dfs_desktop.api.types import Track, TrackEntry
from dfs_desktop.translation import tr

from .resource import AsyncResource, Resource, operation


class _Tracks:
    """Tracks go by id or exact name, stages too. ConfigurationError where the server has none."""

    _context: Context

    @operation
    def list(
        self, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[builtins.list[Track]]:
        """Every track of the orbit, oldest first, each with its stages."""
        calls = yield from self._calls(organization_id, orbit_id)
        return (yield from calls.tracks())

    @operation
    def get(
        self, value: str, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[Track | None]:
        """One by id or exact name, None when there is none."""
        calls = yield from self._calls(organization_id, orbit_id)
        if not is_id(value):
            return find((yield from calls.tracks()), value, "track")
        return (yield from or_none(calls.track(value)))

    @operation
    def create(
        self,
        name: str,
        artifact_type: str = "model",
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        stages: builtins.list[str] | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[Track]:
        """A new track for artifacts of one type: "model", "dataset" or "experiment"."""
        calls = yield from self._calls(organization_id, orbit_id)
        begun = self._context.clock.now()
        body = {
            "name": name,
            "artifact_type": artifact_type,
            "description": description,
            "tags": tags,
            "stages": stages or [],
        }

        def look() -> Flow[Track | None]:
            named = [each for each in (yield from calls.tracks()) if each.name == name]
            return made_since(named, begun, named=bool(named))

        return (yield from settled(lambda: calls.create(body), look, again=False))

    @operation
    def update(
        self,
        track: str,
        name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
        stages: builtins.list[str] | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[Track]:
        """Change what is given. ``stages`` names all that shall be there, in their order; those that
        stay keep their holder.

        Raises:
            ConflictError: a stage that is left out is held by a version.
        """
        calls = yield from self._calls(organization_id, orbit_id)
        track_id = yield from _id_of(calls, track)
        given = {"name": name, "description": description, "tags": tags}
        plain: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
        changes = dict(plain)
        if stages is not None:
            now = yield from calls.track(track_id)
            known = {stage.name: stage.id for stage in now.stages}
            changes["stages"] = [
                {"id": known[name], "name": name} if name in known else {"name": name}
                for name in stages
            ]

        def look() -> Flow[Track | None]:
            found: Track = yield from calls.track(track_id)
            placed = stages is None or {each.name for each in found.stages} == set(stages)
            return found if placed and has(found, plain) else None

        return (yield from settled(lambda: calls.update(track_id, changes), look, again=False))

    @operation
    def delete(
        self, track: str, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[None]:
        """Delete a track with its versions; their artifacts stay."""
        calls = yield from self._calls(organization_id, orbit_id)
        track_id = yield from _id_of(calls, track)
        yield from deleted(calls.delete(track_id), calls.tracks, track_id)

    @operation
    def entries(
        self, track: str, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[builtins.list[TrackEntry]]:
        """The versions of a track, the first one first."""
        calls = yield from self._calls(organization_id, orbit_id)
        track_id = yield from _id_of(calls, track)
        return (yield from calls.entries(track_id))

    @operation
    def add(
        self,
        track: str,
        artifact_id: str,
        stage: str | None = None,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[TrackEntry]:
        """Add an artifact as the next version, at a stage that is free.

        Raises:
            BadRequestError: the artifact has another type than the track.
            ConflictError: it is in the track already, or the stage is held by another version.
        """
        calls = yield from self._calls(organization_id, orbit_id)
        track_id = yield from _id_of(calls, track)
        stage_id = yield from _stage_id(calls, track_id, stage)

        def look() -> Flow[TrackEntry | None]:
            there = yield from calls.entries(track_id)
            return next((each for each in there if each.artifact_id == artifact_id), None)

        return (yield from settled(lambda: calls.add(track_id, artifact_id, stage_id), look))

    @operation
    def set_stage(
        self,
        track: str,
        entry_id: str,
        stage: str | None,
        *,
        force: bool = False,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[TrackEntry]:
        """Move a version to a stage; None takes its stage away. ``force``: from whoever holds it.

        Raises:
            ConflictError: another version holds the stage, and it was not forced.
        """
        calls = yield from self._calls(organization_id, orbit_id)
        track_id = yield from _id_of(calls, track)
        stage_id = yield from _stage_id(calls, track_id, stage)

        def look() -> Flow[TrackEntry | None]:
            there = yield from calls.entries(track_id)
            found = next((each for each in there if each.id == entry_id), None)
            return found if found is not None and found.stage_id == stage_id else None

        send = partial(calls.set_stage, track_id, entry_id, stage_id, force=force)
        return (yield from settled(send, look))

    @operation
    def remove(
        self,
        track: str,
        entry_id: str,
        *,
        organization_id: str | None = None,
        orbit_id: str | None = None,
    ) -> Flow[None]:
        """Take a version out of a track; its artifact stays, its number is not given again."""
        calls = yield from self._calls(organization_id, orbit_id)
        track_id = yield from _id_of(calls, track)
        others = partial(calls.entries, track_id)
        yield from deleted(calls.remove(track_id, entry_id), others, entry_id)

    def _calls(self, organization: str | None, orbit: str | None) -> Flow[TrackCalls]:
        place = yield from self._context.orbit(organization, orbit)
        return TrackCalls(self._context.dialect, place)


def _id_of(calls: TrackCalls, track: str) -> Flow[str]:
    if is_id(track):
        return track
    if not track.strip():
        raise ConfigurationError(
            tr("Name a track, or give its id."), title=tr("No track was named")
        )
    return pick((yield from calls.tracks()), track, "track").id


def _stage_id(calls: TrackCalls, track_id: str, stage: str | None) -> Flow[str | None]:
    if stage is None or is_id(stage):
        return stage
    track: Track = yield from calls.track(track_id)
    return pick(track.stages, stage, "stage").id


class TrackResource(Resource, _Tracks):
    """The tracks of an orbit (the default one unless ids are given)."""


class AsyncTrackResource(AsyncResource, _Tracks):
    """The tracks of an orbit (the default one unless ids are given)."""
