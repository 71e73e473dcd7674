"""Turns among the threads that move and hash bytes, so that a window beside them stays smooth.

With more busy threads than processors, one that holds the interpreter's lock may wait for a
processor, and the window waits with it. So only as many as there are processors work on a block at
the same time; the others wait for their turn. A wait is short and bounded: where the network is the
slow part, nobody is held up by it.
"""

from __future__ import annotations

import itertools
import os
import threading
from types import TracebackType

LONGEST_WAIT = 0.008  # seconds; a block of a mebibyte takes about one millisecond

_locks = [threading.Lock() for _ in range(max(2, os.cpu_count() or 2))]
_numbers = itertools.count()
_thread = threading.local()


class Turn:
    """``with TURN:`` around the work on one block; inside another turn it does nothing."""

    def __enter__(self) -> None:
        mine = getattr(_thread, "lock", None)
        if mine is None:
            mine = _thread.lock = _locks[next(_numbers) % len(_locks)]
            _thread.depth = 0
            _thread.held = False
        _thread.depth += 1
        if _thread.depth == 1:
            _thread.held = mine.acquire(timeout=LONGEST_WAIT)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _thread.depth -= 1
        if _thread.depth == 0 and _thread.held:
            _thread.held = False
            _thread.lock.release()


TURN = Turn()
