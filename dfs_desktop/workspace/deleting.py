"""The journey of a deletion: out of sight at once, eight seconds to undo, only then sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from dfs_desktop.api import AsyncDataForceClient, ModelArtifact, NotFoundError, Place
from dfs_desktop.artifact import visible
from dfs_desktop.workspace.formats import count
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.session import Place as OpenPlace
from dfs_desktop.workspace.undoing import Step

if TYPE_CHECKING:
    from dfs_desktop.workspace.workspace import Workspace

UNDO_SECONDS = 8.0


class Deletion(Struct, eq=False):
    """Artifacts that will be deleted when their time is up."""

    artifacts: list[ModelArtifact]
    client: AsyncDataForceClient
    place: OpenPlace
    profile: str
    undone: asyncio.Event = field(default_factory=asyncio.Event)
    step: Step | None = None  # of the undo list, as long as it can be taken back

    def title(self) -> str:
        if len(self.artifacts) == 1:
            one = self.artifacts[0]
            return f"“{visible(one.model_name or one.file_name)}” will be deleted"
        return f"{count(len(self.artifacts), 'artifact')} will be deleted"


class Deleting:
    """The server cannot take a deletion back (asking for the delete URL already changes the status),
    so the time to change one's mind comes before the first request."""

    def __init__(self, workspace: Workspace, seconds: float = UNDO_SECONDS) -> None:
        self._workspace = workspace
        self.seconds = seconds
        self.waiting: list[Deletion] = []

    def delete(self, artifacts: Sequence[ModelArtifact]) -> Deletion | None:
        """Hide the rows and start the count-down. Rows with a running transfer are left alone."""
        workspace = self._workspace
        busy = {job.artifact_id for job in workspace.queue.running()}
        chosen = [a for a in artifacts if a.id not in busy and not a.id.startswith("job:")]
        if len(chosen) < len(artifacts):
            workspace.notify(
                Notice(
                    "A transfer is still running",
                    "Cancel it before you delete its artifact.",
                    Level.WARNING,
                    seconds=8,
                )
            )
        if not chosen:
            return None
        session = workspace.session
        place, profile = session.place, session.profile.id
        return self._begin(Deletion(chosen, session.here(), place, profile))

    def _begin(self, deletion: Deletion) -> Deletion:
        workspace = self._workspace
        self.waiting.append(deletion)
        deletion.step = Step("Delete", lambda: self.undo(deletion))
        workspace.undoing.add(deletion.step)
        workspace.listing.hide(artifact.id for artifact in deletion.artifacts)
        workspace.notify(
            Notice(
                deletion.title(),
                "The record and the stored file are removed for good.",
                Level.WARNING,
                Action("Undo", lambda: self.undo(deletion)),
                seconds=self.seconds,
                key=f"delete:{id(deletion)}",
            )
        )
        workspace.tasks.start(self._carry_out(deletion), "delete")
        return deletion

    def undo(self, deletion: Deletion | None = None) -> bool:
        """Take a deletion back (default: the latest). False when there is nothing to take back."""
        if deletion is None:
            deletion = self.waiting[-1] if self.waiting else None
        if deletion is None or deletion not in self.waiting:
            return False
        self._over(deletion)
        deletion.undone.set()
        self._workspace.notice_withdrawn.emit(f"delete:{id(deletion)}")
        self._workspace.listing.show(artifact.id for artifact in deletion.artifacts)
        return True

    def _over(self, deletion: Deletion) -> None:
        """From now on it cannot be taken back any more: it was, or it begins."""
        self.waiting.remove(deletion)
        if deletion.step is not None:
            self._workspace.undoing.remove(deletion.step)

    def waiting_ids(self) -> set[str]:
        """Rows to keep out of sight, also when their collection is listed anew."""
        return {artifact.id for deletion in self.waiting for artifact in deletion.artifacts}

    def stop(self) -> None:
        """On the way out nothing more is deleted: what still waits is kept."""
        while self.undo():
            pass

    async def _carry_out(self, deletion: Deletion) -> None:
        until = time.monotonic() + self.seconds
        # Timers of the window's loop may fire early: ask the clock again.
        while (left := until - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(deletion.undone.wait(), left)
            except TimeoutError:
                continue
            return
        if deletion not in self.waiting:
            return
        self._over(deletion)
        failed: list[ModelArtifact] = []
        problem: BaseException | None = None
        for artifact in deletion.artifacts:
            try:
                await self._delete(deletion, artifact)
            except NotFoundError:
                pass  # somebody else was faster: gone is gone
            except Exception as error:  # noqa: BLE001  the others are still to be deleted
                failed.append(artifact)
                problem = error
                continue
            self._workspace.listing.remove(artifact.id)
        self._report(deletion, failed, problem)

    async def _delete(self, deletion: Deletion, artifact: ModelArtifact) -> None:
        where = Place(deletion.place.organization, deletion.place.orbit, artifact.collection_id)
        title = artifact.model_name or artifact.file_name
        await self._workspace.deletions.delete(
            deletion.client, artifact.id, where, deletion.profile, title
        )

    async def resume(self) -> None:
        """At the start: what was being deleted when the program ended is deleted. Our own note of
        the intent is the proof that it may be; other records that wait for it are only shown."""
        workspace = self._workspace
        for unfinished in await workspace.deletions.unfinished():
            profile = next((p for p in workspace.profiles() if p.id == unfinished.profile), None)
            if profile is None:
                continue
            try:
                client = await workspace.connecting.client(profile)
                await workspace.deletions.finish(client, unfinished)
            except Exception as error:  # noqa: BLE001  told; the others are still to be finished
                title = f"Could not finish deleting {visible(unfinished.title)}"
                workspace.notify(from_error(error, title))
                continue
            workspace.listing.remove(unfinished.ledger.record.artifact_id)

    def _report(
        self, deletion: Deletion, failed: list[ModelArtifact], problem: BaseException | None
    ) -> None:
        workspace = self._workspace
        done = len(deletion.artifacts) - len(failed)
        workspace.browsing.count_changed(deletion.place.collection, -done)
        workspace.listing.show(artifact.id for artifact in failed)
        if problem is None:
            return
        again = Deletion(failed, deletion.client, deletion.place, deletion.profile)
        retry = Action("Try again", lambda: self._begin(again))
        title = f"Could not delete {count(len(failed), 'artifact')}"
        workspace.notify(from_error(problem, title, retry))
        workspace.browsing.refresh()
