"""Copies and moves: planned from what is selected, judged by the target, queued as transfers."""

import secrets
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec.structs import astuple, replace

from dfs_desktop.api import CopySource, DownloadRecord, ModelArtifact, Scope, UploadRecord
from dfs_desktop.api import ModelArtifactStatus as Status
from dfs_desktop.artifact import safe_name
from dfs_desktop.disk_errors import is_folder
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr
from dfs_desktop.workspace.deletion.deleter import Deleter, Deletion
from dfs_desktop.workspace.editing.undo_list import UndoList
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.state import AppState

from .copied_from import CopyRecords
from .copy_batch import CopyBatch, Show
from .destinations import BETWEEN, Destinations, Target, target_here
from .plan import CopyPlan, Origin, Verdict

MOST_PAGES = 200  # of the target's collection, in which the same bytes are looked for
_LONGEST_NAME = 150  # bytes of a file's name on the way; its registered name is another matter


class Copies:
    """`spool` is the folder that files pass through, each in a folder of its own that goes with it."""

    def __init__(
        self,
        state: AppState,
        queue: Queue,
        clients: Clients,
        deleter: Deleter,
        spool: Path,
        records: CopyRecords,
        show: Show,
    ) -> None:
        """`show` goes to an artifact of any server."""
        self._state, self._queue, self._clients = state, queue, clients
        self._deleter, self._spool, self.records = deleter, spool, records
        self._show = show
        self.destinations = Destinations(state, clients)
        self._told: set[Job] = set()
        self._batches: dict[Job, CopyBatch] = {}
        self._moved: dict[Origin, list[ModelArtifact]] = {}

    def plan(self, artifacts: Iterable[ModelArtifact], *, move: bool = False) -> CopyPlan | None:
        """What of these rows of the open place can be meant; None when nothing is."""
        session, stays = self._state.session, self._state.listing.stays
        chosen = [a for a in artifacts if stays(a.id)]
        if not chosen or session.client is None:
            return None
        here = target_here(session)
        where = here.where if here is not None else session.profile.name
        if len({each.collection_id for each in chosen}) > 1:  # found in the whole orbit
            where = where.rpartition(BETWEEN)[0]
        return CopyPlan(chosen, Origin(session.profile.id, session.place, where), move)

    async def judge(self, plan: CopyPlan, target: Target) -> list[Verdict]:
        """What the target says to each; it is asked what it holds already."""
        from dfs_desktop.api.dialects.server_dialect import dialect_for

        from .judging import judge

        client = await self._clients.client(target.profile)
        place = target.place
        here = client.at(place.organization, place.orbit, place.collection)
        sizes = {artifact.size for artifact in plan.artifacts}
        present: dict[str, str] = {}
        pages = 0
        if place.collection:  # else it is still to be made
            async for page in here.model_artifacts.pages():
                for each in page:
                    stored = each.status is Status.UPLOADED
                    if stored and each.size in sizes and each.sha256:
                        present.setdefault(each.sha256, each.display_name)
                pages += 1
                if pages == MOST_PAGES:
                    break
        dialect = dialect_for(client.generation or "A")
        in_thread = self._state.tasks.in_thread
        free = await in_thread(_free, self._spool)
        return await in_thread(judge, plan, target, dialect, present, free)

    def submit(
        self,
        plan: CopyPlan,
        target: Target,
        verdicts: Sequence[Verdict],
        *,
        again: bool = False,
        undo_list: UndoList | None = None,
    ) -> list[Job]:
        """Queue a transfer for each that goes; `again`: also for what is there already. With an
        `undo_list` a person asked for it, who is told where they are; in it the copies are one step,
        and a move has that of its deletion."""
        chosen = [each.artifact for each in verdicts if each.goes(again=again)]
        jobs = [self._job(plan, artifact, target) for artifact in chosen]
        if undo_list is not None:
            state = self._state
            batch = CopyBatch(
                undo_list, self._deleter, target, state.session.profile.id,
                state.notices.notify, self._show, plan.move, set(jobs),
            )  # fmt: skip
            self._batches.update(dict.fromkeys(jobs, batch))
        self._state.slices.run(self._queue.add, jobs)
        return jobs

    def _job(self, plan: CopyPlan, artifact: ModelArtifact, target: Target) -> Job:
        name = artifact.display_name
        folder = self._spool / secrets.token_hex(8)
        path = folder / safe_name(artifact.file_name, limit=_LONGEST_NAME)
        old, there = plan.origin.place, Scope(*astuple(target.place))
        home = Scope(old.organization, old.orbit, artifact.collection_id)
        fetch = DownloadRecord(artifact.id, str(path), home)
        source = CopySource(fetch, plan.origin.profile, plan.origin.where, plan.move)
        record = UploadRecord(
            str(path), name, there, artifact.description, artifact.tags, source=source
        )
        job = Job.of(name, record, target.profile.id)
        job.provisional = replace(
            artifact,
            id=job.provisional_id,
            collection_id=there.collection,
            collection_name=None,
            status=Status.PENDING_UPLOAD,
            deployments=[],
            tracks=[],
            created_at=None,
            updated_at=None,
        )
        return job

    def on_job_changed(self, job: Job) -> None:
        """A copy that arrived is remembered; of a move, the original goes when all have arrived."""
        if (source := job.source) is None or not job.state.ended or job in self._told:
            return
        if (batch := self._batches.get(job)) is not None:
            batch.ended(job)
            if job.state is not State.FAILED:  # which may be tried again
                del self._batches[job]
        if job.state is State.DONE:
            self._told.add(job)
            self._arrived(job, source)
        if source.move:
            self._delete_moved(_origin(source))

    def _arrived(self, job: Job, source: CopySource) -> None:
        copy, fetch = job.artifact, source.fetch
        if copy is None:
            return
        home = "" if source.move else _origin(source).place.text()  # a moved one is gone
        found = self.records.note(copy.id, source.where, fetch.artifact_id, source.server, home)
        write = self._state.tasks.in_thread(self.records.write, copy.id, found)
        self._state.tasks.start(write, "remember where a copy came from")
        record = job.record
        proven = isinstance(record, UploadRecord) and (
            copy.status is Status.UPLOADED
            and copy.size == fetch.size == record.size
            and copy.sha256 == record.sha256
        )
        if source.move and proven:
            original = ModelArtifact(
                id=fetch.artifact_id,
                collection_id=fetch.place.collection,
                model_name=job.title,
                file_name=fetch.file_name,
                size=fetch.size,
            )
            self._moved.setdefault(_origin(source), []).append(original)

    def _delete_moved(self, origin: Origin) -> None:
        """One deletion, with its time to take it back, for all that were moved together."""
        running = (job.source for job in self._queue.running())
        if any(each is not None and each.move and _origin(each) == origin for each in running):
            return
        if artifacts := self._moved.pop(origin, []):
            where = tr("“{name}”", name=origin.where.rpartition(BETWEEN)[2])
            self._deleter.begin(Deletion(artifacts, origin.place, origin.profile, where))

    async def resume(self) -> None:
        """At the start: know the copies of earlier runs, and remove files that nobody waits for."""
        in_thread = self._state.tasks.in_thread
        await in_thread(self.records.load)
        found = await in_thread(_folders, self._spool)
        wanted = {job.path.parent.name for job in self._queue.jobs if job.source is not None}
        await in_thread(_sweep, [each for each in found if each.name not in wanted])
        self._state.session_changed.emit()


def _origin(source: CopySource) -> Origin:
    return Origin(source.server, Place(*astuple(source.fetch.place)), source.where)


def _free(folder: Path) -> int | None:
    """Bytes that are free where a folder is or will be; None when nobody knows."""
    while not is_folder(folder) and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _folders(spool: Path) -> list[Path]:
    try:
        return list(spool.iterdir())
    except OSError:
        return []


def _sweep(folders: list[Path]) -> None:
    """Remove what a run left that ended between the last byte and the clean-up."""
    for each in folders:
        shutil.rmtree(each, ignore_errors=True)
