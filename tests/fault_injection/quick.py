"""Waits that are seconds in life are milliseconds in the fault tests; in children, too."""

from __future__ import annotations

import contextlib
import importlib
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dfs_desktop.system import steady_clock

WAITS: dict[str, dict[str, Any]] = {
    "dfs_desktop.api.storage.store_retry": {"FIRST_WAIT": 0.01, "LONGEST_WAIT": 0.05},
    "dfs_desktop.transfers.job_retry": {"FIRST_WAIT": 0.02, "LONGEST_WAIT": 0.05},
    "dfs_desktop.api.flows.context": {"Context.second_look": 0.15},
}
# A journal hears of small files, too: what of them is durable, every few kilobytes.
OFTEN: dict[str, dict[str, Any]] = {
    "dfs_desktop.api.storage.local.checkpointer": {"EVERY_BYTES": 8 << 10, "EVERY_SECONDS": 0.05}
}


def hasten(values: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Set these values; what they were before."""
    before: dict[str, dict[str, Any]] = {}
    for module, names in values.items():
        for dotted, value in names.items():
            owner: Any = importlib.import_module(module)
            *path, last = dotted.split(".")
            for name in path:
                owner = getattr(owner, name)
            before.setdefault(module, {})[dotted] = getattr(owner, last)
            setattr(owner, last, value)
    return before


@contextlib.contextmanager
def hastened(*several: dict[str, dict[str, Any]]) -> Iterator[None]:
    """Inside, these values count."""
    before = [hasten(values) for values in several]
    try:
        yield
    finally:
        for values in reversed(before):
            hasten(values)


class _Moved(datetime):
    """The time of day as the registry asks for it, moved like the rest of the world."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.fromtimestamp(time.time(), tz)


@contextlib.contextmanager
def later(seconds: float) -> Iterator[None]:
    """Inside, it is so much later for everybody in this process: the laptop slept."""
    real, identity = time.time, importlib.import_module("dfs_desktop.server.identity")
    awake = steady_clock.steady
    time.time = lambda: real() + seconds
    steady_clock.steady = lambda: awake() + seconds
    identity.datetime = _Moved  # type: ignore[attr-defined]
    try:
        yield
    finally:
        time.time = real
        steady_clock.steady = awake
        identity.datetime = datetime  # type: ignore[attr-defined]
