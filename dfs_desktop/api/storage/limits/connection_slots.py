"""Limits the connections to the store: a transfer waits for its first, others take what is free."""

import contextlib
import threading
from collections.abc import Callable, Iterator

TICK = 0.2  # seconds after which a wait looks at the wish to stop


class NoFreeSlot(Exception):  # noqa: N818 - never leaves this room
    """There is none for an extra connection now."""


class ConnectionSlots:
    """At most ``count`` connections. Safe for threads."""

    def __init__(self, count: int) -> None:
        self._count = self._free = count
        self._waiting = 0
        self._sharing = 0
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def taken(self, check: Callable[[], None], *, extra: bool = False) -> Iterator[None]:
        """Hold one; ``check`` may raise to end the wait. An extra one does not wait: NoFreeSlot."""
        with self._changed:
            if extra and (self._waiting or not self._free):
                raise NoFreeSlot
            self._waiting += 1
            try:
                while not self._free:
                    self._changed.wait(TICK)
                    check()
                self._free -= 1
            finally:
                self._waiting -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify()

    @contextlib.contextmanager
    def sharing(self) -> Iterator[None]:
        """Be one of those who would like several."""
        with self._changed:
            self._sharing += 1
        try:
            yield
        finally:
            with self._changed:
                self._sharing -= 1

    @property
    def share(self) -> int:
        """How many connections one of those may have, at least 1."""
        return max(1, self._count // max(1, self._sharing))
