"""Shows a finished file in the system's file manager, selected where that is possible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QDesktopServices

from dfs_desktop.ui.local_paths import url_of


def reveal(path: Path) -> None:
    """Open the folder of a file with the file selected; a folder is opened itself.

    The path travels as one argument or as a URL, never through a shell. The file is not opened.
    """
    if path.is_dir() or not path.exists():
        QDesktopServices.openUrl(url_of(path if path.is_dir() else path.parent))
    elif sys.platform == "win32":
        subprocess.Popen(f'explorer /select,"{path}"')
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
    elif not _ask_file_manager(path):
        QDesktopServices.openUrl(url_of(path.parent))


def _ask_file_manager(path: Path) -> bool:
    """The FileManager1 interface of the session bus (Nautilus, Dolphin, Nemo ...)."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    name = "org.freedesktop.FileManager1"
    message = QDBusMessage.createMethodCall(
        name, "/org/freedesktop/FileManager1", name, "ShowItems"
    )
    message.setArguments([[bytes(url_of(path).toEncoded().data()).decode()], ""])
    return bus.send(message)
