"""The program as anybody starts it, but telling what it shows: one JSON line a change on stdout."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from dfs_desktop.app import Application, Options, run


def _middle(widget: QWidget) -> list[int]:
    point = widget.mapToGlobal(widget.rect().center())
    return [point.x(), point.y()]


def _buttons(top: QWidget) -> list[dict[str, Any]]:
    return [
        {"name": button.objectName(), "text": button.text(), "at": _middle(button)}
        for button in top.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and button.window() is top
    ]


def _windows() -> list[dict[str, Any]]:
    return [
        {
            "kind": type(top).__name__,
            "title": top.windowTitle(),
            "id": int(top.winId()),
            "frame": [top.x(), top.y(), top.width(), top.height()],
            "active": top.isActiveWindow(),
            "buttons": _buttons(top),
        }
        for top in QApplication.topLevelWidgets()
        if top.isVisible()
    ]


def _rows(app: Application) -> list[dict[str, Any]]:
    table, found = app.window.table, []
    for number, row in enumerate(app.workspace.listing.visible):
        area = table.visualRect(table.table.index(number, 0))
        point = table.viewport().mapToGlobal(area.center())
        found.append(
            {
                "key": row.key,
                "name": row.artifact.model_name,
                "status": row.artifact.status.value,
                "sha256": row.artifact.file_hash,
                "busy": row.job is not None,
                "going": row.going,
                "at": [point.x(), point.y()],
            }
        )
    return found


def state(app: Application) -> dict[str, Any]:
    """What a person sees and where it is on the screen."""
    session = app.workspace.session
    focus = QApplication.focusWidget()
    return {
        "collection": session.collection.name if session.collection else "",
        "ready": session.client is not None and not session.loading and not session.remembered,
        "rows": _rows(app),
        "selected": [a.id for a in app.window.table.artifacts()],
        "jobs": [[job.title, job.kind.value, job.state.value] for job in app.workspace.queue.jobs],
        "phases": [job.snapshot().phase.value for job in app.workspace.queue.jobs],
        "notices": [card.notice.title for card in app.window.main_panel.notices.cards()],
        "windows": _windows(),
        "focus": focus.objectName() if focus is not None else "",
        "downloads": str(app.workspace.downloads.folder),
    }


async def observe(app: Application) -> int:
    app.workspace.deleter.seconds = 5.0  # time enough for a click, and no half minute of waiting
    last = None
    while app._closed is not None and not app._closed.done():
        now = state(app)
        if now != last:
            sys.stdout.write(json.dumps(now) + "\n")
            sys.stdout.flush()
            last = now
        await asyncio.sleep(0.05)
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[:1], Options(drive=observe)))
