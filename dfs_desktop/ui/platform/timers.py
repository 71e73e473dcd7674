"""Timers of a widget, which end with it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


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
