"""The order in which the window's event loop runs what a slot begins, and lets the window paint."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from support.qt.widgets import window_loop

from dfs_desktop.ui.platform.event_loop import EventLoop


class Painted(QWidget):
    """Says when it is painted."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self._seen = seen

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._seen.append("painted")


class Timed(QObject):
    """Counts the timers that end."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.ended += event.type() == QEvent.Type.Timer
        return False


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[EventLoop]:
    with window_loop(qapp) as loop:
        yield loop


def in_slot(loop: EventLoop, slot: Callable[[asyncio.Future[None]], object]) -> None:
    """Run this as Qt runs a slot, until it sets the future that it is given."""

    async def work() -> None:
        ended = loop.create_future()
        QTimer.singleShot(0, lambda: slot(ended))
        await asyncio.wait_for(ended, 10)

    loop.run_until_complete(work())


def test_what_a_slot_begins_comes_before_painting_and_what_gives_way_behind_it(
    loop: EventLoop,
) -> None:
    seen: list[str] = []
    widget = Painted(seen)
    widget.show()
    loop.run_until_complete(asyncio.sleep(0.05))
    seen.clear()
    tasks = []

    async def inner() -> None:
        seen.append("what the task begins")

    async def task(ended: asyncio.Future[None]) -> None:
        seen.append("task")
        tasks.append(loop.create_task(inner()))
        for _ in range(2):
            await asyncio.sleep(0)
            seen.append("gave way")
        ended.set_result(None)

    def slot(ended: asyncio.Future[None]) -> None:
        widget.update()
        loop.call_soon(seen.append, "cancelled").cancel()
        tasks.append(loop.create_task(task(ended)))
        loop.call_soon(seen.append, "second")
        seen.append("slot")

    in_slot(loop, slot)
    assert seen[:2] == ["slot", "task"]
    assert sorted(seen[2:5]) == ["gave way", "second", "what the task begins"]
    assert seen[5:] == ["painted", "gave way"]


def test_tasks_go_on_inside_a_loop_that_a_callback_runs(loop: EventLoop) -> None:
    """As a drag and a menu do on some systems."""

    def slot(ended: asyncio.Future[None]) -> None:
        def modal() -> None:
            inside = QEventLoop()
            loop.call_soon(inside.quit)
            inside.exec()
            ended.set_result(None)

        loop.call_soon(modal)

    in_slot(loop, slot)


def test_many_that_give_way_for_ever_hold_up_no_paint(loop: EventLoop) -> None:
    seen: list[str] = []
    widget = Painted(seen)

    async def give_way() -> None:
        while not seen:  # noqa: ASYNC110
            await asyncio.sleep(0)

    def slot(ended: asyncio.Future[None]) -> None:
        widget.show()
        every: Awaitable[object] = asyncio.gather(*(give_way() for _ in range(20)))
        asyncio.ensure_future(every).add_done_callback(lambda _: ended.set_result(None))

    in_slot(loop, slot)
    assert seen


def test_what_is_cancelled_leaves_no_timer_to_end_later(
    loop: EventLoop, qapp: QApplication
) -> None:
    """A read from a server gives up after half a minute, and is cancelled when it has its bytes."""
    timed = Timed()
    qapp.installEventFilter(timed)

    async def read() -> None:
        for _ in range(100):
            loop.call_later(0.01, pytest.fail).cancel()
        await asyncio.sleep(0.05)

    loop.run_until_complete(read())
    qapp.removeEventFilter(timed)
    assert 0 < timed.ended < 50
