"""What a drag brings: local files and folders, and nothing else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDropEvent

from dfs_desktop.ui.platform.local_paths import path_of

MOST_ITEMS = 10_000


def wants_a_look(event: QDropEvent) -> bool:
    """With Shift a drop is looked into instead of being uploaded."""
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)


def dropped_files(mime: QMimeData) -> list[Path]:
    """Paths of the local files in a drag or on the clipboard; web links and texts are left out."""
    if not mime.hasUrls():
        return []
    found = map(path_of, mime.urls()[:MOST_ITEMS])
    return [path for path in found if path is not None]
