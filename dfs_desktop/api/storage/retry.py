"""When a storage request is worth another try, and how long to wait before it."""

from __future__ import annotations

import random

TRIES = 3
RESUMES = 5
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0

# What a store says when it is busy or broken; anything else in the 400s will say the same again.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


def wait_before(attempt: int, asked: float | None = None) -> float:
    """Seconds before try number ``attempt`` (the first retry is 1): doubled, jittered, capped.

    ``asked`` is the server's Retry-After and wins when it is longer.
    """
    longest = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
    # Jitter spreads many clients; it needs no secrecy.
    return max(random.uniform(longest / 2, longest), asked or 0.0)  # noqa: S311
