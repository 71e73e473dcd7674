"""What uploads were for, once they have arrived: versions of a track, and better files of an artifact."""

from weakref import WeakSet

from msgspec.structs import astuple

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus, UploadRecord
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.translation import tr
from dfs_desktop.workspace.deletion.deleter import Deleter, Deletion
from dfs_desktop.workspace.deletion.naming import in_collection
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Place, Session
from dfs_desktop.workspace.state import AppState

from .track_editor import TrackEditor


class ArrivedUploads:
    """Track and replaced artifact stand in the record of the upload, so that they are known after a
    restart, too."""

    def __init__(
        self, state: AppState, clients: Clients, editor: TrackEditor, deleter: Deleter
    ) -> None:
        self._state, self._clients, self._editor, self._deleter = state, clients, editor, deleter
        self._done: WeakSet[Job] = WeakSet()  # an end may be told more than once

    def on_job_changed(self, job: Job) -> None:
        record, arrived = job.record, job.artifact
        if job.state is not State.DONE or not isinstance(record, UploadRecord) or arrived is None:
            return
        if job in self._done:
            return
        self._done.add(job)
        place = Place(*astuple(record.place))
        if record.track:
            self._state.attempt(
                tr("Could not add “{name}” to the track", name=job.title),
                lambda: self._add(job.profile, place, record.track, arrived),
            )
        uploaded = arrived.status is ModelArtifactStatus.UPLOADED
        if record.replaces and uploaded and arrived.id != record.replaces:
            self._delete(job, place, record.replaces)

    async def _add(self, server: str, place: Place, track: str, artifact: ModelArtifact) -> None:
        client = await self._clients.of(server)
        profile = self._state.profile(server) or self._state.session.profile
        await self._editor.add_arrived(Session(profile, client), place, track, artifact)

    def _delete(self, job: Job, place: Place, key: str) -> None:
        """A deletion like any other, with its time to take it back."""
        row = self._state.listing.row(key)
        old = ModelArtifact(id=key, collection_id=place.collection, model_name=job.title)
        known = self._state.session.collection_of(place.collection)
        told = in_collection(place.collection if known is None else known.name)
        artifacts = [old if row is None else row.artifact]
        self._deleter.begin(Deletion(artifacts, place, job.profile, told))
