"""Proof that the rules of conftest.py can fail: leaks on purpose, in a pytest of their own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

LEAKY = '''
"""Each of these leaves something behind; each must fail, and only for that."""
import asyncio
import logging
import threading
import time

import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QLabel
from support import leaks

leaks.THREAD_PATIENCE = 0.1

kept = []


def test_error():
    logging.getLogger("anybody").error("stray")


def test_thread():
    kept.append(threading.Thread(target=lambda: time.sleep(30), name="forgotten", daemon=True))
    kept[-1].start()


def test_widget(qapp):
    class Sheet(QLabel):
        pass
    kept.append(Sheet())
    kept[-1].setObjectName("forgottenSheet")


def test_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(10_000)


def test_task_that_is_held():
    async def forever():
        await asyncio.sleep(1000)
    loop = asyncio.new_event_loop()
    kept.append(loop.create_task(forever(), name="held"))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    kept.append(loop)


def test_task_that_is_lost():
    async def forever():
        await asyncio.get_running_loop().create_future()
    loop = asyncio.new_event_loop()
    loop.create_task(forever(), name="lost")
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_qt_warning(qapp):
    qWarning("a slot does not fit")


def test_slot_that_raises(qtbot):
    QTimer.singleShot(0, lambda: 1 / 0)
    qtbot.wait(20)


def test_nothing(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    label.show()


@pytest.mark.expects_errors
def test_error_that_is_expected():
    logging.getLogger("anybody").error("as provoked")
'''

EXPECTED = {
    "test_error": "logged as errors",
    "test_thread": "a thread still runs: forgotten",
    "test_widget": "forgottenSheet",
    "test_timer": "under way: a timer",
    "test_task_that_is_held": "the task 'held'",
    "test_task_that_is_lost": "Task was destroyed but it is pending",
    "test_qt_warning": "a slot does not fit",
    "test_slot_that_raises": "ZeroDivisionError",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("leaky")
    (folder / "conftest.py").write_text((TESTS / "conftest.py").read_text("utf-8"), "utf-8")
    file = folder / "test_leaky.py"
    file.write_text(LEAKY.lstrip(), "utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(TESTS.parent / "pyproject.toml")]
    options = ["--rootdir", str(folder), "-p", "no:cacheprovider", str(file)]
    return subprocess.run([*command, *options], capture_output=True, text=True, cwd=folder).stdout


def failures(report: str) -> dict[str, str]:
    """The test's name and the section that tells why it failed, call and teardown together."""
    found: dict[str, str] = {}
    parts = re.split(
        r"^_{3,} (?:ERROR at teardown of )?(test_\w+) _{3,}$", report, flags=re.MULTILINE
    )
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        found[name] = found.get(name, "") + text
    return found


@pytest.mark.fault("Q-03")
def test_each_leak_fails_its_test_and_nothing_else_does(report: str) -> None:
    assert set(failures(report)) == set(EXPECTED), report


@pytest.mark.parametrize(("name", "why"), EXPECTED.items())
def test_the_leak_is_named(report: str, name: str, why: str) -> None:
    assert why in failures(report)[name]
