"""Readers of foreign files: what they find is handed over, and none of them holds up the end."""

import subprocess
import sys

import pytest

from dfs_desktop.workers.process.daemon_threads import DaemonThreadPool

STUCK = """
import time
from dfs_desktop.workers.process.daemon_threads import DaemonThreadPool
readers = DaemonThreadPool(2, "look")
for _ in range(3):
    readers.submit(time.sleep, 600)
time.sleep(0.2)
readers.shutdown(wait=False, cancel_futures=True)
"""


@pytest.mark.fault("X-03")
def test_a_process_ends_while_its_readers_are_stuck() -> None:
    ended = subprocess.run([sys.executable, "-c", STUCK], timeout=30)
    assert ended.returncode == 0


def test_results_and_errors_are_handed_over() -> None:
    readers = DaemonThreadPool(2, "look")
    assert [each.result(10) for each in [readers.submit(pow, 2, n) for n in range(5)]] == [
        1, 2, 4, 8, 16]  # fmt: skip
    with pytest.raises(ZeroDivisionError):
        readers.submit(divmod, 1, 0).result(10)
    readers.shutdown()
    with pytest.raises(RuntimeError):
        readers.submit(pow, 1, 1)
