"""A few blocking jobs at a time on daemon threads; the first failure stops the others."""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

R = TypeVar("R")


class _SiblingFailed(Exception):  # noqa: N818 - never leaves this module
    pass


def run_parallel(
    jobs: Sequence[Callable[[Callable[[], None]], R]], workers: int, check: Callable[[], None]
) -> list[R]:
    """The results in order. Each job gets a ``check`` that raises once it should stop."""
    waiting: SimpleQueue[int] = SimpleQueue()
    for index in range(len(jobs)):
        waiting.put(index)
    results: dict[int, R] = {}
    failures: list[BaseException] = []
    failed = threading.Event()

    def go_on() -> None:
        check()
        if failed.is_set():
            raise _SiblingFailed

    def work() -> None:
        try:
            while not failed.is_set():
                index = waiting.get_nowait()
                results[index] = jobs[index](go_on)
        except Empty:
            return
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread
            failures.append(error)
            failed.set()

    threads = [
        threading.Thread(target=work, name="dfs-part", daemon=True)
        for _ in range(min(workers, len(jobs)))
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                # A short wait, so that Ctrl-C and a wish to stop reach this thread.
                thread.join(0.1)
    except BaseException:
        failed.set()
        raise
    for error in failures:
        if not isinstance(error, _SiblingFailed):
            raise error
    return [results[index] for index in range(len(jobs))]
