"""Further connections of one download: each fetches pieces, as long as that makes it faster."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from dfs_desktop.api.errors import DataForceError, FileError, TransferCancelled

from .growth import Growth
from .judging import BrokeOff, LinkRefused, Sent, judge
from .keeping import Keeper
from .meter import Meter
from .partial import Partial
from .pouring import Pouring
from .segments import Plan, Segment
from .slots import NoFreeSlot
from .store import Store
from .urls import Target

LEAST_PIECE, MOST_PIECE = 8 << 20, 32 << 20
HALVES = 2 << 20  # a piece is not split into less
LEAVE = 1.0  # seconds that a connection which is not needed any more has to leave


class _Enough(Exception):  # noqa: N818 - never leaves this module
    """This connection is not wanted any more."""


class _Lane:
    def __init__(self, number: int) -> None:
        self.number = number
        self.dismissed = False
        self.brought = False  # whether bytes have come
        self.thread: threading.Thread


class Crew:
    """The connections beside the first one. Its methods are for the first one's thread.

    ``ranges`` is to be set once the store is known to give parts of this object.
    """

    def __init__(
        self, target: Target, partial: Partial, store: Store, meter: Meter, keeper: Keeper
    ) -> None:
        self.target = target
        self.ranges = False
        self.growth = Growth()
        self._partial, self._store, self._meter, self._keeper = partial, store, meter, keeper
        self._lanes: list[_Lane] = []
        self._wanted = 1
        self._hire_at = 0.0
        self._failed = False
        self._fault: BaseException | None = None

    @property
    def alone(self) -> bool:
        """Whether the first connection is to do everything."""
        return self._wanted == 1

    @property
    def piece(self) -> int:
        """Bytes of the pieces that are handed out: about a second's worth."""
        return int(min(max(self.growth.rate / self._wanted, LEAST_PIECE), MOST_PIECE))

    def look(self, plan: Plan) -> None:
        """Let the number of connections follow the rate; raise what the disk said to one of them."""
        if self._fault is not None:
            raise self._fault
        now = time.monotonic()
        if self._failed:
            self._failed = False
            self.growth.shrink(now, len(self._running()) + 1)
        ready = all(lane.brought for lane in self._lanes)
        sharers = self._store.slots.sharers
        level = self.growth.look(now, self._partial.received, ready=ready, sharers=sharers)
        able = self.ranges and bool(self._partial.etag) and not self._limited()
        self._wanted = min(level, self._store.slots.share) if able else 1
        if len(self._lanes) + 1 < self._wanted and now >= self._hire_at:
            self._hire_at = now + 0.1
            self._hire(plan)

    def _limited(self) -> bool:
        """Whether a bandwidth limit holds, so that more connections could bring nothing."""
        limit = self._meter.limit
        return limit is not None and limit.rate is not None

    def _running(self) -> list[_Lane]:
        self._lanes = [lane for lane in self._lanes if lane.thread.is_alive()]
        return self._lanes

    def _hire(self, plan: Plan) -> None:
        left = self._partial.size - self._partial.received
        numbers = {lane.number for lane in self._running()}
        for number in set(range(1, self._wanted)) - numbers:
            if left < 2 * self.piece:
                return
            plan.shorten(self.piece)
            lane = _Lane(number)
            arguments = (lane, plan, self._partial.attempt)
            lane.thread = threading.Thread(
                target=self._work, args=arguments, name="dfs-lane", daemon=True
            )
            self._lanes.append(lane)
            lane.thread.start()

    def _work(self, lane: _Lane, plan: Plan, attempt: int) -> None:
        def go_on() -> None:
            self._meter.check()
            lane.brought = lane.brought or pouring.poured > 0
            if lane.dismissed or lane.number >= self._wanted:
                raise _Enough

        pouring = Pouring(
            self._partial, plan, self._meter, self._keeper, attempt, go_on, lambda _: False
        )
        try:
            while segment := plan.take(self.piece) or plan.steal(HALVES):
                try:
                    self._fetch(segment, pouring)
                finally:
                    plan.give_back(segment)
        except (_Enough, TransferCancelled):
            pass
        except (BrokeOff, LinkRefused, NoFreeSlot):
            self._failed = True
        except FileError as error:
            self._fault = error
        except DataForceError:
            self._failed = True
        except BaseException as error:  # noqa: BLE001 - raised again by look()
            self._fault = error

    def _fetch(self, segment: Segment, pouring: Pouring) -> None:
        pouring.check()
        headers = range_of(segment, self._partial)
        with self._store.fetch(
            self.target, check=pouring.check, headers=headers, extra=True
        ) as answer:
            # Anything else than the part is for the first connection to judge, when it asks next.
            if judge(answer, segment, self._partial, part=True) is not Sent.PART:
                raise BrokeOff("not the part")
            pouring.pour(answer, segment)

    def dismiss(self) -> None:
        """Send all away and wait for them, but not for one that hangs in a connection attempt."""
        lanes, self._lanes, self._wanted = self._lanes, [], 1
        for lane in lanes:
            lane.dismissed = True
        until = time.monotonic() + LEAVE
        for lane in lanes:
            lane.thread.join(max(0.0, until - time.monotonic()))


def range_of(segment: Segment, partial: Partial) -> Mapping[str, str]:
    """The headers that ask for a segment of the object that was begun."""
    last = "" if segment.end == partial.size else str(segment.end - 1)
    return {"Range": f"bytes={segment.position}-{last}", "If-Range": partial.etag}
