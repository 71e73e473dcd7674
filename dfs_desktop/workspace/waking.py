"""Noticing that the computer slept: what waits for its next try need not wait any longer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfs_desktop.workspace.workspace import Workspace

TICK = 5.0  # seconds between two looks at the clocks
GAP = 30.0  # seconds that are missing after a sleep, or after somebody set the clock


class Waking:
    """Compares two looks at the clocks. Most systems stop the monotonic clock while they sleep, so
    the wall's is ahead then; some let it run, and then the look itself comes late."""

    def __init__(
        self,
        workspace: Workspace,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workspace, self._wall, self._monotonic = workspace, wall, monotonic
        self._seen = (wall(), monotonic())

    async def watch(self) -> None:
        """Look now and then, for as long as the program lives."""
        while True:
            await asyncio.sleep(TICK)
            self.look()

    def look(self) -> bool:
        """Whether the computer slept since the last look; then transfers are tried at once."""
        before, self._seen = self._seen, (self._wall(), self._monotonic())
        by_wall, by_monotonic = (now - then for now, then in zip(self._seen, before, strict=True))
        slept = by_wall - by_monotonic > GAP or by_monotonic > TICK + GAP
        if slept:
            self._workspace.queue.hurry()
        return slept
