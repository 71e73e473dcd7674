"""Tracks, blocking and awaiting."""

from __future__ import annotations

import builtins
from typing import Any

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records.tracks import Tracks
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.types import Track, TrackEntry

from .resource import AsyncResource, Resource, operation


class _Tracks:
    """Tracks go by id or exact name, stages too. ConfigurationError where the server has none."""

    _context: Context

    @operation
    def list(
        self, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[builtins.list[Track]]:
        """Every track of the orbit, oldest first, each with its stages."""
        return Tracks(self._context, organization_id, orbit_id).list()

    @operation
    def get(
        self, value: str, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[Track | None]:
        """One by id or exact name, None when there is none."""
        return Tracks(self._context, organization_id, orbit_id).get(value)

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
        return Tracks(self._context, organization_id, orbit_id).create(
            name, artifact_type, description, tags, stages or []
        )

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
        """Change what is given. ``stages`` names all that shall be there.

        Raises:
            ConflictError: a stage that is left out is held by a version.
        """
        given = {"name": name, "description": description, "tags": tags, "stages": stages}
        changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
        return Tracks(self._context, organization_id, orbit_id).update(track, changes)

    @operation
    def delete(
        self, track: str, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[None]:
        """Delete a track with its versions; their artifacts stay."""
        return Tracks(self._context, organization_id, orbit_id).delete(track)

    @operation
    def entries(
        self, track: str, *, organization_id: str | None = None, orbit_id: str | None = None
    ) -> Flow[builtins.list[TrackEntry]]:
        """The versions of a track, the first one first."""
        return Tracks(self._context, organization_id, orbit_id).entries(track)

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
        return Tracks(self._context, organization_id, orbit_id).add(track, artifact_id, stage)

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
        tracks = Tracks(self._context, organization_id, orbit_id)
        return tracks.set_stage(track, entry_id, stage, force=force)

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
        return Tracks(self._context, organization_id, orbit_id).remove(track, entry_id)


class TrackResource(Resource, _Tracks):
    """The tracks of an orbit (the default one unless ids are given)."""


class AsyncTrackResource(AsyncResource, _Tracks):
    """The tracks of an orbit (the default one unless ids are given)."""
