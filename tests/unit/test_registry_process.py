"""The registry beside the window: a process of its own that ends with it and keeps its key to itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from dfs_desktop.api import ConfigurationError
from dfs_desktop.registry_process import RegistryProcess
from dfs_desktop.server import LocalRegistry
from dfs_desktop.settings import Places

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
WINDOW = """
import sys, time
from pathlib import Path
from dfs_desktop.registry_process import RegistryProcess
from dfs_desktop.settings import Places
room = RegistryProcess(Places(*(Path(sys.argv[1]) / n for n in Places.__struct_fields__)))
room.start()
print(room._process.pid, flush=True)
time.sleep(60)
"""


def places(home: Path) -> Places:
    return Places(*(home / name for name in Places.__struct_fields__))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RegistryProcess]:
    made = RegistryProcess(places(tmp_path))
    yield made
    made.stop()


def pid_of(room: RegistryProcess) -> int:
    assert room._process is not None
    return room._process.pid


def until(found: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not found() and time.monotonic() < end:
        time.sleep(0.02)
    return found()


def ended(pid: int) -> bool:
    """Gone, or dead with nobody who asks for its exit code (a container may have no init)."""
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def status(url: str, key: str) -> int:
    headers = {"authorization": f"Bearer {key}"}
    return httpx.get(f"{url}/users/me/organizations", headers=headers, trust_env=False).status_code


def test_a_window_that_is_killed_leaves_no_registry_and_the_next_one_gets_the_folder(
    tmp_path: Path, room: RegistryProcess
) -> None:
    command = [sys.executable, "-c", WINDOW, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        pid = int(window.stdout.readline())
        window.kill()
        local = room.start()  # at once: it waits for the folder
        assert status(local.url, local.api_key) == 200
        assert pid_of(room) != pid
        assert sys.platform != "linux" or until(lambda: ended(pid))


def test_a_stopped_registry_is_gone_and_gives_the_folder_back(
    tmp_path: Path, room: RegistryProcess
) -> None:
    local = room.start()
    assert room.start() == local, "there is one for all who ask"
    room.stop()
    with pytest.raises(httpx.ConnectError):
        status(local.url, local.api_key)
    again = LocalRegistry(tmp_path / "data" / "registry")
    again.start()
    again.stop()


def test_a_registry_that_was_killed_is_started_anew(room: RegistryProcess) -> None:
    first = room.start()
    process = room._process
    assert process is not None
    process.kill()
    process.wait()
    second = room.start()
    assert second != first
    assert second.url == first.url, "links stay good where the port is free"
    assert status(second.url, second.api_key) == 200


@LINUX
@pytest.mark.own_start
def test_no_key_stands_in_arguments_or_environment(
    room: RegistryProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DFS_API_KEY", "dfs_of_a_server")
    key = room.start().api_key
    proc = Path("/proc") / str(pid_of(room))
    told = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
    assert key.encode() not in told
    assert b"dfs_of_a_server" not in told


@LINUX
def test_it_steps_back_behind_the_window_once_it_has_started(tmp_path: Path) -> None:
    program = "import dfs_desktop.server.__main__ as m; m._START = 0; m.main()"
    command = [sys.executable, "-c", program, "--beside-window", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        json.loads(child.stdout.readline())
        tasks = Path(f"/proc/{child.pid}/task")

        def low() -> bool:
            return all(os.getpriority(os.PRIO_PROCESS, int(t.name)) >= 10 for t in tasks.iterdir())

        assert until(low)
        child.send_signal(signal.SIGINT)  # Ctrl+C reaches both; the window decides
        child.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        assert child.poll() is None
        child.stdin.close()
        assert child.wait(10) == 0


def test_one_that_somebody_runs_by_hand_does_not_end_with_its_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dfs_desktop.server", "--data", str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = json.loads(child.stdout.readline())
        time.sleep(0.3)
        assert status(told["url"], told["api_key"]) == 200
        child.terminate()


def test_a_folder_that_cannot_be_used_is_said_with_its_reason(
    tmp_path: Path, room: RegistryProcess
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry").write_text("a file")
    with pytest.raises(ConfigurationError) as caught:
        room.start()
    assert str(tmp_path / "data" / "registry") in caught.value.detail
    (tmp_path / "data" / "registry").unlink()
    local = room.start()
    assert status(local.url, local.api_key) == 200


def test_a_frozen_program_becomes_the_registry(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dfs_desktop", "--local-registry", "--beside-window"]
    with subprocess.Popen(
        [*command, "--data", str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        told = json.loads(child.stdout.readline())
        assert status(told["url"], told["api_key"]) == 200
        child.stdin.close()
        assert child.wait(10) == 0


def test_it_starts_without_the_command_line_of_uvicorn(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "dfs_desktop.server", "--beside-window"]
    ran = subprocess.run(
        [*command, "--data", str(tmp_path)],
        stdin=subprocess.DEVNULL,  # it ends once it has said where it is
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "uvicorn.server" in ran.stderr
    assert "click" not in ran.stderr
