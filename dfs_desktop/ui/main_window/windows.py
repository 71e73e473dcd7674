"""The windows of the program: each shows a place of its own, and all share transfers and settings.

One that is closed while others stay is put out of sight, and is the next that opens.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from dfs_desktop.transfers.job import Job
from dfs_desktop.translation import code_of, language, of_the_system, use
from dfs_desktop.ui.platform import screen_fit
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.workspace.events import noted
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.workspace import Workspace

from .closing import WindowClosing
from .qt_application import make_qt, speak
from .window import MainWindow

# Milliseconds that a window which was replaced stays out of sight: work under way ends.
LINGER = 60_000
_ASIDE = 4  # characters by which another window stands aside, so that both are seen


class Windows(QObject):
    """`made` tells of each window when it is built, but for the first one at the start."""

    made = Signal(MainWindow)

    def __init__(self, workspace: Workspace, close: Callable[[], object]) -> None:
        super().__init__()
        self._shared = workspace.shared
        self.all: list[MainWindow] = []
        self.closing = WindowClosing(self.open, self._put_away, close)
        self._heard: dict[MainWindow, list[Callable[[], None]]] = {}
        self._replaced: list[MainWindow] = []
        self._forget_soon = single_shot(self, LINGER, self._forget_replaced)
        self.all.append(self._make(workspace))
        self._reopened = False  # until then those of last time are still to be kept
        self._shared.front_changed.connect(self._give_keys)
        workspace.state.window_changed.connect(self.keep)
        # Not now: the box in which it was chosen is one of what is built anew.
        workspace.state.language_chosen.connect(lambda: QTimer.singleShot(0, self, self._speak))

    def _make(self, workspace: Workspace) -> MainWindow:
        with noted() as heard:
            window = MainWindow(workspace)
        self._heard[window] = heard
        window.actions_.connect(new_window=self.open_another, quit=self.closing.quit)
        window.close_requested.connect(lambda: self.closing.close_window(window))
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
            self.all.append(window)
            self._made(window)
        window.filter.clear()
        self._stand_aside(window, front)
        session = front.workspace.session
        if session.place.collection:
            settings = window.workspace.settings
            settings.remember_place(session.profile.id, session.place.text())
        self._shared.to_front(window.workspace.state)
        window.show()
        window.come_to_front()
        window.workspace.connections.open(session.profile)
        return window

    def reopen(self) -> None:
        """Those that were open beside the one in front when the program ended, behind it again."""
        front, settings = self.front, self.front.workspace.settings
        active = QApplication.activeWindow() or front  # it may be a dialog
        for kept in settings.windows if settings.reopen_windows else ():
            if (profile := front.workspace.state.profile(kept.profile)) is None:
                continue
            window = self._make(front.workspace.another())
            self.all.append(window)
            window.layout_state.restore(kept.layout)
            self._shared.behind(window.workspace.state)
            with _quietly(window):
                window.show()
            self._made(window)
            window.workspace.connections.open(profile, Place.parse(kept.place))
        self._reopened = True
        if len(self.all) > 1:
            active.raise_()
            active.activateWindow()
            self._give_keys()
            self.keep()
            front.workspace.save_settings()

    def keep(self) -> None:
        """For the next start: where each stands and what it shows, that of the one in front as last."""
        front, *others = self.open()
        settings, session = front.workspace.settings, front.workspace.session
        for window in (*others, front):
            window.layout_state.save()
        if self._reopened:
            settings.windows = [window.layout_state.opened() for window in others]
        settings.last_profile = session.profile.id
        if session.place.collection:
            settings.remember_place(session.profile.id, session.place.text())

    def _made(self, window: MainWindow) -> None:
        self.made.emit(window)
        window.workspace.tasks.start(_complete(window), "build a window")

    def _speak(self) -> None:
        """The language of the settings from now on: every window is built anew at its place. Dialogs
        that are open stay as they are, with what was typed in them, until they are closed."""
        from . import window_view as views

        asked = self._shared.open[0].settings.language or of_the_system()
        if code_of(asked) == language():
            return
        preferences = views.open_preferences(self.all)
        for window in self.all:
            window.workspace.editor.finish_all()
            views.keep_direction(window)
        use(asked)
        speak(make_qt([]))
        shown = self.open()
        for old in sorted(self.all, key=lambda each: each in shown and -shown.index(each)):
            self.all[self.all.index(old)] = self._anew(old, active=old is shown[0])
        self._give_keys()
        front = self.front
        front.come_to_front()
        self.keep()
        if preferences is not None:
            views.show_preferences(front, preferences.geometry())
            # Not now: keys that were pressed meanwhile are for the choice in it.
            QTimer.singleShot(0, preferences, preferences.close)
        self._forget_soon.start()

    def _anew(self, old: MainWindow, *, active: bool) -> MainWindow:
        """A window in place of another one, which is put out of sight: its dialogs stay."""
        from .window_view import seen_again

        show_again = seen_again(old)
        old.workspace.state.name_local()
        for disconnect in self._heard.pop(old):
            disconnect()
        window = self._make(old.workspace)
        with _quietly(window, not active):
            show_again(window)
        old.hide()
        self._replaced.append(old)
        self._made(window)
        return window

    def _forget_replaced(self) -> None:
        """Those whose dialogs are closed."""
        from .window_view import open_dialogs

        for window in list(self._replaced):
            if not any(open_dialogs(window)):
                self._replaced.remove(window)
                window.deleteLater()
        if self._replaced:
            self._forget_soon.start()

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
        self.keep()
        window.workspace.save_settings()

    def _give_keys(self) -> None:
        """The key of Quit is heard in all that the program shows: of two that hear it none would act."""
        front = self.front
        for each in self.all:
            context = Qt.ShortcutContext
            heard = context.ApplicationShortcut if each is front else context.WidgetShortcut
            each.actions_["quit"].setShortcutContext(heard)

    def hide(self) -> None:
        """The program ends: where they stood is kept, that of the one in front as the last."""
        self.keep()
        for window in self.all:
            window.hide()

    def end(self) -> None:
        """Behind the end of all services."""
        for window in (*self.all, *self._replaced):
            window.may_close = True
            window.close()
            window.table.table.detach()
        for window in (*self.all[1:], *self._replaced):
            window.deleteLater()
        self._replaced.clear()
        self._forget_soon.stop()

    def others(self) -> Iterator[Workspace]:
        """What belongs to the windows beside the first."""
        return (each.workspace for each in self.all[1:])


@contextlib.contextmanager
def _quietly(window: MainWindow, quiet: bool = True) -> Iterator[None]:
    """Shown meanwhile, it leaves the keyboard where it is."""
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, quiet)
    yield
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)


async def _complete(window: MainWindow) -> None:
    """What the first paint of a window leaves out."""
    await asyncio.sleep(0.1)
    window.actions_.dress()
    for _ in window.details.building:
        await asyncio.sleep(0.01)
    _ = window.transfers
