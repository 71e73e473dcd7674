"""Records as a hostile server would send them, and a look at every widget for what it makes of them."""

from __future__ import annotations

import asyncio
import copy
import ctypes
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QTextEdit
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.ui.preview.safe_browser import SafeBrowser

Role = Qt.ItemDataRole


class Opened:
    """Hears of every open() of one file, by whomever: Linux' inotify."""

    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._queue = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._queue, bytes(path), 0x20) >= 0  # IN_OPEN

    def __bool__(self) -> bool:
        try:
            return bool(os.read(self._queue, 4096))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._queue)


def everywhere(value: Any, text: str, keep: tuple[str, ...]) -> Any:
    """The same document with every text of it replaced, keys of objects in manifests included."""
    if isinstance(value, dict):
        return {k: v if k in keep else everywhere(v, text, keep) for k, v in value.items()}
    if isinstance(value, list):
        return [everywhere(item, text, keep) for item in value]
    return text if isinstance(value, str) else value


# What the client needs to find its way.
KEPT = ("id", "collection_id", "orbit_id", "status", "created_at", "updated_at", "type")


def raw_records(relay: Relay) -> list[dict[str, Any]]:
    """What the registry said last when it was asked for a list, as it said it."""
    said = json.loads(relay.lists[-1])
    found: list[dict[str, Any]] = said["items"] if isinstance(said, dict) else said
    return copy.deepcopy(found)


def metrics_of(record: dict[str, Any]) -> str:
    """The name of the field with the metrics; it changed with the generations."""
    return "extra_values" if "extra_values" in record else "metrics"


def answer_with(relay: Relay, records: list[dict[str, Any]]) -> None:
    """From now on every list holds these records."""
    said = json.loads(relay.lists[-1])
    body = {**said, "items": records} if isinstance(said, dict) else records
    relay.answer_instead("artifacts", 200, "application/json", json.dumps(body).encode())


def tooltips(view: QAbstractItemView) -> Iterator[str]:
    model, root = view.model(), QModelIndex()
    columns = model.columnCount(root) if isinstance(model, QAbstractTableModel) else 1
    for row in range(min(model.rowCount(root), 50)):
        for column in range(columns):
            yield str(model.index(row, column).data(Role.ToolTipRole) or "")


def faults() -> list[str]:
    """Places in all windows that would render a foreign text, or show its control characters raw."""
    found = []
    for widget in QApplication.allWidgets():
        where = f"{type(widget).__name__} {widget.objectName()!r}"
        hints = [widget.toolTip(), widget.statusTip(), widget.whatsThis()]
        if isinstance(widget, QLabel) and widget.text():
            if widget.textFormat() is not Qt.TextFormat.PlainText:
                found.append(f"{where} may render {widget.text()[:40]!r}")
            if "\u202e" in widget.text() or "\x1b" in widget.text():
                found.append(f"{where} shows control characters")
        if isinstance(widget, QTextEdit) and not (
            isinstance(widget, SafeBrowser) and widget.document().isEmpty()  # for cards of models
        ):
            found.append(f"{where} renders rich text")
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            hints += tooltips(widget)
        found += [f"{where} renders a tooltip" for hint in hints if "<img" in hint]
    if any("\u202e" in w.windowTitle() for w in QApplication.topLevelWidgets()):
        found.append("a window title turns")
    return found


def show_everything(desktop: Desktop) -> None:
    """Every tab of the details and the transfers, painted."""
    window = desktop.window
    window.transfers.show()
    for _ in window.details.building:
        desktop.run(asyncio.sleep(0))
    for key in window.details.tabs.shown:
        window.details.tabs.choose(key)
        desktop.run(asyncio.sleep(0))
        window.grab()
    for dialog in desktop.dialogs():
        dialog.grab()
