"""What the window asks of transfers, one or many: pause, go on, reorder, give up with a question."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.notices import Confirmation
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers import confirmations
from dfs_desktop.workspace.transfers.actions import Verb, can_move, verbs
from dfs_desktop.workspace.transfers.job_problem import why
from dfs_desktop.workspace.transfers.transfers import Transfers

Reveal = Callable[[Path], object]
_GIVEN_UP = {Verb.CANCEL, Verb.DISCARD}


class TransferActions:
    """Passes requests on to the queue. Each takes any number of transfers and leaves those alone
    that it makes no sense for."""

    def __init__(self, state: AppState, queue: Queue, transfers: Transfers, reveal: Reveal) -> None:
        self._state, self._queue = state, queue
        self._transfers, self._reveal = transfers, reveal
        self._asked: set[Job] = set()

    def do(self, verb: Verb, jobs: Sequence[Job], parent: QWidget) -> None:
        """Do it with those of the transfers that it can be done with."""
        fit = [job for job in jobs if verb in verbs(job)]
        if not fit:
            return
        several = {
            Verb.CANCEL: self.give_up, Verb.DISCARD: self.give_up, Verb.PAUSE: self._pause,
            Verb.APPROVE: self._approve,
        }  # fmt: skip
        if verb in several:
            several[verb](fit, parent)
        elif verb is Verb.OPEN:
            self._reveal(fit[0].path)
        elif verb is Verb.LOOK:
            self._state.look_requested.emit(fit[0].path)
        elif verb is Verb.COPY_PATH:
            QGuiApplication.clipboard().setText("\n".join(str(job.path) for job in fit))
        elif verb is Verb.REMOVE:
            self._queue.remove(*fit)
        else:
            self._state.slices.run(self._transfers.resume, fit)

    def toggle(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """Pause what goes on by itself; when nothing does, go on with all."""
        if pausing := [job for job in jobs if Verb.PAUSE in verbs(job)]:
            self.do(Verb.PAUSE, pausing, parent)
        else:
            self.do(Verb.RESUME, jobs, parent)
            self.do(Verb.RETRY, jobs, parent)
            self.do(Verb.APPROVE, jobs, parent)

    def _pause(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """Pause them. Where a pause would cost what has been sent, ask first."""
        jobs = self._not_asked(jobs)

        def answered(answer: int) -> None:
            if answer in {1, 2}:
                at_once = [j for j in jobs if answer == 2 or not confirmations.sent_for_nothing(j)]
                self._state.slices.run(self._queue.pause, at_once)

        self._ask(jobs, confirmations.confirm_pause(jobs), "pauseQuestion", answered, parent)

    def _approve(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """Ask about the storage of the first; the others that wait for the same go on with it."""
        job = jobs[0]

        def answered(answer: int) -> None:
            if answer == 2:
                self._transfers.approve_storage(job)

        self._ask([job], confirmations.confirm_approval(job), "approveQuestion", answered, parent)

    def give_up(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """Cancel them. Where parts are in the storage already, ask first."""
        jobs = [job for job in self._not_asked(jobs) if _GIVEN_UP & set(verbs(job))]
        queue = self._queue

        def answered(answer: int) -> None:
            if answer in {1, 2}:
                self._state.slices.run(queue.pause if answer == 1 else queue.cancel, jobs)

        self._ask(jobs, confirmations.confirm_discard(jobs), "discardQuestion", answered, parent)

    def _not_asked(self, jobs: Sequence[Job]) -> list[Job]:
        """Those about which no question is open."""
        return [job for job in jobs if job not in self._asked]

    def _ask(
        self,
        jobs: list[Job],
        confirmation: Confirmation | None,
        name: str,
        answered: Callable[[int], None],
        parent: QWidget,
    ) -> None:
        """Ask about transfers, at most one question about each, and act on the answer; None: as if 2."""

        async def ask(confirmation: Confirmation) -> None:
            question = dialogs.Question(
                parent.window(), confirmation.title, confirmation.text, list(confirmation.answers)
            )
            question.setObjectName(name)
            try:
                answer = await dialogs.finished(question)
            finally:
                self._asked.difference_update(jobs)
            answered(answer)

        if confirmation is None:
            answered(2)
        elif self._asked.isdisjoint(jobs):
            self._asked.update(jobs)
            self._state.tasks.start(ask(confirmation), "ask about transfers")

    def move(self, jobs: Sequence[Job], *, to_front: bool) -> None:
        if fit := [job for job in jobs if can_move(job)]:
            self._queue.move(fit, to_front=to_front)

    def copy(self, jobs: Sequence[Job]) -> None:
        """What went wrong, for a colleague or a report: names and words, no link and no key."""
        lines = [f"{job.title}: {why(job)}" for job in jobs if why(job)]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def show_log(self, jobs: Sequence[Job], parent: QWidget) -> None:
        """What happened to transfers, and when, in a window that follows them."""
        from .log_dialog import LogDialog

        LogDialog(parent.window(), self._state.profiles, jobs).show()

    def pause_all(self, parent: QWidget) -> None:
        self.do(Verb.PAUSE, self._queue.jobs, parent)

    def cancel_all(self, parent: QWidget) -> None:
        self.give_up(self._queue.jobs, parent)

    def resume_all(self) -> None:
        """Everything that was paused goes on; what needs a decision keeps waiting for it."""
        paused = [job for job in self._queue.jobs if job.state is State.PAUSED]
        self._state.slices.run(self._transfers.resume, paused)
