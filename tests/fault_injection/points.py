"""Doing something in this process when a failpoint is reached, instead of ending it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from dfs_desktop.api import failpoints


@contextlib.contextmanager
def watched(hear: Callable[[str], object]) -> Iterator[None]:
    """Inside, ``hear`` is called with the name of every point, on the thread that comes there."""
    before = failpoints._active, failpoints._note
    failpoints._active, failpoints._note = True, hear  # type: ignore[assignment]
    try:
        yield
    finally:
        failpoints._active, failpoints._note = before
