"""The command line refuses pairs of Python and PySide6 that damage memory; the installed pair does not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QObject, Signal
from support.artifacts import model_files

from dfs_desktop import __main__
from dfs_desktop.settings import HOME_VARIABLE

posix = pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")


class Sender(QObject):
    sent = Signal(bool)


@pytest.mark.fault("Q-01")
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the fault is one of Python 3.11")
def test_a_pair_that_damages_memory_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(PySide6, "__version__", "6.12.0")
    assert __main__.main([]) == 2
    assert "pip install 'PySide6-Essentials<6.12'" in capsys.readouterr().err


@pytest.mark.fault("Q-01")
def test_the_installed_pair_keeps_its_references(qapp: object) -> None:
    sender = Sender()
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(100_000):
        sender.sent.emit(True)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert all(abs(now - then) < 1000 for then, now in zip(before, after, strict=True))


def test_a_pipe_that_lacks_the_letters_of_a_language_gets_them_escaped() -> None:
    environment = {**os.environ, "DFS_DESKTOP_LANGUAGE": "ar", "PYTHONIOENCODING": "cp1252"}
    environment["PYTHONPATH"] = str(Path(__main__.__file__).parents[1])
    command = [sys.executable, "-m", "dfs_desktop", "--help"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert "\\u06" in ran.stdout


def environment_of(folder: Path) -> dict[str, str]:
    source = str(Path(__main__.__file__).parents[1])
    return {**os.environ, HOME_VARIABLE: str(folder / "home"), "PYTHONPATH": source}


def run_by_shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """`DFS` in the line is the program, whose folders are in this one."""
    command = line.replace("DFS", f"'{sys.executable}' -m dfs_desktop")
    return subprocess.run(
        ["/bin/sh", "-c", command],
        env=environment_of(folder), cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@posix
def test_closed_streams_hinder_no_command_and_lend_no_file_their_numbers(tmp_path: Path) -> None:
    sample = model_files.write(tmp_path, "m")
    assert run_by_shell(tmp_path, "DFS put m.fnnx <&- >&- 2>&-").returncode == 0
    fetched = run_by_shell(tmp_path, "DFS get m -o back <&- >&- 2>&-")
    assert fetched.returncode == 0, fetched.stderr
    assert (tmp_path / "back").read_bytes() == sample.read_bytes()


@posix
def test_what_nobody_reads_is_no_fault_of_the_program(tmp_path: Path) -> None:
    ran = run_by_shell(tmp_path, "(DFS completion bash; echo $? >&2) | true")
    assert ran.stderr == "0\n"
    if Path("/dev/full").exists():
        model_files.write(tmp_path, "m")
        assert run_by_shell(tmp_path, "DFS put m.fnnx 2>/dev/full").stdout.startswith("m ")


@posix
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_json_is_json_whatever_a_path_holds_and_a_stream_takes(
    tmp_path: Path, encoding: str
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9 \xc3\xa9 \xf0\x9f\x98\x80")
    folder.mkdir()
    file = model_files.write(folder, "m")
    line = f"PYTHONIOENCODING={encoding} DFS verify --json */*"
    ran = run_by_shell(tmp_path, line)
    (told,) = json.loads(ran.stdout)
    assert os.fsencode(told["path"]) == os.fsencode(file.relative_to(tmp_path))


@posix
def test_a_registry_goes_on_when_nobody_reads_it_and_the_terminal_closes(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    serve = f"trap '' HUP; exec '{sys.executable}' -m dfs_desktop serve"
    process = subprocess.Popen(
        ["/bin/sh", "-c", serve],
        env=environment_of(tmp_path), cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(writing)
    address = tmp_path / "home" / "data" / "registry" / "address"
    while not address.exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.7)
    process.terminate()
    assert (process.communicate(timeout=20)[1], process.returncode) == ("", 0)
