"""Copies that were begun together: one step of the undo list, which deletes what arrived of them."""

from __future__ import annotations

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.workspace.deletion.deleter import Deleter, Deletion
from dfs_desktop.workspace.editing.undo_list import UndoList
from dfs_desktop.workspace.quantities import count

from .destinations import Target


class CopyBatch:
    """`server`: the one that was open when they were begun; its undo list gets the step."""

    def __init__(self, undo_list: UndoList, deleter: Deleter, target: Target, server: str) -> None:
        self._undo_list, self._deleter = undo_list, deleter
        self._target, self._server = target, server
        self.left: set[Job] = set()
        self._arrived: list[ModelArtifact] = []

    def ended(self, job: Job) -> None:
        """When nothing of it goes on any more, what arrived can be taken back. One that failed, and
        is tried again with success, is a step of its own."""
        self.left.discard(job)
        if job.state is State.DONE and job.artifact is not None:
            self._arrived.append(job.artifact)
        if self.left or not self._arrived:
            return
        copies, self._arrived = self._arrived, []
        many = f" of {count(len(copies), 'Artifact')}" if len(copies) > 1 else ""
        self._undo_list.push(f"Copy{many}", lambda: self._delete(copies), server=self._server)

    def _delete(self, copies: list[ModelArtifact]) -> None:
        """A deletion like any other, which can be taken back in its turn."""
        target = self._target
        where = f"“{visible(target.collection.name)[:60]}”"
        self._deleter.begin(Deletion(copies, target.place, target.profile.id, where))
