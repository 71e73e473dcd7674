"""A detail pane without a registry, for tests of what its tabs show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from support.qt.desktop import Desktop
from support.qt.widgets import open_workspace, until, window_loop

from dfs_desktop.ui.details.detail_page import DetailPage
from dfs_desktop.ui.details.pane import TITLES
from dfs_desktop.ui.main_window.wiring import detail_pane
from dfs_desktop.ui.platform.event_loop import EventLoop
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.workspace import Workspace


class Pane:
    """A detail pane without a registry, on its own loop."""

    def __init__(self, loop: EventLoop, workspace: Workspace) -> None:
        self.loop, self.workspace = loop, workspace
        self.pane = detail_pane(workspace)
        self.pane.resize(420, 700)
        self.pane.show()
        self.run(asyncio.sleep(0))

    def open(self, path: Path, tab: str = "local") -> Any:
        """Look into a file, choose a tab, and wait for what it shows."""
        return self.run(self._open(path, tab))

    async def _open(self, path: Path, tab: str) -> DetailPage:
        self.pane.show_files([path])
        await until(lambda: tab in self.pane.tabs.shown)
        self.pane.tabs.choose(tab)
        page = self.pane.pages[tab]
        await until(
            lambda: page._shown is self.pane.look or page.line.words() not in ("", "Reading…")
        )
        return page

    def run(self, work: Any) -> Any:
        """Let the window live until the work is done; afterwards the loop counts as running, as in
        a Qt slot."""
        task = self.loop.create_task(work, name="the test")
        task.add_done_callback(lambda _task: self.loop.stop())
        self.loop.run_forever()
        asyncio._set_running_loop(self.loop)
        return task.result()

    def until(self, condition: Callable[[], object]) -> None:
        self.run(until(condition))


@contextmanager
def open_pane(qapp: QApplication, folder: Path) -> Iterator[Pane]:
    """A pane that has nothing to show yet; ended in order."""
    theme.install(qapp)
    with window_loop(qapp) as loop, open_workspace(folder) as workspace:
        pane = Pane(loop, workspace)
        yield pane
        pane.run(workspace.stop())
        asyncio._set_running_loop(None)
        pane.pane.close()
        pane.pane.deleteLater()


def cells(table: QWidget) -> list[list[str]]:
    """What a table shows."""
    model = table.model()  # type: ignore[attr-defined]
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def turn_to(desktop: Desktop, tab: str) -> None:
    """Click a tab of the details, or its name behind “More”."""
    details = desktop.window.details
    desktop.until(lambda: details.is_built and tab in details.tabs.shown, f"the tab {tab!r}")
    tabs, title = details.tabs, TITLES[tab]
    titles = [tabs.bar.tabText(number) for number in range(tabs.bar.count())]
    if title in titles:
        place = tabs.bar.tabRect(titles.index(title)).center()
        QTest.mouseClick(tabs.bar, Qt.MouseButton.LeftButton, pos=place)
        return
    QTest.mouseClick(tabs.more, Qt.MouseButton.LeftButton)
    menu = next(each for each in reversed(tabs.findChildren(QMenu)) if each.isVisible())
    next(action for action in menu.actions() if action.text() == title).trigger()
    menu.close()
