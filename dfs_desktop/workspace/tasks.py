"""One registry for all that runs beside the window: coroutines, and short jobs on threads."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# The failure handler gets the exception and the name of what failed ("upload", "refresh").
Failed = Callable[[BaseException, str], None]


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
