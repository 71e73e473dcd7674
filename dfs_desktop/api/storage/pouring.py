"""Moving the body of one answer into the partial file, counted, paced and watched."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from msgspec import Struct

from dfs_desktop.artifact.turns import TURN

from .hashing import Block
from .judging import BrokeOff, wrong_size
from .keeping import Keeper
from .meter import Meter
from .partial import Partial
from .receiving import Pool, Watch, blocks, declared_length
from .segments import Plan, Segment


class Pouring(Struct):
    """What one connection needs to bring its bytes home.

    ``check`` is called at every block and several times a second while waiting, and may raise.
    ``extend`` is asked at a segment's end whether it goes on behind it, on the same answer.
    """

    partial: Partial
    plan: Plan
    meter: Meter
    keeper: Keeper
    attempt: int
    check: Callable[[], None]
    extend: Callable[[Segment], bool]
    pool: Pool | None = None
    poured: int = 0

    def pour(self, answer: httpx.Response, segment: Segment) -> None:
        """Until the segment is full. BrokeOff when the body ends before it or hardly moves."""
        known = declared_length(answer) is not None
        stream, watch = blocks(answer, self.pool, self.check), Watch()
        while True:
            watch.wait_begins()
            try:
                block = next(stream, None)
            except httpx.TransportError:
                if not segment.left and not known:
                    return  # all is there; how the body would have ended does not matter
                raise
            if block is None:
                break
            enough = watch.came(len(block.view))
            whole = self._bring(block, segment, exact=known)
            if not enough:
                raise BrokeOff("The storage has been sending next to nothing.", stalled=True)
            # Without a length only the body's end tells that it is not too long.
            may_end = known or segment.end < self.partial.size
            if not whole or (not segment.left and may_end and not self.extend(segment)):
                return
        if segment.left:
            received, size = self.partial.received, self.partial.size
            raise BrokeOff(f"The storage sent only {received:,} of {size:,} bytes.")

    def _bring(self, block: Block, segment: Segment, *, exact: bool) -> bool:
        """Write a block; False when some of it is for others, so that the answer is used up."""
        while len(block.view) > segment.left and self.extend(segment):
            pass
        count, room = len(block.view), segment.left
        whole = count <= room
        if not whole:
            if not exact and segment.end == self.partial.size:
                block.free()
                raise wrong_size(self.partial, "more")
            block, count = Block(block.view[:room], block.free), room
        with TURN:
            new = self.partial.take(segment.position, block, self.attempt)
        self.plan.arrived(segment, count)
        self.poured += count
        self.meter.advance(new)
        self.keeper.wrote()
        self.check()
        self.meter.pace(count)
        return whole
