"""What a better file takes the place of is deleted when that one has arrived."""

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus, UploadRecord
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.state import AppState

from .deleter import Deleter, Deletion
from .naming import in_collection


class Replaced:
    """A deletion like any other, with its time to take it back. Which one goes stands in the record
    of the upload, so that it is known after a restart, too."""

    def __init__(self, state: AppState, deleter: Deleter) -> None:
        self._state, self._deleter = state, deleter
        self._done: set[int] = set()  # numbers of jobs: an end may be told more than once

    def on_job_changed(self, job: Job) -> None:
        record = job.ledger.record if job.ledger is not None else None
        if job.state is not State.DONE or not isinstance(record, UploadRecord):
            return
        arrived = job.artifact
        if not record.replaces or arrived is None or job.number in self._done:
            return
        self._done.add(job.number)
        if arrived.status is not ModelArtifactStatus.UPLOADED or arrived.id == record.replaces:
            return
        where = record.place
        row = self._state.listing.row(record.replaces)
        old = ModelArtifact(
            id=record.replaces, collection_id=where.collection, model_name=job.title
        )
        if row is not None:
            old = row.artifact
        place = Place(where.organization, where.orbit, where.collection)
        names = {each.id: each.name for each in self._state.session.collections}
        told = in_collection(names.get(where.collection) or where.collection)
        self._deleter.begin(Deletion([old], place, job.profile, told))
