"""Receiving a presigned URL into a partial file, resumed after broken connections."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import httpx

from dfs_desktop.api.errors import APIConnectionError, FileDownloadError
from dfs_desktop.api.flows.effects import Held

from .crew import HALVES, Crew, range_of
from .judging import BrokeOff, LinkRefused, Sent, check_length, judge, strong_etag
from .keeping import Keeper
from .meter import Meter
from .partial import Partial
from .placing import local_fault
from .pouring import Pouring
from .receiving import Pool
from .retry import Retries
from .segments import Plan, Segment
from .store import Store
from .urls import Target

SMALL = 1 << 20  # a file that is hashed at its commit faster than a thread would start
PATIENCE = 2.0  # seconds without a byte from the other connections, with nothing else to do


def fetch_bytes(
    url: str,
    partial: Partial,
    store: Store,
    meter: Meter,
    keep: Callable[[Held], None] | None = None,
) -> str:
    """Receive what is missing; why the store refuses the URL, if it does.

    A broken connection is resumed where it broke, for a minute without a new byte.
    Where the store is slow, several connections share the work. ``keep`` hears, on any thread,
    what has become durable. The meter counts new bytes, negative ones when it starts over.
    """
    target = store.target(url)
    keeper = Keeper(partial, keep)
    hashing = partial.digest.following() if partial.size > SMALL else contextlib.nullcontext()
    with store.slots.sharing(), keeper.running(), hashing:
        refused = _Fetch(target, partial, store, meter, keeper).run()
        if not refused and partial.size > SMALL:
            try:
                partial.digest.catch_up(meter.check)
            except OSError as error:
                raise local_fault(error, partial.target) from error
    return refused


class _Fetch:
    """The first connection: it decides what answers mean, and whether there are further ones."""

    def __init__(
        self, target: Target, partial: Partial, store: Store, meter: Meter, keeper: Keeper
    ) -> None:
        self._target, self._partial, self._store = target, partial, store
        self._meter, self._keeper = meter, keeper
        self._crew = Crew(target, partial, store, meter, keeper)
        self._plan = Plan(partial)
        self._pool = Pool()
        self._retries = Retries(hasty=meter.hasty)
        self._best = partial.received
        self._changes = 0
        self._wrong_parts = 0
        self._looked_at_empty = False

    def run(self) -> str:
        try:
            while (segment := self._next()) is not None:
                try:
                    self._receive(segment)
                except (BrokeOff, APIConnectionError) as error:
                    self._broke_off(error)
                else:
                    self._retries.restart()
        except LinkRefused as refused:
            return refused.why
        finally:
            self._crew.dismiss()
        return ""

    def _next(self) -> Segment | None:
        """What to receive now; None when all is there. Waits while others receive the rest."""
        if self._partial.received and not self._partial.etag and not self._partial.complete:
            self._start_over()  # nothing proves that the object is still the same
        if not self._partial.size and not self._looked_at_empty:
            self._looked_at_empty = True
            return Segment(0, 0)
        last, since = self._partial.received, time.monotonic()
        while not self._partial.complete:
            self._check()
            piece = None if self._crew.alone else self._crew.piece
            segment = self._plan.take(piece) or self._plan.steal(HALVES)
            if segment is not None:
                return segment
            self._meter.wait(0.02)
            if self._partial.received > last:
                last, since = self._partial.received, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                self._alone()
        return None

    def _check(self) -> None:
        self._meter.check()
        self._keeper.check()
        self._crew.look(self._plan)

    def _alone(self) -> None:
        self._crew.growth.shrink(time.monotonic(), 1)
        self._crew.dismiss()
        self._plan = Plan(self._partial)

    def _broke_off(self, error: BrokeOff | APIConnectionError) -> None:
        stalled = isinstance(error, BrokeOff) and error.stalled
        progress = self._partial.received > self._best and not stalled
        self._best = max(self._best, self._partial.received)
        if progress:
            self._retries.restart()
        why = error.why if isinstance(error, BrokeOff) else error.detail
        asked = error.asked if isinstance(error, BrokeOff) else None
        again = isinstance(error, BrokeOff) or error.retryable
        pause = self._retries.pause(asked)
        if pause is None or not again:
            unreachable = not isinstance(error, BrokeOff) and error.unreachable
            raise FileDownloadError(
                why, retryable=again, retry_after=asked, unreachable=unreachable
            ) from None
        self._meter.stumbled(why)
        self._meter.wait(pause)

    def _receive(self, segment: Segment) -> None:
        part = self._partial.received > 0
        headers = range_of(segment, self._partial) if part else {}
        try:
            with self._store.fetch(self._target, check=self._check, headers=headers) as answer:
                sent = judge(answer, segment, self._partial, part=part)
                self._meter.recovered()
                if sent is not Sent.PART:
                    self._begin(answer, sent)
                    self._plan.give_back(segment)
                    segment = self._plan.take(None) or segment
                if sent is Sent.PART or answer.headers.get("accept-ranges") == "bytes":
                    self._crew.ranges = True
                self._pour(answer, segment)
        finally:
            self._plan.give_back(segment)

    def _pour(self, answer: httpx.Response, segment: Segment) -> None:
        reach = segment.end
        # A piece comes through httpx, so that its connection serves for the next one.
        long = self._crew.alone or reach == self._partial.size

        def extend(done: Segment) -> bool:
            # Alone again, or never joined by another: this answer brings the rest as well.
            return self._crew.alone and done.end < reach and self._plan.extend(done, reach)

        Pouring(
            self._partial,
            self._plan,
            self._meter,
            self._keeper,
            self._partial.attempt,
            self._check,
            extend,
            self._pool if long else None,
        ).pour(answer, segment)

    def _begin(self, answer: httpx.Response, sent: Sent) -> None:
        """Get ready for an answer that brings the object from its first byte; else BrokeOff."""
        if sent is Sent.WRONG_PART:
            self._count_wrong_part()
        if sent is Sent.OTHER_OBJECT:
            self._count_change()
        if sent is Sent.WHOLE_INSTEAD:
            self._crew.growth.stay_alone()
        if self._partial.received:
            self._start_over()
        if sent is Sent.WRONG_PART or answer.status_code != httpx.codes.OK:
            raise BrokeOff(f"The storage sent {sent.value}.")
        check_length(answer, self._partial)
        self._partial.etag = strong_etag(answer)
        self._partial.encoding = answer.headers.get("content-encoding", "").lower()

    def _count_wrong_part(self) -> None:
        self._wrong_parts += 1
        if self._wrong_parts > 1:
            raise FileDownloadError(
                "The storage returned the wrong range of the file, twice. Something between here "
                "and the storage (a proxy, a cache) changes requests."
            )

    def _count_change(self) -> None:
        self._changes += 1
        self._best = 0
        if self._changes > 1:
            raise FileDownloadError(
                "The file in the storage was replaced twice while it was fetched. Try again when "
                "nobody uploads it.",
                retryable=True,
            )

    def _start_over(self) -> None:
        self._crew.dismiss()
        self._plan = Plan(self._partial)
        self._meter.advance(-self._partial.received)
        self._keeper.restart()
