"""One transfer: what is moved, where to, how far it got and how it ended. Frozen views for the eye."""

from __future__ import annotations

import enum
import itertools
import time
from pathlib import Path

from msgspec import Struct

from dfs_desktop.api import Meter, ModelArtifact, Phase
from dfs_desktop.transfers.rate import Rate

_numbers = itertools.count(1)


class Kind(enum.Enum):
    """Which way the bytes go."""

    UPLOAD = "upload"
    DOWNLOAD = "download"


class State(enum.Enum):
    """The life of a transfer."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in {State.DONE, State.FAILED, State.CANCELLED}


class Snapshot(Struct, frozen=True):
    """What a person sees of a transfer at one moment. Bytes and seconds; None where unknown."""

    state: State
    phase: Phase
    done: int
    total: int | None
    speed: float | None
    seconds_left: float | None
    stalled: bool
    cancelling: bool

    @property
    def permille(self) -> int:
        """0 to 1000 for a progress bar (its range has 32 bits, sizes do not)."""
        if self.state is State.DONE:
            return 1000
        if not self.total:
            return 0
        return min(999, self.done * 1000 // self.total)


class Job:
    """A transfer from the wish to the end. Owned by the queue; others read it and ask it to cancel."""

    def __init__(self, kind: Kind, title: str, path: Path, *, collection_id: str) -> None:
        self.number = next(_numbers)
        self.kind = kind
        self.title = title
        self.path = path
        self.collection_id = collection_id
        self.meter = Meter()
        self.state = State.WAITING
        self.cancelling = False
        self.error: BaseException | None = None
        self.artifact: ModelArtifact | None = (
            None  # downloads: what is fetched; uploads: the result
        )
        self.provisional: ModelArtifact | None = None  # uploads: the row shown before there is one
        self._rate = Rate()
        self._phase = Phase.WAITING

    @property
    def artifact_id(self) -> str:
        """The record this transfer belongs to; empty while the server has not made one."""
        if self.artifact is not None:
            return self.artifact.id
        return self.meter.snapshot().artifact_id or ""

    def snapshot(self) -> Snapshot:
        progress = self.meter.snapshot()
        now = time.monotonic()
        if progress.phase is not self._phase:
            self._phase, self._rate = progress.phase, Rate()
        running = self.state is State.RUNNING
        if running:
            self._rate.sample(now, progress.done)
        return Snapshot(
            state=self.state,
            phase=progress.phase,
            done=progress.done,
            total=progress.total,
            speed=self._rate.speed() if running else None,
            seconds_left=self._rate.seconds_left(progress.total) if running else None,
            stalled=running and bool(progress.total) and self._rate.stalled(now),
            cancelling=self.cancelling,
        )
