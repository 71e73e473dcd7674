"""When a request to the registry is worth another try."""

from typing import Any

import httpx

from dfs_desktop.api.protocol.effects import Call
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.store_retry import Retries

from .errors import APIConnectionError, APIStatusError, DataForceError, RateLimitError

PATIENCE = 3.0  # seconds that a person who waits for the answer is let wait before another try
_BUSY = frozenset({408, 425, 429, 502, 503, 504})
_DROPPED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


class Attempts:
    """The tries of one request.

    After a connection that broke before any answer (idle, or after a 500) there is one more at
    once. A transfer waits out an outage as well, of the registry as of the store; who looks at a
    list wants to hear of it, and waits only while the registry says that it is busy.
    """

    def __init__(self, call: Call[Any], meter: Meter) -> None:
        self._call, self._meter = call, meter
        self._retries = Retries(hasty=meter.hasty)
        self._dropped = False

    def pause(self, error: Exception, told: DataForceError) -> float:
        """Seconds until the next try after an error; raises ``told``, what it is in our words, when
        there is to be none."""
        if isinstance(error, _DROPPED) and self._call.repeatable and not self._dropped:
            self._dropped = True
            return 0.0
        if not isinstance(told, (APIConnectionError, APIStatusError)):
            raise told from None
        if self._meter.hasty and not _busy(told):
            raise told from None
        # What may have been carried out is asked again only where that does no harm.
        unheard = isinstance(told, APIConnectionError) and not told.answer_lost
        if not (self._call.repeatable or unheard or isinstance(told, RateLimitError)):
            raise told from None
        if (pause := self._retries.after(told)) is None:
            raise told from None
        self._meter.stumbled(told.detail)
        return pause


def _busy(told: DataForceError) -> bool:
    """Whether the registry, or what stands before it, asks to come back in a moment."""
    return (
        isinstance(told, APIStatusError)
        and told.status_code in _BUSY
        and (told.retry_after or 0.0) <= PATIENCE
    )
