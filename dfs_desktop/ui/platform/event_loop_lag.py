"""Measures how long the window's event loop stands still: the gap between ticks of a precise timer."""

import time

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL = 5  # milliseconds


class Stalls(Struct, frozen=True):
    """Milliseconds that ticks came late: the longest, the 99th of a hundred, and how many ticks.

    ``computed``: the most that this thread computed between two of them, whoever else was busy, and
    the 99th of a hundred of that.
    """

    longest: float
    p99: float
    ticks: int
    computed: float
    computed_p99: float

    def __str__(self) -> str:
        return (
            f"event loop: longest stall {self.longest:.1f} ms, p99 {self.p99:.1f} ms, "
            f"{self.ticks} ticks"
        )


class EventLoopLag(QObject):
    """Runs only where somebody measures: two hundred wake-ups a second cost battery."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._late: list[float] = []
        self._computed: list[float] = []
        self._last, self._last_computed = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=INTERVAL)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._late.clear()
        self._computed.clear()
        self._last, self._last_computed = time.perf_counter(), time.thread_time()
        self._timer.start()

    def _tick(self) -> None:
        now, computed = time.perf_counter(), time.thread_time()
        self._late.append(max(0.0, (now - self._last) * 1000 - INTERVAL))
        self._computed.append((computed - self._last_computed) * 1000)
        self._last, self._last_computed = now, computed

    def stop(self) -> Stalls:
        self._tick()
        self._timer.stop()
        late, computed = sorted(self._late), sorted(self._computed)
        last, p99 = len(late) - 1, int(len(late) * 0.99)
        return Stalls(late[last], late[p99], len(late), computed[last], computed[p99])
