"""The routes of tracks, their stages and their entries.

Bodies and answers follow the public source of the servers; they were not recorded.
"""

from functools import partial
from typing import Any

from dfs_desktop.server.http.requests import Parameter, parameters
from dfs_desktop.server.http.routing import Entry, Ids
from dfs_desktop.server.http.validation import (
    Field,
    fields,
    identifier,
    items,
    maybe,
    one_of,
    text,
)
from dfs_desktop.server.rest.bodies import MAYBE_TAGS, MAYBE_TEXT
from dfs_desktop.server.rules.artifact_types import TYPES
from dfs_desktop.server.rules.collections import Catalog
from dfs_desktop.server.rules.tracks import TrackRules
from dfs_desktop.server.store.tracks import ENTRY_COLUMNS, TRACK_COLUMNS

from .bodies import page
from .lists import page_of
from .records import LumlRecords

_Given = dict[str, Any]
_MAYBE_ID = maybe(identifier)

_track = fields(
    {
        "name": text(),
        "artifact_type": one_of(*TYPES),
        "description": MAYBE_TEXT,
        "tags": MAYBE_TAGS,
        "stages": Field(items(text()), []),
    }
)
_stage = fields({"id": _MAYBE_ID, "name": text()})
_track_changes = fields(
    {
        "name": Field(text()),
        "description": MAYBE_TEXT,
        "tags": MAYBE_TAGS,
        "stages": maybe(items(_stage)),
    },
    partial=True,
)
_entry = fields({"artifact_id": identifier, "stage_id": _MAYBE_ID})
_entry_changes = fields({"stage_id": _MAYBE_ID})
_entries = fields({"entry_ids": items(identifier)})
_track_page = page(one_of(*TRACK_COLUMNS), TYPES)
_entry_page = page(one_of(*ENTRY_COLUMNS), stage=Parameter(identifier))
_at_stage = parameters({"stage_id": Parameter(identifier, "")})
_force = parameters({"force": Parameter(one_of("true", "false", "1", "0"), "false")})


def entries(orbit: str, catalog: Catalog, records: LumlRecords) -> list[Entry]:
    """The routes below the address of an orbit."""
    rules, store = TrackRules(catalog), catalog.store.tracks
    tracks = f"{orbit}/tracks"
    one = f"{tracks}/{{track_id}}"
    versions = f"{one}/entries"
    version = f"{versions}/{{entry_id}}"

    def list_tracks(ids: Ids, given: _Given) -> Any:
        place = catalog.stored_orbit(ids)["id"]
        bound = ("tracks", place, given["sort_by"], given["order"])
        read = partial(catalog.store.pages.of_orbit, "tracks", "artifact_type")
        return page_of(read, place, given, bound, records.track)

    def list_entries(ids: Ids, given: _Given) -> Any:
        track = rules.track(ids)
        bound = ("entries", track["id"], given["sort_by"], given["order"])
        read = partial(store.entries, track["id"], given["stage"])
        return page_of(read, track["orbit_id"], given, bound, records.entry)

    def move_stage(ids: Ids, given: _Given, body: _Given) -> Any:
        return rules.move_stage(ids, body, force=given["force"] in ("true", "1"))

    return [
        Entry("POST", tracks, rules.add, records.track, _track),
        Entry("GET", tracks, list_tracks, query=_track_page),
        Entry("GET", one, rules.track, records.track),
        Entry("PATCH", one, rules.change, records.track, _track_changes),
        Entry("DELETE", one, rules.remove),
        Entry("GET", f"{one}/stages", rules.stages, records.stages),
        Entry("POST", versions, rules.add_entry, records.entry, _entry),
        Entry("GET", versions, list_entries, query=_entry_page),
        Entry("DELETE", versions, rules.remove_entries, None, _entries),
        Entry("GET", f"{versions}/by-stage", rules.holder, records.entry, query=_at_stage),
        Entry("GET", version, rules.entry, records.entry),
        Entry("PATCH", version, move_stage, records.entry, _entry_changes, _force),
        Entry("DELETE", version, rules.remove_entry),
    ]
