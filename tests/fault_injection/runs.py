"""Starting and killing children of the engine: through nurseries, which fork faster than Python starts."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
LONGEST = 60.0  # seconds that a child may run


class Nursery:
    """One process that forks runs, one at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fault_injection.child"],
            cwd=TESTS,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, plan: dict[str, Any], *, kill_after: float | None = None) -> int:
        """One run; its exit code, -9 when it was killed. ``kill_after``: seconds, unless it ends."""
        assert self._process.stdin is not None
        trusted = {"SSL_CERT_FILE": os.environ.get("SSL_CERT_FILE")}
        self._process.stdin.write(json.dumps({**plan, "environment": trusted}) + "\n")
        self._process.stdin.flush()
        pid = int(self._read()["pid"])
        timer = threading.Timer(LONGEST if kill_after is None else kill_after, _kill, [pid])
        timer.start()
        try:
            return int(self._read()["status"])
        finally:
            timer.cancel()
            timer.join()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery ended"
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(LONGEST)
        self._process.stdout.close()


def _kill(pid: int) -> None:
    try:
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    except OSError:
        return


class Nurseries:
    """A few of them, for runs side by side."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._all = [Nursery() for _ in range(count)]
        self._free: queue.SimpleQueue[Nursery] = queue.SimpleQueue()
        for each in self._all:
            self._free.put(each)

    @contextmanager
    def one(self) -> Iterator[Nursery]:
        """Hold one; waits for it."""
        nursery = self._free.get()
        try:
            yield nursery
        finally:
            self._free.put(nursery)

    def run(self, plan: dict[str, Any], *, kill_after: float | None = None) -> int:
        with self.one() as nursery:
            return nursery.run(plan, kill_after=kill_after)

    def __enter__(self) -> Nurseries:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._all:
            each.close()
