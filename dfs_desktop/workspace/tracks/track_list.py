"""The tracks of the open orbit with their versions, read behind the artifacts."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from dfs_desktop.api import APIStatusError, DataForceError, ModelArtifact, Track, TrackEntry
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import tr
from dfs_desktop.workspace.deletion.tracks_and_deployments import InTrack
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Notice, from_error
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.session import Place, Session, Stage
from dfs_desktop.workspace.state import AppState

log = logging.getLogger(__name__)

MOST_TRACKS = 100  # whose versions are read beside the list; those of others when one is opened
MOST_LOOKED_THROUGH = 20_000  # artifacts of an orbit, for the metrics of a track's versions


class Membership(Struct, frozen=True):
    """A version of a track, with the track."""

    track: Track
    entry: TrackEntry

    @property
    def stage(self) -> str:
        """The name of its stage, or nothing."""
        return stage_name(self.track, self.entry)

    @property
    def words(self) -> str:
        """`v3 of “Release” (production)`."""
        track, number = visible(self.track.name), self.entry.version
        words = tr("v{version} of “{name}”", version=number, name=track)
        return f"{words} ({self.stage})" if self.stage else words


def stage_name(track: Track, entry: TrackEntry) -> str:
    """The name of the stage that an entry holds, or nothing."""
    named = next((each.name for each in track.stages if each.id == entry.stage_id), "")
    return named or (entry.stage_name or "") if entry.stage_id else ""


class TrackList:
    """Where the person is among the tracks. `changed` tells that something of it is otherwise.

    ``there``: the server has tracks, and the account may see them.
    """

    def __init__(self, state: AppState, browser: Browser) -> None:
        self._state = state
        self.changed: Event[[]] = Event()
        self.there = False
        self.tracks: Sequence[Track] = ()
        self.entries: dict[str, Sequence[TrackEntry]] = {}
        self.opened = ""  # the id of the track whose page is shown
        self.artifacts: Mapping[str, ModelArtifact] = {}  # of the opened track, as far as they came
        self.loading = False  # the versions of the opened track are on their way
        self.problem: Notice | None = None  # why the opened track cannot be shown
        self._members: dict[str, list[Membership]] = {}
        self._orbit: tuple[Session, str, str] | None = None
        self._collection = ""
        self._step = 0
        state.session_changed.connect(self._follow)
        browser.refreshed.connect(self.load)

    # Where the person goes.

    def _follow(self) -> None:
        session = self._state.session
        place = session.place
        if self._orbit is not None and (
            self._orbit[0] is not session or self._orbit[1:] != (place.organization, place.orbit)
        ):
            self._forget()
        elif self.opened and place.collection != self._collection:
            self.leave()
        ready = session.stage is Stage.READY and not session.loading and not session.remembered
        if self._orbit is None and ready and session.client is not None and place.orbit:
            self._orbit = session, place.organization, place.orbit
            self.load()

    def _forget(self) -> None:
        self._step += 1
        self._orbit, self.there, self.opened = None, False, ""
        self.tracks, self.entries, self.artifacts = (), {}, {}
        self.loading, self.problem = False, None
        self._tell()

    def open(self, track_id: str) -> None:
        """Show the page of a track."""
        if self.track(track_id) is None or track_id == self.opened:
            return
        self.opened, self.artifacts = track_id, {}
        self._collection = self._state.session.place.collection
        self._state.tasks.start(self._load_opened(track_id), "open the track")

    def leave(self) -> None:
        """Back to the collection."""
        if self.opened:
            self.opened, self.artifacts, self.problem, self.loading = "", {}, None, False
            self.changed.emit()

    # What is known.

    def track(self, track_id: str) -> Track | None:
        return next((each for each in self.tracks if each.id == track_id), None)

    def of(self, artifact_id: str) -> Sequence[Membership]:
        """The versions that an artifact is."""
        return self._members.get(artifact_id, ())

    def holder(self, track_id: str, stage_id: str) -> TrackEntry | None:
        """The version that holds a stage."""
        there = self.entries.get(track_id, ())
        return next((each for each in there if each.stage_id == stage_id), None)

    def home(self, track_id: str) -> str:
        """The collection of the latest version that is known; empty where none is."""
        listing = self._state.listing
        entries = self.entries.get(track_id, ())
        for entry in sorted(entries, key=lambda each: each.version, reverse=True):
            row, artifact = listing.row(entry.artifact_id), self.artifacts.get(entry.artifact_id)
            if (found := row.artifact if row is not None else artifact) is not None:
                return found.collection_id
        return ""

    def takes(
        self, track_id: str, artifacts: Sequence[ModelArtifact], server: str, place: Place
    ) -> bool:
        """Whether artifacts of that place can become versions: of this orbit, and of the type."""
        here, track = self._state.session, self.track(track_id)
        same = server == here.profile.id and place.orbit == here.place.orbit
        kinds = {each.type or "model" for each in artifacts}
        return same and track is not None and kinds == {track.artifact_type}

    def ties(self, artifact_id: str) -> list[InTrack]:
        """What is told, and undone, before an artifact is deleted."""
        return [
            InTrack(each.track.id, each.entry.id, shortened(each.words, 80))
            for each in self.of(artifact_id)
        ]

    # Reading.

    @property
    def place(self) -> Place:
        return self._state.session.place

    def load(self) -> None:
        """Read all tracks anew; what is shown stays meanwhile."""
        session = self._state.session
        orbit = session.orbit
        hidden = orbit is not None and orbit.permissions and "track" not in orbit.permissions
        if session.client is None or not session.client.has_tracks or hidden:
            return
        self._step += 1
        self._state.tasks.start(self._load(session, self._step), "read the tracks")

    async def _load(self, session: Session, step: int) -> None:
        tracks = session.here().tracks
        entries: dict[str, Sequence[TrackEntry]] = {}
        try:
            found = sorted(await tracks.list(), key=lambda each: natural_key(each.name))
            for track in found[:MOST_TRACKS]:
                entries[track.id] = await tracks.entries(track.id) if track.total_entries else ()
        except APIStatusError as error:  # 404: a server before tracks; 403: they are not for us
            log.info("no tracks: %s", error.status_code)
            found, there = [], self.there
        except DataForceError as error:
            log.info("tracks not read: %s", type(error).__name__)  # those of before stay
            return
        else:
            there = True
        if step != self._step:
            return
        self.there, self.tracks = there, found
        if self.opened and self.track(self.opened) is None:
            self.opened = ""
        if self.opened and self.opened in entries:
            self._state.tasks.start(self._load_opened(self.opened), "read the track")
        self.entries = entries
        self._tell()

    async def reload(self, track_id: str) -> None:
        """Read one track anew after it was changed here."""
        session, step = self._state.session, self._step
        tracks = session.here().tracks
        track = await tracks.get(track_id)
        entries = await tracks.entries(track_id) if track is not None else ()
        if step != self._step:
            return
        others = [each for each in self.tracks if each.id != track_id]
        kept = others if track is None else [*others, track]
        self.tracks = sorted(kept, key=lambda each: natural_key(each.name))
        self.entries[track_id] = entries
        self.there = True
        if track is None and self.opened == track_id:
            self.opened = ""
        self._tell()
        if self.opened == track_id:
            await self._load_artifacts(track_id)

    async def _load_opened(self, track_id: str) -> None:
        session = self._state.session
        self.loading, self.problem = True, None
        self.changed.emit()
        try:
            self.entries[track_id] = await session.here().tracks.entries(track_id)
            if self.opened == track_id:
                self._tell()
            await self._load_artifacts(track_id)
        except Exception as error:  # noqa: BLE001  shown in place of the page
            if self.opened == track_id:
                again = Action(tr("Try again"), lambda: self._reopen(track_id))
                self.problem = from_error(error, tr("Could not load this track"), again)
        finally:
            if self.opened == track_id:
                self.loading = False
                self.changed.emit()

    def _reopen(self, track_id: str) -> None:
        self.opened = ""
        self.open(track_id)

    async def _load_artifacts(self, track_id: str) -> None:
        """Find the records of the versions: in the open collection, else in the lists of the orbit."""
        listing, session = self._state.listing, self._state.session
        wanted = {each.artifact_id for each in self.entries.get(track_id, ())}
        found = {key: row.artifact for key in wanted if (row := listing.row(key)) is not None}
        found |= {
            key: self.artifacts[key] for key in (wanted & self.artifacts.keys()) - found.keys()
        }
        self._show_artifacts(track_id, found)
        looked_through = 0
        if wanted <= found.keys():
            return
        async for page in session.here().model_artifacts.pages(whole_orbit=True):
            looked_through += len(page)
            fresh = {each.id: each for each in page if each.id in wanted - found.keys()}
            if fresh:
                found |= fresh
                self._show_artifacts(track_id, found)
            if wanted <= found.keys() or looked_through >= MOST_LOOKED_THROUGH:
                return

    def _show_artifacts(self, track_id: str, found: Mapping[str, ModelArtifact]) -> None:
        if self.opened == track_id:
            self.artifacts = dict(found)
            self.changed.emit()

    def _tell(self) -> None:
        """Who is in which track, for the table; then tell everybody."""
        members: dict[str, list[Membership]] = defaultdict(list)
        for track in self.tracks:
            for entry in self.entries.get(track.id, ()):
                members[entry.artifact_id].append(Membership(track, entry))
        self._members = dict(members)
        several = len(self.tracks) > 1
        stages = {
            key: words
            for key, those in members.items()
            if (words := tuple(_chip(each, several=several) for each in those if each.stage))
        }
        shown = stages if self.there and self.tracks else None
        if shown != self._state.listing.stages:
            self._state.listing.show_stages(shown)
        self.changed.emit()


def _chip(member: Membership, *, several: bool) -> str:
    """A stage in a word; with the track's name where there are more tracks than one."""
    return f"{member.track.name}: {member.stage}" if several else member.stage
