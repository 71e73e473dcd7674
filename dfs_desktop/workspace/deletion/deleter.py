"""Deletions: asked, then struck through for half a minute to undo, only then sent."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from dfs_desktop.api import ConflictError, ModelArtifact, NotFoundError, Scope
from dfs_desktop.artifact import visible
from dfs_desktop.settings import LOCAL
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.transfers.unfinished_deletions import Deletions
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace.editing.undo_list import Step, UndoList
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Confirmation, Level, Notice, from_error
from dfs_desktop.workspace.quantities import count, possible, size
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.state import AppState

from .naming import in_collection, names, things, to_delete
from .tracks_and_deployments import Ties, TracksOf, about_ties, deployed, untie

UNDO_SECONDS = 30.0
_SHOWN_EVERY = 0.3  # seconds


class Deletion(Struct, eq=False):
    """Artifacts that will be deleted when their time is up, and the server that has them."""

    artifacts: list[ModelArtifact]
    place: Place
    profile: str
    where: str  # the collections that they are in, in words
    until: float = 0.0  # by the monotonic clock
    woken: asyncio.Event = field(default_factory=asyncio.Event)  # its time is another one now
    step: Step | None = None  # of the undo list
    ties: Ties = {}  # the tracks that they are taken out of first

    def what(self) -> str:
        """`“resnet50” of “Models”` or `3 artifacts of “Models”`."""
        return tr("{things} of {where}", things=things(self.artifacts), where=self.where)

    def seconds_left(self) -> float:
        return max(0.0, self.until - time.monotonic())


class Deleter:
    """The server cannot take a deletion back (asking for the delete URL already changes the status),
    so the time to change one's mind comes before the first request.

    `changed` tells that other deletions wait than before; `restored` names records that stay.
    """

    def __init__(
        self,
        state: AppState,
        queue: Queue,
        deletions: Deletions,
        clients: Clients,
        browser: Browser,
        undo_list: UndoList,
    ) -> None:
        self._state, self._queue, self._deletions = state, queue, deletions
        self._clients, self._browser, self._undo_list = clients, browser, undo_list
        self.seconds = UNDO_SECONDS
        self.tracks_of: TracksOf = lambda _artifact_id: ()
        self.waiting: list[Deletion] = []
        self.changed: Event[[]] = Event()
        self.restored: Event[[list[str]]] = Event()
        self._sending: list[Deletion] = []
        self._ended = asyncio.Event()

    def _deletable(self, artifacts: Sequence[ModelArtifact]) -> list[ModelArtifact]:
        """Those that can be deleted: settled records that no transfer works on. Says why not all."""
        state = self._state
        busy = {job.artifact_id for job in self._queue.running()}
        wanted = [a for a in artifacts if a.id not in state.listing.going]
        chosen = [a for a in wanted if a.id not in busy and not is_provisional(a.id)]
        if len(chosen) < len(wanted):
            title = tr("A transfer is still running")
            text = tr("Cancel it before you delete its artifact.")
            told = Notice(title, text, Level.WARNING, seconds=8, key="delete:busy")
            state.notify(told)
        if held := [artifact for artifact in chosen if artifact.deployments]:
            state.notify(deployed(held))
        return [artifact for artifact in chosen if not artifact.deployments]

    def plan(self, artifacts: Sequence[ModelArtifact]) -> Deletion | None:
        """What would be deleted; None when nothing of it can be. Nothing has happened then."""
        if not (chosen := self._deletable(artifacts)):
            return None
        session = self._state.session
        deletion = Deletion(chosen, session.place, session.profile.id, self._of(chosen))
        deletion.ties = {a.id: those for a in chosen if (those := self.tracks_of(a.id))}
        return deletion

    def question(self, deletion: Deletion) -> Confirmation:
        """What goes, from where and for whom; the first answer keeps it."""
        artifacts = deletion.artifacts
        one = len(artifacts) == 1
        given = {
            "artifacts": count(len(artifacts), "artifact"),
            "where": deletion.where,
            "size": size(sum(possible(artifact.size) or 0 for artifact in artifacts)),
        }
        lines = [tr("{artifacts} of {where}, {size}, for everybody.", **given)]
        if deletion.profile == LOCAL:
            lines = [tr("{artifacts} of {where}, {size}, from this computer.", **given)]
        if not one:
            lines.append(names(artifacts))
        lines.append(
            trn(
                "The record and the stored file are removed for good after {seconds:.0f} seconds. "
                "Until then Ctrl+Z, or Undo at the foot of the window, takes it back.",
                "The records and the stored files are removed for good after {seconds:.0f} seconds. "
                "Until then Ctrl+Z, or Undo at the foot of the window, takes it back.",
                len(artifacts),
                seconds=self.seconds,
            )
        )
        if deletion.ties:
            lines.insert(1, about_ties(deletion.ties))
        title = tr("Delete {things}?", things=things(artifacts))
        answers = tr("Keep"), to_delete(len(artifacts), tied=bool(deletion.ties))
        return Confirmation(title, "\n\n".join(lines), answers)

    def _of(self, artifacts: Sequence[ModelArtifact]) -> str:
        """The collections that these are in: by name, or how many."""
        session = self._state.session
        names = {collection.id: collection.name for collection in session.collections}
        inside = {a.collection_id: a.collection_name or "" for a in artifacts}
        if len(inside) > 1:
            return count(len(inside), "collection")
        ((key, name),) = inside.items()
        return in_collection(names.get(key) or name or key)

    def delete(self, artifacts: Sequence[ModelArtifact]) -> Deletion | None:
        """Begin a deletion that the person has been asked about already."""
        deletion = self.plan(artifacts)
        if deletion is not None:
            self.begin(deletion)
        return deletion

    def begin(self, deletion: Deletion) -> None:
        """Strike the rows through and start the count-down."""
        state = self._state
        going = state.listing.going
        deletion.artifacts = [a for a in deletion.artifacts if a.id not in going]
        text = tr("Delete")
        if (many := len(deletion.artifacts)) > 1:
            text = trn("Delete {amount} Artifact", "Delete {amount} Artifacts", many)
        deletion.step = self._undo_list.push(
            text,
            lambda: self._restore(deletion),
            lambda: self._count_down(deletion),
            server=deletion.profile,
        )
        self._count_down(deletion)

    def _count_down(self, deletion: Deletion) -> None:
        state = self._state
        deletion.until, deletion.woken = time.monotonic() + self.seconds, asyncio.Event()
        self.waiting.append(deletion)
        state.listing.strike(artifact.id for artifact in deletion.artifacts)
        self.changed.emit()
        state.tasks.start(self._carry_out(deletion, deletion.woken), "delete")

    def undo(self, deletion: Deletion) -> bool:
        """Take a deletion back. False when it is too late, or was taken back already."""
        step = deletion.step
        return step is not None and deletion in self.waiting and self._undo_list.take_back(step)

    def _restore(self, deletion: Deletion) -> bool:
        if not self._keep(deletion):
            return False
        ids = [artifact.id for artifact in deletion.artifacts]
        title = trn("{things} stays", "{things} stay", len(ids), things=things(deletion.artifacts))
        self._state.notify(
            Notice(title, tr("Nothing was deleted."), Level.SUCCESS, seconds=5, key="delete:undone")
        )
        self.restored.emit(ids)
        return True

    def _keep(self, deletion: Deletion) -> bool:
        if deletion not in self.waiting:
            return False
        self.waiting.remove(deletion)
        deletion.woken.set()
        self._ended.set()
        self._state.listing.unstrike(artifact.id for artifact in deletion.artifacts)
        self.changed.emit()
        return True

    def delete_now(self) -> None:
        """What waits is deleted now: the person does not want to wait any longer."""
        for deletion in self.waiting:
            deletion.until = 0.0
            deletion.woken.set()

    async def finished(self) -> None:
        """Wait until nothing waits to be deleted, or is being deleted."""
        while self.waiting or self._sending:
            self._ended.clear()
            await self._ended.wait()

    def stop(self) -> None:
        """On the way out nothing more is deleted: what still waits is kept."""
        for deletion in list(self.waiting):
            self._keep(deletion)
            if deletion.step is not None:
                self._undo_list.remove(deletion.step)

    async def _carry_out(self, deletion: Deletion, woken: asyncio.Event) -> None:
        # Timers of the window's loop may fire early: ask the clock again.
        while not woken.is_set() and (left := deletion.seconds_left()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), left)
        if deletion not in self.waiting or woken is not deletion.woken:
            return  # taken back, and perhaps deleted anew since
        self.waiting.remove(deletion)
        self._sending.append(deletion)
        if deletion.step is not None:  # who asks for it now is told that it cannot be brought back
            self._undo_list.expire(deletion.step, lambda: self._too_late(deletion))
        self.changed.emit()
        try:
            await self._send(deletion)
        finally:
            self._sending.remove(deletion)
            self._ended.set()
            self._state.listing.unstrike(artifact.id for artifact in deletion.artifacts)

    def _too_late(self, deletion: Deletion) -> None:
        """What has a checked copy on this computer can be uploaded again, as it was."""
        state = self._state
        session = state.session
        found = ((state.any_copy(each), each) for each in deletion.artifacts)
        copies = {path: each for path, each in found if path is not None}
        here = (session.profile.id, session.place.orbit) == (deletion.profile, deletion.place.orbit)
        text = tr(
            "The {seconds:.0f} seconds were over, and the deletion was sent to the server.",
            seconds=self.seconds,
        )
        action = None
        if copies and here:
            there = trn(
                "A checked copy is on this computer.",
                "{amount} checked copies are on this computer.",
                len(copies),
            )
            text = f"{text} {there}"
            action = Action(tr("Upload Again…"), lambda: state.upload_again_requested.emit(copies))
        title = tr("Too late to bring {what} back", what=deletion.what())
        late = Notice(title, text, Level.WARNING, action, seconds=30, key="delete:late")
        state.notify(late)

    async def _send(self, deletion: Deletion) -> None:
        listing = self._state.listing
        failed: list[ModelArtifact] = []
        gone: list[ModelArtifact] = []
        problem: BaseException | None = None
        shown = time.monotonic()
        for artifact in deletion.artifacts:
            try:
                await self._delete(deletion, artifact)
            except NotFoundError:
                pass  # somebody else was faster: gone is gone
            except Exception as error:  # noqa: BLE001  the others are still to be deleted
                failed.append(artifact)
                problem = error
                continue
            gone.append(artifact)
            if time.monotonic() - shown > _SHOWN_EVERY:  # each step arranges all rows anew
                listing.remove(*(each.id for each in gone))
                shown = time.monotonic()
        listing.remove(*(each.id for each in gone))
        if self._state.session.profile.id == deletion.profile:
            for collection, many in Counter(a.collection_id for a in gone).items():
                self._browser.count_changed(collection, -many)
        if deletion.ties:
            self._browser.refreshed.emit()  # the tracks are others than before
        if problem is not None:
            self._say_failed(deletion, failed, problem)

    async def _delete(self, deletion: Deletion, artifact: ModelArtifact) -> None:
        where = Scope(deletion.place.organization, deletion.place.orbit, artifact.collection_id)
        title = artifact.display_name
        client = await self._clients.of(deletion.profile)
        await untie(client, deletion.place, deletion.ties.get(artifact.id, ()))
        await self._deletions.delete(client, artifact.id, where, deletion.profile, title)

    async def resume(self) -> None:
        """At the start: what was being deleted when the program ended is deleted. Our own note of
        the intent is the proof that it may be; other records that wait for it are only shown."""
        state = self._state
        for unfinished in await self._deletions.unfinished():
            if state.profile(unfinished.profile) is None:
                continue
            try:
                client = await self._clients.of(unfinished.profile)
                await self._deletions.finish(client, unfinished)
            except Exception as error:  # noqa: BLE001  told; the others are still to be finished
                title = tr("Could not finish deleting {title}", title=visible(unfinished.title))
                state.notify(from_error(error, title))
                continue
            state.listing.remove(unfinished.ledger.record.artifact_id)

    def _say_failed(
        self, deletion: Deletion, failed: list[ModelArtifact], problem: BaseException
    ) -> None:
        again = Deletion(failed, deletion.place, deletion.profile, deletion.where)
        retry = self._clients.retry_action(problem, deletion.profile, lambda: self.begin(again))
        title = trn(
            "Could not delete {amount} artifact", "Could not delete {amount} artifacts", len(failed)
        )
        in_use = isinstance(problem, ConflictError)  # what holds it is asked about when it is known
        self._state.notify(from_error(problem, title, None if in_use else retry))
        self._browser.refresh()
