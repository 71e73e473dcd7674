"""A byte worker for the fault tests: as hasty as the process that starts it, and harmed on request."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import os
import random
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest

from dfs_desktop.system import child_launch as launch
from dfs_desktop.workers.byte_worker import caller, child_run
from dfs_desktop.workers.process.messages import FromChild
from fault_injection import quick

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
STILL = 0.1  # of the harmed stand still
SILENCE = getattr(signal, "SIGSTOP", signal.SIGTERM)


def _command(kind: str) -> list[str]:
    values: dict[str, dict[str, Any]] = {}
    for module, names in (quick.WAITS | quick.OFTEN).items():
        for name in names:
            value: Any = importlib.import_module(module)
            for part in name.split("."):
                value = getattr(value, part)
            values.setdefault(module, {})[name] = value
    return [sys.executable, "-P", "-m", "fault_injection.hasty_child", kind, json.dumps(values)]


_hear: Callable[[child_run.ChildRun], None] | None = None


@contextlib.contextmanager
def hasty() -> Iterator[None]:
    """Inside, children start with the waits that count here, hung ones are found out soon, and all
    can be harmed."""
    real = child_run.ChildRun._receive

    def receive(run: child_run.ChildRun, message: FromChild) -> None:
        if _hear is not None:
            _hear(run)
        real(run, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "command", _command)
        patch.setattr(caller, "SILENCE", 3.0)
        patch.setattr(child_run.ChildRun, "_receive", receive)
        yield


@contextlib.contextmanager
def harmed(messages: Collection[int] = (), what: int = KILL) -> Iterator[list[int]]:
    """Inside, the child that says the n-th message is sent a signal; the list says at which."""
    global _hear  # noqa: PLW0603 - one engine at a time
    numbers, struck = itertools.count(1), list[int]()

    def hear(run: child_run.ChildRun) -> None:
        number = next(numbers)
        if number in messages:
            struck.append(number)
            os.kill(run.process.pid, what)

    _hear = hear
    try:
        yield struck
    finally:
        _hear = None


def some_harm(luck: random.Random, messages: int) -> tuple[list[int], int]:
    """For ``harmed``: now and then a child stands still, mostly one or two are killed."""
    when = [luck.randint(1, messages) for _ in range(luck.randint(0, 2))]
    return when, SILENCE if luck.random() < STILL else KILL
