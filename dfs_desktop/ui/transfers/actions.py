"""What the window asks of transfers, one or many: pause, go on, reorder, give up with a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from dfs_desktop.transfers.job import Job, State
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.transfers import actions
from dfs_desktop.workspace.transfers.actions import Confirmation, Verb, verbs
from dfs_desktop.workspace.workspace import Workspace

Reveal = Callable[[Path], object]


class TransferActions:
    """Passes requests on to the queue. Each takes any number of transfers and leaves those alone
    that it makes no sense for."""

    def __init__(self, workspace: Workspace, reveal: Reveal) -> None:
        self._workspace, self._reveal = workspace, reveal
        self._asked: set[Job] = set()

    def do(self, verb: Verb, jobs: Sequence[Job], parent: QWidget) -> None:
        """Do it with those of the transfers that it can be done with."""
        fit = [job for job in jobs if verb in verbs(job)]
        if not fit:
            return
        if verb in {Verb.CANCEL, Verb.DISCARD}:
            self.give_up(fit, parent)
            return
        if verb is Verb.PAUSE:
            self._pause(fit, parent)
            return
        if verb is Verb.APPROVE:
            self._approve(fit, parent)
            return
        work: dict[Verb, Callable[[Job], object]] = {
            Verb.RESUME: self._workspace.transfers.go_on,
            Verb.RETRY: self._workspace.transfers.go_on,
            Verb.OPEN: lambda job: self._reveal(job.path),
            Verb.REMOVE: self._workspace.queue.remove,
        }
        with self._workspace.listing.together():
            for job in fit[:1] if verb is Verb.OPEN else fit:
                work[verb](job)

    def toggle(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """Pause what goes on by itself; when nothing does, go on with all."""
        pausing = [job for job in jobs if Verb.PAUSE in verbs(job)]
        if pausing:
            self.do(Verb.PAUSE, pausing, parent)
        else:
            self.do(Verb.RESUME, jobs, parent)
            self.do(Verb.RETRY, jobs, parent)
            self.do(Verb.APPROVE, jobs, parent)

    def _pause(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """Pause them. Where a pause would cost what has been sent, ask first."""
        asked = [job for job in jobs if job not in self._asked]
        doubt = actions.confirm_pause(asked)
        if doubt is None:
            for job in asked:
                self._workspace.queue.pause(job)
            return
        self._asked.update(asked)
        work = self._ask_to_pause(asked, doubt, parent)
        self._workspace.tasks.start(work, "ask what to pause")

    async def _ask_to_pause(self, jobs: list[Job], doubt: Confirmation, parent: QWidget) -> None:
        question = dialogs.Question(parent.window(), doubt.title, doubt.text, list(doubt.answers))
        question.setObjectName("pauseQuestion")
        try:
            answer = await dialogs.finished(question)
        finally:
            self._asked.difference_update(jobs)
        for job in jobs:
            in_one_piece = actions.sent_for_nothing(job) > 0
            if answer == 2 or (answer == 1 and not in_one_piece):
                self._workspace.queue.pause(job)

    def _approve(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """Ask about the storage of the first; the others that wait for the same go on with it."""
        (first, *_others) = jobs
        if first not in self._asked:
            self._asked.add(first)
            self._workspace.tasks.start(
                self._ask_to_approve(first, parent), "ask about the storage"
            )

    async def _ask_to_approve(self, job: Job, parent: QWidget) -> None:
        doubt = actions.confirm_approval(job)
        question = dialogs.Question(parent.window(), doubt.title, doubt.text, list(doubt.answers))
        question.setObjectName("approveQuestion")
        try:
            answer = await dialogs.finished(question)
        finally:
            self._asked.discard(job)
        if answer == 2:
            self._workspace.transfers.approve_storage(job)

    def give_up(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """Cancel them. Where parts are in the storage already, ask first."""
        chosen = [job for job in jobs if {Verb.CANCEL, Verb.DISCARD} & set(verbs(job))]
        asked = [job for job in chosen if job not in self._asked]
        doubt = actions.confirm_discard(asked)
        if doubt is None:
            with self._workspace.listing.together():
                for job in asked:
                    self._workspace.queue.cancel(job)
            return
        self._asked.update(asked)
        self._workspace.tasks.start(self._ask(asked, doubt, parent), "ask what to discard")

    async def _ask(self, jobs: list[Job], doubt: Confirmation, parent: QWidget) -> None:
        question = dialogs.Question(parent.window(), doubt.title, doubt.text, list(doubt.answers))
        question.setObjectName("discardQuestion")
        try:
            answer = await dialogs.finished(question)
        finally:
            self._asked.difference_update(jobs)
        with self._workspace.listing.together():
            for job in jobs:
                if answer == 1:
                    self._workspace.queue.pause(job)
                elif answer == 2:
                    self._workspace.queue.cancel(job)

    def move(self, jobs: Sequence[Job], *, to_front: bool) -> None:
        fit = [job for job in jobs if actions.can_move(job)]
        if fit:
            self._workspace.queue.move(fit, to_front=to_front)

    def copy(self, jobs: Sequence[Job]) -> None:
        """What went wrong, for a colleague or a report: names and words, no link and no key."""
        lines = [f"{job.title}: {actions.why(job)}" for job in jobs if actions.why(job)]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def pause_all(self, parent: QWidget) -> None:
        self.do(Verb.PAUSE, self.pausable(), parent)

    def resume_all(self) -> None:
        """Everything that was paused goes on; what needs a decision keeps waiting for it."""
        for job in self.paused():
            self._workspace.transfers.go_on(job)

    def pausable(self) -> list[Job]:
        return [job for job in self._workspace.queue.jobs if Verb.PAUSE in verbs(job)]

    def paused(self) -> list[Job]:
        return [job for job in self._workspace.queue.jobs if job.state is State.PAUSED]
