"""What the GUI thread does when it computes for long: its stack, written by a signal without the GIL."""

from __future__ import annotations

import faulthandler
import re
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

DEPTH = 8  # frames of a stack that are told
AGAIN = 0.005  # seconds between two stacks of one hold


class StallReport(QObject):
    """Winds up a clock of computed time at each tick of a timer; where it runs out, stacks are written."""

    def __init__(self, parent: QObject, after: float) -> None:
        super().__init__(parent)
        self._after = after / 1000
        self._file = tempfile.TemporaryFile("w+")  # noqa: SIM115  open as long as the window
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._arm)
        faulthandler.register(signal.SIGPROF, file=self._file, all_threads=False)

    def _arm(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, self._after, AGAIN)

    def start(self) -> None:
        """Watch from now on."""
        self._file.truncate(0)
        self._file.seek(0)
        self._timer.start()

    def stop(self, say: Callable[[str], object]) -> None:
        """Say which stacks were met, most frequent first."""
        self._timer.stop()
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._file.seek(0)
        met = Counter(map(_stack, self._file.read().split("(most recent call first):")[1:]))
        for stack, times in met.most_common(12):
            say(f"  {times:4} × {stack}")


def _stack(text: str) -> str:
    """The inmost frames on one line."""
    frames = re.findall(r'File "(.*)", line (\d+) in (.*)', text)[:DEPTH]
    return " < ".join(f"{Path(path).stem}:{line} {name}" for path, line, name in frames)
