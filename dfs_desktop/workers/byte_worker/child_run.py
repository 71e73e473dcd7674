"""One run of a byte worker's child: its messages, sorted by the order that they answer."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from dfs_desktop.workers.process.child_process import ChildProcess
from dfs_desktop.workers.process.messages import FromChild, Question, unpack

from . import orders

log = logging.getLogger(__name__)


class ChildRun:
    """One child, and where the messages about each order go; None says that it has ended."""

    def __init__(self) -> None:
        self.inboxes: dict[int, queue.SimpleQueue[FromChild | None]] = {}
        self.lock = threading.Lock()
        self.ended = self.killed = self.heard = False
        self.spoke = time.monotonic()  # when it last said anything
        self.process = ChildProcess("bytes", self._receive, self._end)

    def open(self, number: int) -> queue.SimpleQueue[FromChild | None]:
        inbox: queue.SimpleQueue[FromChild | None] = queue.SimpleQueue()
        with self.lock:
            self.inboxes[number] = inbox
            if self.ended:
                inbox.put(None)
        return inbox

    def kill(self) -> None:
        self.killed = True
        self.process.kill()

    def _receive(self, message: FromChild) -> None:
        self.heard, self.spoke = True, time.monotonic()
        number = message.id
        if isinstance(message, Question):
            number = unpack(message.payload, orders.Record).call
        with self.lock:
            inbox = self.inboxes.get(number)
        if inbox is not None:
            inbox.put(message)

    def _end(self, why: str) -> None:
        if not self.killed:
            log.warning("a byte worker died: %s", why)
        with self.lock:
            self.ended = True
            for inbox in self.inboxes.values():
                inbox.put(None)


class PendingOrder(NamedTuple):
    """What the window knows of an order beside the order itself, which is made anew at each try.

    ``on_record`` takes what is to be written down; ``settled`` counts the bytes that a new child
    need not move again.
    """

    make: Callable[[], Any]
    kind: Any
    on_record: Callable[[orders.Record], None] | None = None
    settled: Callable[[], int] = lambda: 0
