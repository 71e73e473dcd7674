"""Notices that the computer slept, so that what waits for its next try need not wait any longer."""

import asyncio
import time
from collections.abc import Callable

from dfs_desktop.system.steady_clock import steady

TICK = 5.0  # seconds between two looks at the clocks
GAP = 30.0  # seconds that are missing after a sleep


class SleepDetector:
    """Compares two looks at two clocks, neither of which anybody sets. Most systems stop Python's
    monotonic clock while they sleep, so the one that counts sleep (``whole``) is ahead then; some
    let both run, and then the look itself comes late."""

    def __init__(
        self,
        woken: Callable[[], object],
        whole: Callable[[], float] = steady,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._woken, self._whole, self._monotonic = woken, whole, monotonic
        self._seen = (whole(), monotonic())

    async def watch(self) -> None:
        """Look now and then, for as long as the program lives."""
        while True:
            await asyncio.sleep(TICK)
            self.look()

    def look(self) -> bool:
        """Whether the computer slept since the last look; then `woken` is called."""
        before, self._seen = self._seen, (self._whole(), self._monotonic())
        by_whole, by_monotonic = (now - then for now, then in zip(self._seen, before, strict=True))
        slept = by_whole - by_monotonic > GAP or by_monotonic > TICK + GAP
        if slept:
            self._woken()
        return slept
