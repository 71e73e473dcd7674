"""Facts that happened, told to whoever asked to hear them; plain Python in place of Qt signals."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")

log = logging.getLogger(__name__)

# Told of listeners that failed; set by the application, which shows them to the person.
hear_failures: list[Callable[[BaseException], object]] = []


class Event(Generic[P]):
    """A past-tense fact. Listeners run in the order they came, on the thread that emits."""

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: list[Callable[P, object]] = []

    def connect(self, listener: Callable[P, object]) -> Callable[[], None]:
        """Add a listener and return the call that removes it again."""
        self._listeners.append(listener)

        def disconnect() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return disconnect

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(*args, **kwargs)
            except Exception as error:
                log.exception("a listener failed")
                _tell(error)


def _tell(error: BaseException) -> None:
    """Pass a failure on, once: what fails while it is told is only logged."""
    heard, hear_failures[:] = list(hear_failures), []
    try:
        for hear in heard:
            hear(error)
    finally:
        hear_failures[:] = heard
