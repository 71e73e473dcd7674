"""Secrets stay out of logs, memory images and sockets of others; a crash leaves a report."""

from __future__ import annotations

import logging
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket

from dfs_desktop import redaction
from dfs_desktop.process_safety import CrashReport, leave_bundle_paths_out
from dfs_desktop.ui.platform import single_instance
from dfs_desktop.ui.platform.single_instance import SingleInstance

posix = pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")


@pytest.mark.fault("X-14", "S-12")
@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("key luml_" + "Marker" * 7, "Marker"),
        ("x-api-key: Marker123", "Marker"),
        ("sent client_secret=Marker&refresh_token=Marker", "Marker"),
        ("?AWSAccessKeyId=Marker&pwd=Marker", "Marker"),
        ("key dfs_" + "Marker" * 7, "Marker"),
        ("Authorization: Basic TWFya2VyOk1hcmtlcg==", "TWFya2Vy"),
        ("sent {'authorization': 'Bearer MarkerMarker'}", "Marker"),
        ("proxy http://me:Marker@proxy.example:3128/ refused", "Marker"),
        ("GET https://store.example/o?X-Amz-Signature=Marker&x=1", "Marker"),
        ("X-Amz-Security-Token=Marker%2F", "Marker"),
        ("url=https%3A%2F%2Fs%2Fo%3FX-Amz-Signature%3DMarker%26x", "Marker"),
        ('{"api_key": "Marker", "name": "x"}', "Marker"),
        ("AccountKey=Marker;EndpointSuffix=x", "Marker"),
        ("sv=2024&sig=Marker%3D&se=x", "Marker"),
    ],
)
def test_no_spelling_of_a_secret_reaches_the_log(line: str, secret: str) -> None:
    assert secret not in redaction.redact(line)


@pytest.mark.fault("X-14")
@pytest.mark.parametrize("text", ["basic facts of a digest", "a bearer of news", "tokens: 5 of 9"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert redaction.redact(text) == text


@pytest.mark.fault("X-14")
def test_a_message_cannot_forge_lines_or_move_the_cursor() -> None:
    record = logging.LogRecord(
        "a", 20, "", 0, "name\r\n2026 INFO b: forged\x1b[2J\u2028x", (), None
    )
    text = redaction.RedactingFormatter("%(message)s").format(record)
    assert text == "name\\r\n    2026 INFO b: forged\\x1b[2J\\u2028x"


@posix
@pytest.mark.fault("X-14", "L-06")
def test_every_log_file_is_private_and_a_link_is_not_followed(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.touch(mode=0o644)
    before = os.umask(0)
    try:
        handler = redaction.PrivateRotatingFile(log, maxBytes=100, backupCount=2)
        for number in range(80):
            handler.emit(logging.LogRecord("a", 20, "", 0, f"{number} \udcff", (), None))
        handler.close()
    finally:
        os.umask(before)
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["a.log", "a.log.1", "a.log.2"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    log.unlink()
    log.symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic"):
        redaction.PrivateRotatingFile(log)


@pytest.mark.fault("S-13", "X-14")
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_the_program_leaves_no_memory_image() -> None:
    program = (
        "import ctypes, resource\n"
        "from dfs_desktop.process_safety import forbid_memory_images\n"
        "forbid_memory_images()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30
    )
    assert ran.stdout.strip() == "(0, 0) 0"


@posix
@pytest.mark.fault("RL-47")
def test_a_crash_leaves_its_stacks_for_the_next_start(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from dfs_desktop.process_safety import CrashReport, forbid_memory_images\n"
        "forbid_memory_images()\n"
        "CrashReport(Path(sys.argv[1])).begin()\n"
        "def where_it_happened():\n    os.kill(os.getpid(), signal.SIGSEGV)\n"
        "where_it_happened()\n"
    )
    ran = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, timeout=30)
    assert ran.returncode < 0
    report = CrashReport(tmp_path)
    report.begin()
    report.end()
    assert "Segmentation fault" in report.previous
    assert "where_it_happened" in report.previous
    again = CrashReport(tmp_path)
    again.begin()
    again.end()
    assert again.previous == "", "told once"


@posix
@pytest.mark.fault("X-13", "L-05")
def test_no_socket_lies_where_others_may_enter(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path of a deep folder is too long for a socket; a folder of the session may be used."""
    deep = tmp_path / ("d" * 90)
    session = tmp_path / "session"
    session.mkdir(mode=0o700)
    for given, expected in ((session, True), (tmp_path / "none", False), (Path("relative"), False)):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(given))
        instance = SingleInstance([deep])
        assert instance.first()
        fits = len(os.fsencode(session)) < 40
        assert instance.listen(lambda _file: None) is (expected and fits)
        instance.close()
        instance.deleteLater()
    session.chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    instance = SingleInstance([deep])
    assert instance.first()
    assert instance.listen(lambda _file: None) is False
    assert instance.ask() is False
    instance.close()
    instance.deleteLater()


@pytest.mark.fault("X-13")
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the user of the other end")
def test_the_asking_program_looks_who_answers(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket of another user gets no word, least of all the path of a file."""
    first = SingleInstance([tmp_path])
    assert first.first()
    second = SingleInstance([tmp_path])
    assert not second.first()
    heard: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as squatter:
        squatter.bind(str(tmp_path / "instance.sock"))
        squatter.listen()

        def serve() -> None:
            line, _ = squatter.accept()
            with line:
                heard.append(line.recv(4096))

        thread = threading.Thread(target=serve)
        thread.start()

        def another_user(_socket: QLocalSocket) -> bool:
            return False

        monkeypatch.setattr(single_instance, "_same_user", another_user)
        assert second.ask(single_instance.Wish(tmp_path / "secret.fnnx")) is False
        for instance in (first, second):
            instance.close()
            instance.deleteLater()
        thread.join(10)
    assert heard == [b""]


def test_what_a_bundle_opens_gets_the_environment_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = {
        "LD_LIBRARY_PATH": "/tmp/.dfs-desktop-1/usr/lib/dfs-desktop/_internal:/opt/cuda",
        "LD_LIBRARY_PATH_ORIG": "/opt/cuda",
        "QT_PLUGIN_PATH": "/tmp/.dfs-desktop-1/usr/lib/dfs-desktop/_internal/PySide6/Qt/plugins",
        "ARGV0": "./DFS_Desktop.AppImage",
        "HOME": "/home/ada",
    }
    outside = {"LD_LIBRARY_PATH": "/opt/cuda", "HOME": "/home/ada"}
    monkeypatch.setattr(sys, "platform", "linux")
    environment = dict(inside)
    leave_bundle_paths_out(environment)
    assert environment == inside, "a checkout has set none of them"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    leave_bundle_paths_out(environment)
    assert environment == outside
    environment = {"LD_LIBRARY_PATH": "/usr/lib/dfs-desktop/_internal", "HOME": "/home/ada"}
    leave_bundle_paths_out(environment)
    assert environment == {"HOME": "/home/ada"}
