"""asyncio on Qt's event loop; what a slot begins comes before what Qt lays out and paints."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
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
        handle: asyncio.Handle = super().call_later(delay, self._in_turn, *asked, context=context)
        return handle

    def _in_turn(self, turn: int, callback: Callable[..., object], *args: Any) -> None:
        before, self._turn = self._turn, turn
        try:
            callback(*args)
        finally:
            self._turn = before

    def close(self) -> None:
        super().close()
        self._turn = _TURNS  # from now on as in qasync, which drops it
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
