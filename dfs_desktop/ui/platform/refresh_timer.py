"""One heartbeat for everything that moves: progress displays look at their transfers on each beat."""

from __future__ import annotations

import weakref

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

INTERVAL = 100  # milliseconds: what an eye follows; more would only cost


class Pulse(QObject):
    """Beats ten times a second while somebody keeps it going, and is silent otherwise.

    Displays pull snapshots on `beat`. Bytes are never pushed: `Signal(int)` has 32 bits.
    """

    beat = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Weak: a display that was thrown away without a word must not keep the timer alive.
        self._keepers: weakref.WeakSet[QObject] = weakref.WeakSet()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._tick)

    def keep(self, on: bool, keeper: QObject | None = None) -> None:
        """Say whether `keeper` (default: the pulse itself) needs beats from now on."""
        who = keeper or self
        if on:
            self._keepers.add(who)
        else:
            self._keepers.discard(who)
        self._settle()

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def _settle(self) -> None:
        for keeper in list(self._keepers):
            if not shiboken6.isValid(keeper):
                self._keepers.discard(keeper)
        if not self._keepers:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _tick(self) -> None:
        self._settle()
        if self._timer.isActive():
            self.beat.emit()
