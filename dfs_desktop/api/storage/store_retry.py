"""How long one step is tried again after a fault that passes: a minute, with growing pauses."""

import random
from collections.abc import Callable
from typing import TypeVar

from dfs_desktop.api.errors import APIConnectionError, APIStatusError
from dfs_desktop.api.storage.limits.progress_meter import Meter

from .store_errors import StoreResponseError

T = TypeVar("T")

FIRST_WAIT = 0.5
LONGEST_WAIT = 14.0
TRIES = 9  # with these pauses: the last one about a minute after the first
HASTY_TRIES = 3  # where a person waits for the answer itself
LONGEST = 60.0  # seconds of pauses; a store that asks for more is left alone for now

Fault = StoreResponseError | APIConnectionError | APIStatusError


class Retries:
    """Counts the tries of one step that failed in a row, and says how long to wait for the next."""

    def __init__(self, *, hasty: bool = False) -> None:
        self._tries = HASTY_TRIES if hasty else TRIES
        self.restart()

    def restart(self) -> None:
        """It got on: what failed before does not count any more."""
        self.failures = 0
        self._waited = 0.0

    def pause(self, asked: float | None = None) -> float | None:
        """Seconds until the next try; None when there is to be none.

        ``asked`` is the server's Retry-After and wins when it is longer.
        """
        self.failures += 1
        longest = min(FIRST_WAIT * 2 ** min(self.failures - 1, 16), LONGEST_WAIT)
        # Jitter spreads many clients; it needs no secrecy.
        seconds = max(random.uniform(0.75 * longest, longest), asked or 0.0)  # noqa: S311
        self._waited += seconds
        return seconds if self.failures < self._tries and self._waited <= LONGEST else None

    def after(self, fault: Fault) -> float | None:
        """The same after a fault: None as well when it does not pass by itself."""
        if isinstance(fault, StoreResponseError):
            return self.pause(fault.wait) if fault.passing else None
        asked = fault.retry_after if isinstance(fault, APIStatusError) else None
        return self.pause(asked) if fault.retryable else None


def insist(ask: Callable[[], T], meter: Meter) -> T:
    """Ask the store until it answers, or until its tries are used up. For repeatable requests."""
    retries = Retries(hasty=meter.hasty)
    while True:
        try:
            answer = ask()
        except (StoreResponseError, APIConnectionError) as fault:
            if (pause := retries.after(fault)) is None:
                raise
            meter.stumbled(told_of(fault))
        else:
            meter.recovered()
            return answer
        meter.wait(pause)


def told_of(fault: Fault) -> str:
    """A fault in words."""
    return fault.explain() if isinstance(fault, StoreResponseError) else fault.detail
