"""L-04, L-05: the second start raises the first window; a killed program leaves nothing in the way."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from dfs_desktop.ui.platform import single_instance
from dfs_desktop.ui.platform.single_instance import LONGEST, SingleInstance, Wish

CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from dfs_desktop.ui.platform.single_instance import SingleInstance, Wish
application = QCoreApplication([])
instance = SingleInstance([Path(sys.argv[1])])
if instance.first():
    instance.listen(lambda *wishes: print("heard", *(each.file for each in wishes), flush=True))
    print("first", flush=True)
    getattr(application, "exec")()
else:
    print("asked", instance.ask(*(Wish(Path(each)) for each in sys.argv[2:])), flush=True)
"""

PROGRAM = """
import asyncio, sys
from dfs_desktop.app import Options, run

async def drive(app):
    while app.workspace.session.client is None:
        await asyncio.sleep(0.02)
    return 0

sys.exit(run(["dfs-desktop"], Options(drive=drive)))
"""


def start(folder: Path, *files: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(folder), *map(str, files)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def said(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def end(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.wait(10)
    assert child.stdout is not None
    child.stdout.close()


@pytest.fixture
def instance(qapp: object, tmp_path: Path) -> Iterator[SingleInstance]:
    found = SingleInstance([tmp_path / "state"])
    yield found
    found.close()
    found.deleteLater()


@pytest.mark.fault("L-04")
def test_l04_a_second_start_is_heard_by_the_first(
    instance: SingleInstance, qtbot: QtBot, tmp_path: Path
) -> None:
    heard: list[Wish] = []
    assert instance.first()
    assert instance.listen(heard.append)
    model = tmp_path / "ein modell.fnnx"
    model.write_bytes(b"x")
    for files in ((), (model,), (tmp_path / "nothing",)):
        child = start(tmp_path / "state", *files)
        count = len(heard)
        qtbot.waitUntil(lambda count=count: len(heard) > count, timeout=10_000)
        assert said(child) == "asked True"
        child.wait(10)
        end(child)
    assert heard == [Wish(), Wish(model), Wish(tmp_path / "nothing")], (
        "the window says it is no file"
    )


@pytest.mark.fault("L-04")
@pytest.mark.skipif(os.name != "posix", reason="names of bytes")
def test_l04_what_one_start_asks_for_is_heard_at_once(
    instance: SingleInstance, qtbot: QtBot, tmp_path: Path
) -> None:
    """More than a socket takes in one piece, in the order of the command line."""
    heard: list[tuple[Wish, ...]] = []
    assert instance.first()
    assert instance.listen(lambda *wishes: heard.append(wishes))
    files = [Path(os.fsdecode(b"/%d/\xe9\n" % each + b"x" * 1000)) for each in range(1000)]
    child = start(tmp_path / "state", *files)
    qtbot.waitUntil(lambda: bool(heard), timeout=10_000)
    assert said(child) == "asked True"
    end(child)
    assert heard == [tuple(map(Wish, files))]


@pytest.mark.fault("L-04")
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL and sockets in folders")
def test_l04_a_killed_program_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    first = start(folder)
    assert said(first) == "first"
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    assert (folder / "instance.sock").exists(), "the socket is stale now"
    second = start(folder)
    assert said(second) == "first"
    third = start(folder)
    assert said(third) == "asked True"
    assert said(second) == "heard None"
    for child in (first, second, third):
        end(child)


@pytest.mark.fault("L-04")
def test_l04_a_first_program_that_hangs_is_not_waited_for(
    instance: SingleInstance, tmp_path: Path
) -> None:
    """It holds the lock and does not listen: the second one is told, and decides itself."""
    assert instance.first()
    child = start(tmp_path / "state")
    assert said(child) == "asked False"
    end(child)


@pytest.mark.fault("L-04")
def test_l04_a_first_program_that_is_starting_is_waited_for(
    instance: SingleInstance, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It listens behind its first paint: a second click on the icon comes before."""
    heard: list[Wish] = []
    second = SingleInstance([tmp_path / "state"])
    assert instance.first()
    assert not second.first()

    class Waiting:
        @staticmethod
        def msleep(_milliseconds: int) -> None:
            assert instance.listen(heard.append)

    monkeypatch.setattr(single_instance, "QThread", Waiting)
    assert second.ask()
    qtbot.waitUntil(lambda: heard == [Wish()])


@pytest.mark.fault("D-21")
@pytest.mark.skipif(os.name != "posix", reason="SIGTERM")
def test_d21_the_journal_belongs_to_the_first_program(
    instance: SingleInstance, tmp_path: Path
) -> None:
    """One that hangs keeps its queue: two programs never carry on the same transfer."""
    assert instance.first()
    environment = os.environ | {"DFS_DESKTOP_HOME": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, timeout=60)
    assert ran.returncode == 0, "it ran, to its ordered end"
    assert (tmp_path / "data" / "registry" / "registry.sqlite3").exists()
    assert not (tmp_path / "data" / "transfers.sqlite3").exists()


@pytest.mark.fault("L-05")
@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_l05_nobody_else_gets_in(instance: SingleInstance, qtbot: QtBot, tmp_path: Path) -> None:
    heard: list[Wish] = []
    folder = tmp_path / "state"
    assert instance.first()
    instance.listen(heard.append)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "instance.sock").stat().st_mode) & 0o077 == 0
    for message in (b"run /bin/sh", b"look relative", b"look /dev/null", b"x" * (LONGEST + 10)):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(folder / "instance.sock"))
            line.setblocking(False)
            sent = 0
            while sent < len(message) and not _closed(line):
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    sent += line.send(message[sent:])
                qtbot.wait(1)
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_WR)
            end_at = time.monotonic() + 5
            while time.monotonic() < end_at and not _closed(line):
                qtbot.wait(10)
    assert heard == [Wish(), Wish(Path("/dev/null"))], (
        "what is no whole path only raises the window"
    )
    folder.chmod(0o755)
    SingleInstance([folder]).first()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def _closed(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
