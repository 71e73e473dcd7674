"""The window's side of the byte worker: has byte effects performed in a child, from any thread."""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from dfs_desktop.api.errors import InterruptedTransferError, TransferCancelled
from dfs_desktop.api.protocol.effects import (
    Close,
    Commit,
    Discard,
    Effect,
    FetchBytes,
    HashFile,
    ReadContents,
    SendBytes,
    UploadResult,
)
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.workers.process.failures import error_of, failure_of
from dfs_desktop.workers.process.messages import (
    Answer,
    Call,
    Cancel,
    FromChild,
    Moved,
    Question,
    Reply,
    pack,
    unpack,
)

from .child_run import ChildDied, ChildRun, Errand
from .orders import (
    CARRY,
    Checking,
    Fetched,
    Fetching,
    Hashing,
    LettingGo,
    LookingInside,
    Order,
    Outcome,
    Pacing,
    PartialState,
    Sending,
    Told,
)

if TYPE_CHECKING:
    from dfs_desktop.api.storage.store_client import Store

TICK = 0.1  # seconds between two looks at the wish to stop, and at the bandwidth limit
PATIENCE = (
    5.0  # seconds that a stop may take (a disk may be slow to sync) before the child is ended
)
HEARD = 1.0  # seconds within which a child says that it heard of the stop; else it hangs
SILENCE = 20.0  # seconds without a word while there is work, after which a child hangs
AGAIN = 60.0  # seconds within which a second death is told
_END = 2.0  # seconds that the threads of a killed child may take

T = TypeVar("T")
log = logging.getLogger(__name__)


class ByteWorker:
    """Keeps one child that moves and hashes bytes, at the latest from the first. Thread safe."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._run: ChildRun | None = None
        self._known: set[tuple[str, int, int]] = set()  # partial files that a child may have open
        self._closed = False

    @property
    def pid(self) -> int:
        """The process that moves bytes now; 0 for none."""
        return self._run.process.pid if self._run is not None else 0

    def start(self) -> None:
        """Have a child ready: it takes half a second of computing to start one."""
        with contextlib.suppress(TransferCancelled):
            self._current()

    def perform(self, effect: Effect[Any], store: Store, meter: Meter) -> Any:
        """The same as ``api.storage.work.perform``, and with the same result.

        What only opens, notes, asks or renames is done here; so is all where no child can be had.
        """
        from dfs_desktop.api.storage.effect_handlers import (
            perform,  # here: who performs speaks to a server
        )
        from dfs_desktop.artifact import Contents

        try:
            match effect:
                case ReadContents(path):
                    return self._carry(Errand(lambda: LookingInside(path), Contents), store, meter)
                case HashFile(path, fingerprint):
                    errand = Errand(lambda: Hashing(path, fingerprint), str)
                    return self._carry(errand, store, meter)
                case SendBytes():
                    return self._send(effect, store, meter)
                case FetchBytes(_, PartialFile() as partial):
                    return self._fetch(effect, partial, store, meter)
                case Commit(PartialFile() as partial, sha256):
                    make = functools.partial(self._check_order, partial, sha256)
                    self._carry(Errand(make, None), store, meter)
                    self._known.discard(PartialState.of(partial).key)
                    return partial.take_name(meter.wait)
                case Close(PartialFile() as partial) | Discard(PartialFile() as partial):
                    self._let_go(partial, store)
        except ChildDied:
            log.warning("no byte worker could be started; this process moves the bytes")
        return perform(effect, store, meter)

    def close(self) -> None:
        """End the child; what it was doing is stopped."""
        with self._lock:
            self._closed, run = True, self._run
        if run is not None:
            run.kill()
            run.process.join(_END)

    def _send(self, job: SendBytes, store: Store, meter: Meter) -> Any:
        def hear(told: Told) -> None:
            if told.part is not None:
                job.done[told.part.number] = told.part
                if job.arrived is not None:
                    job.arrived(told.part)

        def settled() -> int:
            return sum(part.size for part in list(job.done.values()))

        return self._carry(
            Errand(lambda: Sending.of(job), UploadResult, hear, settled), store, meter
        )

    def _fetch(self, fetch: FetchBytes, partial: PartialFile, store: Store, meter: Meter) -> str:
        def make() -> Fetching:
            state = PartialState.of(partial)
            self._known.add(state.key)
            return Fetching(fetch.url, state, fetch.keep is not None)

        def hear(told: Told) -> None:
            if told.held is not None and fetch.keep is not None:
                partial.resume(told.held)
                fetch.keep(told.held)

        errand = Errand(make, Fetched, hear, lambda: partial.received)
        fetched: Fetched = self._carry(errand, store, meter)
        partial.resume(fetched.held)
        partial.encoding = fetched.encoding
        return fetched.refused

    def _check_order(self, partial: PartialFile, sha256: str) -> Checking:
        return Checking(PartialState.of(partial), sha256)

    def _let_go(self, partial: PartialFile, store: Store) -> None:
        """A file that the child has open cannot be removed everywhere, and is still written to."""
        state = PartialState.of(partial)
        if state.key not in self._known:
            return
        self._known.discard(state.key)
        run = self._run
        if run is not None and not run.ended:
            self._carry(Errand(lambda: LettingGo(state), None), store, Meter(), only=run)

    def _carry(
        self, errand: Errand, store: Store, meter: Meter, *, only: ChildRun | None = None
    ) -> Any:
        """Have an order carried out, once more when its child died; that again is told."""
        died = -AGAIN
        while True:
            meter.check()
            run = only or self._current()
            began, before = errand.settled(), meter.done
            try:
                return self._carry_once(run, errand, store, meter)
            except ChildDied as death:
                meter.advance(before - meter.done + errand.settled() - began)
                if self._closed:
                    raise TransferCancelled from None
                if only is not None:
                    return None
                now, last = time.monotonic(), died
                if not death.killed:
                    died = now
                    if now - last < AGAIN:
                        if not death.heard:
                            raise
                        raise InterruptedTransferError(
                            "The process that moves the bytes ended twice. What arrived is kept; "
                            "the transfer goes on from there. More is in the log."
                        ) from None

    def _current(self) -> ChildRun:
        with self._lock:
            if self._closed:
                raise TransferCancelled
            if self._run is None or self._run.ended:
                self._run = ChildRun()
            return self._run

    def _carry_once(self, run: ChildRun, errand: Errand, store: Store, meter: Meter) -> Any:
        number = next(self._numbers)
        inbox = run.open(number)
        try:
            order = Order.of(errand.make(), store, meter)
            run.process.send(Call(number, CARRY, pack(order)))
            return self._await(run, number, inbox, errand, order, store, meter)
        finally:
            with run.lock:
                run.inboxes.pop(number, None)

    def _await(
        self,
        run: ChildRun,
        number: int,
        inbox: queue.SimpleQueue[FromChild | None],
        errand: Errand,
        order: Order,
        store: Store,
        meter: Meter,
    ) -> Any:
        rate, refused = order.rate, None
        began, stopped = time.monotonic(), 0.0
        while True:
            if meter.stopped and not stopped:
                stopped = time.monotonic()
                run.process.send(Cancel(number))
            elif not run.killed and stopped and _overstays(run, stopped):
                log.warning("a byte worker does not stop, and is ended")
                run.kill()
            elif time.monotonic() - max(run.spoke, began) > SILENCE:
                began = time.monotonic()
                log.warning("a byte worker says nothing, and is ended")
                run.process.kill()
            if meter.limit is not None and meter.limit.rate != rate:
                rate = meter.limit.rate
                pacing = Order.of(Pacing(order.pace, rate), store, meter)
                run.process.send(Call(next(self._numbers), CARRY, pack(pacing)))
            try:
                message = inbox.get(timeout=TICK)
            except queue.Empty:
                continue
            match message:
                case None:
                    raise ChildDied(killed=run.killed, heard=run.heard)
                case Moved():
                    meter.advance(message.count)
                    if message.stumbled is None:
                        meter.recovered()
                    else:
                        meter.stumbled(message.stumbled)
                case Question():
                    try:
                        if errand.hear is not None:
                            errand.hear(unpack(message.payload, Told))
                    except Exception as error:  # noqa: BLE001 - raised here as soon as it has ended
                        refused = error
                        run.process.send(Reply(message.id, failure=failure_of(error)))
                    else:
                        run.process.send(Reply(message.id))
                case Answer():
                    return _result(message, errand, meter, refused)


def _overstays(run: ChildRun, stopped: float) -> bool:
    """Whether a child that was told to stop should have done so; one that is silent hangs."""
    return time.monotonic() - stopped > (PATIENCE if run.spoke > stopped else HEARD)


def _result(answer: Answer, errand: Errand, meter: Meter, refused: Exception | None) -> Any:
    """What the child came to; raises what it raised, or what it was told in between."""
    outcome = unpack(answer.payload, Outcome) if answer.failure is None else None
    if outcome is not None and outcome.raised is None:
        return unpack(outcome.result, errand.kind)
    if refused is not None:
        raise refused
    if outcome is not None and outcome.raised is not None:
        raise outcome.raised.error()
    meter.check()
    assert answer.failure is not None  # noqa: S101 - there is an outcome or a failure
    raise error_of(answer.failure)
