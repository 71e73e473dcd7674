"""Timers of a widget, which end with it; and the one by which progress is shown."""

import weakref
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

INTERVAL = 200  # milliseconds between two looks at progress


def single_shot(parent: QObject, milliseconds: int, call: Callable[[], object]) -> QTimer:
    """Calls once, so long after each start; a start before that begins the wait anew."""
    timer = repeating(parent, milliseconds, call)
    timer.setSingleShot(True)
    return timer


def repeating(parent: QObject, milliseconds: int, call: Callable[[], object]) -> QTimer:
    """Calls again and again from its start until it is stopped."""
    timer = QTimer(parent, interval=milliseconds)
    timer.timeout.connect(call)
    return timer


class RefreshTimer(QObject):
    """Ticks five times a second while somebody keeps it going, and is silent otherwise.

    Displays pull snapshots on `tick`. Bytes are never pushed: `Signal(int)` has 32 bits.
    """

    tick = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Weak: a display that was deleted without notice must not keep the timer alive.
        self._needed_by: weakref.WeakSet[QObject] = weakref.WeakSet()
        self._timer = repeating(self, INTERVAL, self._tick)

    def keep(self, on: bool, widget: QObject | None = None) -> None:
        """Say whether `widget` (default: the timer itself) needs ticks from now on."""
        who = widget or self
        if on:
            self._needed_by.add(who)
        else:
            self._needed_by.discard(who)
        self._settle()

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def _settle(self) -> None:
        for widget in list(self._needed_by):
            if not shiboken6.isValid(widget):
                self._needed_by.discard(widget)
        if not self._needed_by:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _tick(self) -> None:
        self._settle()
        if self._timer.isActive():
            self.tick.emit()
