"""Whose turn it is: the order of what waits, and how many of each server may run at once."""

from collections import Counter
from collections.abc import Callable, Iterable
from heapq import nsmallest

from .job import Job, State

LimitAt = Callable[[str], int | None]


def next_ones(
    jobs: Iterable[Job], running: Iterable[Job], room: int, limit_at: LimitAt
) -> list[Job]:
    """The next of the waiting ones, ``room`` at most, and of each server as many as it may have.

    Clean-up goes first: it is short, and somebody waits for it.
    """
    waiting = [job for job in jobs if job.state is State.WAITING]
    at = Counter(job.server for job in running)
    limits = {job.server: limit_at(job.server) for job in waiting} if waiting else {}
    found: list[Job] = []
    while waiting and len(found) < room:
        full = {server for server, limit in limits.items() if limit and at[server] >= limit}
        waiting = [job for job in waiting if job.server not in full]
        for job in nsmallest(room - len(found), waiting, key=_rank):
            limit = limits[job.server]
            if limit and at[job.server] >= limit:
                break  # its server is full by now: those behind it are chosen anew
            at[job.server] += 1
            found.append(job)
        waiting = [job for job in waiting if job not in found]
    return found


def _rank(job: Job) -> tuple[bool, float]:
    return not job.cancelling, job.position
