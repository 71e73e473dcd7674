"""Rules that hold for every test: nothing leaks, nothing is logged as an error, Qt does not complain."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Iterator

# Before Qt is imported anywhere: tests that need a real screen start their own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

# Threads that belong to a library for the whole run, not to a test.
LASTING_THREADS = ("pytest_timeout", "asyncio_", "Dummy-", "pydevd")


class ErrorLog(logging.Handler):
    """Collects what is logged as an error, with asyncio's "Task was destroyed but it is pending"."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def no_stray_errors(request: pytest.FixtureRequest) -> Iterator[ErrorLog]:
    """A test fails when something was logged as an error, unless it is marked `expects_errors`."""
    handler = ErrorLog()
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler
    gc.collect()  # a lost task complains only when it is collected
    root.removeHandler(handler)
    if request.node.get_closest_marker("expects_errors") is None:
        assert not handler.lines, "logged as errors:\n" + "\n".join(handler.lines)


def _threads() -> set[threading.Thread]:
    return {
        thread
        for thread in threading.enumerate()
        if not thread.name.startswith(LASTING_THREADS) and thread is not threading.main_thread()
    }


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    before = _threads()
    yield
    end = time.monotonic() + 5
    while (left := _threads() - before) and time.monotonic() < end:
        time.sleep(0.01)
    assert not left, f"threads still run: {sorted(thread.name for thread in left)}"


@pytest.fixture(autouse=True)
def no_leaked_widgets() -> Iterator[None]:
    """Top-level widgets and running timers of the program that outlive a test fail it."""
    app = QApplication.instance()
    before = set(map(id, QApplication.topLevelWidgets())) if app else set()
    yield
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    _let_go(app)
    left = [
        f"{type(widget).__module__}.{type(widget).__name__} {widget.objectName()!r}"
        for widget in QApplication.topLevelWidgets()
        if id(widget) not in before and type(widget).__module__.startswith("dfs_desktop")
    ]
    assert not left, f"top-level widgets are left: {left}"
    timers = [timer for timer in gc.get_objects() if type(timer) is QTimer and _running(timer)]
    assert not timers, f"timers still run: {[timer.parent() for timer in timers]}"


def _running(timer: QTimer) -> bool:
    import shiboken6

    return shiboken6.isValid(timer) and timer.isActive()


def _let_go(app: QApplication) -> None:
    gc.collect()
    app.sendPostedEvents(None, 52)  # QEvent.DeferredDelete: what `deleteLater` asked for
    assert isinstance(app, QObject)
