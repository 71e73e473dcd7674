"""Facts that happened, told to all who listen; plain Python in place of Qt signals."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Generic, ParamSpec

P = ParamSpec("P")
_noted: list[list[Callable[[], None]]] = []

log = logging.getLogger(__name__)


@contextlib.contextmanager
def noted() -> Iterator[list[Callable[[], None]]]:
    """What is connected meanwhile, as the calls that take it back: of a window that is built anew."""
    found: list[Callable[[], None]] = []
    _noted.append(found)
    try:
        yield found
    finally:
        _noted.pop()


class Event(Generic[P]):
    """A past-tense fact. Listeners run in the order they came, on the thread that emits."""

    __slots__ = ("_listeners", "_reporting", "elsewhere")

    def __init__(self) -> None:
        self._listeners: list[Callable[P, object]] = []
        self._reporting = False
        self.elsewhere: Event[P] | None = None  # where it is told instead

    def connect(self, listener: Callable[P, object]) -> Callable[[], None]:
        """Add a listener and return the call that removes it again."""
        self._listeners.append(listener)

        def disconnect() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        for found in _noted:
            found.append(disconnect)
        return disconnect

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call all listeners. The failure of one is reported to the event loop, as that of a task."""
        if self.elsewhere is not None:
            self.elsewhere.emit(*args, **kwargs)
            return
        for listener in tuple(self._listeners):
            try:
                listener(*args, **kwargs)
            except Exception as error:  # noqa: BLE001  the others are still to be told
                self._report(error)

    def _report(self, error: Exception) -> None:
        """What fails while a failure is reported is only logged."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None or self._reporting:
            log.error("a listener failed", exc_info=error)
            return
        self._reporting = True
        try:
            loop.call_exception_handler({"message": "a listener failed", "exception": error})
        finally:
            self._reporting = False
