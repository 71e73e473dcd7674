"""Changes of tracks: made, edited, deleted; versions added and removed, stages moved and moved back."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from dfs_desktop.api import ModelArtifact, Track, TrackEntry, errors
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import series, tr, trn
from dfs_desktop.workspace.editing.undo_list import UndoList
from dfs_desktop.workspace.notices import Action, Confirmation, Level, Notice
from dfs_desktop.workspace.quantities import count
from dfs_desktop.workspace.session import Place, Session
from dfs_desktop.workspace.state import AppState

from .track_list import TrackList, stage_name


class TrackValues(Struct, frozen=True):
    """What a person writes of a track."""

    name: str
    description: str
    tags: tuple[str, ...]
    stages: tuple[str, ...]
    kind: str = "model"


class _Where(Struct, frozen=True):
    """The server and the place at which a change was made; it is taken back there."""

    session: Session
    place: Place

    @property
    def tracks(self) -> Any:
        return self.session.here_at(self.place).tracks


class TrackEditor:
    """Tells each outcome as a notice; what went wrong can be tried again."""

    def __init__(self, state: AppState, listed: TrackList, undo_list: UndoList) -> None:
        self._state, self._listed, self._undo_list = state, listed, undo_list

    def _where(self) -> _Where:
        return _Where(self._state.session, self._state.session.place)

    def _say(self, title: str, detail: str = "", action: Action | None = None) -> None:
        self._state.notify(Notice(title, detail, Level.SUCCESS, action, seconds=8))

    # Tracks

    def create(self, values: TrackValues, then: Sequence[ModelArtifact] = ()) -> None:
        """A new track; ``then`` these become its first versions."""
        where = self._where()

        async def work() -> None:
            track = await where.tracks.create(
                values.name, values.kind, values.description or None, list(values.tags) or None,
                list(values.stages),
            )  # fmt: skip
            await self._listed.reload(track.id)
            self._say(tr("Track “{name}” was created", name=shortened(track.name, 60)))
            if then:
                await self._add(where, track, then, None)
            else:
                self._listed.open(track.id)

        self._state.attempt(tr("Could not create the track"), work)

    def edit(self, track: Track, values: TrackValues) -> None:
        """Send what was changed of a track."""
        where = self._where()
        before = [stage.name for stage in track.stages]
        changes: dict[str, Any] = {}
        if values.name != track.name:
            changes["name"] = values.name
        if values.description != track.description:
            changes["description"] = values.description
        if list(values.tags) != (track.tags or []):
            changes["tags"] = list(values.tags)
        if list(values.stages) != before:
            changes["stages"] = list(values.stages)
        if not changes:
            return

        async def work() -> None:
            await where.tracks.update(track.id, **changes)
            await self._listed.reload(track.id)
            self._say(tr("Track “{name}” was saved", name=shortened(values.name, 60)))

        self._state.attempt(tr("Could not save the track"), work)

    def deletion(self, track: Track) -> Confirmation:
        """What goes with a track; the first answer keeps it."""
        versions = len(self._listed.entries.get(track.id, ())) or track.total_entries or 0
        text = tr(
            "It has {versions} and {stages}: they go for everybody, and cannot be brought back. "
            "The artifacts themselves stay.",
            versions=count(versions, "version"),
            stages=count(len(track.stages), "stage"),
        )
        name = shortened(track.name, 60)
        return Confirmation(
            tr("Delete the track “{name}”?", name=name), text, (tr("Keep"), tr("Delete the track"))
        )

    def delete(self, track: Track) -> None:
        where = self._where()

        async def work() -> None:
            await where.tracks.delete(track.id)
            await self._listed.reload(track.id)
            title = tr("Track “{name}” was deleted", name=shortened(track.name, 60))
            self._say(title, tr("Its artifacts are as before."))

        self._state.attempt(tr("Could not delete the track"), work)

    # Versions

    def add(self, track: Track, artifacts: Sequence[ModelArtifact], stage_id: str | None) -> None:
        """Add artifacts as the next versions, the oldest first; the last one gets the stage."""
        where = self._where()
        self._state.attempt(
            tr("Could not add to the track"), lambda: self._add(where, track, artifacts, stage_id)
        )

    async def add_arrived(
        self, session: Session, place: Place, track_id: str, artifact: ModelArtifact
    ) -> None:
        """Add what was uploaded to become a version; ``session``: of any server."""
        where = _Where(session, place)
        if (track := await where.tracks.get(track_id)) is None:
            remedy = tr("The artifact is in its collection; add it to another track.")
            raise errors.ConfigurationError(tr("The track is gone"), remedy)
        await self._add(where, track, [artifact], None)

    async def _add(
        self, where: _Where, track: Track, artifacts: Sequence[ModelArtifact], stage_id: str | None
    ) -> None:
        there = {each.artifact_id for each in await where.tracks.entries(track.id)}
        fresh = sorted(
            (each for each in artifacts if each.id not in there),
            key=lambda each: (each.created_at or "", each.id),
        )
        added: list[TrackEntry] = []
        try:
            for each in fresh:  # one after the other: each gets the next number
                entry = await where.tracks.add(track.id, each.id)
                added.append(entry)
        finally:
            await self._reload(where, track)
        name = shortened(track.name, 60)
        if not added:
            one = tr("It is in “{name}” already", name=name)
            self._say(one if len(artifacts) == 1 else tr("All are in “{name}” already", name=name))
            return
        versions = series(f"v{each.version}" for each in added[:5])
        title = tr("Added to “{name}” as {versions}", name=name, versions=versions)
        if len(added) > 5:
            title = trn(
                "{amount} artifact added to “{name}”",
                "{amount} artifacts added to “{name}”",
                len(added),
                name=name,
            )
        undone = self._undo_list.push(
            tr("Add to Track"),
            lambda: self._take_out(where, track, added),
            server=where.session.profile.id,
        )
        undo = self._undo_list.offer(undone)
        self._say(title, action=undo)
        if stage_id is not None:
            self.set_stage(track, added[-1], stage_id)

    async def _take_out(self, where: _Where, track: Track, added: Sequence[TrackEntry]) -> None:
        for entry in added:
            await where.tracks.remove(track.id, entry.id)
        await self._reload(where, track)

    def removal(self, track: Track, entries: Sequence[TrackEntry]) -> Confirmation:
        """What removing versions means; the first answer keeps them."""
        held = [
            tr("“{name}”", name=shortened(name, 60))
            for each in entries
            if (name := stage_name(track, each))
        ]
        what = _named(entries[0]) if len(entries) == 1 else count(len(entries), "version")
        lines = [
            trn(
                "The artifact stays in the collection. A number that was given is not given again.",
                "The artifacts stay in the collection. A number that was given is not given again.",
                len(entries),
            )
        ]
        if held:
            stages = series(held[:5])
            lines.insert(0, tr("Nothing will be at {stages} afterwards.", stages=stages))
        title = tr(
            "Remove {versions} from “{name}”?", versions=what, name=shortened(track.name, 60)
        )
        return Confirmation(title, "\n\n".join(lines), (tr("Keep"), tr("Remove from the track")))

    def remove(self, track: Track, entries: Sequence[TrackEntry]) -> None:
        where = self._where()

        async def work() -> None:
            try:
                for entry in entries:
                    await where.tracks.remove(track.id, entry.id)
            finally:
                await self._listed.reload(track.id)
            what = f"v{entries[0].version}" if len(entries) == 1 else count(len(entries), "version")
            name = shortened(track.name, 60)
            self._say(tr("{versions} removed from “{name}”", versions=what, name=name))

        self._state.attempt(tr("Could not remove from the track"), work)

    # Stages

    def set_stage(self, track: Track, entry: TrackEntry, stage_id: str | None) -> None:
        """Move a version to a stage, or with None away from its stage.

        Who held the stage when it was chosen loses it; if that is another one by now, nothing is
        changed, and the person is told who it is.
        """
        where = self._where()
        held = self._listed.holder(track.id, stage_id) if stage_id is not None else None
        if held is not None and held.id == entry.id:
            return

        async def move() -> None:
            """From its known holder, and from nobody else."""
            there = await where.tracks.entries(track.id) if held is not None else ()
            now = next((each for each in there if each.stage_id == stage_id), None)
            if held is not None and now is not None and now.id not in (held.id, entry.id):
                await self._listed.reload(track.id)
                title, who = tr("Somebody else moved the stage"), _named(now)
                text = tr(
                    "Meanwhile {version} was put there. Look, then choose again.", version=who
                )
                raise errors.ConflictError(text, status_code=409, title=title)
            try:
                await where.tracks.set_stage(track.id, entry.id, stage_id, force=held is not None)
            finally:
                await self._reload(where, track)

        async def move_back() -> None:
            """Each of the two gets the stage that it had."""
            try:
                await where.tracks.set_stage(track.id, entry.id, entry.stage_id)
                if held is not None:
                    await where.tracks.set_stage(track.id, held.id, stage_id)
            finally:
                await self._reload(where, track)

        async def work() -> None:
            await move()
            name = next((each.name for each in track.stages if each.id == stage_id), "")
            step = self._undo_list.push(
                tr("Set Stage “{name}”", name=shortened(name, 40)) if name else tr("Clear Stage"),
                move_back,
                move,
                server=where.session.profile.id,
            )
            undo = self._undo_list.offer(step)
            version = tr(
                "v{version} of “{name}”", version=entry.version, name=shortened(track.name, 60)
            )
            title, lost = tr("{version} has no stage now", version=version), ""
            if name:
                title = tr("{version} is “{stage}” now", version=version, stage=shortened(name, 60))
            if held is not None:
                lost = tr("v{version} was there before.", version=held.version)
            self._say(title, lost, undo)

        self._state.attempt(tr("Could not set the stage"), work)

    async def _reload(self, where: _Where, track: Track) -> None:
        """Where the person has gone elsewhere meanwhile, nothing of it is shown."""
        session, place = self._state.session, self._state.session.place
        here = session.client is where.session.client
        if here and place.orbit == where.place.orbit:
            try:
                await self._listed.reload(track.id)
            except errors.DataForceError:
                self._listed.load()


def _named(entry: TrackEntry) -> str:
    if not entry.artifact_name:
        return f"v{entry.version}"
    return tr("v{version} “{name}”", version=entry.version, name=shortened(entry.artifact_name, 60))
