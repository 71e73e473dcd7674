"""Runs transfers, a few at a time, in their order; the only one that starts, pauses and ends them."""

import asyncio
import functools
import logging
import time
from collections.abc import Awaitable, Callable, Iterable

from dfs_desktop.api import LogEntry, RateLimiter, TransferCancelled, metered

from .job import Job, Kind, State, kept_bytes
from .job_retry import ErrorAction, decide
from .journal import Journal
from .journal_ledger import enter, restore
from .problem import Problem
from .turns import LimitAt, next_ones

log = logging.getLogger(__name__)

Work = Callable[[Job], Awaitable[object]]
_KINDS = {kind.value for kind in Kind}
_FINAL = {State.DONE, State.CANCELLED}


class Queue:
    """At most ``limit`` transfers run at once. ``changed`` hears every change of a job's state.

    ``work`` does what is left of a job: carries it on, or discards it when it is ``cancelling``.
    It conducts on the event loop; the bytes move on the client's worker threads. Every change is
    written to the ``journal``, where there is one.
    """

    def __init__(
        self,
        limit: int,
        changed: Callable[[Job], object],
        work: Work,
        journal: Journal | None = None,
    ) -> None:
        self.jobs: list[Job] = []
        self.paces = {Kind.UPLOAD: RateLimiter(), Kind.DOWNLOAD: RateLimiter()}
        self._limit = limit
        self.limit_at: LimitAt = lambda _server: None  # at once, at one server
        self._changed = changed
        self._work = work
        self._journal = journal
        self._tasks: dict[Job, asyncio.Task[None]] = {}
        self._timers: dict[Job, asyncio.TimerHandle] = {}
        self._stopping = False
        self.naming = asyncio.Lock()  # held from the look for a free name till a job has it

    def add(self, job: Job) -> None:
        """Queue a job. It begins when the journal has it."""
        if self._journal is not None:
            enter(self._journal, job)
        self._note(job, "added")
        self._enqueue(job)
        self.fill()

    async def restore(self, *, paused: bool = False) -> list[Job]:
        """Take over what the journal has from earlier runs; what had ended well is forgotten."""
        if self._journal is None:
            return []
        found: list[Job] = []
        for line in await asyncio.wrap_future(self._journal.load()):
            if line.kind not in _KINDS:
                continue  # deletions have no place in the queue
            if (job := restore(self._journal, line)) is None or job.state in _FINAL:
                self._journal.remove(line.id)
                continue
            if paused and job.state.busy and not job.cancelling:
                job.state = State.PAUSED
            found.append(job)
            self._note(job, "restored")
            self._enqueue(job)
        self.fill()
        return found

    def pause(self, job: Job, why: Exception | None = None) -> None:
        """Stop it for now; everything that arrived is kept. ``why``: not by the person's wish."""
        if job.cancelling or job.state.ended or job.state is State.PAUSED:
            return
        if why is not None:
            job.error, job.problem = why, Problem.of(why)
            self._note(job, "failing", job.problem.text)
        if job in self._tasks:
            job.pausing = True
            self._stop(job)
            self._changed(job)
        else:
            self._drop_timer(job)
            self._enter(job, State.PAUSED)

    def resume(self, job: Job) -> None:
        """Go on, at once if there is room: after a pause, an error, a decision."""
        if job in self._tasks or job.state in _FINAL or job.state is State.WAITING:
            return
        self._drop_timer(job)
        job.ledger.resumed = True
        job.attempts = 0
        job.error, job.problem = None, None
        self._note(job, "resumed")
        self._enter(job, State.WAITING)
        self.fill()

    def retry_now(self) -> None:
        """What waits for the moment of its next try is tried now: the network may be back."""
        for job in [job for job in self.jobs if job.state is State.RETRYING]:
            self.resume(job)

    def cancel(self, job: Job) -> None:
        """Give it up: it stops, is cleaned up, and is gone. A second call changes nothing."""
        if job.cancelling or job.state in _FINAL:
            return
        job.cancelling = True
        self._note(job, "cancelling")
        self._drop_timer(job)
        if job in self._tasks:
            self._stop(job)
            self._save(job)
            self._changed(job)
        elif job.untouched:
            self._enter(job, State.CANCELLED)
        else:
            job.attempts, job.error, job.problem = 0, None, None
            self._enter(job, State.WAITING)
            self.fill()

    def move(self, jobs: Iterable[Job], *, to_front: bool) -> None:
        """Let waiting jobs go first, or last, in the order they have among themselves."""
        chosen = sorted(jobs, key=lambda job: job.position)
        moved = set(chosen)
        others = [job.position for job in self.jobs if job not in moved] or [0.0]
        count = len(chosen)
        start = min(others) - count if to_front else max(others) + 1
        for number, job in enumerate(chosen):
            job.position = start + number
            self._save(job)
        for job in chosen[:1]:
            self._changed(job)  # no state is another one: it is enough to look at the list again

    def remove(self, *jobs: Job) -> None:
        """Take those that ended out of the list. One that failed is to be cancelled: it may have
        left something behind."""
        leaving = {job for job in jobs if job.state in _FINAL}
        gone = [job for job in self.jobs if job in leaving]
        self.jobs = [job for job in self.jobs if job not in leaving]
        for job in gone:
            if self._journal is not None and job.row:
                self._journal.remove(job.row)

    def forget(self, job: Job) -> None:
        """Take a job out that cannot even be cleaned up: nothing more is done about it."""
        if job not in self._tasks and job.cancelling:
            self._drop_timer(job)
            self._enter(job, State.CANCELLED)
            self.remove(job)

    def clear_ended(self) -> None:
        """Take all out of the list that ended well or were cancelled."""
        self.remove(*self.jobs)

    def set_limit(self, limit: int) -> None:
        """How many run at once, from now on; what runs already is not stopped."""
        self._limit = max(1, limit)
        self.fill()

    def set_rate(self, kind: Kind, rate: int | None) -> None:
        """Bytes a second for all uploads, or all downloads, together; None is as fast as it goes."""
        self.paces[kind].rate = rate

    def running(self) -> list[Job]:
        """All jobs that have not ended, waiting and paused ones included."""
        return [job for job in self.jobs if not job.state.ended]

    def busy(self) -> list[Job]:
        """All jobs that go on by themselves."""
        return [job for job in self.jobs if job.state.busy]

    async def stop(self) -> None:
        """Stop everything once, keep it for the next start, and wait until it is written down."""
        self._stopping = True
        for job in list(self._timers):
            self._drop_timer(job)
        tasks = list(self._tasks.values())
        for job in list(self._tasks):
            self._stop(job)
        if tasks:
            await asyncio.wait(tasks)

    def _enqueue(self, job: Job) -> None:
        job.meter.limit = self.paces[job.kind]
        self.jobs.append(job)
        self._changed(job)

    def fill(self) -> None:
        """Start as many as may run, of all and of each server."""
        room = self._limit - len(self._tasks)
        if self._stopping or room <= 0:
            return
        for job in next_ones(self.jobs, self._tasks, room, self.limit_at):
            job.begin_attempt()
            task = asyncio.get_running_loop().create_task(self._run(job), name=job.title)
            self._tasks[job] = task
            ended = functools.partial(
                self._on_task_done, job, before=job.progress(), discarding=job.cancelling
            )
            task.add_done_callback(ended)
            self._enter(job, State.RUNNING, amount=kept_bytes(job))

    async def _run(self, job: Job) -> None:
        await self._wait_persisted(job)
        with metered(job.meter):
            await self._work(job)

    async def _wait_persisted(self, job: Job) -> None:
        """Nothing happens before the journal has the job. What it could not take before, it may now."""
        begun = job.begun
        if self._journal is None or begun is None:
            return
        if begun.done() and not begun.cancelled() and begun.exception() is not None:
            enter(self._journal, job)
        if job.begun is not None:
            await asyncio.shield(asyncio.wrap_future(job.begun))

    def _stopped(self, job: Job) -> None:
        """It was asked to stop: to be discarded, to be paused, or because the program ends."""
        job.ledger.resumed = True
        if job.arrived:
            self._enter(job, State.DONE)
        elif job.cancelling and job.untouched:
            self._enter(job, State.CANCELLED)
        elif job.pausing:
            self._enter(job, State.PAUSED)
        else:
            self._enter(job, State.WAITING)

    def _failed(self, job: Job, error: BaseException, *, discarding: bool) -> None:
        if job.cancelling and not discarding:  # in the turn in which it failed: cleaned up now
            job.attempts = 0
            self._enter(job, State.WAITING)
            return
        job.attempts += 1
        job.error, job.problem = error, Problem.of(error)
        job.ledger.resumed = True
        self._note(job, "failing", job.problem.text or job.problem.kind)
        decision = decide(error, job.attempts)
        log.info("%s %d: %s, then %s", job.kind.value, job.row, type(error).__name__, decision.then)
        if job.cancelling and decision.then is ErrorAction.FAIL:
            self._enter(job, State.FAILED)
        elif job.pausing or decision.then is ErrorAction.PAUSE:
            self._enter(job, State.PAUSED)
        elif decision.then is ErrorAction.ATTENTION:
            self._enter(job, State.ATTENTION)
        elif decision.then is ErrorAction.RETRY:
            self._retry_later(job, decision.seconds)
        else:
            self._enter(job, State.FAILED)

    def _retry_later(self, job: Job, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        job.retry_at = loop.time() + seconds
        self._timers[job] = loop.call_later(seconds, self._try_again, job)
        self._enter(job, State.RETRYING, amount=seconds)

    def _try_again(self, job: Job) -> None:
        self._timers.pop(job, None)
        loop = asyncio.get_running_loop()
        if (left := job.retry_at - loop.time()) > 0:  # the window's timers fire early
            self._timers[job] = loop.call_later(left + 0.01, self._try_again, job)
        elif job.state is State.RETRYING:
            self._enter(job, State.WAITING)
            self.fill()

    def _stop(self, job: Job) -> None:
        """Cancel a job's task. Only here, and once: httpx loses connections otherwise."""
        if (task := self._tasks.get(job)) is not None and not task.cancelling():
            task.cancel()

    def _on_task_done(
        self, job: Job, task: asyncio.Task[None], *, before: object, discarding: bool
    ) -> None:
        """What became of an attempt. A job leaves its task and its state in one step: what is asked of
        it is either heard by the task or finds the new state."""
        del self._tasks[job]
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if isinstance(error, asyncio.CancelledError | TransferCancelled):
            self._stopped(job)
        elif error is not None:  # whatever it was, it is this job's and is shown
            if job.progress() != before:
                job.attempts = 0
            self._failed(job, error, discarding=discarding)
        else:
            job.error, job.problem = None, None
            self._enter(job, State.CANCELLED if discarding else State.DONE)
        job.pausing = False
        self._changed(job)
        self.fill()

    def _drop_timer(self, job: Job) -> None:
        if (timer := self._timers.pop(job, None)) is not None:
            timer.cancel()

    def _enter(self, job: Job, state: State, *, amount: float = 0) -> None:
        job.state = state
        if state is not State.WAITING:
            self._note(job, state.value, amount=amount)
        self._save(job)
        self._changed(job)

    def _note(self, job: Job, what: str, text: str = "", amount: float = 0) -> None:
        """Write into the log of a job what its meter saw since, and what happens now."""
        now = LogEntry(time.time(), what, amount, text)
        for entry in (*job.meter.take_happened(), now):
            job.log.add(entry, self._journal, job.row)

    def _save(self, job: Job) -> None:
        if self._journal is not None and job.row:
            self._journal.save_state(
                job.row,
                job.state.value,
                job.position,
                discarding=job.cancelling,
                problem=job.problem.written() if job.problem is not None else "",
            )
