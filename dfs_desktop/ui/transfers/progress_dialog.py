"""The dialog of a batch of transfers while it is new. Closing it hides it; the transfers go on."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QCursor, QEnterEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QScrollArea, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform import screen_fit
from dfs_desktop.ui.platform.timers import RefreshTimer, single_shot
from dfs_desktop.ui.widgets.dialogs import secondary_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import column, fill_scrolling, row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.transfers.actions import FINISHING, Verb, verbs

from . import progress_title
from .progress_row import Do, ProgressLine, Reveal
from .watched_jobs import WatchedJobs

LINES_SEEN = 8  # more scroll
LINES_AT_ONCE = 2  # that are made in one beat, below those in sight
LINES_MADE = 40  # more are only counted: a thousand dropped files must not freeze the window
LINGER = 3000  # milliseconds that a good end stays to be seen
LINGER_SAVED = 8000  # where it is said nowhere else, and leads to the file


class _Lines(QScrollArea):
    """As tall as its lines, up to eight of them."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._body = QWidget()
        self.column = column((None, 1), of=self._body, spacing=0)
        fill_scrolling(self, self._body)

    def add(self, line: ProgressLine) -> None:
        self.column.insertWidget(self.column.count() - 1, line)

    def sizeHint(self) -> QSize:
        body = self._body
        width = self.viewport().width() if self.isVisible() else body.sizeHint().width()
        tall = body.heightForWidth(width) if body.hasHeightForWidth() else -1
        tall = tall if tall > 0 else body.sizeHint().height()
        items = (self.column.itemAt(n) for n in range(self.column.count() - 1))
        heights = (each.sizeHint().height() for each in items if each and not each.isEmpty())
        one = min(heights, default=0)  # of a line without a reason
        return QSize(body.sizeHint().width(), min(tall, one * LINES_SEEN))

    def minimumSizeHint(self) -> QSize:
        first = self.column.itemAt(0)
        return first.minimumSize() if first is not None else QSize()


class ProgressDialog(QDialog):
    """Looks at its jobs on each beat. When all ended well it says so and leaves by itself."""

    def __init__(
        self,
        parent: QWidget | None,
        jobs: Sequence[Job],
        refresh_timer: RefreshTimer,
        do: Do,
        reveal: Reveal,
    ) -> None:
        super().__init__(parent, modal=False)
        self.setObjectName("progressDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._jobs = list(jobs)
        self._watched = WatchedJobs(jobs)
        words = {job.word for job in jobs}
        self._word = words.pop() if len(words) == 1 else "download"
        self._unseen = list(jobs)  # jobs that have no line yet
        self._refresh_timer, self._do, self._reveal = refresh_timer, do, reveal
        self._lines: list[ProgressLine] = []
        self._ended = True
        saving = any(job.kind is Kind.DOWNLOAD for job in self._jobs)
        linger = LINGER_SAVED if saving else LINGER
        self._leave = single_shot(self, linger, self._leave_unless_watched)
        self._opening = single_shot(self, 0, self._open)
        self._pointer = QCursor.pos()
        self._heading = enlarge(ElidedLabel())
        self._overall = ElidedLabel(mode=Qt.TextElideMode.ElideRight, dim=True)
        self._alone = len(self._jobs) == 1
        if self._alone:  # to show it before it has its place would open it as a window
            self._overall.hide()
        self._area = _Lines()
        self._more = plain_label(dim=True, wrap=True)
        self._more.hide()
        names = ("pauseButton", "cancelButton")
        if not self._alone:
            names = ("pauseAllButton", "cancelAllButton")
        self._step = secondary_button(tr(Verb.PAUSE.value), self._take_step, name=names[0])
        cancel = tr("Cancel") if self._alone else tr("Cancel all")
        self._stop = secondary_button(cancel, self._cancel_all, name=names[1])
        self._hide = named(QPushButton(tr("Hide")), "hideButton")
        self._arrange()
        self._begin()

    def appear(self) -> None:
        """Show it once the lines in sight are made, one in each turn of the loop."""
        self._opening.start()

    def _open(self) -> None:
        if self._unseen and len(self._lines) < LINES_SEEN:
            self._add_lines(1)
            self._opening.start()
        else:
            self._refresh()
            self.show()

    def _arrange(self) -> None:
        buttons = row(None, self._step, self._stop, self._hide, spacing=8)
        parts = (self._heading, self._overall, (self._area, 1), self._more, 8, buttons)
        sheet(self, *parts, spacing=4)
        self._hide.setDefault(True)
        self._hide.setFocus()
        self._hide.clicked.connect(self.close)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 84)

    def _cancel_all(self) -> None:
        self._wish(Verb.CANCEL, [job for job in self._jobs if not job.state.ended])

    def _take_step(self) -> None:
        """Pause all that goes on by itself; when nothing does, go on with all."""
        for verb in _WAYS:
            if fit := [job for job in self._jobs if verb in verbs(job)]:
                self._wish(verb, fit)
                if verb is Verb.PAUSE:
                    break

    def _wish(self, verb: Verb, jobs: list[Job]) -> None:
        self._do(verb, jobs)
        if self._ended and any(not job.state.ended for job in self._jobs):
            self._begin()  # what had failed is tried again
        self._refresh()

    def _begin(self) -> None:
        self._ended = False
        self._leave.stop()
        self._refresh_timer.tick.connect(self._refresh)
        self._refresh_timer.keep(True, self)
        self._watch(True)
        self._stop.show()
        self._hide.setText(tr("Hide"))
        self._hide.setToolTip(tr("The transfers go on and stay in the transfers list"))

    def _show_buttons(self) -> None:
        possible = self._watched.possible()
        way = next((verb for verb in _WAYS if verb in possible), None)
        of_all = {Verb.PAUSE: tr("Pause all"), Verb.RESUME: tr("Resume all")}
        words = tr((way or Verb.PAUSE).value)
        self._step.setText(of_all.get(way, words) if way and not self._alone else words)
        self._step.setVisible(not self._ended or way is Verb.RETRY)
        if way is None and self._step.hasFocus():
            self._hide.setFocus()  # Qt would go on to the button that cancels
        self._step.setEnabled(way is not None)
        self._stop.setEnabled(Verb.CANCEL in possible)
        self._stop.setToolTip(tr(FINISHING) if self._watched.are_finishing() else "")

    def _refresh(self) -> None:
        self._watched.look()
        self._drop_ended_lines()
        grown = not self._opening.isActive() and self._add_lines(LINES_AT_ONCE)
        for line in self._lines:
            grown = line.refresh(self._watched.shot(line.job)) or grown
        states = [shot.state for shot in self._watched.shots()]
        self._show_sums(states)
        if grown:
            self._fit()
        if not self._ended and all(state.ended for state in states):
            self._end(states)
        self._show_buttons()

    def _add_lines(self, most: int) -> bool:
        """A few at a time: a large batch does not stop the window."""
        room = min(most, LINES_MADE - len(self._lines))
        new, self._unseen = self._unseen[: max(room, 0)], self._unseen[max(room, 0) :]
        for job in new:
            line = ProgressLine(job, self._wish, self._reveal, alone=self._alone)
            self._lines.append(line)
            self._area.add(line)
        words = trn(
            "and {amount} more, in the transfers list",
            "and {amount} more, in the transfers list",
            len(self._unseen),
        )
        self._more.setText(words)
        self._more.setVisible(bool(self._unseen) and len(self._lines) >= LINES_MADE)
        return bool(new)

    def _drop_ended_lines(self) -> None:
        """Lines that ended well make room for those that wait for one."""
        surplus = [each for each in self._lines if self._watched.shot(each.job).state is State.DONE]
        for line in surplus[: len(self._unseen)]:
            self._lines.remove(line)
            self._area.column.removeWidget(line)
            line.deleteLater()

    def _fit(self) -> None:
        self._area.updateGeometry()
        if not self.isVisible():
            return  # showing it gives it its size
        # Wider it would have another button where the pointer is.
        self.resize(self.width(), max(self.height(), self.sizeHint().height()))
        if (window := self.windowHandle()) is not None:
            screen_fit.fit(window)

    def _show_sums(self, states: list[State]) -> None:
        title = self._title(states)
        self._heading.show_text(title)
        self.setWindowTitle(visible(title))
        if self._alone:
            return
        total, moved, speed = self._watched.sums()
        sizes = {"moved": quantities.size(moved), "total": quantities.size(total)}
        parts = [tr("{moved} of {total}", **sizes)] if total else []
        if speed:
            parts += [quantities.speed(speed), quantities.time_left((total - moved) / speed)]
        self._overall.show_text(" · ".join(part for part in parts if part))

    def _title(self, states: list[State]) -> str:
        first = self._jobs[0]
        name = first.path.name if first.word in {"download", "repair"} else first.title
        return progress_title.title(self._word, name if len(states) == 1 else "", states)

    def _end(self, states: list[State]) -> None:
        self._ended = True
        self._refresh_timer.tick.disconnect(self._refresh)
        self._refresh_timer.keep(False, self)
        self._stop.hide()
        self._hide.setText(tr("Close"))
        self._hide.setToolTip("")
        self._fit()
        if State.FAILED not in states:
            self._pointer = QCursor.pos()
            self._leave.start()

    def _leave_unless_watched(self) -> None:
        """Nothing goes from under a hand: the pointer must have rested elsewhere all the time."""
        before, self._pointer = self._pointer, QCursor.pos()
        reading = any(line.folder.hasFocus() for line in self._lines)
        if self.underMouse() or reading or self._pointer != before:
            self._leave.start()
        else:
            self.close()

    @property
    def over(self) -> bool:
        """Whether all of it came to an end that needs nobody."""
        return self._ended and all(job.state is not State.FAILED for job in self._jobs)

    def showEvent(self, event: QShowEvent) -> None:
        """It has its place before it has its frame: lines that come resize it meanwhile, and a window
        manager would put a window that changes then into the corner."""
        parent = self.parentWidget()
        if parent is not None and not event.spontaneous():
            around = parent.window().frameGeometry()
            self.adjustSize()
            self.move(around.center() - self.rect().center())
        super().showEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._leave.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self.over:
            self._leave.start()

    def done(self, code: int) -> None:
        """Escape, Hide and the window's own button all end here: nothing is cancelled."""
        self._leave.stop()
        self._opening.stop()
        self._refresh_timer.keep(False, self)
        self._watch(False)
        super().done(code)

    def _watch(self, watched: bool) -> None:
        for job in self._jobs:
            job.watched = watched


_WAYS = (Verb.PAUSE, Verb.APPROVE, Verb.RESUME, Verb.RETRY)
