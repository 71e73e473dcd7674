"""Further connections of one download: each brings pieces of the file, beside the first one."""

import threading
import time
from collections.abc import Mapping

from dfs_desktop.api.errors import DataForceError, FileError, TransferCancelled
from dfs_desktop.api.storage.limits.cancellable_sockets import seconds_waited
from dfs_desktop.api.storage.limits.connection_slots import NoFreeSlot
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.store_errors import StoreResponseError

from .body_writer import BodyWriter, Fetch
from .range_queue import Piece, PieceTaken, RangeQueue
from .response import RangeOutcome, TransferInterrupted, UrlRejected, classify_response, fault_of

SMALL = 8_000_000  # bytes up to which one connection is enough
LEAST_SHARE = 1 << 20  # bytes that are worth a connection
MOST_PIECE = 16 << 20
MOST = 8
ALONE = 0.02  # seconds between two looks at whether others than the first connection pay
WORTH = 0.06  # seconds of the first connection's work that pay the opening of another
LOOK = 0.2  # seconds between two looks at how many workers there should be, once there are any
CALM = 1.0  # seconds in which several failures count as one
REST = 30.0  # seconds after a failure until twice as many are tried again
LEAVE = 1.0  # seconds that a worker which is not needed any more has to leave


class _Surplus(Exception):  # noqa: N818 - never leaves this module
    """This worker is not wanted any more."""


class RangeWorkers:
    """The workers beside the first one. Its methods are for the first one's thread.

    The first one asks for all that is missing. Once it waits for the store, and that is known to
    give parts of this object (``parallel``), others start together: as many as the first one's rate
    makes worth their opening. A store that refuses or breaks connections is left half of them.
    """

    def __init__(self, fetch: Fetch) -> None:
        self.parallel = False
        self.failed = False  # a connection was refused or broke, and nobody has heard of it yet
        self._fetched_by = fetch
        self._target, self._partial, self._store, self._meter, _ = fetch
        self._threads: dict[int, threading.Thread] = {}
        self._over = threading.Event()
        self._most = MOST
        self._wanted = 1
        self._look_at = self._calm_until = self._grow_at = 0.0
        self._seen = 0.0, 0.0, 0  # at the last look: time, the first one's waits, what was there
        self._fault: BaseException | None = None

    def useful(self, queue: RangeQueue) -> int:
        """How many connections this download could use, were the store to give parts."""
        limit = self._meter.limit
        if queue.total < SMALL or (limit is not None and limit.rate is not None):
            return 1
        return max(1, min(self._most, self._store.slots.share, queue.total // LEAST_SHARE))

    def piece(self, queue: RangeQueue) -> int | None:
        """Bytes of the pieces that are handed out; None while there is one connection."""
        if self._wanted == 1:
            return None
        count, left = self.useful(queue), self._partial.size - self._partial.received
        rounds = -(-left // (count * MOST_PIECE)) or 1
        return max(LEAST_SHARE, -(-left // (count * rounds)))

    def learn(self, *, parallel: bool) -> None:
        """Note whether the store gives parts, as its last answer says."""
        if parallel != self.parallel:
            self.parallel = parallel
            self._seen = time.monotonic(), seconds_waited(), self._partial.received
            self._look_at = self._seen[0] + ALONE if parallel else 0.0

    def _paying(self) -> int:
        """How many connections bring more than it costs to open them, as it went since the last look."""
        before, self._seen = (
            self._seen,
            (time.monotonic(), seconds_waited(), self._partial.received),
        )
        took, waited, came = (now - then for now, then in zip(self._seen, before, strict=True))
        if 3 * waited < took:
            return 1  # it is not the store that it waits for
        left = self._partial.size - self._partial.received
        return min(MOST, 1 + int(self._wanted * left * took / max(came * WORTH, 1)))

    def adjust(self, queue: RangeQueue) -> None:
        """Let there be as many workers as there should be; raise what the disk said to one."""
        if self._fault is not None:
            raise self._fault
        clock = time.monotonic()
        if clock < self._look_at and not self.failed:
            return
        self._look_at = clock + (LOOK if self._threads else ALONE)
        if self.failed and clock >= self._calm_until:
            self._most = max(1, self._wanted // 2)
            self._calm_until, self._grow_at = clock + CALM, clock + REST
        elif self._most < MOST and clock >= self._grow_at:
            self._most, self._grow_at = min(MOST, 2 * self._most), clock + REST
        self.failed = False
        paying = max(self._wanted, self._paying()) if self.parallel else 1
        alone, self._wanted = self._wanted == 1, min(self.useful(queue), paying)
        if alone and (size := self.piece(queue)) is not None:
            queue.share(size // 2)  # the first one has begun already, and others wait for its bytes
        self._threads = {n: each for n, each in self._threads.items() if each.is_alive()}
        for number in set(range(1, self._wanted)) - self._threads.keys():
            thread = self._threads[number] = threading.Thread(
                target=self._work,
                args=(number, queue, self._partial.attempt, self._over),
                name="dfs-range",
                daemon=True,
            )
            thread.start()

    def _work(self, number: int, queue: RangeQueue, attempt: int, over: threading.Event) -> None:
        def check() -> None:
            self._meter.check()
            if over.is_set():
                raise _Surplus

        writer = BodyWriter(self._fetched_by, check)
        try:
            while number < self._wanted and not self._partial.complete:
                check()
                piece = queue.take(self.piece(queue)) or queue.take_over()
                if piece is None:
                    queue.wait(0.05)
                    continue
                try:
                    self._fetch(writer, queue, piece, attempt)
                finally:
                    queue.give_back(piece)
        except (_Surplus, TransferCancelled, NoFreeSlot):
            pass
        except FileError as error:
            self._fault = error
        except (TransferInterrupted, UrlRejected, DataForceError):
            self.failed = True
        except BaseException as error:  # noqa: BLE001 - raised again by adjust()
            self._fault = error

    def _fetch(self, writer: BodyWriter, queue: RangeQueue, piece: Piece, attempt: int) -> None:
        def check() -> None:
            writer.check()
            piece.check()

        headers = range_of(piece, self._partial)
        try:
            with self._store.fetch(
                self._target, check=check, headers=headers, extra=True
            ) as answer:
                # Anything else than the part is for the first worker to judge, when it asks next.
                if (
                    classify_response(answer, piece, self._partial, part=True)
                    is not RangeOutcome.PART
                ):
                    raise TransferInterrupted("not the part")
                writer.write(answer, queue, piece, attempt)
        except StoreResponseError as refused:
            raise fault_of(refused) from None
        except PieceTaken:
            return

    def stop(self) -> None:
        """Send all away and wait for them, but not for one that hangs in a connection attempt."""
        self._over.set()
        until = time.monotonic() + LEAVE
        for thread in self._threads.values():
            thread.join(max(0.0, until - time.monotonic()))
        self._threads, self._over, self._wanted = {}, threading.Event(), 1


def range_of(piece: Piece, partial: PartialFile) -> Mapping[str, str]:
    """The headers that ask for a piece of the object that was begun."""
    last = "" if piece.end == partial.size else str(piece.end - 1)
    same = {"If-Range": partial.etag} if partial.etag else {}
    return {"Range": f"bytes={piece.position}-{last}", **same}
