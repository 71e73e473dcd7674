"""“Open folder” opens the folder, with or without a file manager on the session bus, or says why not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from dfs_desktop.ui.platform.reveal_file import reveal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have one way only")


class Opener(QObject):
    """Stands for the desktop's own way to open a folder, as far as Qt lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.asked.append(Path(url.toLocalFile()))


@pytest.fixture
def opener() -> Iterator[Opener]:
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")
    yield opener
    QDesktopServices.unsetUrlHandler("file")


def test_without_a_file_manager_on_the_bus_the_folder_is_opened_all_the_same(
    qtbot: QtBot, opener: Opener, tmp_path: Path
) -> None:
    model = tmp_path / "a model.fnnx"
    model.touch()
    failed: list[Path] = []
    reveal(model, failed.append)
    qtbot.waitUntil(lambda: opener.asked == [tmp_path])
    assert not failed


def test_a_folder_is_opened_itself(opener: Opener, tmp_path: Path) -> None:
    reveal(tmp_path, pytest.fail)
    assert opener.asked == [tmp_path]


def test_a_folder_that_is_gone_is_told(opener: Opener, tmp_path: Path) -> None:
    failed: list[Path] = []
    reveal(tmp_path / "gone" / "model.fnnx", failed.append)
    assert failed == [tmp_path / "gone"]
    assert not opener.asked


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection
from PySide6.QtGui import QDesktopServices, QGuiApplication
from dfs_desktop.ui.platform.reveal_file import reveal
app = QGuiApplication([])
assert QDBusConnection.sessionBus().isConnected()
QDesktopServices.openUrl = lambda url: (print(url.toLocalFile(), flush=True), app.quit())
QTimer.singleShot(8000, app.quit)
reveal(Path(sys.argv[1]), print)
app.exec()
"""


@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="starts a bus of its own")
def test_a_bus_on_which_no_file_manager_answers_is_no_dead_end(tmp_path: Path) -> None:
    model = tmp_path / "model.fnnx"
    model.touch()
    ran = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", PROGRAM, str(model)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert ran.stdout.strip() == str(tmp_path)
