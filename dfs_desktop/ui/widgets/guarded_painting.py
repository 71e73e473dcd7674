"""What Qt calls while it paints never raises: a fault shows an empty cell and is logged once."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from PySide6.QtGui import QPainter

Function = TypeVar("Function", bound=Callable[..., Any])
T = TypeVar("T")

log = logging.getLogger(__name__)
_told: set[tuple[str, str, int]] = set()


def note(where: str, error: Exception) -> None:
    """Log a fault with its trace the first time that it comes from its line."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    kind = (where, type(error).__name__, trace.tb_lineno if trace is not None else 0)
    if kind not in _told:
        _told.add(kind)
        log.error("%s failed", where, exc_info=error)


def guarded(otherwise: Any = None) -> Callable[[Function], Function]:
    """For `data`, `headerData`, `sizeHint`: this answer stands for one that could not be made."""

    def wrap(method: Function) -> Function:
        @wraps(method)
        def call(*args: Any) -> Any:
            try:
                return method(*args)
            except Exception as error:  # noqa: BLE001  Qt cannot do anything with it
                note(method.__qualname__, error)
                return otherwise

        return call  # type: ignore[return-value]

    return wrap


def painted(method: Function) -> Function:
    """For a delegate's `paint`: it leaves the painter as it was, whatever happens."""

    @wraps(method)
    def call(self: Any, painter: QPainter, *rest: Any, **named: Any) -> None:
        painter.save()
        try:
            method(self, painter, *rest, **named)
        except Exception as error:  # noqa: BLE001  Qt cannot do anything with it
            note(method.__qualname__, error)
        finally:
            painter.restore()

    return call  # type: ignore[return-value]


def attempted(make: Callable[[], T], otherwise: T) -> T:
    """One of several parts that are shown together: without it, the others are still right."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001  noted, and the others are shown
        note(getattr(make, "__qualname__", "a part of the details"), error)
        return otherwise
