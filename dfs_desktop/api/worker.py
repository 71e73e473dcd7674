"""One blocking job on its own daemon thread, awaited from an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

from .storage.meter import Meter


class Worker:
    """Runs ``function(*arguments)`` at once.

    A daemon thread instead of an executor: a job that hangs in the network cannot keep the
    program from ending, and a job that fails in any way cannot take a pool with it.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Any] = self._loop.create_future()
        self._job = function
        self._arguments = arguments
        self._thread = threading.Thread(target=self._work, name="dfs-worker", daemon=True)
        self._thread.start()

    async def result(self) -> Any:
        """The job's result, or its exception."""
        return await self._future

    def stop(self) -> None:
        """Stop the job's meter, if it has one."""
        for argument in self._arguments:
            if isinstance(argument, Meter):
                argument.stop()

    def _work(self) -> None:
        result, error = None, None
        try:
            result = self._job(*self._arguments)
        except BaseException as raised:  # noqa: BLE001 - carried over to the loop's thread
            error = raised
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
