"""Uploads that were dropped on a track become its versions when they have arrived."""

from dfs_desktop.api import ModelArtifact, UploadRecord
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.translation import tr
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Place, Session
from dfs_desktop.workspace.state import AppState

from .track_editor import TrackEditor


class ArrivedUploads:
    """The track stands in the record of the upload, so that it is known after a restart, too."""

    def __init__(self, state: AppState, clients: Clients, editor: TrackEditor) -> None:
        self._state, self._clients, self._editor = state, clients, editor
        self._added: set[int] = set()  # numbers of jobs: an end may be told more than once

    def on_job_changed(self, job: Job) -> None:
        record = job.record
        if job.state is not State.DONE or not isinstance(record, UploadRecord) or not record.track:
            return
        if (artifact := job.artifact) is None or job.number in self._added:
            return
        self._added.add(job.number)
        self._state.attempt(
            tr("Could not add “{name}” to the track", name=job.title),
            lambda: self._add(job.profile, record, artifact),
        )

    async def _add(self, server: str, record: UploadRecord, artifact: ModelArtifact) -> None:
        client = await self._clients.of(server)
        profile = self._state.profile(server) or self._state.session.profile
        place = Place(record.place.organization, record.place.orbit, record.place.collection)
        session = Session(profile, client)
        await self._editor.add_arrived(session, place, record.track, artifact)
