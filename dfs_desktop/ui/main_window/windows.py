"""The windows of the program: each shows a place of its own, and all share transfers and settings.

One that is closed while others stay is put out of sight, and is the next that opens.
"""

import asyncio
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from dfs_desktop.transfers.job import Job
from dfs_desktop.ui.platform import screen_fit
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.workspace import Workspace

from .closing import WindowClosing
from .window import MainWindow

_ASIDE = 4  # characters by which another window stands aside, so that both are seen


class Windows(QObject):
    """`made` tells of each window when it is built, the first one excepted."""

    made = Signal(MainWindow)

    def __init__(self, workspace: Workspace, close: Callable[[], object]) -> None:
        super().__init__()
        self._shared = workspace.shared
        self.all: list[MainWindow] = []
        self.closing = WindowClosing(self.open, self._put_away, close)
        self.first = self._make(workspace)
        self._shared.front_changed.connect(self._give_keys)

    def _make(self, workspace: Workspace) -> MainWindow:
        window = MainWindow(workspace)
        window.actions_.connect(new_window=self.open_another, quit=self.closing.quit)
        window.close_requested.connect(lambda: self.closing.close_window(window))
        self.all.append(window)
        return window

    def open(self) -> list[MainWindow]:
        """Those that are there, the one in front first."""
        return [self._of(state) for state in self._shared.open]

    def _of(self, state: AppState) -> MainWindow:
        return next(each for each in self.all if each.workspace.state is state)

    @property
    def front(self) -> MainWindow:
        """The one that the person turned to last."""
        return self._of(self._shared.open[0])

    def that_began(self, job: Job) -> MainWindow:
        """The window from which a transfer was begun, or the one in front where that is closed."""
        state = self._shared.asked_by(job)
        return self._of(state) if state in self._shared.open else self.front

    def open_another(self) -> MainWindow:
        """One more, at the place of the one in front."""
        front, shown = self.front, self.open()
        window = next((each for each in self.all if each not in shown), None)
        if window is None:
            window = self._make(front.workspace.another())
            self.made.emit(window)
            front.workspace.tasks.start(_complete(window), "build a window")
        window.filter.clear()
        self._stand_aside(window, front)
        session = front.workspace.session
        if session.place.collection:
            key = f"place:{session.profile.id}"
            window.workspace.settings.layout[key] = session.place.text()
        self._shared.to_front(window.workspace.state)
        window.show()
        window.come_to_front()
        window.workspace.connections.open(session.profile)
        return window

    def _stand_aside(self, window: MainWindow, front: MainWindow) -> None:
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMaximized)
        step = window.fontMetrics().averageCharWidth() * _ASIDE
        window.resize(front.normalGeometry().size())
        window.move(front.normalGeometry().topLeft() + type(window.pos())(step, step))
        screen_fit.fit_before_show(window)

    def _put_away(self, window: MainWindow) -> None:
        """One of several was closed."""
        for child in window.findChildren(QWidget):
            if child.isWindow() and child.isVisible():
                child.close()
        window.hide()
        self._shared.close_window(window.workspace.state)
        window.workspace.connections.close()

    def _give_keys(self) -> None:
        """The key of Quit is heard in all that the program shows: of two that hear it none would act."""
        front = self.front
        for each in self.all:
            context = Qt.ShortcutContext
            heard = context.ApplicationShortcut if each is front else context.WidgetShortcut
            each.actions_["quit"].setShortcutContext(heard)

    def hide(self) -> None:
        """The program ends: where they stood is kept, that of the one in front as the last."""
        for window in reversed(self.open()):
            window.layout_state.save()
        for window in self.all:
            window.hide()

    def end(self) -> None:
        """Behind the end of all services."""
        for window in self.all:
            window.may_close = True
            window.close()
            window.table.table.detach()
        for window in self.all[1:]:
            window.deleteLater()

    def others(self) -> Iterator[Workspace]:
        """What belongs to the windows beside the first."""
        return (each.workspace for each in self.all[1:])


async def _complete(window: MainWindow) -> None:
    """What the first paint of a window leaves out."""
    await asyncio.sleep(0.1)
    window.actions_.dress()
    for _ in window.details.building:
        await asyncio.sleep(0.01)
    _ = window.transfers
