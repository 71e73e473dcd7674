"""Tracks, their stages and their entries, as LUML servers have them since June 2026."""

from collections.abc import Callable, Mapping
from typing import Any

from dfs_desktop.api.errors import ConfigurationError, NotFoundError
from dfs_desktop.api.protocol.effects import Call, Flow
from dfs_desktop.api.protocol.paging import I, Page, everything
from dfs_desktop.api.protocol.scope import Scope, is_id
from dfs_desktop.api.types import Track, TrackEntry
from dfs_desktop.translation import later, tr

from .dataforce import PAGE, Dialect, path, query
from .records import read_entries, read_entry, read_nothing, read_track, read_tracks


class TrackCalls:
    """The requests about the tracks of one orbit."""

    def __init__(self, dialect: Dialect, place: Scope) -> None:
        if not dialect.has_tracks:
            raise ConfigurationError(
                tr("Servers have tracks since June 2026; this one is older."),
                title=tr("This server has no tracks"),
            )
        orbit = path("organizations", place.organization, "orbits", place.orbit)
        self._tracks = f"{dialect.prefix}{orbit}/tracks"

    def tracks(self) -> Flow[list[Track]]:
        """All, oldest first."""
        return _all(self._tracks, "created_at", read_tracks)

    def track(self, track_id: str) -> Call[Track]:
        return Call("GET", self._track(track_id), read_track, repeatable=True)

    def create(self, body: Mapping[str, Any]) -> Call[Track]:
        return Call("POST", self._tracks, read_track, dict(body), settle=True)

    def update(self, track_id: str, changes: Mapping[str, Any]) -> Call[Track]:
        return Call("PATCH", self._track(track_id), read_track, dict(changes), settle=True)

    def delete(self, track_id: str) -> Call[None]:
        return Call("DELETE", self._track(track_id), read_nothing, settle=True)

    def entries(self, track_id: str) -> Flow[list[TrackEntry]]:
        """All, in the order of their versions."""
        return _all(self._track(track_id) + "/entries", "version", read_entries)

    def add(self, track_id: str, artifact_id: str, stage_id: str | None) -> Call[TrackEntry]:
        body = {"artifact_id": artifact_id, "stage_id": stage_id}
        where = self._track(track_id) + "/entries"
        return Call("POST", where, read_entry, body, settle=True)

    def set_stage(
        self, track_id: str, entry_id: str, stage_id: str | None, *, force: bool
    ) -> Call[TrackEntry]:
        # Null takes the stage away. With force the entry that holds the stage loses it.
        where = self._entry(track_id, entry_id) + ("?force=true" if force else "")
        return Call("PATCH", where, read_entry, {"stage_id": stage_id}, settle=True)

    def remove(self, track_id: str, entry_id: str) -> Call[None]:
        return Call("DELETE", self._entry(track_id, entry_id), read_nothing, settle=True)

    def _track(self, track_id: str) -> str:
        return self._tracks + path(
            _checked(track_id, later("No track has the id {id!r}: ids are UUIDs."))
        )

    def _entry(self, track_id: str, entry_id: str) -> str:
        unknown = later("No entry has the id {id!r}: ids are UUIDs.")
        return f"{self._track(track_id)}/entries" + path(_checked(entry_id, unknown))


def _all(where: str, order: str, read: Callable[[bytes], Page[I]]) -> Flow[list[I]]:
    def ask(cursor: str | None) -> Call[Page[I]]:
        asked = query(limit=PAGE, sort_by=order, order="asc", cursor=cursor)
        return Call("GET", where + asked, read, repeatable=True)

    return everything(ask)


def _checked(value: str, unknown: str) -> str:
    if not is_id(value):  # a server would call the form wrong, or take it for another address
        raise NotFoundError(tr(unknown, id=value[:80]), status_code=404)
    return value
