"""What needs a person: stuck records of the open orbit, and transfers that cannot go on by themselves.

Nothing here acts on its own. Records that no transfer of this program owns may belong to somebody
who is uploading right now; they are only ever touched by a press of a button, after another look.
"""

import asyncio
import os
import stat
from collections.abc import Coroutine
from pathlib import Path

from dfs_desktop.api import DownloadRecord, ModelArtifact, PartialFileState, Scope, errors
from dfs_desktop.api import ModelArtifactStatus as Status
from dfs_desktop.api.storage.local.atomic_rename import publish_file
from dfs_desktop.artifact import visible
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.transfers.job import Job, State, is_provisional
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr
from dfs_desktop.workspace.deletion.deleter import Deleter
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.listing.row import UNSTORED, Row, status_text
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers.job_problem import problem_kind
from dfs_desktop.workspace.transfers.transfers import Transfers

from .items import Item, Step, is_quiet, key_of, of_job, of_record

_DISMISSED = "attention:dismissed"  # a key of the settings' layout
_MOST_DISMISSED = 500
_NEED_KEY = (errors.AuthenticationError, errors.UnconfirmedUploadError, CredentialsError)
_NEED_WAY = (errors.CertificateError, errors.ProxyLoginError)
_OVER = {State.DONE, State.CANCELLED}


class Attention:
    """`changed` tells that the items may be others than before."""

    def __init__(
        self, state: AppState, queue: Queue, transfers: Transfers, deleter: Deleter
    ) -> None:
        self._state, self._queue, self._transfers, self._deleter = state, queue, transfers, deleter
        self.changed: Event[[]] = Event()
        self.looking = False
        self.problem: Notice | None = None  # why the last look came to nothing
        self.acting: set[str] = set()  # keys of items that something is being done about
        self._orbit = ""
        self._found: dict[str, ModelArtifact] = {}
        transfers.jobs_changed.connect(self.changed.emit)
        state.listing.rows_changed.connect(self.changed.emit)
        state.session_changed.connect(self.changed.emit)

    def items(self) -> list[Item]:
        """What needs attention, what needs it most first."""
        session = self._state.session
        dismissed = self._dismissed()
        jobs = [of_job(job, session) for job in self._queue.jobs]
        records = [of_record(artifact, session) for artifact in self._records()]
        found = [item for item in (*jobs, *records) if item is not None]
        wanted = (item for item in found if item.key not in dismissed)
        return sorted(wanted, key=lambda item: (item.quiet, item.job is None))

    def urgent(self) -> int:
        """How many of them deserve a badge."""
        session, dismissed = self._state.session, self._dismissed()
        jobs = [of_job(job, session) for job in self._queue.jobs]
        keys = [item.key for item in jobs if item is not None and not item.quiet]
        keys += [key_of(artifact) for artifact in self._records() if not is_quiet(artifact)]
        return sum(key not in dismissed for key in keys)

    def _records(self) -> list[ModelArtifact]:
        """Stuck records of the open orbit, as far as they are known, that nothing here works on."""
        state = self._state
        session = state.session
        if session.client is None:
            return []
        stuck = dict(self._found) if self._orbit == session.place.orbit else {}
        whole = not session.loading and not session.search and not session.remembered
        if whole:  # the open list knows better than an earlier look at the orbit
            here = session.place.collection
            stuck = {i: a for i, a in stuck.items() if a.collection_id != here}
        stuck = {i: a for i, a in stuck.items() if i not in state.listing}
        stuck |= {a.id: a for a in state.listing.unstored() if not is_provisional(a.id)}
        if not stuck:
            return []
        owned = {job.artifact_id for job in self._queue.jobs if job.state not in _OVER}
        hidden = owned | state.listing.going
        return [artifact for key, artifact in stuck.items() if key not in hidden]

    def look(self) -> None:
        """Look through the whole open orbit."""
        if not self.looking:
            self._state.tasks.start(self._look(), "look for what needs attention")

    async def _look(self) -> None:
        session = self._state.session
        orbit = session.place.orbit
        if session.client is None or not orbit:
            return
        self.looking, self.problem = True, None
        self.changed.emit()
        found: dict[str, ModelArtifact] = {}
        try:
            async for page in session.here().model_artifacts.pages(whole_orbit=True):
                found.update({a.id: a for a in page if a.status in UNSTORED})
        except Exception as error:  # noqa: BLE001  said in the list; what is known stays there
            self.problem = from_error(error, tr("The orbit could not be looked through"))
        else:
            self._orbit, self._found = orbit, found
        finally:
            self.looking = False
            self.changed.emit()

    def take(self, item: Item, step: Step) -> None:
        """Do one of the things that an item offers."""
        offer = item.offer(step)
        if offer is None or offer.refusal or item.key in self.acting:
            return
        job, artifact = item.job, item.artifact
        if step is Step.DISMISS:
            self._dismiss(item.key)
        elif job is not None and step is Step.GO_ON:
            self._transfers.resume(job)
        elif job is not None and step is Step.APPROVE:
            self._transfers.approve_storage(job)
        elif job is not None and step is Step.DISCARD:
            self._queue.cancel(job)
        elif job is not None and step is Step.KEEP_BYTES:
            self._start(item, self._keep_bytes(job), "keep the wrong bytes")
        elif job is not None and step is Step.LET_GO:
            self._start(item, self._let_go(job), "let a transfer go")
        elif artifact is not None and step is Step.LET_GO:
            self._start(item, self._forget(artifact), "remove only the record")
        elif artifact is not None and step is Step.MARK_FAILED:
            self._start(item, self._mark_failed(artifact), "mark the upload as failed")
        elif artifact is not None and step in {Step.REMOVE_RECORD, Step.FINISH_DELETION}:
            self._start(item, self._remove(artifact, job), "remove the record")

    def key_entered(self, profile_id: str) -> None:
        """A connection got a new key: its transfers that waited for one go on."""
        self._go_on(profile_id, _NEED_KEY)

    def key_found(self, profile_id: str) -> None:
        """The keyring gave the key of a connection: its transfers that waited for that go on."""
        self._go_on(profile_id, (CredentialsError,))

    def _go_on(self, profile_id: str, faults: tuple[type[BaseException], ...]) -> None:
        for job in self._queue.jobs:
            # What is stored but not confirmed may have been refused for its key as well.
            if job.server == profile_id and job.state is State.ATTENTION and _is(job, faults):
                self._transfers.resume(job)

    def network_changed(self) -> None:
        """Connections leave by another way: what was refused on that of before goes on."""
        for job in self._queue.jobs:
            if job.state in {State.ATTENTION, State.FAILED} and _is(job, _NEED_WAY):
                self._transfers.resume(job)
        self._queue.retry_now()

    def _start(self, item: Item, work: Coroutine[object, object, None], name: str) -> None:
        self.acting.add(item.key)
        self.changed.emit()

        async def acted() -> None:
            try:
                await work
            finally:
                self.acting.discard(item.key)
                self.changed.emit()

        if self._state.tasks.start(acted(), name) is None:
            work.close()

    async def _fresh(self, artifact: ModelArtifact) -> ModelArtifact | None:
        """The record as it is at this moment; None when it is not the one any more that was shown."""
        state = self._state
        found = await state.session.here().model_artifacts.get(
            artifact.id, collection_id=artifact.collection_id
        )
        if found is not None and found.status == artifact.status:
            return found
        name = visible(artifact.display_name)
        title = tr("“{name}” is gone", name=name)
        if found is not None and found.status is Status.UPLOADED:
            title = tr("“{name}” is uploaded now", name=name)
        elif found is not None:
            status = status_text(Row(found))
            title = tr("“{name}” has another status now: {status}", name=name, status=status)
        detail = tr("Somebody else was faster, so nothing was done.")
        state.notify(Notice(title, detail, Level.INFORMATION, seconds=10))
        self._renew(artifact.id, found)
        return None

    def _renew(self, key: str, found: ModelArtifact | None) -> None:
        """Show what a record has become, in the list and here."""
        listing = self._state.listing
        self._found.pop(key, None)
        row = listing.row(key)
        if found is None:
            listing.remove(key)
            return
        if found.status in UNSTORED:
            self._found[key] = found
        if row is not None:
            listing.put(found, row.job)

    async def _mark_failed(self, artifact: ModelArtifact) -> None:
        here = self._state.session.here()
        if await self._fresh(artifact) is None:
            return
        updated = await here.model_artifacts.update(
            artifact.id, status=Status.UPLOAD_FAILED, collection_id=artifact.collection_id
        )
        self._renew(artifact.id, updated)

    async def _remove(self, artifact: ModelArtifact, job: Job | None) -> None:
        """By the deleter, as any artifact: half a minute to undo, then in steps that survive."""
        if await self._fresh(artifact) is None:
            return
        if job is not None:
            await self._given_up(job)
        self._found.pop(artifact.id, None)
        self._deleter.delete([artifact])

    async def _forget(self, artifact: ModelArtifact) -> None:
        """Remove only the record: the storage does not delete, or is away for good."""
        if await self._fresh(artifact) is None:
            return
        session = self._state.session
        place = Scope(session.place.organization, session.place.orbit, artifact.collection_id)
        await session.here().transfers.forget(place, artifact.id)
        self._renew(artifact.id, None)

    async def _let_go(self, job: Job) -> None:
        """End a clean-up that does not succeed; what stays behind is told."""
        stays = await self._transfers.let_go(job)
        self._queue.forget(job)
        if stays:
            title = tr("“{title}” was let go", title=visible(job.title))
            self._state.notify(Notice(title, stays, Level.WARNING))

    async def _given_up(self, job: Job) -> None:
        """A record that a transfer works on is not deleted: the transfer has to end first."""
        ended = asyncio.Event()
        disconnect = self._transfers.job_changed.connect(
            lambda changed: ended.set() if changed is job and job.state in _OVER else None
        )
        self._queue.cancel(job)
        try:
            await ended.wait()
        finally:
            disconnect()

    async def _keep_bytes(self, job: Job) -> None:
        record = job.record
        if not isinstance(record, DownloadRecord) or record.kept is None:
            raise errors.FileError(
                tr("The wrong bytes are gone already; download the artifact again.")
            )
        state = self._state
        path = await state.tasks.in_thread(keep_corrupt, record.kept)
        record.kept = None  # it is no partial file any more: giving up must not remove it
        self._queue.cancel(job)
        opened = self._state.folder_requested
        title = tr("The wrong bytes were kept as {name}", name=visible(path.name))
        detail = tr(
            "They are not what was registered: look into them with care, and delete them then."
        )
        show = Action(tr("Open folder"), lambda: opened.emit(path))
        state.notify(Notice(title, detail, Level.WARNING, show, seconds=12))

    def _dismissed(self) -> set[str]:
        return set(self._state.settings.layout.get(_DISMISSED, "").split())

    def _dismiss(self, key: str) -> None:
        """An item stays away until something else is the matter with it."""
        layout = self._state.settings.layout
        kept = [*layout.get(_DISMISSED, "").split(), *key.split()][-_MOST_DISMISSED:]
        layout[_DISMISSED] = " ".join(kept)
        self._state.save_settings()
        self.changed.emit()


def keep_corrupt(kept: PartialFileState) -> Path:
    """Give the partial file of a download the target's name with `.corrupt` behind it, or with a
    number where that is taken; FileError when it is not there any more. Blocking."""
    path, target = Path(kept.path), Path(kept.target)
    try:
        found = os.lstat(path)
        same = (found.st_dev, found.st_ino) == (kept.device, kept.inode)
        if same and stat.S_ISREG(found.st_mode):
            return publish_file(path, target.with_name(f"{target.name}.corrupt"), replace=False)
    except FileNotFoundError:
        pass
    raise errors.FileError(tr("The wrong bytes are gone already; download the artifact again."))


def _is(job: Job, kinds: tuple[type[BaseException], ...]) -> bool:
    """Whether a transfer stands at one of these errors, or at one that has such a cause."""
    kind, cause = problem_kind(job), job.error
    while cause is not None:
        if isinstance(cause, kinds):
            return True
        cause = cause.__cause__
    return kind is not None and issubclass(kind, kinds)
