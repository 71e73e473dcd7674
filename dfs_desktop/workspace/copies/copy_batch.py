"""Copies or moves that were begun together: how they ended is told once, and undone as one step."""

from collections.abc import Callable

from msgspec import Struct

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


class CopyBatch(Struct, eq=False):
    """`server`: the one that was open when they were begun; its undo list gets the step, of a move
    that of its deletion. `show` goes to an artifact of any server."""

    undo_list: UndoList
    deleter: Deleter
    target: Target
    server: str
    tell: Callable[[Notice], object]
    show: Show
    move: bool
    left: set[Job]
    arrived: list[ModelArtifact] = []

    def ended(self, job: Job) -> None:
        """When nothing of it goes on any more, what arrived can be taken back. One that failed, and
        is tried again with success, is a step of its own."""
        self.left.discard(job)
        if job.state is State.DONE and job.artifact is not None:
            self.arrived.append(job.artifact)
        if self.left or not self.arrived:
            return
        copies, self.arrived = self.arrived, []
        self.tell(self._notice(copies))
        if self.move:
            return
        text = tr("Copy")
        if len(copies) > 1:
            text = trn("Copy of {amount} Artifact", "Copy of {amount} Artifacts", len(copies))
        self.undo_list.push(text, lambda: self._delete(copies), server=self.server)

    def _notice(self, copies: list[ModelArtifact]) -> Notice:
        """Where they are, and the way there. The originals of a move are the deletion's to tell of."""
        target, first = self.target, copies[0]
        name, many = visible(first.display_name, limit=60), len(copies)
        names = (target.profile.name, target.collection.name)
        where = BETWEEN.join(visible(each, limit=60) for each in names)
        title, detail = tr("“{name}” was copied", name=name), tr("To {where}.", where=where)
        if many > 1:
            title = trn("{amount} artifact was copied", "{amount} artifacts were copied", many)
        if self.move:
            title, detail = tr("“{name}” has arrived", name=name), tr("In {where}.", where=where)
            if many > 1:
                title = trn(
                    "{amount} artifact has arrived", "{amount} artifacts have arrived", many
                )
        show = Action(tr("Show"), lambda: self.show(target.profile.id, target.place, first.id))
        key = f"copied:{first.id}"
        return Notice(title, detail, Level.SUCCESS, show, seconds=12, key=key)

    def _delete(self, copies: list[ModelArtifact]) -> None:
        """A deletion like any other, which can be taken back in its turn."""
        target = self.target
        where = tr("“{name}”", name=visible(target.collection.name)[:60])
        self.deleter.begin(Deletion(copies, target.place, target.profile.id, where))
