"""Transfers that are watched together, and their sums. One that stands is looked at anew only when
it is another than before: of a thousand most wait."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from dfs_desktop.transfers.job import Job, Snapshot, State
from dfs_desktop.workspace.transfers import progress_text
from dfs_desktop.workspace.transfers.actions import Verb, file_size, is_finishing, verbs

from .progress_title import LOST

_MOVING = (State.RUNNING, State.RETRYING)


class _Look(Struct):
    """What was seen of one, and how it stood then."""

    standing: tuple[Any, ...]
    shot: Snapshot
    verbs: tuple[Verb, ...]
    is_finishing: bool
    size: int
    moved: int


class WatchedJobs:
    """All that a person sees of some transfers at one moment; `look` is the next moment."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._looks: dict[Job, _Look] = {}
        self._jobs = list(jobs)
        self.look()

    def look(self) -> None:
        for job in self._jobs:
            before = self._looks.get(job)
            standing = job.state, job.cancelling, job.pausing, job.error, job.problem
            if before is None or job.state in _MOVING or before.standing != standing:
                shot = job.snapshot()
                size, moved = file_size(job) or 0, progress_text.moved(shot, job)
                doing = verbs(job), is_finishing(job)
                self._looks[job] = _Look(standing, shot, *doing, size, moved)

    def shot(self, job: Job) -> Snapshot:
        return self._looks[job].shot

    def shots(self) -> list[Snapshot]:
        return [each.shot for each in self._looks.values()]

    def possible(self) -> set[Verb]:
        """What can be done with at least one of them."""
        return set[Verb]().union(*{each.verbs for each in self._looks.values()})

    def are_finishing(self) -> bool:
        """Whether there is no way back for any that has not ended."""
        going = (each for each in self._looks.values() if not each.shot.state.ended)
        return all(each.is_finishing for each in going)

    def sums(self) -> tuple[int, int, float]:
        """Bytes of all, of those the ones that were moved, and how many are moved in a second. What
        was lost does not count."""
        wanted = [each for each in self._looks.values() if each.shot.state not in LOST]
        speeds = (each.shot for each in wanted if each.shot.speed)
        return (
            sum(each.size for each in wanted),
            sum(each.moved for each in wanted),
            sum(shot.speed or 0.0 for shot in speeds if shot.phase in progress_text.MOVING),
        )
