"""Above the table while the server cannot be reached: why, from when the rows are, the next try."""

import math
import time
from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame

from dfs_desktop.artifact import visible
from dfs_desktop.credentials import to_unlock
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.timers import repeating
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.labels import IconLabel, plain_label, say
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.offline.reconnector import Reconnector
from dfs_desktop.workspace.offline.waiting_changes import WaitingChanges
from dfs_desktop.workspace.registry.clients import again_words
from dfs_desktop.workspace.registry.connections import way_on, way_out
from dfs_desktop.workspace.session import Session, Stage
from dfs_desktop.workspace.state import AppState

_TICK = 1000  # milliseconds


class OutageStrip(QFrame):
    """Comes and goes by itself; nothing has to be answered."""

    def __init__(
        self, state: AppState, reconnector: Reconnector, reopen: Callable[[], object],
        waiting: WaitingChanges, show_waiting: QAction, mend: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__()
        self.setObjectName("outageStrip")
        self.setProperty("underline", True)
        self._state, self._changes = state, waiting
        self.waiting = link_button("", show_waiting.trigger, name="waitingButton")
        self.words = plain_label(wrap=True)
        self._reconnector = reconnector
        self.now = link_button(tr("Try Now"), self._try_now, name="tryNowButton")
        self._reopen = reopen
        self.mend = link_button("", mend, name="mendButton")
        row(
            IconLabel("warning", "waiting"), (self.words, 1), self.waiting, self.mend, self.now,
            of=self,
            margins=(12, 4, 8, 4), spacing=8,
        )  # fmt: skip
        self._timer = repeating(self, _TICK, self._say)
        reconnector.changed.connect(self._show)
        state.session_changed.connect(self._show)
        waiting.changed.connect(self._show)
        self.hide()

    def _show(self) -> None:
        session = self._state.session
        away = session.outage is not None
        failed = session.stage is Stage.FAILED and session.remembered
        shut = not away and failed and bool(self._state.listing.visible)  # else the page says it
        self.setVisible(away or shut)
        locked = shut and to_unlock(session.error)
        self.now.setVisible(away or locked or not way_out(session))
        self.now.setText(again_words(session.error) if locked else tr("Try Now"))
        self.now.setEnabled(True)
        if away:
            self._name_mend(session)
            self._say()
            self._timer.start()
            return
        self._timer.stop()
        if shut and session.problem is not None:
            problem = session.problem.detail or session.problem.title
            self.words.setText(visible(f"{seen(session)} {problem}".lstrip()))
            self._name_mend(session)
            self.waiting.hide()

    def _name_mend(self, session: Session) -> None:
        """What helps where the server, or its key, does not let us in."""
        say(self.mend, way_on(session))

    def _try_now(self) -> None:
        if self._state.session.outage is not None:
            self._reconnector.try_now()
        else:
            self._reopen()

    def _say(self) -> None:
        session = self._state.session
        if (outage := session.outage) is None:
            return
        left = max(1, math.ceil(outage.next_try - time.monotonic()))
        then = tr("Trying now…") if outage.trying else tr("Next try in {left} s.", left=left)
        self.words.setText(visible(f"{seen(session)} {outage.reason}. {then}".lstrip()))
        many = len(self._changes.here())
        waits = trn("{amount} change waits…", "{amount} changes wait…", many)
        say(self.waiting, waits if many else "")
        self.now.setEnabled(not outage.trying)


def seen(session: Session) -> str:
    """From when what is shown is: `As of 14:02.`; with its day where that is another one."""
    if not session.seen_at or not session.place.collection or session.list_problem is not None:
        return ""
    moment = quantities.file_time(session.seen_at)
    now = quantities.file_time(time.time())
    if moment is None or now is None:
        return ""
    day, clock = quantities.local_time(moment).split(" ")[:2]
    if day == quantities.local_time(now).split(" ")[0]:
        return tr("As of {clock}.", clock=clock[:5])
    return tr("As of {day}, {clock}.", day=day, clock=clock[:5])
