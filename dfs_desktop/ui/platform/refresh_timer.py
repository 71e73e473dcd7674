"""One timer for all progress displays: they look at their transfers on each tick."""

import weakref

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

INTERVAL = 100  # milliseconds


class RefreshTimer(QObject):
    """Ticks ten times a second while somebody keeps it going, and is silent otherwise.

    Displays pull snapshots on `tick`. Bytes are never pushed: `Signal(int)` has 32 bits.
    """

    tick = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Weak: a display that was deleted without notice must not keep the timer alive.
        self._needed_by: weakref.WeakSet[QObject] = weakref.WeakSet()
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self._tick)

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
