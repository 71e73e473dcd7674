"""What the GUI thread does when it computes for long: its stacks, by a clock of its own computing."""

from __future__ import annotations

import ctypes
import functools
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

INMOST = 3  # frames of a stack that are told,
OUTMOST = 4  # and those that the loop called
EACH = 2_000_000  # nanoseconds of the GUI thread between two stacks
TOLD = 14  # holds
_OF_LOOP = {"run_forever", "run_until_complete", "run", "main", "<module>", "_run", "timerEvent"}


class _Event(ctypes.Structure):
    """`struct sigevent` of Linux, for a signal to one thread."""

    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("thread", ctypes.c_int),
        ("room", ctypes.c_char * 44),
    )


class StallReport(QObject):
    """Looks at the stack each time that the GUI thread has computed for two milliseconds more, and
    tells those of holds, longest first. What Qt does meanwhile is seen as soon as Python runs again."""

    def __init__(self, parent: QObject, after: float) -> None:
        super().__init__(parent)
        self._after = after / 1000
        self._stacks: list[str] = []
        self._holds: list[tuple[float, list[str]]] = []
        self._computed = 0.0
        self._tick_timer = QTimer(self)
        self._tick_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick_timer.setInterval(5)
        self._tick_timer.timeout.connect(self._tick)
        signal.signal(signal.SIGPROF, self._look)
        self._library = ctypes.CDLL(None, use_errno=True)
        event = _Event(signal=signal.SIGPROF, notify=4, thread=threading.get_native_id())
        self._clock = ctypes.c_void_p()
        of_this_thread = 3  # CLOCK_THREAD_CPUTIME_ID
        if self._library.timer_create(
            of_this_thread, ctypes.byref(event), ctypes.byref(self._clock)
        ):
            raise OSError(ctypes.get_errno(), "timer_create")

    def _look(self, _number: int, frame: FrameType | None) -> None:
        self._stacks.append(_stack(frame))

    def _every(self, nanoseconds: int) -> None:
        times = (ctypes.c_long * 4)(0, nanoseconds, 0, nanoseconds)
        self._library.timer_settime(self._clock, 0, ctypes.byref(times), None)

    def _tick(self) -> None:
        took = time.thread_time() - self._computed
        if took > self._after:
            self._holds.append((took, self._stacks))
        self._stacks, self._computed = [], time.thread_time()

    def start(self) -> None:
        """Watch from now on."""
        self._holds.clear()
        self._stacks, self._computed = [], time.thread_time()
        self._every(EACH)
        self._tick_timer.start()

    def stop(self, say: Callable[[str], object]) -> None:
        """Say what was done in the longest holds, and how many there were."""
        self._tick_timer.stop()
        self._every(0)
        self._holds.sort(reverse=True)
        for took, stacks in self._holds[:TOLD]:
            say(f"  {took * 1000:5.1f} ms of {len(self._holds)}")
            for stack, times in Counter(stacks).most_common(8):
                say(f"     {times:3} × {stack}")


@functools.cache
def _module(file: str) -> str:
    """Asked for each frame of each stack, within what is measured."""
    return Path(file).stem


def _stack(frame: FrameType | None) -> str:
    """The inmost frames and the outmost on one line."""
    frames = []
    while frame is not None:
        code = frame.f_code
        if code.co_name not in _OF_LOOP:
            frames.append(f"{_module(code.co_filename)}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    if len(frames) > INMOST + OUTMOST:
        frames[INMOST:-OUTMOST] = ["…"]
    return " < ".join(frames) or "Qt"
