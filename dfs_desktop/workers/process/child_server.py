"""The child's side: takes calls from the window, performs them on threads, asks, and answers."""

import itertools
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import IO, Any, Protocol, TypeVar

from dfs_desktop.artifact.errors import reading_stopped
from dfs_desktop.translation import language, tr, use

from . import messages
from .daemon_threads import DaemonThreadPool
from .failures import TOO_LONG, OverstayError, error_of, failure_of
from .limits import ChildLimits
from .messages import read_message, write_message

THREADS = 6
_OFTEN = 0.5  # seconds between two signs of life of a call that reads this disk
_BETWEEN = 0.01  # seconds between two looks at the clock of a thread, which is a system call

T = TypeVar("T")


class Running:
    """A call under way. `check` raises when it was cancelled or has computed for too long."""

    def __init__(self, call: messages.Call, child: "Child") -> None:
        self.call, self.child = call, child
        self.cancelled = False
        self.task: Any = None  # what the performer makes of the payload
        self._began = time.thread_time()
        self._told = self._looked = time.monotonic()

    def check(self) -> None:
        """To be called often, on the thread of the call."""
        if self.cancelled:
            raise reading_stopped()
        if (now := time.monotonic()) - self._looked < _BETWEEN:
            return
        self._looked = now
        if time.thread_time() - self._began > self.call.seconds:
            raise OverstayError(*map(tr, TOO_LONG))
        if now - self._told > _OFTEN:
            self.tell()

    def tell(self, *, waiting: bool = False) -> None:
        """A sign of life for the window."""
        self._told = time.monotonic()
        self.child.send(messages.Alive(self.call.id, waiting))


class Performer(Protocol):
    """What a kind of child can do."""

    def begin(self, running: Running) -> bool:
        """Take note of a call, in the order in which they come; whether there is more to do."""

    def perform(self, running: Running) -> bytes:
        """Do what the call asks for, on a thread of its own; its packed result."""

    def cancelled(self, running: Running) -> None:
        """End what this call waits for."""


class Child:
    """The loop of a child. The main thread is kept for what a system wants to be done on it."""

    def __init__(
        self, source: IO[bytes], target: IO[bytes], limits: ChildLimits, threads: int
    ) -> None:
        self._source, self._target, self._limits = source, target, limits
        self._sending = threading.Lock()
        self._running: dict[int, Running] = {}
        self._questions: dict[int, Future[bytes]] = {}
        self._numbers = itertools.count(1)
        self._most, self._threads = threads, DaemonThreadPool(threads, "dfs-call")
        self._main: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def serve(self, performer: Performer) -> None:
        """Until the window closes the pipe, which ends the process."""
        threading.Thread(target=self._listen, args=(performer,), daemon=True).start()
        while True:
            self._main.get()()

    def on_main_thread(self, work: Callable[[], T]) -> T:
        """Run this on the main thread and wait for it."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - whoever waits is told
                future.set_exception(error)

        self._main.put(run)
        return future.result()

    def ask(self, operation: str, payload: bytes) -> bytes:
        """What the window answers; blocks."""
        return self.question(operation, payload).result()

    def question(self, operation: str, payload: bytes) -> Future[bytes]:
        """The same, to be waited for; whoever waits no more sets an exception."""
        number = next(self._numbers)
        self._questions[number] = future = Future[bytes]()
        future.add_done_callback(lambda _: self._questions.pop(number, None))
        self.send(messages.Question(number, operation, payload))
        return future

    def send(self, message: messages.FromChild) -> None:
        """To the window; from any thread."""
        with self._sending:
            write_message(self._target, message)

    def _listen(self, performer: Performer) -> None:
        try:
            while (message := read_message(self._source, messages.ToChild)) is not None:
                self._take(message, performer)
        finally:
            os._exit(0)  # whatever a thread is still doing, nobody waits for it

    def _take(self, message: messages.ToChild, performer: Performer) -> None:
        if isinstance(message, messages.Call):
            if message.language != language():
                use(message.language)
            running = self._running[message.id] = Running(message, self)
            try:
                more = performer.begin(running)
            except Exception as error:  # noqa: BLE001 - whoever waits is told
                self._running.pop(message.id)
                self.send(messages.Answer(message.id, failure=failure_of(error)))
                return
            if not more:
                self._running.pop(message.id)
                return
            if len(self._running) > self._most:
                running.tell(waiting=True)
            self._threads.submit(self._perform, running, performer)
        elif isinstance(message, messages.Cancel):
            if (found := self._running.get(message.id)) is not None:
                found.cancelled = True
                performer.cancelled(found)
        else:
            future = self._questions.get(message.id)
            if future is not None and not future.done():
                if message.failure is not None:
                    future.set_exception(error_of(message.failure))
                else:
                    future.set_result(message.payload)

    def _perform(self, running: Running, performer: Performer) -> None:
        call = running.call
        running._began = time.thread_time()  # on this thread
        running.tell()
        calls = [each.call for each in list(self._running.values())]
        generous = any(each.generous for each in calls)
        self._limits.allow(sum(each.seconds for each in calls), generous=generous)
        try:
            running.check()
            answer = messages.Answer(call.id, performer.perform(running))
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            answer = messages.Answer(call.id, failure=_told(error))
        self._running.pop(call.id, None)
        self.send(answer)


def _told(error: BaseException) -> messages.Failure:
    """The failure to send, also when there is hardly any memory left."""
    if isinstance(error, MemoryError):
        error.__traceback__ = None  # the frames hold what took the memory
    return failure_of(error)


def run(make: Callable[[Child], Performer], limits: ChildLimits, threads: int = THREADS) -> None:
    """Serve over standard input and output, which nobody else in this process gets to see."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # a stray print is a complaint, not a message
    if sys.stdout is not None:
        sys.stdout = sys.stderr
    child = Child(source, target, limits, threads)
    child.serve(make(child))
