"""One transfer: what is moved, where to, how far it got and how it ended."""

import enum
import itertools
import time
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from dfs_desktop import api

from .job_log import JobLog
from .problem import Problem
from .rate import Rate

_numbers = itertools.count(1)

ONCE_STORED = {api.UploadStep.STORED, api.UploadStep.CONFIRMING, api.UploadStep.DONE}
AnyLedger = api.Ledger[api.UploadRecord] | api.Ledger[api.DownloadRecord]
_PROVISIONAL = "job:"  # begins the id of a row without a record


def is_provisional(record_id: str) -> bool:
    """Whether this is the row of an upload that no server has a record for yet."""
    return record_id.startswith(_PROVISIONAL)


class Kind(enum.Enum):
    """Which way the bytes go."""

    UPLOAD = "upload"
    DOWNLOAD = "download"


class State(enum.Enum):
    """The life of a transfer. What has not ended is there again at the next start."""

    WAITING = "waiting"  # for its turn
    RUNNING = "running"
    RETRYING = "retrying"  # for the moment of its next try
    PAUSED = "paused"  # by the person, or until there is room on the disk
    ATTENTION = "attention"  # until the person has decided something
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    __hash__ = object.__hash__  # an enum's own is slow, and thousands are counted at a time

    def __init__(self, value: str) -> None:
        self.ended = value in {"done", "failed", "cancelled"}
        self.busy = value in {"waiting", "running", "retrying"}  # it goes on by itself


class Snapshot(Struct, frozen=True):
    """What a person sees of a transfer at one moment. Bytes and seconds; None where unknown.

    ``retry_in``: seconds to the next try; ``reason``: why it waits, in one sentence.
    ``waiting``: seconds since the first of the faults that a running one waits out, of which
    ``reason`` tells the last.
    """

    state: State
    phase: api.Phase
    done: int
    total: int | None
    speed: float | None
    seconds_left: float | None
    stalled: bool
    cancelling: bool
    pausing: bool = False
    retry_in: float | None = None
    reason: str = ""
    waiting: float | None = None

    @property
    def permille(self) -> int:
        """0 to 1000 for a progress bar (its range has 32 bits, sizes do not)."""
        if self.state is State.DONE:
            return 1000
        if not self.total:
            return 0
        return min(999, self.done * 1000 // self.total)


class Job:
    """A transfer from the wish to the end. Owned by the queue; others read it and ask the queue.

    ``ledger`` holds what it takes to carry it on; ``profile`` names the server it belongs to.
    """

    def __init__(self, title: str, ledger: AnyLedger, profile: str = "") -> None:
        self.number = next(_numbers)
        self.title, self.ledger, self.profile = title, ledger, profile
        record = ledger.record
        self.kind = Kind.UPLOAD if isinstance(record, api.UploadRecord) else Kind.DOWNLOAD
        self.collection_id = record.place.collection
        self.row = 0  # in the journal; 0 without one
        self.begun: Future[Any] | None = None  # ends when the journal has it
        self.position = float(self.number)  # in the queue: smaller goes first
        self.meter = api.Meter()
        self.log = JobLog()
        self.state = State.WAITING
        self.cancelling = False  # the person wants it gone
        self.pausing = False
        self.watched = False  # by a window of its own, which tells how it ends
        self.attempts = 0  # in a row without a new byte
        self.retry_at = 0.0  # by the monotonic clock
        self.error: BaseException | None = None  # of the last attempt; None after a good one
        self.problem: Problem | None = None  # of the last attempt, also of an earlier run
        # Of a download what is fetched, of an upload the result.
        self.artifact: api.ModelArtifact | None = None
        # Of an upload the row that is shown before there is one.
        self.provisional: api.ModelArtifact | None = None
        self._rate = Rate()
        self._phase = api.Phase.WAITING

    @classmethod
    def of(cls, title: str, record: api.UploadRecord | api.DownloadRecord, profile: str) -> "Job":
        """A transfer that has not begun, by what is written down of it."""
        ledger: Any = api.Ledger(record)
        return cls(title, ledger, profile)

    @cached_property
    def path(self) -> Path:
        """The file, made when it is asked for: thousands are queued at once."""
        record = self.record
        if isinstance(record, api.UploadRecord):
            return Path(record.path)
        return Path(record.file_path or ".")

    @property
    def provisional_id(self) -> str:
        """The id of the row that is shown before there is a record."""
        return f"{_PROVISIONAL}{self.number}"

    @property
    def record(self) -> api.UploadRecord | api.DownloadRecord:
        """What its ledger has written down."""
        return self.ledger.record

    @property
    def artifact_id(self) -> str:
        """The record this transfer belongs to; empty while the server has not made one."""
        if self.artifact is not None:
            return self.artifact.id
        return self.record.artifact_id or self.meter.snapshot().artifact_id or ""

    @property
    def source(self) -> api.CopySource | None:
        """What an upload copies; None for one of a file on this computer, and for a download."""
        return self.record.source if isinstance(self.record, api.UploadRecord) else None

    @property
    def word(self) -> str:
        """What it is: a copy, an upload, a download, a repair."""
        if self.source is not None:
            return "copy"
        repairs = isinstance(self.record, api.DownloadRecord) and bool(self.record.source)
        return "repair" if repairs else self.kind.value

    @property
    def server(self) -> str:
        """The server that it has to do with now: a copy begins at the one that has the artifact."""
        source = self.source
        if source is None or source.fetch.step is api.DownloadStep.DONE or self.cancelling:
            return self.profile
        return source.server

    @property
    def reason(self) -> str:
        """Why it does not move, fit to be shown; empty while nothing is wrong."""
        error: BaseException | None = self.error
        if error is None or self.state.ended:
            return ""
        title, detail = getattr(error, "title", ""), getattr(error, "detail", "")
        return f"{title}. {detail}" if title and detail else title or type(error).__name__

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is anywhere yet: it can go without a clean-up."""
        record = self.record
        if isinstance(record, api.UploadRecord):
            sent = (api.UploadStep.PLANNED, api.UploadStep.HASHED, api.UploadStep.DISCARDED)
            fetched = record.source is not None and not _unfetched(record.source.fetch)
            return record.step in sent and not fetched
        return _unfetched(record)

    @property
    def arrived(self) -> bool:
        """Whether the file of a download has its name, although the wish to stop came before."""
        record = self.record
        return isinstance(record, api.DownloadRecord) and record.step is api.DownloadStep.DONE

    def begin_attempt(self) -> None:
        """A fresh meter under the same limit: a stopped one stays stopped."""
        limit, artifact_id = self.meter.limit, self.meter.artifact_id
        self.meter = api.Meter(limit, hasty=self.cancelling)
        self.meter.artifact_id = artifact_id

    def progress(self) -> object:
        """How far it came, as something that is equal while it does not get on."""
        record = self.record
        if isinstance(record, api.UploadRecord):
            fetch = record.source.fetch if record.source is not None else None
            return (record.step, len(record.parts), fetch and (fetch.step, held_bytes(fetch)))
        return held_bytes(record)

    def snapshot(self) -> Snapshot:
        progress = self.meter.snapshot()
        now = time.monotonic()
        if progress.phase is not self._phase:
            self._phase, self._rate = progress.phase, Rate()
        running = self.state is State.RUNNING
        moving = running and progress.waiting is None
        if running:
            self._rate.sample(now, progress.done)
        retrying = self.state is State.RETRYING
        return Snapshot(
            state=self.state,
            phase=progress.phase,
            done=progress.done,
            total=progress.total,
            speed=self._rate.speed() if moving else None,
            seconds_left=self._rate.seconds_left(progress.total) if moving else None,
            stalled=moving and bool(progress.total) and self._rate.stalled(now),
            cancelling=self.cancelling,
            pausing=self.pausing,
            retry_in=max(0.0, self.retry_at - now) if retrying else None,
            reason=progress.why or self.reason,
            waiting=progress.waiting if running else None,
        )


def kept_bytes(job: Job) -> int:
    """Bytes that need not be moved again when a transfer that stands still goes on."""
    record = job.record
    if isinstance(record, api.UploadRecord):
        if record.step in ONCE_STORED:
            return record.size
        if record.parts or record.source is None:
            return sum(part.size for part in record.parts.values())
        fetch = record.source.fetch
        return fetch.size if fetch.step is api.DownloadStep.DONE else held_bytes(fetch)
    return held_bytes(record)


def _unfetched(record: api.DownloadRecord) -> bool:
    """Whether nothing of a download is on the disk."""
    return record.kept is None and not record.mark and record.step is not api.DownloadStep.DONE


def held_bytes(record: api.DownloadRecord) -> int:
    """Bytes of a download that are safe on the disk."""
    if record.kept is None:
        return 0
    return sum(end - start for start, end in record.kept.held.ranges)
