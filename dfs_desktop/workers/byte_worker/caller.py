"""The window's side of the byte worker: has byte effects performed in a child, from any thread."""

from __future__ import annotations

import contextlib
import itertools
import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from dfs_desktop.api.errors import InterruptedTransferError, TransferCancelled
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.checkpoint import Checkpoint
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.translation import tr
from dfs_desktop.workers.process import messages
from dfs_desktop.workers.process.child_process import ChildDied
from dfs_desktop.workers.process.failures import error_of, failure_of
from dfs_desktop.workers.process.messages import pack, unpack

from . import orders
from .child_run import ChildRun, PendingOrder

if TYPE_CHECKING:
    from dfs_desktop.api.storage.store_client import Store
    from dfs_desktop.artifact import Fingerprint, Hashes

TICK = 0.1  # seconds between two looks at the wish to stop, and at the bandwidth limit
PATIENCE = 5.0  # seconds that a stop may take: a disk may be slow to sync; then the child is ended
HEARD = 1.0  # seconds within which a child says that it has taken note of the stop; else it hangs
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

    def perform(self, effect: effects.Effect[Any], store: Store, meter: Meter) -> Any:
        """The same as ``api.storage.effect_handlers.perform``, and with the same result.

        What only opens, notes, asks or renames is done here; so is all where no child can be had.
        """
        # Here: who performs speaks to a server.
        from dfs_desktop.api.storage.effect_handlers import perform
        from dfs_desktop.artifact import Contents, Hashes

        try:
            match effect:
                case effects.ReadContents():
                    return self._run_order(PendingOrder(lambda: effect, Contents), store, meter)
                case effects.HashFile():
                    return self._run_order(PendingOrder(lambda: effect, str), store, meter)
                case effects.HashParts():
                    return self._run_order(PendingOrder(lambda: effect, Hashes), store, meter)
                case effects.SendBytes():
                    return self._send(effect, store, meter)
                case effects.FetchBytes(_, PartialFile() as partial):
                    return self._fetch(effect, partial, store, meter)
                case effects.Salvage(source, sums, PartialFile() as partial):
                    now = orders.PartialState.of(partial)
                    pending = PendingOrder(lambda: orders.Salvage(source, sums, now), Checkpoint)
                    return self._run_order(pending, store, meter)
                case effects.Commit(PartialFile() as partial, sha256):
                    state = orders.PartialState.of(partial)
                    pending = PendingOrder(lambda: orders.Verify(state, sha256), None)
                    self._run_order(pending, store, meter)
                    self._known.discard(state.key)
                    return partial.take_name(meter.wait)
                case effects.Close(PartialFile() as partial) | effects.Discard(
                    PartialFile() as partial
                ):
                    self._release(partial, store)
        except ChildDied:
            log.warning("no byte worker could be started; this process moves the bytes")
        return perform(effect, store, meter)

    def measure(self, path: str, fingerprint: Fingerprint, meter: Meter) -> Hashes:
        """The hashes of a local file, of no server's concern."""
        from dfs_desktop.api.http.address import read_address
        from dfs_desktop.api.storage.store_client import Store

        nowhere = Store(read_address("https://localhost", allow_http=False))
        hashes: Hashes = self.perform(effects.HashParts(path, fingerprint), nowhere, meter)
        return hashes

    def close(self) -> None:
        """End the child; what it was doing is stopped."""
        with self._lock:
            self._closed, run = True, self._run
        if run is not None:
            run.kill()
            run.process.join(_END)

    def _send(self, job: effects.SendBytes, store: Store, meter: Meter) -> Any:
        def on_record(record: orders.Record) -> None:
            if record.part is not None:
                job.done[record.part.number] = record.part
                if job.arrived is not None:
                    job.arrived(record.part)

        def settled() -> int:
            return sum(part.size for part in list(job.done.values()))

        pending = PendingOrder(
            lambda: orders.SendBytes.of(job), effects.UploadResult, on_record, settled
        )
        return self._run_order(pending, store, meter)

    def _fetch(
        self, fetch: effects.FetchBytes, partial: PartialFile, store: Store, meter: Meter
    ) -> str:
        def make() -> orders.FetchBytes:
            state = orders.PartialState.of(partial)
            self._known.add(state.key)
            return orders.FetchBytes(fetch.url, state, fetch.keep is not None)

        def on_record(record: orders.Record) -> None:
            if record.held is not None and fetch.keep is not None:
                partial.resume(record.held)
                fetch.keep(record.held)

        pending = PendingOrder(make, orders.Fetched, on_record, lambda: partial.received)
        fetched: orders.Fetched = self._run_order(pending, store, meter)
        partial.resume(fetched.held)
        partial.encoding = fetched.encoding
        return fetched.refused

    def _release(self, partial: PartialFile, store: Store) -> None:
        """A file that the child has open cannot be removed everywhere, and is still written to."""
        state = orders.PartialState.of(partial)
        if state.key not in self._known:
            return
        self._known.discard(state.key)
        if (run := self._run) is not None and not run.ended:
            self._run_order(
                PendingOrder(lambda: orders.Release(state), None), store, Meter(), only=run
            )

    def _run_order(
        self, pending: PendingOrder, store: Store, meter: Meter, *, only: ChildRun | None = None
    ) -> Any:
        """Have an order carried out, once more when its child died; that again is told."""
        died = -AGAIN
        while True:
            meter.check()
            run = only or self._current()
            began, before = pending.settled(), meter.done
            try:
                return self._try_order(run, pending, store, meter)
            except ChildDied as death:
                meter.advance(before - meter.done + pending.settled() - began)
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
                            tr(
                                "The process that moves the bytes ended twice. What arrived is kept; "
                                "the transfer goes on from there. More is in the log."
                            )
                        ) from None

    def _current(self) -> ChildRun:
        with self._lock:
            if self._closed:
                raise TransferCancelled
            if self._run is None or self._run.ended:
                self._run = ChildRun()
            return self._run

    def _try_order(self, run: ChildRun, pending: PendingOrder, store: Store, meter: Meter) -> Any:
        number = next(self._numbers)
        inbox = run.open(number)
        try:
            order = orders.Order.of(pending.make(), store, meter)
            run.process.send(messages.Call(number, orders.PERFORM, pack(order)))
            return self._await(run, number, inbox, pending, order, store, meter)
        finally:
            with run.lock:
                run.inboxes.pop(number, None)

    def _await(
        self,
        run: ChildRun,
        number: int,
        inbox: queue.SimpleQueue[messages.FromChild | None],
        pending: PendingOrder,
        order: orders.Order,
        store: Store,
        meter: Meter,
    ) -> Any:
        rate, refused = order.rate, None
        began, stopped = time.monotonic(), 0.0
        while True:
            if meter.stopped and not stopped:
                stopped = time.monotonic()
                run.process.send(messages.Cancel(number))
            elif not run.killed and stopped and _overstays(run, stopped):
                log.warning("a byte worker does not stop, and is ended")
                run.kill()
            elif time.monotonic() - max(run.spoke, began) > SILENCE:
                began = time.monotonic()
                log.warning("a byte worker says nothing, and is ended")
                run.process.kill()
            if meter.limit is not None and meter.limit.rate != rate:
                rate = meter.limit.rate
                pacing = orders.Order.of(orders.SetRate(order.pace, rate), store, meter)
                run.process.send(messages.Call(next(self._numbers), orders.PERFORM, pack(pacing)))
            try:
                message = inbox.get(timeout=TICK)
            except queue.Empty:
                continue
            match message:
                case None:
                    raise ChildDied(killed=run.killed, heard=run.heard)
                case messages.Moved():
                    meter.advance(message.count)
                    if message.stumbled is None:
                        meter.recovered()
                    else:
                        meter.stumbled(message.stumbled)
                case messages.Question():
                    try:
                        if pending.on_record is not None:
                            pending.on_record(unpack(message.payload, orders.Record))
                    except Exception as error:  # noqa: BLE001 - raised here as soon as it has ended
                        refused = error
                        run.process.send(messages.Reply(message.id, failure=failure_of(error)))
                    else:
                        run.process.send(messages.Reply(message.id))
                case messages.Answer():
                    return _result(message, pending, meter, refused)


def _overstays(run: ChildRun, stopped: float) -> bool:
    """Whether a child that was told to stop should have done so; one that is silent hangs."""
    return time.monotonic() - stopped > (PATIENCE if run.spoke > stopped else HEARD)


def _result(
    answer: messages.Answer, pending: PendingOrder, meter: Meter, refused: Exception | None
) -> Any:
    """What the child came to; raises what it raised, or what it was told in between."""
    outcome = unpack(answer.payload, orders.Outcome) if answer.failure is None else None
    if outcome is not None and outcome.raised is None:
        return unpack(outcome.result, pending.kind)
    if refused is not None:
        raise refused
    if outcome is not None and outcome.raised is not None:
        raise outcome.raised.error()
    meter.check()
    assert answer.failure is not None  # noqa: S101 - there is an outcome or a failure
    raise error_of(answer.failure)
