"""Copies or moves that were begun together: how they ended is told once, and undone as one step."""

from collections.abc import Callable

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace.deletion.deleter import Deleter, Deletion
from dfs_desktop.workspace.editing.undo_list import UndoList
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.session import Place

from .destinations import BETWEEN, Target

Show = Callable[[str, Place, str], object]  # the server's id, the collection, the artifact's id


class CopyBatch:
    """`server`: the one that was open when they were begun; its undo list gets the step, of a move
    that of its deletion. `show` goes to an artifact of any server."""

    def __init__(
        self,
        undo_list: UndoList,
        deleter: Deleter,
        target: Target,
        server: str,
        tell: Callable[[Notice], object],
        show: Show,
        *,
        move: bool,
    ) -> None:
        self._undo_list, self._deleter = undo_list, deleter
        self._target, self._server, self._move = target, server, move
        self._tell, self._show = tell, show
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
        self._tell(self._notice(copies))
        if self._move:
            return
        text = tr("Copy")
        if len(copies) > 1:
            text = trn("Copy of {amount} Artifact", "Copy of {amount} Artifacts", len(copies))
        self._undo_list.push(text, lambda: self._delete(copies), server=self._server)

    def _notice(self, copies: list[ModelArtifact]) -> Notice:
        """Where they are, and the way there. The originals of a move are the deletion's to tell of."""
        target, first = self._target, copies[0]
        name, many = visible(first.model_name or first.file_name, limit=60), len(copies)
        if many == 1:
            moved, copied = (
                tr("“{name}” has arrived", name=name),
                tr("“{name}” was copied", name=name),
            )
        else:
            moved = trn("{amount} artifact has arrived", "{amount} artifacts have arrived", many)
            copied = trn("{amount} artifact was copied", "{amount} artifacts were copied", many)
        where = BETWEEN.join(
            visible(name, limit=60) for name in (target.profile.name, target.collection.name)
        )
        return Notice(
            moved if self._move else copied,
            tr("To {where}.", where=where) if not self._move else tr("In {where}.", where=where),
            Level.SUCCESS,
            Action(tr("Show"), lambda: self._show(target.profile.id, target.place, first.id)),
            seconds=12,
            key=f"copied:{first.id}",
        )

    def _delete(self, copies: list[ModelArtifact]) -> None:
        """A deletion like any other, which can be taken back in its turn."""
        target = self._target
        where = tr("“{name}”", name=visible(target.collection.name)[:60])
        self._deleter.begin(Deletion(copies, target.place, target.profile.id, where))
