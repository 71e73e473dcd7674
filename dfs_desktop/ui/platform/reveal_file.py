"""Shows a finished file in the system's file manager, selected where that is possible."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtGui import QDesktopServices

from dfs_desktop.disk_errors import is_folder, is_there

from .local_paths import url_of

PATIENCE = 5000  # milliseconds; a file manager that is started first takes its time
_asked: set[Any] = set()
Failed = Callable[[Path], object]


def reveal(path: Path, failed: Failed) -> None:
    """Open the folder of a file with the file selected; a folder is opened itself.

    The path travels as one argument or as a URL, never through a shell. The file is not opened.
    ``failed`` hears of a folder that nothing here opens.
    """
    if is_folder(path) or not is_there(path):
        _open_folder(path if is_folder(path) else path.parent, failed)
    elif sys.platform == "win32":
        subprocess.Popen(f'explorer /select,"{path}"')
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
    else:
        _ask_file_manager(path, lambda: _open_folder(path.parent, failed))


def _open_folder(folder: Path, failed: Failed) -> None:
    if not is_folder(folder) or not QDesktopServices.openUrl(url_of(folder)):
        failed(folder)


def _ask_file_manager(path: Path, otherwise: Callable[[], object]) -> None:
    """The FileManager1 interface of the session bus (Nautilus, Dolphin, Nemo ...); where nobody
    answers to it, ``otherwise`` is done."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        otherwise()
        return
    name = "org.freedesktop.FileManager1"
    message = QDBusMessage.createMethodCall(
        name, "/org/freedesktop/FileManager1", name, "ShowItems"
    )
    message.setArguments([[bytes(url_of(path).toEncoded().data()).decode()], ""])
    watcher = QDBusPendingCallWatcher(bus.asyncCall(message, PATIENCE))
    _asked.add(watcher)

    def answered() -> None:
        _asked.discard(watcher)
        if watcher.isError():
            otherwise()

    watcher.finished.connect(answered)
