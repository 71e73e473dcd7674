"""How far a move is, in bytes that count twice: once for fetching and once for sending."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from dfs_desktop.api import DownloadStep
from dfs_desktop.number_text import exact_text
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.transfers import progress_text

from .move_record import MoveRecord, Outcome

_WANTED = {Outcome.COPIED, Outcome.WAITING}


class Progress(Struct, frozen=True):
    """Of what goes at all; `standing` says how many do not go on by themselves, and how."""

    done: int
    total: int
    bytes_done: int
    bytes_total: int
    standing: str
    busy: bool

    @property
    def permille(self) -> int:
        whole = self.bytes_total or self.total or 1
        part = self.bytes_done if self.bytes_total else self.done
        return 1000 if self.done == self.total else min(999, part * 1000 // whole)

    def sentence(self) -> str:
        """`5 of 12 artifacts · 3 GB of 8 GB · 2 need you`."""
        many = trn(
            "{done} of {amount} artifact",
            "{done} of {amount} artifacts",
            self.total,
            done=exact_text(self.done),
        )
        done, total = quantities.size(self.bytes_done), quantities.size(self.bytes_total)
        size = tr("{done} of {total}", done=done, total=total)
        return " · ".join(filter(None, (many, size, self.standing)))


def progress(record: MoveRecord, jobs: Iterable[Job]) -> Progress:
    wanted = [each for each in record.items if each.outcome in _WANTED]
    done = [each for each in wanted if each.outcome is Outcome.COPIED]
    left = [job for job in jobs if not job.state.ended]
    moved = sum(_moved(job) for job in left if job.state is State.RUNNING)
    states = Counter(job.state for job in left)
    standing = []
    if again := states[State.RETRYING]:
        standing.append(trn("{amount} tried again soon", "{amount} tried again soon", again))
    if paused := states[State.PAUSED]:
        standing.append(trn("{amount} paused", "{amount} paused", paused))
    if waiting := states[State.ATTENTION]:
        standing.append(trn("{amount} waiting for you", "{amount} waiting for you", waiting))
    return Progress(
        len(done),
        len(wanted),
        sum(each.size for each in done) + moved,
        sum(each.size for each in wanted),
        " · ".join(standing),
        any(job.state.busy for job in left),
    )


def state_words(job: Job | None) -> str:
    """What is done about an artifact that has not arrived: `Sending · 3 MB of 8 GB · 61 MB/s`."""
    return progress_text.sentence(job.snapshot(), job) if job is not None else tr("Waiting")


def _moved(job: Job) -> int:
    """Half of a file when it is fetched, and the other half when it is sent."""
    if (source := job.source) is None:
        return 0
    fetched = source.fetch.step is DownloadStep.DONE
    moved = progress_text.moved(job.snapshot(), job)
    return (source.fetch.size + moved) // 2 if fetched else moved // 2
