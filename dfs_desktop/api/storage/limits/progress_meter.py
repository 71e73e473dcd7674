"""The meter of one transfer: bytes counted, the phase it is in, and the wish to stop."""

import asyncio
import contextlib
import enum
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextvars import ContextVar

from msgspec import Struct

from dfs_desktop.api.errors import TransferCancelled

from .rate_limiter import RateLimiter

MOST_KEPT = 200  # entries of what happened that nobody has taken
TICK = 0.25  # seconds after which a wait under a bandwidth limit looks at the limit again


class Phase(enum.StrEnum):
    """What a transfer is doing now."""

    WAITING = "waiting"
    HASHING = "hashing"
    CREATING = "creating"
    LOOKING = "looking"  # whether the storage has the file already
    SENDING = "sending"
    RECEIVING = "receiving"
    VERIFYING = "verifying"
    CONFIRMING = "confirming"
    FINISHED = "finished"


class LogEntry(Struct, frozen=True):
    """What happened to a transfer: at which POSIX second, a word for it, bytes or seconds, a reason."""

    at: float
    what: str
    amount: float = 0
    text: str = ""


class Progress(Struct, frozen=True):
    """One look at a meter. ``done`` and ``total`` are bytes of this phase; total None is unknown.

    ``waiting``: seconds since the first of the faults that are being waited out, None when it gets
    on; ``why``: what the last of them was.
    """

    phase: Phase
    done: int
    total: int | None
    artifact_id: str | None
    waiting: float | None = None
    why: str = ""


class Meter:
    """Watches one transfer from any thread, and stops it.

    Pulled, never pushed: whoever draws a progress bar takes a ``snapshot()`` when it wants one.
    ``hasty``: somebody waits for the end, so that faults are not waited out for long.
    """

    def __init__(self, limit: RateLimiter | None = None, *, hasty: bool = False) -> None:
        self.limit = limit
        self.hasty = hasty
        self.phase = Phase.WAITING
        self.done = 0
        self.total: int | None = None
        self.artifact_id: str | None = None
        self._since: float | None = None  # by the monotonic clock: the first fault of several
        self._why = ""
        self.happened: deque[LogEntry] = deque(maxlen=MOST_KEPT)
        self.stopped = False  # whether somebody wished it to stop
        self._waited: threading.Event | None = None  # made by who waits: thousands never run
        self._lock = threading.Lock()

    def snapshot(self) -> Progress:
        """A consistent copy of the numbers."""
        with self._lock:
            waiting = None if self._since is None else time.monotonic() - self._since
            why = self._why if waiting is not None else ""
            return Progress(self.phase, self.done, self.total, self.artifact_id, waiting, why)

    def enter(self, phase: Phase, total: int | None = None) -> None:
        """Begin a phase of ``total`` bytes."""
        with self._lock:
            self.phase, self.done, self.total = phase, 0, total
            self._since = None
            self.happened.append(LogEntry(time.time(), phase.value, total or 0))

    def stumbled(self, why: str) -> None:
        """Note a fault that is waited out, and tried again after."""
        with self._lock:
            if self._since is None or why != self._why:
                self.happened.append(LogEntry(time.time(), "stumbled", text=why))
            self._since = time.monotonic() if self._since is None else self._since
            self._why = why

    def recovered(self) -> None:
        """Note that it gets on again."""
        if self._since is not None:
            with self._lock:
                self._since = None
                self.happened.append(LogEntry(time.time(), "recovered"))

    def take_happened(self) -> list[LogEntry]:
        """What happened since the last time, in its order."""
        with self._lock:
            taken = list(self.happened)
            self.happened.clear()
            return taken

    def advance(self, count: int) -> None:
        """Count bytes; negative when bytes have to be moved again."""
        with self._lock:
            self.done += count

    def pace(self, count: int) -> None:
        """Wait as long as the bandwidth limit wants for ``count`` bytes that just moved."""
        if self.limit is None:
            return
        self.limit.take(count)
        while (seconds := self.limit.owed()) > 0:
            self.wait(min(seconds, TICK))

    def stop(self) -> None:
        """Wish the transfer to stop; it does within a second and cleans up after itself."""
        with self._lock:
            self.stopped = True
            waited = self._waited
        if waited is not None:
            waited.set()

    def check(self) -> None:
        """Raise TransferCancelled once the stop was wished."""
        if self.stopped:
            raise TransferCancelled

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until the stop is wished; then raise TransferCancelled."""
        with self._lock:
            if self._waited is None:
                self._waited = threading.Event()
        if self.stopped or self._waited.wait(max(seconds, 0.0)):
            raise TransferCancelled

    async def rest(self, seconds: float) -> None:
        """The same on an event loop; the wish to stop is noticed a little later.

        A cancelled task hears of it here, however short the rest is.
        """
        end = time.monotonic() + seconds
        self.check()
        await asyncio.sleep(0)
        while (left := end - time.monotonic()) > 0:
            await asyncio.sleep(min(left, TICK))
            self.check()


_current: ContextVar[Meter | None] = ContextVar("dfs_meter", default=None)


@contextlib.contextmanager
def metered(meter: Meter) -> Iterator[Meter]:
    """Every upload, download and delete started inside reports to ``meter`` and obeys its stop."""
    token = _current.set(meter)
    try:
        yield meter
    finally:
        _current.reset(token)


def current_meter() -> Meter:
    """The meter set by ``metered``, or a fresh one that nobody watches."""
    return _current.get() or Meter()
