"""Connections that wait for the next request to their store, in the place of httpx's own pool.

The pool asks the system about every connection before and after each request, under a lock; eight
downloads of small files at a time spend more on that than on their bytes.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpcore
import httpx


class WarmConnections:
    """Stands where httpx has its pool, which only makes connections any more. Safe for threads.

    How many are in use is not its business: ``ConnectionSlots`` counts them.
    """

    def __init__(self, pool: Any, kept: float) -> None:
        self._pool, self._kept = pool, kept
        self._free: list[tuple[float, Any]] = []  # since when, and which; the last one is warmest
        self._lock = threading.Lock()
        self._closed = False

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send it by a connection that stands, or by a new one."""
        origin = request.url.origin
        connection = self._take(origin) or self._pool.create_connection(origin)
        try:
            answer: httpcore.Response = connection.handle_request(request)
        except BaseException:
            connection.close()
            raise
        answer.stream = _Body(answer.stream, connection, self)
        return answer

    def _take(self, origin: httpcore.Origin) -> Any:
        while True:
            with self._lock:
                old = time.monotonic() - self._kept
                left = [connection for since, connection in self._free if since < old]
                self._free = [each for each in self._free if each[0] >= old]
                fits = [each for each in self._free if each[1].can_handle_request(origin)]
                if fits:
                    self._free.remove(fits[-1])
            for connection in left:
                connection.close()
            if not fits:
                return None
            connection = fits[-1][1]
            if not connection.has_expired():
                return connection
            connection.close()

    def give_back(self, connection: Any) -> None:
        """Its answer has ended: keep it for the next one, if it can serve that."""
        with self._lock:
            if connection.is_idle() and not self._closed:
                self._free.append((time.monotonic(), connection))
                return
        connection.close()

    def close(self) -> None:
        """Close those that wait now, and each other one when its answer has ended."""
        with self._lock:
            self._closed, free, self._free = True, self._free, []
        for _, connection in free:
            connection.close()


class _Body:
    """The body of an answer; its end gives the connection back."""

    def __init__(self, stream: Any, connection: Any, home: WarmConnections) -> None:
        self._stream, self._connection, self._home = stream, connection, home
        self._ended = False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        if not self._ended:
            self._ended = True
            try:
                self._stream.close()
            finally:
                self._home.give_back(self._connection)


def keep_warm(transport: httpx.HTTPTransport, seconds: float) -> None:
    """Have its connections kept so long; httpx's pool is reached as in ``make_cancellable``."""
    inside: Any = transport
    inside._pool = WarmConnections(inside._pool, seconds)
