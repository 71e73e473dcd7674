"""What the desktop is told of transfers: that bytes flow, how far they are, and how a batch ended.

Whoever looks at the window sees it there; the notification is for those who do something else.
"""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication

from dfs_desktop.transfers.job import Job, State
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.launcher_progress import LauncherProgress
from dfs_desktop.ui.platform.notifications import Notifications
from dfs_desktop.ui.platform.session_bus import SessionBus
from dfs_desktop.ui.platform.sleep_inhibitor import SleepInhibitor
from dfs_desktop.workspace.tasks import Tasks
from dfs_desktop.workspace.transfers.batch import Batch, Outcome

from .qt_application import APPLICATION_ID
from .windows import Windows

STEP = 25  # percent between two words of a screen reader


class BackgroundTransfers(QObject):
    """Made after the start; `close` lets the computer sleep and leaves the bus."""

    def __init__(self, windows: Windows, batch: Batch, tasks: Tasks) -> None:
        super().__init__(windows)
        self._windows, self._batch = windows, batch
        start = self._start = tasks.start
        self._bus = SessionBus()
        self.inhibitor = SleepInhibitor(self._bus, start)
        self._launcher = LauncherProgress(self._bus, APPLICATION_ID, start)
        self._notifications = Notifications(self._bus, APPLICATION_ID, self)
        self._said = 0  # percent, as a multiple of the step
        self._disconnect = [batch.changed.connect(self._look), batch.ended.connect(self._ended)]
        for window in windows.all:
            window.installEventFilter(self)
        windows.made.connect(lambda window: window.installEventFilter(self))
        self._look()

    async def close(self) -> None:
        for disconnect in self._disconnect:
            disconnect()
        for window in self._windows.all:
            window.removeEventFilter(self)
        self._launcher.show(None, 0)
        await self._notifications.withdraw()
        await self.inhibitor.close()
        await self._bus.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._start(self._notifications.withdraw(), "take the notification away")
        return super().eventFilter(watched, event)

    def _look(self) -> None:
        self.inhibitor.want(self._batch.flowing)
        permille = self._batch.permille
        self._launcher.show(permille, self._batch.left)
        reached = (permille or 0) // 10 // STEP
        if reached > self._said:
            left = trn("{amount} transfer left", "{amount} transfers left", self._batch.left)
            what = one.title if (one := self._batch.one()) is not None else left
            self._announce(tr("{percent} percent, {what}", percent=reached * STEP, what=what))
        self._said = reached

    def _ended(self, outcome: Outcome) -> None:
        self._announce(f"{outcome.title}. {outcome.text}")
        if QApplication.activeWindow() is not None:
            return
        QApplication.alert(self._windows.that_began(outcome.jobs[0]))
        clicked = partial(self._show, outcome.jobs)
        shown = self._notifications.show(outcome.title, outcome.text, clicked)
        self._start(shown, "notify that transfers have ended")

    def _show(self, jobs: Sequence[Job]) -> None:
        """What arrived is selected in the table, if all is there; else the list of transfers shows
        the first, which is one that needs the person if there is any."""
        window = self._windows.that_began(jobs[0])
        window.come_to_front()
        ids = [job.artifact_id for job in jobs if job.state is State.DONE]
        if len(ids) == len(jobs) and all(each in window.workspace.listing for each in ids):
            window.links.show(ids)
        else:
            window.transfer_handlers.show(jobs[0])

    def _announce(self, words: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(
                QAccessibleAnnouncementEvent(self._windows.front, words)
            )
