"""One registry for all that runs beside the window: coroutines, and short jobs on threads."""

import asyncio
import contextlib
import functools
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# The failure handler gets the exception and the name of what failed ("upload", "refresh").
Failed = Callable[[BaseException, str], None]

SLICE = 0.005  # seconds: between two of them the window paints, and hears keys
SHOWN = 0.2  # seconds after which it is shown how far they are: with very many rows that takes long
AT_ONCE = 100  # things that may be done in the turn that asks for it


class Slices:
    """Short calls about many things, in their order. What fits one slice of time is done at once."""

    def __init__(self, together: Callable[[], AbstractContextManager[None]]) -> None:
        """`together` is entered around slices; what is done within is shown when it is left."""
        self._together = together
        self._left: deque[Callable[[], object]] = deque()
        self._next: asyncio.Handle | None = None
        self._unshown = contextlib.ExitStack()
        self._show_at: float | None = None  # None: there is nothing to be shown

    def run(self, act: Callable[[T], object], things: Iterable[T]) -> None:
        """Do this with each, after what is left of earlier calls."""
        self._left.extend(functools.partial(act, thing) for thing in things)
        if self._next is not None:
            return
        if len(self._left) > AT_ONCE:
            self._soon(self._slice)
        elif self._left:
            self._slice(at_once=True)

    def finish(self) -> None:
        """Do all that is left, now."""
        if self._next is not None:
            self._next.cancel()
            self._slice(float("inf"), at_once=True)

    def _soon(self, turn: Callable[[], None]) -> None:
        # What is begun by call_soon in a slot comes before the window paints, two slices of it.
        self._next = asyncio.get_running_loop().call_later(0, turn)

    def _slice(self, seconds: float = SLICE, *, at_once: bool = False) -> None:
        now = time.perf_counter()
        if self._show_at is None:
            self._show_at = now + SHOWN
            self._unshown.enter_context(self._together())
        try:
            while self._left and time.perf_counter() < now + seconds:
                self._left.popleft()()
        finally:  # one that fails does not keep the others back
            if self._left and now < self._show_at:
                self._soon(self._slice)
            elif at_once:
                self._show()
            else:
                self._soon(self._show)

    def _show(self) -> None:
        self._next, self._show_at = None, None
        try:
            self._unshown.close()
        finally:
            if self._left:
                self._soon(self._slice)


class Tasks:
    """Holds each task strongly (an event loop holds weak references) and hears each failure."""

    def __init__(self, failed: Failed, succeeded: Callable[[str], object] | None = None) -> None:
        self._failed = failed
        self._succeeded = succeeded
        self._tasks: set[asyncio.Task[Any]] = set()
        # Our own pool: the loop's default executor also resolves host names and must stay free.
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="dfs-disk")
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T] | None:
        """Run a coroutine on the loop; a failure nobody awaits goes to the one failure handler.

        Returns None after `stop`, when no new work begins.
        """
        if self._closed:
            work.close()
            return None
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def start_once(self, work: Callable[[], Coroutine[Any, Any, object]], name: str) -> None:
        """The same, unless work of this name is under way."""
        if all(task.done() or task.get_name() != name for task in self._tasks):
            self.start(work(), name)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            self._failed(error, task.get_name())
        elif self._succeeded is not None:
            self._succeeded(task.get_name())

    async def in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking work (disk, parsing) on one of two worker threads and await its result."""
        call = functools.partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def stop(self, seconds: float = 5.0) -> None:
        """Cancel what still runs, once each, wait for it, then end the worker threads."""
        self._closed = True
        waiting = {task for task in self._tasks if task is not asyncio.current_task()}
        for task in waiting:
            task.cancel()
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)
        self._threads.shutdown(wait=False, cancel_futures=True)


Start = Callable[[Coroutine[Any, Any, None], str], object]  # of a piece of work with its name


class LatestAnswer:
    """Asks one thing after the other: an answer that comes after the next question is dropped."""

    def __init__(self, start: Start) -> None:
        self._start, self._number = start, 0

    def hear(
        self,
        question: Callable[[], Awaitable[T]],
        show: Callable[[T], object],
        fail: Callable[[Exception], object],
        name: str,
    ) -> None:
        """Ask, then show the answer, or hand over why there is none."""
        self._number = number = self._number + 1

        async def work() -> None:
            try:
                found = await question()
            except Exception as error:  # noqa: BLE001  who asks says it
                if number == self._number:
                    fail(error)
                return
            if number == self._number:
                show(found)

        self._start(work(), name)

    def forget(self) -> None:
        """Hear no answer to what was asked."""
        self._number += 1
