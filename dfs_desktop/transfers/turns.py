"""Whose turn it is: the order of what waits, and how many of each server may run at once."""

from collections import Counter
from collections.abc import Callable, Iterable

from .job import Job, State

LimitAt = Callable[[str], int | None]


def next_ones(
    jobs: Iterable[Job], running: Iterable[Job], room: int, limit_at: LimitAt
) -> list[Job]:
    """The next of the waiting ones, ``room`` at most, and of each server as many as it may have.

    Clean-up goes first: it is short, and somebody waits for it.
    """
    at = Counter(job.server for job in running)
    found: list[Job] = []
    for job in sorted((job for job in jobs if job.state is State.WAITING), key=_rank):
        if len(found) == room:
            break
        server = job.server
        limit = limit_at(server)
        if not limit or at[server] < limit:
            at[server] += 1
            found.append(job)
    return found


def _rank(job: Job) -> tuple[bool, float]:
    return not job.cancelling, job.position
