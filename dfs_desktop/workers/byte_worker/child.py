"""The byte worker: carries out orders by the very code that moves bytes in any other process."""

import errno
import os
import threading
import time
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from dfs_desktop.api.errors import DataForceError
from dfs_desktop.api.http.address import Address
from dfs_desktop.api.http.network import Network
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.checkpoint import Checkpoint
from dfs_desktop.api.protocol.ledger import SentPart
from dfs_desktop.api.storage.effect_handlers import perform
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.limits.rate_limiter import RateLimiter
from dfs_desktop.api.storage.local.file_errors import local_fault
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.local.partial_file_opening import open_same
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.workers.process.child_server import Child, Running
from dfs_desktop.workers.process.messages import Alive, Moved, pack, unpack

from . import orders

THREADS = 64  # orders at once; the window gives fewer
_OFTEN = 0.2  # seconds between two words on how far an order has come
LIFE = 2.0  # seconds between two signs of life while there is work


class _RunningOrder:
    def __init__(self, number: int, order: orders.Order, meter: Meter, child: Child) -> None:
        self.order, self.meter = order, meter
        self._number, self._child = number, child
        self._reported: tuple[int, str | None] = (0, None)
        self._lock = threading.Lock()

    def report(self) -> None:
        """Tell the window how far it has come, if that is news."""
        with self._lock:
            seen = self.meter.snapshot()
            stumbled = seen.why if seen.waiting is not None else None
            if (seen.done, stumbled) != self._reported:
                count = seen.done - self._reported[0]
                self._reported = seen.done, stumbled
                self._child.send(Moved(self._number, count, stumbled))

    def record(self, news: SentPart | Checkpoint) -> None:
        """Have something written down; returns when it is."""
        part, held = (news, None) if isinstance(news, SentPart) else (None, news)
        self._child.ask(orders.RECORD, pack(orders.Record(self._number, part, held)))


class BytePerformer:
    """What this process knows beside the orders: connections, limits, and open partial files."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._stores: dict[tuple[Address, Network], Store] = {}
        self._paces: dict[int, RateLimiter] = {}
        self._partials: dict[tuple[str, int, int], PartialFile] = {}
        self._lock = threading.Lock()
        self._orders: dict[int, _RunningOrder] = {}
        self._busy = threading.Event()
        threading.Thread(target=self._report, name="dfs-report", daemon=True).start()

    def begin(self, running: Running) -> bool:
        number, order = running.call.id, unpack(running.call.payload, orders.Order)
        meter = Meter(self._pace(order), hasty=order.hasty)
        running.task = self._orders[number] = _RunningOrder(number, order, meter, self._child)
        self._busy.set()
        return True

    def cancelled(self, running: Running) -> None:
        running.task.meter.stop()
        running.tell()  # noted; the end may take a while

    def perform(self, running: Running) -> bytes:
        job: _RunningOrder = running.task
        try:
            outcome = orders.Outcome(pack(self._do(job)))
        except DataForceError as error:
            outcome = orders.Outcome(raised=orders.Raised.of(error))
        finally:
            self._orders.pop(running.call.id, None)
            job.report()
        return pack(outcome)

    def _report(self) -> None:
        lived = time.monotonic()
        while True:
            self._busy.wait()
            time.sleep(_OFTEN)
            self._busy.clear()
            for job in list(self._orders.values()):
                self._busy.set()
                job.report()
            if self._orders and time.monotonic() - lived > LIFE:
                lived = time.monotonic()
                self._child.send(Alive(0))

    def _pace(self, order: orders.Order) -> RateLimiter | None:
        work = order.work
        asked = work if isinstance(work, orders.SetRate) else order
        if not asked.pace:
            return None
        with self._lock:
            found = self._paces.setdefault(asked.pace, RateLimiter(asked.rate))
            if found.rate != asked.rate:
                found.rate = asked.rate
            return found

    def _store(self, order: orders.Order) -> Store:
        with self._lock:
            key = order.registry, order.network
            store = self._stores.get(key)
            if store is None:
                store = self._stores[key] = Store(order.registry, network=order.network)
            store.approved = set(order.approved)
            return store

    def _do(self, job: _RunningOrder) -> Any:
        order, meter = job.order, job.meter
        match order.work:
            case effects.ReadContents() | effects.HashFile() | effects.HashParts() as effect:
                return perform(effect, self._store(order), meter)
            case orders.SendBytes() as work:
                return self._send(work, job)
            case orders.FetchBytes() as work:
                return self._fetch(work, job)
            case orders.Salvage() as work:
                return self._salvage(work, job)
            case orders.Verify(state, sha256):
                partial = self._open(state)
                try:
                    partial.check(sha256)
                finally:
                    self._close(state, partial)
            case orders.Release(state):
                self._release(state)
            case orders.SetRate():
                pass
        return None

    def _send(self, work: orders.SendBytes, job: _RunningOrder) -> Any:
        effect = replace(work.job, arrived=job.record) if work.tell else work.job
        return perform(effect, self._store(job.order), job.meter)

    def _fetch(self, work: orders.FetchBytes, job: _RunningOrder) -> orders.Fetched:
        partial = self._open(work.partial)
        fetch = effects.FetchBytes(work.url, partial, job.record if work.tell else None)
        try:
            refused = perform(fetch, self._store(job.order), job.meter)
        except BaseException:
            self._close(work.partial, partial)
            raise
        return orders.Fetched(refused, partial.holds(), partial.encoding)

    def _salvage(self, work: orders.Salvage, job: _RunningOrder) -> Checkpoint:
        partial = self._open(work.partial)
        effect = effects.Salvage(work.source, work.sums, partial)
        try:
            held: Checkpoint = perform(effect, self._store(job.order), job.meter)
        finally:  # what it holds from now on is the window's to say
            self._close(work.partial, partial)
        return held

    def _open(self, state: orders.PartialState) -> PartialFile:
        """The file as it was left open by the order before, with its hash; or opened anew."""
        with self._lock:
            partial = self._partials.get(state.key)
        if partial is not None:
            if (partial.holds(), partial.encoding) == (state.kept.held, state.encoding):
                return partial
            self._release(state)
        if (partial := open_same(state.kept, state.size)) is None:
            gone = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            raise local_fault(gone, Path(state.kept.target))
        partial.encoding = state.encoding
        with self._lock:
            self._partials[state.key] = partial
        return partial

    def _close(self, state: orders.PartialState, partial: PartialFile) -> None:
        with self._lock:
            if self._partials.get(state.key) is partial:
                del self._partials[state.key]
        partial.close()

    def _release(self, state: orders.PartialState) -> None:
        with self._lock:
            partial = self._partials.pop(state.key, None)
        if partial is not None:
            partial.close()
