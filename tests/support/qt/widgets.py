"""What the tests of widgets share: finding parts, waiting on the loop, and the check for plain text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from dfs_desktop.credentials import Credentials
from dfs_desktop.settings import Settings, SettingsFile
from dfs_desktop.ui.platform.event_loop import EventLoop
from dfs_desktop.workspace.listing.cache import ListingCache
from dfs_desktop.workspace.registry.clients import LocalServer
from dfs_desktop.workspace.shared_services import Means
from dfs_desktop.workspace.workspace import Workspace

HTML = '<img src="file:///etc/passwd"><b>bold</b> &amp; <table>'


def find(widget: QWidget, kind: type[Any], name: str) -> Any:
    found = widget.findChild(kind, name)
    assert found is not None, f"no {name}"
    return found


def texts(widget: QWidget) -> str:
    """All that labels say now."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def assert_plain(widget: QWidget) -> None:
    """S-04: what came from outside is shown as it is, everywhere in the widget."""
    formats = {label.textFormat() for label in widget.findChildren(QLabel)}
    assert formats <= {Qt.TextFormat.PlainText}
    for child in widget.findChildren(QWidget):
        assert "<img" not in child.toolTip()


async def until(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


@contextmanager
def window_loop(app: QApplication) -> Iterator[EventLoop]:
    """The window's own kind of event loop, which a closing dialog does not end."""
    app.setQuitOnLastWindowClosed(False)
    loop = EventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        yield loop
    asyncio.set_event_loop(None)


@contextmanager
def open_workspace(folder: Path) -> Iterator[Workspace]:
    """With no server and no keyring: nothing of a test reaches the one of this computer."""

    def no_server() -> LocalServer:
        raise AssertionError("the tests start their own")

    credentials = Credentials(backends=())
    file = SettingsFile(folder / "settings.json")
    means = Means(credentials, no_server, folder, ListingCache(folder / "cache"))
    yield Workspace(file, Settings(), means)
    credentials.close()
