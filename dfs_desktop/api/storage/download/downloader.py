"""Receiving a presigned URL into a partial file, resumed after broken connections."""

import contextlib
from collections.abc import Callable

import httpx

from dfs_desktop.api.errors import APIConnectionError, ChecksumError, FileDownloadError
from dfs_desktop.api.protocol.checkpoint import Checkpoint
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.checkpointer import Checkpointer
from dfs_desktop.api.storage.local.file_errors import local_fault
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.api.storage.store_errors import StoreResponseError
from dfs_desktop.api.storage.store_retry import Retries
from dfs_desktop.translation import tr

from .body_writer import BodyWriter, Fetch
from .range_queue import Piece, PieceTaken, RangeQueue
from .range_workers import SMALL, RangeWorkers, range_of
from .response import (
    RangeOutcome,
    TransferInterrupted,
    UrlRejected,
    check_length,
    classify_response,
    fault_of,
    packing,
    strong_etag,
)


def fetch_bytes(
    url: str,
    partial: PartialFile,
    store: Store,
    meter: Meter,
    keep: Callable[[Checkpoint], None] | None = None,
) -> str:
    """Receive what is missing; why the store refuses the URL, if it does.

    A broken connection is resumed where it broke, for a minute without a new byte.
    Several connections bring a large file where the store gives parts. ``keep`` hears, on any
    thread, what has become durable. The meter counts new bytes, negative ones when it starts over.
    """
    target = store.target(url)
    checkpointer = Checkpointer(partial, keep)
    large = partial.size > SMALL  # one connection brings a smaller one, and its thread hashes it
    hashing = partial.checksum.following() if large else contextlib.nullcontext()
    with store.slots.sharing(), checkpointer.running(), hashing:
        refused = _Downloader(Fetch(target, partial, store, meter, checkpointer)).run()
        if large and not refused:
            try:
                partial.checksum.catch_up(meter.check)
            except OSError as error:
                raise local_fault(error, partial.target) from error
    return refused


class _Downloader:
    """The first worker: it decides what answers mean, and whether there are further ones."""

    def __init__(self, fetch: Fetch) -> None:
        self._target, self._partial, self._store, self._meter, self._checkpointer = fetch
        self._workers = RangeWorkers(fetch)
        self._queue = RangeQueue(self._partial.gaps())
        self._writer = BodyWriter(fetch, self._check)
        self._retries = Retries(hasty=self._meter.hasty)
        self._best = self._partial.received
        self._changes = 0
        self._wrong_parts = 0
        self._wrong_size = False  # an answer was
        self._whole = False  # parts are not asked for while nothing has come
        self._asked_for_nothing = False

    def run(self) -> str:
        try:
            while (piece := self._next()) is not None:
                try:
                    self._receive(piece)
                except PieceTaken:
                    continue
                except (TransferInterrupted, APIConnectionError) as error:
                    self._broke_off(error)
                else:
                    self._retries.restart()
        except UrlRejected as refused:
            return refused.why
        finally:
            self._workers.stop()
        return ""

    def _next(self) -> Piece | None:
        """What to receive now; None when all is there. Waits while others receive the rest."""
        if self._partial.received and not self._partial.etag and not self._partial.complete:
            self._start_over()  # nothing proves that the object is still the same
        if not self._partial.size and not self._asked_for_nothing:
            self._asked_for_nothing = True
            return Piece(0, 0)
        while not self._partial.complete:
            self._check()
            piece = self._queue.take(self._workers.piece(self._queue)) or self._queue.take_over()
            if piece is not None:
                return piece
            self._queue.wait(0.05)
        return None

    def _check(self) -> None:
        self._meter.check()
        self._checkpointer.check()
        self._workers.adjust(self._queue)

    def _broke_off(self, error: TransferInterrupted | APIConnectionError) -> None:
        self._workers.failed = True
        stalled = isinstance(error, TransferInterrupted) and error.stalled
        progress = self._partial.received > self._best and not stalled
        self._best = max(self._best, self._partial.received)
        if progress:
            self._retries.restart()
        why = error.why if isinstance(error, TransferInterrupted) else error.detail
        asked = error.retry_after if isinstance(error, TransferInterrupted) else None
        again = isinstance(error, TransferInterrupted) or error.retryable
        if (pause := self._retries.pause(asked)) is None or not again:
            unreachable = not isinstance(error, TransferInterrupted) and error.unreachable
            raise FileDownloadError(
                why, retryable=again, retry_after=asked, unreachable=unreachable
            ) from None
        self._meter.stumbled(why)
        self._meter.wait(pause)

    def _receive(self, piece: Piece) -> None:
        several = self._workers.useful(self._queue) > 1 and not self._whole
        part = self._partial.received > 0 or several
        headers = range_of(piece, self._partial) if part else {}

        def check() -> None:
            self._check()
            piece.check()

        try:
            with self._store.fetch(self._target, check=check, headers=headers) as answer:
                sent = classify_response(answer, piece, self._partial, part=part)
                self._meter.recovered()
                if sent is not RangeOutcome.PART:
                    self._begin(answer, sent)
                    piece = self._queue.take() or piece
                elif not self._partial.etag and not self._know(answer):
                    return
                promised = answer.headers.get("accept-ranges") == "bytes"
                ranges = sent is RangeOutcome.PART or (
                    promised and sent is not RangeOutcome.WHOLE_INSTEAD
                )
                self._workers.learn(parallel=ranges and bool(self._partial.etag))
                self._writer.write(answer, self._queue, piece, self._partial.attempt)
        except StoreResponseError as refused:
            raise fault_of(refused) from None
        except ChecksumError as error:  # another size; what stands between may say so once
            if self._wrong_size or self._partial.received:
                raise
            self._wrong_size = True
            raise TransferInterrupted(error.detail) from None
        finally:
            self._queue.give_back(piece)

    def _know(self, answer: httpx.Response) -> bool:
        """Remember which object this part is of; where that is not said, ask for all of it."""
        self._partial.etag = strong_etag(answer)
        self._partial.encoding = packing(answer)
        if self._partial.etag:
            return True
        self._whole, self._queue = True, RangeQueue(self._partial.gaps())
        return False

    def _begin(self, answer: httpx.Response, sent: RangeOutcome) -> None:
        """Get ready for an answer that brings the object from its first byte; else TransferInterrupted."""
        self._whole = True
        if sent is RangeOutcome.WRONG_PART:
            self._count_wrong_part()
        if sent is RangeOutcome.OTHER_OBJECT:
            self._count_change()
        if self._partial.received:
            self._start_over()
        else:
            self._queue = RangeQueue(self._partial.gaps())
        if sent is RangeOutcome.WRONG_PART or answer.status_code != httpx.codes.OK:
            raise TransferInterrupted(tr(sent.value))
        check_length(answer, self._partial)
        self._partial.etag = strong_etag(answer)
        self._partial.encoding = packing(answer)

    def _count_wrong_part(self) -> None:
        self._wrong_parts += 1
        if self._wrong_parts > 1:
            raise FileDownloadError(
                tr(
                    "The storage returned the wrong range of the file, twice. Something between here "
                    "and the storage (a proxy, a cache) changes requests."
                )
            )

    def _count_change(self) -> None:
        self._changes += 1
        self._best = 0
        if self._changes > 1:
            raise FileDownloadError(
                tr(
                    "The file in the storage was replaced twice while it was fetched. Try again when "
                    "nobody uploads it."
                ),
                retryable=True,
            )

    def _start_over(self) -> None:
        self._workers.stop()
        self._meter.advance(-self._partial.received)
        self._checkpointer.restart()
        self._queue = RangeQueue(self._partial.gaps())
