"""What a person can do with a transfer in the state it is in, and what giving it up leaves behind."""

import enum
from bisect import bisect_left
from collections.abc import Sequence

from dfs_desktop.api import Phase, UploadRecord
from dfs_desktop.transfers.job import ONCE_STORED, Job, Kind, State
from dfs_desktop.translation import later, tr, trn

from .job_problem import waits_for

FINISHING = later("Finishing, cannot be undone")
_STILL = {State.PAUSED, State.ATTENTION}


class Verb(enum.Enum):
    """One thing that can be done with a transfer; the value, translated, is its name in the window."""

    PAUSE = later("Pause")
    RESUME = later("Resume")
    RETRY = later("Try again now")
    CANCEL = later("Cancel")
    APPROVE = later("Approve the storage…")
    DISCARD = later("Discard")  # cancel, once it has failed: what is left of it goes
    OPEN = later("Open folder")
    LOOK = later("Look Inside")
    COPY_PATH = later("Copy Path")
    REMOVE = later("Remove from list")

    __hash__ = object.__hash__  # an enum's own is slow, and those of thousands are gathered


def verbs(job: Job) -> tuple[Verb, ...]:
    """What makes sense now, in the order in which a person would look for it."""
    if job.state is State.DONE:
        here = (Verb.LOOK, Verb.COPY_PATH, Verb.OPEN)
        opened = here if job.kind is Kind.DOWNLOAD else ()
        return (*opened, Verb.REMOVE)
    if job.state is State.CANCELLED:
        return (Verb.REMOVE,)
    found: list[Verb] = []
    if job.state in _STILL:
        found.append(Verb.APPROVE if waits_for(job) else Verb.RESUME)
    elif job.state is State.FAILED or (job.state is State.RETRYING):
        found.append(Verb.RETRY)
    if job.state.busy and not job.cancelling and not job.pausing:
        found.append(Verb.PAUSE)
    if not job.cancelling:
        found.append(Verb.DISCARD if job.state is State.FAILED else Verb.CANCEL)
    return tuple(found)


def can_move(job: Job) -> bool:
    """Whether its place in the queue means anything: what runs, or ended, has none."""
    return not job.state.ended and job.state is not State.RUNNING


def turn(job: Job, waiting: Sequence[float]) -> str:
    """How many wait before a waiting transfer, in words; empty for one that does not wait. `waiting`:
    the positions of all that do, in their order."""
    if job.state is not State.WAITING or job.cancelling:
        return ""
    before = bisect_left(waiting, job.position)
    if not before:
        return tr("next in line")
    return trn("{amount} before it", "{amount} before it", before)


def is_finishing(job: Job) -> bool:
    """Whether the storage joins the parts, or the registry is being told: past the last way back."""
    if job.kind is not Kind.UPLOAD or job.state.ended:
        return False
    record = job.record
    if isinstance(record, UploadRecord) and record.step in ONCE_STORED:
        return True
    return job.state is State.RUNNING and job.meter.snapshot().phase is Phase.CONFIRMING


def file_size(job: Job) -> int | None:
    """Bytes of the file that a transfer moves; None while nobody knows."""
    shown = job.provisional or job.artifact
    if shown is not None:
        return shown.size
    record = job.record
    return (record.size if record is not None else 0) or job.meter.snapshot().total
