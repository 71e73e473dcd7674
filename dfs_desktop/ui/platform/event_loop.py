"""asyncio on Qt's event loop; what a slot begins comes before what Qt lays out and paints."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimerEvent
from PySide6.QtWidgets import QApplication

_SOON = QEvent.Type(QEvent.registerEventType())
_FIRST = Qt.EventPriority.HighEventPriority.value  # layout and painting have less
_TURNS = 2  # of what a slot begins: a task, and what this one begins at once


class EventLoop(qasync.QEventLoop):  # type: ignore[misc]
    """qasync runs every callback by a timer, and timers come when all is laid out and painted: the
    question that a click asks would leave after the window has shown the click. Here a callback that
    Qt's side asks for, or the first one that such a callback asks for, comes first. All others
    come as they do in qasync, so that a task that gives way lets the window paint."""

    def __init__(self, app: QApplication) -> None:
        self._turn = 0  # 0 in a slot; deeper in callbacks
        self._first = _First()
        self._timers = _Timers()
        super().__init__(app)

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        if self._turn >= _TURNS:
            return self.call_later(0, callback, *args, context=context)
        asked = (self._turn + 1, callback, *args)
        handle = asyncio.Handle(self._in_turn, asked, self, context=context)
        self._first.add(handle)
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.Handle:
        asked = (_TURNS, callback, *args)
        handle = _TimerHandle(self._in_turn, asked, self, context, self._timers)
        self._timers.start(handle, delay)
        return handle

    def _in_turn(self, turn: int, callback: Callable[..., object], *args: Any) -> None:
        before, self._turn = self._turn, turn
        try:
            callback(*args)
        finally:
            self._turn = before

    def close(self) -> None:
        super().close()
        self._turn = _TURNS  # whatever is asked for from now on takes a timer, and there are none
        self._timers.close()
        QCoreApplication.removePostedEvents(self._first)


class _First(QObject):
    """Runs callbacks before layout and painting, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self._handles: deque[asyncio.Handle] = deque()

    def add(self, handle: asyncio.Handle) -> None:
        self._handles.append(handle)
        QCoreApplication.postEvent(self, QEvent(_SOON), _FIRST)

    def event(self, event: QEvent) -> bool:
        if event.type() != _SOON:
            return super().event(event)
        # With those that the first ones add, which Qt would put behind the rest.
        while self._handles:
            handle = self._handles.popleft()
            if not handle.cancelled():
                handle._run()
        return True


class _TimerHandle(asyncio.Handle):
    """Ends its timer when it is cancelled."""

    __slots__ = ("_timers", "timer")

    def __init__(
        self,
        callback: Callable[..., object],
        args: tuple[object, ...],
        loop: EventLoop,
        context: Context | None,
        timers: "_Timers",
    ) -> None:
        super().__init__(callback, args, loop, context)
        self._timers = timers
        self.timer = 0

    def cancel(self) -> None:
        super().cancel()
        self._timers.drop(self)


class _Timers(QObject):
    """A timer of Qt's for each callback. Those of qasync outlive a callback that is cancelled: each
    read from a server leaves one for half a minute, and after a long list thousands of them end in
    the same turn of the loop, as Qt moves long ones to whole seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._handles: dict[int, _TimerHandle] = {}
        self._closed = False

    def start(self, handle: _TimerHandle, delay: float) -> None:
        if not self._closed:
            handle.timer = self.startTimer(int(max(0, delay) * 1000))
            self._handles[handle.timer] = handle

    def drop(self, handle: _TimerHandle) -> None:
        if handle.timer:
            self.killTimer(handle.timer)
            del self._handles[handle.timer]
            handle.timer = 0

    def timerEvent(self, event: QTimerEvent) -> None:
        handle = self._handles[event.timerId()]
        self.drop(handle)
        handle._run()

    def close(self) -> None:
        """End all of them, and start none from now on."""
        self._closed = True
        for handle in list(self._handles.values()):
            self.drop(handle)
