"""What a person can do with a transfer in the state it is in, and what giving it up leaves behind."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

from msgspec import Struct

from dfs_desktop.api import DataForceError, DownloadRecord, Phase, UploadRecord, UploadStep, errors
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.workspace.formats import count, size
from dfs_desktop.workspace.notices import from_error

FINISHING = "Finishing, cannot be undone"
_ONCE_STORED = {UploadStep.STORED, UploadStep.CONFIRMING, UploadStep.DONE}
_STILL = {State.PAUSED, State.ATTENTION}


class Verb(enum.Enum):
    """One thing that can be done with a transfer; the value is its name in the window."""

    PAUSE = "Pause"
    RESUME = "Resume"
    RETRY = "Try again now"
    CANCEL = "Cancel"
    DISCARD = "Discard"  # cancel, once it has failed: what is left of it goes
    OPEN = "Open folder"
    REMOVE = "Remove from list"


def verbs(job: Job) -> tuple[Verb, ...]:
    """What makes sense now, in the order in which a person would look for it."""
    if job.state is State.DONE:
        opened = (Verb.OPEN,) if job.kind is Kind.DOWNLOAD else ()
        return (*opened, Verb.REMOVE)
    if job.state is State.CANCELLED:
        return (Verb.REMOVE,)
    found: list[Verb] = []
    if job.state in _STILL:
        found.append(Verb.RESUME)
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


def turn(job: Job, jobs: Iterable[Job]) -> str:
    """How many wait before a waiting transfer, in words; empty for one that does not wait."""
    if job.state is not State.WAITING or job.cancelling:
        return ""
    before = sum(other.state is State.WAITING and other.position < job.position for other in jobs)
    return f"{before} before it" if before else "next in line"


def is_finishing(job: Job) -> bool:
    """Whether the storage joins the parts, or the registry is being told: past the last way back."""
    if job.kind is not Kind.UPLOAD or job.state.ended:
        return False
    record = job.ledger.record if job.ledger is not None else None
    if isinstance(record, UploadRecord) and record.step in _ONCE_STORED:
        return True
    return job.state is State.RUNNING and job.meter.snapshot().phase is Phase.CONFIRMING


def problem_kind(job: Job) -> type[BaseException] | None:
    """What kind of error a transfer stands at, in this run or the one before; None for none."""
    if job.error is not None:
        return type(job.error)
    kind = getattr(errors, job.problem, None) if job.problem else None
    return kind if isinstance(kind, type) and issubclass(kind, DataForceError) else None


def why(job: Job) -> str:
    """What is wrong with a transfer, fit to act on; empty when nothing is."""
    if job.error is not None:
        return visible(from_error(job.error, "").detail)
    kind = problem_kind(job)
    return f"{kind.heading}." if kind is not None and issubclass(kind, DataForceError) else ""


def kept_bytes(job: Job) -> int:
    """Bytes that need not be moved again when a transfer that stands still goes on."""
    record = job.ledger.record if job.ledger is not None else None
    if isinstance(record, UploadRecord):
        if record.step in _ONCE_STORED:
            return record.size
        return sum(part.size for part in record.parts.values())
    if isinstance(record, DownloadRecord) and record.kept is not None:
        return sum(end - start for start, end in record.kept.held.ranges)
    return 0


def file_size(job: Job) -> int | None:
    """Bytes of the file that a transfer moves; None while nobody knows."""
    shown = job.provisional or job.artifact
    if shown is not None:
        return shown.size
    record = job.ledger.record if job.ledger is not None else None
    return (record.size if record is not None else 0) or job.meter.snapshot().total


class Doubt(Struct, frozen=True):
    """A question before several transfers are given up: the words, and the answers in order.

    The first answer keeps them for later; the second discards them.
    """

    title: str
    text: str
    answers: tuple[str, str]


def doubt(jobs: Sequence[Job]) -> Doubt | None:
    """What to ask before giving these up; None when nothing would be lost that cost time.

    A file that goes in one piece leaves nothing in the storage, so nobody is asked about it.
    """
    costly = [job for job in jobs if _in_storage(job)]
    if not costly:
        return None
    one = len(jobs) == 1
    title = (
        f"Discard the upload of “{visible(jobs[0].path.name)}”?"
        if one
        else f"Discard {_many(jobs)}?"
    )
    sent = sum(kept_bytes(job) for job in costly)
    whole = sum(file_size(job) or 0 for job in costly)
    text = f"{size(sent)} of {size(whole)} have arrived in the storage. "
    text += "Kept for later, they need not be sent again. " + _stays(costly, sent)
    if len(costly) < len(jobs):
        text += (
            f" The other {count(len(jobs) - len(costly), 'transfer')} would leave nothing there."
        )
    return Doubt(title, text, ("Keep for later", "Discard" if one else f"Discard {_many(jobs)}"))


def on_quit(jobs: Sequence[Job], *, resumes: bool) -> str:
    """What keeping, and what cancelling, means for transfers when the window closes."""
    goes = "go on at the next start" if resumes else "wait, paused, at the next start"
    kept = sum(kept_bytes(job) for job in jobs)
    text = f"Kept, they {goes}"
    text += f"; the {size(kept)} that are safe already are not moved again." if kept else "."
    costly = [job for job in jobs if _in_storage(job)]
    if costly:
        text += f" {_stays(costly, sum(map(kept_bytes, costly))).replace('Discarded', 'Cancelled')}"
    return text


def _in_storage(job: Job) -> bool:
    """Whether parts of the file are in the storage and wait there for the others."""
    record = job.ledger.record if job.ledger is not None else None
    if not isinstance(record, UploadRecord) or job.cancelling or is_finishing(job):
        return False
    return bool(record.parts or record.upload_id)


def _stays(jobs: Iterable[Job], sent: int) -> str:
    """What of discarded uploads nobody here can remove."""
    records = [job.ledger.record for job in jobs if job.ledger is not None]
    plans = [record.plan for record in records if isinstance(record, UploadRecord)]
    stores = {plan.store for plan in plans if plan is not None}
    much = size(sent) if sent else "a little"
    if stores == {"azure"}:
        return f"Discarded, {much} stays in the storage, unseen, until Azure drops it, in about a week."
    return (
        f"Discarded, {much} stays in the storage, unseen and paid for, until the bucket’s "
        "lifecycle rule for unfinished uploads removes it."
    )


def _many(jobs: Sequence[Job]) -> str:
    kinds = {job.kind for job in jobs}
    noun = "upload" if kinds == {Kind.UPLOAD} else "download"
    return count(len(jobs), noun if len(kinds) == 1 else "transfer")
