"""One thread for all keyring calls: they may ask for a password, hang, or end in any exception."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from dfs_desktop.translation import sentences, tr

from .errors import SESSION_HINT, CredentialsError, KeyringTimeout, explained

T = TypeVar("T")


class Job(Generic[T]):
    """One call for the worker; `abandoned` once nobody waits for it any more."""

    def __init__(self, work: "Callable[[Job[T]], T]") -> None:
        self.work = work
        self.future: Future[T] = Future()
        self.abandoned = False


class Worker:
    """Runs jobs one after the other; a caller waits for `timeout` seconds and then gives up."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    async def result(self, work: Callable[[Job[T]], T]) -> T:
        """The result of a job. Raises CredentialsError and nothing else; cancelling abandons it."""
        job = Job(work)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._start(job)), self._timeout)
        except TimeoutError:
            why = tr(
                "It gave no answer within {timeout:g} seconds. If a window asks for a "
                "password, answer it, then choose “Unlock Keyring”.",
                timeout=self._timeout,
            )
            raise KeyringTimeout(
                tr("The keyring does not answer"), sentences(why, tr(SESSION_HINT))
            ) from None
        finally:
            job.abandoned = True
            job.future.cancel()

    def close(self) -> None:
        """End the thread. One that hangs in a keyring is left behind; it is a daemon."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join(timeout=1.0)

    def _start(self, job: Job[T]) -> Future[T]:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="keyring", daemon=True)
                self._thread.start()
            self._jobs.put(job)
        return job.future

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.abandoned and job.future.set_running_or_notify_cancel():
                _finish(job)
            del job  # it holds a key


def _finish(job: Job[Any]) -> None:
    try:
        result = job.work(job)
    except CredentialsError as error:
        # Without the frames: a key is among their variables.
        job.future.set_exception(error.with_traceback(None))
    except Exception as error:  # noqa: BLE001  backends raise anything, pywintypes.error too
        job.future.set_exception(explained(error))
    else:
        job.future.set_result(result)
