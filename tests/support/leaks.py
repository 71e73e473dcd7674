"""What a test may leave behind when it ends: nothing. Each check names what it found."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

# Threads that belong to a library for the whole run, not to a test.
LASTING_THREADS = ("pytest_timeout", "asyncio_", "Dummy-", "pydevd", "dfs-idle")
THREAD_PATIENCE = 5.0  # seconds that a thread may take to end


class ErrorLog(logging.Handler):
    """Collects what is logged as an error, with asyncio's "Task was destroyed but it is pending"."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def threads() -> set[threading.Thread]:
    """The running threads that somebody must end."""
    return {
        thread
        for thread in threading.enumerate()
        if not thread.name.startswith(LASTING_THREADS) and thread is not threading.main_thread()
    }


def leaked_threads(before: set[threading.Thread]) -> list[str]:
    """Names of threads that were not there before and do not end by themselves."""
    end = time.monotonic() + THREAD_PATIENCE
    while (left := threads() - before) and time.monotonic() < end:
        time.sleep(0.01)
    # A pool that was there before, of a server that a module's tests share, may start another thread.
    pools = {thread.name.rpartition("_")[0] for thread in before} - {""}
    return sorted(each.name for each in left if each.name.rpartition("_")[0] not in pools)


def widgets() -> set[int]:
    """The top-level widgets there are, by identity."""
    app = QApplication.instance()
    return set(map(id, QApplication.topLevelWidgets())) if app else set()


def settle() -> None:
    """Let go of what nobody holds: cycles, and what `deleteLater` asked for."""
    gc.collect()
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def leaked_widgets(before: set[int]) -> list[str]:
    """The program's top-level widgets that came and stayed; Qt's own menus and tips do not count."""
    if not isinstance(QApplication.instance(), QApplication):
        return []
    return [
        f"{type(widget).__module__}.{type(widget).__name__} {widget.objectName()!r}"
        for widget in QApplication.topLevelWidgets()
        if id(widget) not in before and type(widget).__module__.startswith(("dfs_desktop", "test_"))
    ]


def running() -> dict[int, str]:
    """Timers that tick and asyncio tasks that wait, by identity."""
    found = {}
    for thing in gc.get_objects():
        kind = type(thing)
        if kind is QTimer and shiboken6.isValid(thing) and thing.isActive():
            found[id(thing)] = f"a timer of {thing.parent()}"
        elif kind is asyncio.Task and not thing.done():
            found[id(thing)] = f"the task {thing.get_name()!r} ({thing.get_coro()})"
    return found


def shares_window(item: Any) -> bool:
    """Whether a test takes its turn at a window whose leaks are looked for when that closes."""
    names = getattr(item, "fixturenames", ())
    return (
        item.get_closest_marker("shared_window") is not None
        and ("desktop" in names or "slow_desktop" in names)
        and "start" not in names
    )


class Before:
    """What there is, to compare with later."""

    def __init__(self) -> None:
        self._threads, self._widgets, self._running = threads(), widgets(), running()

    def left(self) -> list[str]:
        """What came and stayed; what lives then is not looked at again."""
        settle()  # a lost task complains only when it is collected
        left = [
            *(f"a thread still runs: {each}" for each in leaked_threads(self._threads)),
            *(f"a top-level widget is left: {each}" for each in leaked_widgets(self._widgets)),
            # What ticks, or waits for a loop that will not turn again.
            *(f"under way: {text}" for key, text in running().items() if key not in self._running),
        ]
        gc.freeze()
        return left


_elsewhere: list[str] = []
WITHOUT_QT = "dfs_desktop.ui.platform.session_bus"  # of ui, imported on a worker thread


class ImportWatch:
    """A finder that finds nothing: notes modules that name PySide and are imported off the GUI thread.

    PySide makes a class when it is first named, and two threads doing so at once crash the process.
    """

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if not name.startswith(("PySide6", "shiboken6", "dfs_desktop.ui")) or name == WITHOUT_QT:
            return
        if (thread := threading.current_thread()) is not threading.main_thread():
            _elsewhere.append(f"{name} in {thread.name}")


def imports_elsewhere() -> list[str]:
    """What was noted since the last call."""
    found, _elsewhere[:] = list(_elsewhere), []
    return found
