"""Artifacts on the clipboard or in a drag: this program's own, known by a token."""

import secrets
from collections import deque

from PySide6.QtCore import QMimeData

from dfs_desktop.workspace.copies.plan import CopyPlan

FORMAT = "application/x-dfs-desktop-artifacts"
_carried: deque[tuple[bytes, CopyPlan]] = deque(maxlen=2)  # on the clipboard, and in a drag


def carry(plan: CopyPlan) -> QMimeData:
    """What the clipboard or a drag holds; other programs see the ids as text."""
    token = secrets.token_hex(16).encode()
    _carried.append((token, plan))
    mime = QMimeData()
    mime.setText("\n".join(artifact.id for artifact in plan.artifacts))
    mime.setData(FORMAT, token)
    return mime


def carried(mime: QMimeData | None) -> CopyPlan | None:
    """The artifacts that were put there; None for anything else."""
    if mime is None or not mime.hasFormat(FORMAT):
        return None
    token = bytes(mime.data(FORMAT).data())
    return next((plan for known, plan in _carried if known == token), None)
