"""One blocking job on a daemon thread, awaited from an event loop."""

import asyncio
import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

KEPT = 5.0  # seconds that a thread without a job waits for the next one
IDLE = "dfs-idle"  # its name meanwhile

_Jobs = queue.SimpleQueue["BlockingJob"]
_idle: list[_Jobs] = []  # of threads that wait for a job; its methods are atomic


class BlockingJob:
    """Runs ``function(*arguments)`` at once.

    A daemon thread instead of an executor: a job that hangs in the network cannot keep the
    program from ending, nor another job from starting: that one gets another thread.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Any] = self._loop.create_future()
        self._job = function
        self._arguments = arguments
        try:
            jobs = _idle.pop()
        except IndexError:
            jobs = _Jobs()
            threading.Thread(target=_serve, args=(jobs,), name=IDLE, daemon=True).start()
        jobs.put(self)

    async def result(self) -> Any:
        """The job's result, or its exception."""
        return await self._future

    def work(self, ended: Callable[[], None]) -> None:
        """Do the job, on a thread that is free (``ended``) before anybody hears what came of it."""
        result, error = None, None
        try:
            result = self._job(*self._arguments)
        except BaseException as raised:  # noqa: BLE001 - carried over to the loop's thread
            error = raised
        ended()
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            self._loop.call_soon_threadsafe(self._deliver, result, error)

    def _deliver(self, result: Any, error: BaseException | None) -> None:
        if self._future.done():
            return
        if isinstance(error, (KeyboardInterrupt, SystemExit, StopIteration)):
            error = RuntimeError(f"a worker ended with {type(error).__name__}")
        if error is not None:
            self._future.set_exception(error)
        else:
            self._future.set_result(result)


def _serve(jobs: _Jobs) -> None:
    thread = threading.current_thread()

    def ended() -> None:
        thread.name = IDLE
        _idle.append(jobs)

    while True:
        try:
            worker = jobs.get(timeout=KEPT)
        except queue.Empty:
            with contextlib.suppress(ValueError):  # it has just been given a job
                _idle.remove(jobs)
                return
            continue
        thread.name = "dfs-worker"
        worker.work(ended)
        del worker  # and all that its job held


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # threads stay with the parent


async def outlast(task: asyncio.Future[Any], limit: float) -> bool:
    """Wait for a task, however often we are cancelled meanwhile; False when it takes too long.

    The caller raises CancelledError afterwards, so no cancel is lost.
    """
    end = time.monotonic() + limit
    while not task.done():
        left = end - time.monotonic()
        if left <= 0:
            return False
        try:
            await asyncio.wait({task}, timeout=left)
        except asyncio.CancelledError:
            continue
    return True
