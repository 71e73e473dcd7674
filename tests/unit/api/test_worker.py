"""The threads of blocking jobs: they serve one job after the other, and no job waits for another."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
import weakref

import pytest

from dfs_desktop.api import blocking_job
from dfs_desktop.api.blocking_job import BlockingJob


def test_jobs_one_after_the_other_are_done_by_one_thread() -> None:
    async def main() -> set[int]:
        return {await BlockingJob(threading.get_ident).result() for _ in range(50)}

    assert len(asyncio.run(main())) == 1


def test_a_job_that_hangs_holds_no_other() -> None:
    async def main() -> None:
        gate = threading.Event()
        hanging = [BlockingJob(gate.wait) for _ in range(20)]
        assert await BlockingJob(int, "7").result() == 7
        gate.set()
        assert all([await each.result() for each in hanging])

    asyncio.run(main())


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit, StopIteration])
def test_a_job_that_fails_in_any_way_leaves_its_thread_to_the_next(
    error: type[BaseException],
) -> None:
    def fail() -> None:
        raise error

    async def main() -> None:
        for _ in range(3):
            with pytest.raises((OSError, RuntimeError)):
                await BlockingJob(fail).result()
            assert await BlockingJob(int, "7").result() == 7

    asyncio.run(main())


def test_a_thread_without_a_job_holds_nothing_of_the_last_one_and_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Bytes:
        def work(self) -> int:
            return 1

    async def main() -> tuple[weakref.ref[Bytes], threading.Thread]:
        held = Bytes()
        assert await BlockingJob(held.work).result() == 1
        thread = await BlockingJob(threading.current_thread).result()
        return weakref.ref(held), thread

    monkeypatch.setattr(blocking_job, "KEPT", 0.05)
    monkeypatch.setattr(blocking_job, "_idle", [])  # threads of before wait for longer
    held, thread = asyncio.run(main())
    thread.join(10)
    gc.collect()
    assert held() is None
    assert not thread.is_alive()


FORKED = """
import asyncio, os
from dfs_desktop.api.blocking_job import BlockingJob
async def ask(): return await BlockingJob(os.getpid).result()
assert asyncio.run(ask()) == os.getpid()
child = os.fork()
if not child:
    os._exit(asyncio.run(asyncio.wait_for(ask(), 20)) != os.getpid())
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="Windows has no fork")
def test_a_forked_program_does_not_wait_for_threads_of_its_parent() -> None:
    assert subprocess.run([sys.executable, "-c", FORKED], timeout=60, check=False).returncode == 0
