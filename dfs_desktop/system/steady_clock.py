"""A clock that nobody sets, for all that lasts longer than a request: links, sessions."""

import time
from collections.abc import Callable


def _counting_sleep() -> Callable[[], float]:
    # macOS has no CLOCK_BOOTTIME: its CLOCK_MONOTONIC counts sleep, time.monotonic() does not.
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
        clock = getattr(time, name, None)
        try:
            if clock is not None:
                time.clock_gettime(clock)
                return lambda: time.clock_gettime(clock)
        except OSError:  # as on kernels that only resemble Linux
            continue
    return time.monotonic


steady = _counting_sleep()  # seconds since some moment


def going_on(now: float) -> Callable[[], float]:
    """A clock that says ``now`` and goes on from there, whatever becomes of this computer's own."""
    begun = now - steady()
    return lambda: begun + steady()
