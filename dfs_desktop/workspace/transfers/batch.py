"""The transfers that go on: how far they are together, whether bytes flow, and how all ended."""

import asyncio
import time
from collections.abc import Callable
from operator import attrgetter

from msgspec import Struct

from dfs_desktop.api import Phase
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Snapshot, State
from dfs_desktop.translation import listed, tr, trn
from dfs_desktop.workspace.events import Event

from . import job_words
from .actions import file_size
from .progress_text import ALL_MOVED, MOVING

BEAT = 1.0  # seconds between two looks at what runs
STILL = 20.0  # seconds without a byte after which none flows
PATIENCE = 180.0  # the same while a server checks or puts together what it has
_UNKNOWN = 1_000_000  # bytes that a file of unknown size counts as
_COUNTS_BYTES = {*MOVING, Phase.HASHING}
_NAMED = 3  # transfers by name


class Outcome(Struct, frozen=True):
    """How a batch ended: what arrived, and what cannot go on without the person."""

    done: tuple[Job, ...]
    stuck: tuple[Job, ...]

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All of them, those that need somebody first."""
        return self.stuck + self.done

    @property
    def title(self) -> str:
        """`10 downloads are done`; `2 of 10 uploads need you`."""
        jobs = self.jobs
        if len(jobs) == 1:
            table = job_words.STUCK if self.stuck else job_words.DONE
            return tr(table[jobs[0].word], name=visible(jobs[0].title, limit=100))
        all_of_them = job_words.counted({job.word for job in jobs}, len(jobs))
        if not self.stuck:
            return tr("{transfers} are done", transfers=all_of_them)
        return trn(
            "{amount} of {transfers} needs you",
            "{amount} of {transfers} need you",
            len(self.stuck),
            transfers=all_of_them,
        )

    @property
    def text(self) -> str:
        """Which they are; of one that is stuck, why."""
        chosen = self.stuck or self.done
        if len(self.jobs) == 1:
            return visible(chosen[0].reason or str(chosen[0].path), limit=300)
        names = [visible(job.title, limit=60) for job in chosen[:_NAMED]]
        return listed([*names, *(job.title for job in chosen[_NAMED:])], _NAMED)


class Batch:
    """From the first transfer that goes on until none does. `changed` tells of it every second while
    something runs, and when that begins and ends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.changed: Event[[]] = Event()
        self.ended: Event[[Outcome]] = Event()
        self._members: dict[Job, int] = {}  # with their sizes
        self._total = self._arrived = 0  # bytes
        self._busy: set[Job] = set()
        self._running: dict[Job, tuple[object, float]] = {}  # how far it was, and since when
        self._done: set[Job] = set()
        self._stuck: set[Job] = set()
        self._beat: asyncio.TimerHandle | None = None

    def on_job_changed(self, job: Job) -> None:
        """Hears every change of a job's state."""
        self._running.pop(job, None)
        if job.state is State.RUNNING:
            self._running[job] = (None, self._clock())
        if job.state.busy:
            self._busy.add(job)
        else:
            self._busy.discard(job)
        known = job in self._members or job in self._stuck
        member = not job.cancelling and (job.state.busy or (known and job.state is State.DONE))
        stuck = known and not job.cancelling and _stands(job)
        self._count(job, member)
        _put(self._done, job, member and job.state is State.DONE)
        _put(self._stuck, job, stuck)

    def look(self) -> None:
        """Called soon after changes: tell of them, and of the end when nothing goes on any more."""
        if not self._busy and (self._members or self._stuck):
            number = attrgetter("number")
            outcome = Outcome(
                tuple(sorted(self._done, key=number)), tuple(sorted(self._stuck, key=number))
            )
            self._forget()
            if outcome.jobs:
                self.ended.emit(outcome)
        self._tell()

    @property
    def flowing(self) -> bool:
        """Whether bytes move, or a server works on those that it got."""
        now = self._clock()
        for job, (before, since) in self._running.items():
            shot = job.snapshot()
            if before != (far := (shot.phase, shot.done)):
                self._running[job] = (far, now)
                return True
            moves = shot.phase in _COUNTS_BYTES or shot.waiting is not None
            if now - since < (STILL if moves else PATIENCE):
                return True
        return False

    @property
    def left(self) -> int:
        """How many have not arrived yet."""
        return len(self._busy)

    @property
    def permille(self) -> int | None:
        """How much of all bytes has arrived; None while nothing goes on."""
        if not self._busy or not self._total:
            return None
        moved = self._arrived
        for job in self._running:
            if size := self._members.get(job):
                moved += int(size * _share(job.snapshot()))
        return min(999, moved * 1000 // self._total)

    def one(self) -> Job | None:
        """The transfer that it is, if it is only one."""
        return next(iter(self._members)) if len(self._members) == 1 else None

    def close(self) -> None:
        """Tell nothing any more."""
        self._forget()
        self._busy.clear()
        self._running.clear()
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def _tell(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None
        if self._running:
            self._beat = asyncio.get_running_loop().call_later(BEAT, self._tell)
        self.changed.emit()

    def _count(self, job: Job, member: bool) -> None:
        before = self._members.pop(job, 0)
        self._total -= before
        if job in self._done:
            self._arrived -= before
        if member:
            size = self._members[job] = max(1, file_size(job) or before or _UNKNOWN)
            self._total += size
            if job.state is State.DONE:
                self._arrived += size

    def _forget(self) -> None:
        self._members.clear()
        self._done.clear()
        self._stuck.clear()
        self._total = self._arrived = 0


def _put(there: set[Job], job: Job, wanted: bool) -> None:
    (there.add if wanted else there.discard)(job)


def _stands(job: Job) -> bool:
    """Whether it waits for the person, and not by the person's wish."""
    return job.state in {State.FAILED, State.ATTENTION} or (
        job.state is State.PAUSED and job.problem is not None
    )


def _share(shot: Snapshot) -> float:
    """The part of a file that is where it is to be."""
    if shot.phase in MOVING and shot.total:
        return min(1.0, shot.done / shot.total)
    return 1.0 if shot.phase in ALL_MOVED else 0.0
