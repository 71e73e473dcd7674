"""One transfer in the progress dialog: icon, title, bar, numbers, and the way to stop or to see it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Kind, Snapshot, State
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import IconLabel, plain_label
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.ui.widgets.naming import explain, named
from dfs_desktop.ui.widgets.thin_progress_bar import ThinBar
from dfs_desktop.workspace.transfers import progress_text
from dfs_desktop.workspace.transfers.actions import Verb, verbs
from dfs_desktop.workspace.transfers.job_problem import why

Do = Callable[[Verb, list[Job]], object]
Reveal = Callable[[Path], object]

_STEPS = {Verb.PAUSE, Verb.RESUME, Verb.APPROVE, Verb.RETRY}  # of the button beside Cancel
_TROUBLED = {State.RETRYING, State.ATTENTION, State.FAILED}


class ProgressLine(QWidget):
    """Shows one job. `refresh` is called on each beat and changes only what changed."""

    def __init__(self, job: Job, do: Do, reveal: Reveal, *, alone: bool) -> None:
        super().__init__()
        self.job, self._do = job, do
        self._last: Snapshot | None = None
        self._step: Verb | None = None
        self._buttons: object = None  # what they were shown for
        self.icon = IconLabel(progress_text.icon_name(job.snapshot(), job.kind), "accent")
        title = job.title
        if alone:  # the heading names the artifact already: where it comes from or goes to
            folder = tr("into {folder}", folder=job.path.parent)
            title = job.path.name if job.kind is Kind.UPLOAD else folder
        self.title = ElidedLabel(title)
        explain(self.title, f"{job.title}\n{job.path}")
        self.bar = named(ThinBar(), reads=tr("Progress of {name}", name=visible(job.title)))
        self.text = ElidedLabel(mode=Qt.TextElideMode.ElideRight, dim=True)
        self.error = plain_label(wrap=True, selectable=True)
        self.error.hide()
        self.folder = link_button(
            tr("Open folder"), lambda: reveal(job.path), name="openFolderButton"
        )
        self.folder.setAccessibleName(tr("Open the folder of {name}", name=visible(job.title)))
        self.ways = [self.folder]  # what can be done with the file that arrived
        for verb in (Verb.LOOK, Verb.COPY_PATH) if alone else ():
            self.ways.append(link_button(tr(verb.value), partial(self._do, verb, [job])))
        for button in self.ways:
            button.hide()
        self.step_button = None if alone else self._button("pauseButton", "pause", self._take_step)
        self.cancel_button = None if alone else self._button("cancelButton", "close", self._give_up)
        self._arrange()
        self.refresh(job.snapshot())

    def _button(self, name: str, icon: str, run: Callable[[], object]) -> QToolButton:
        button = named(QToolButton(autoRaise=True), name)
        side = max(16, self.fontMetrics().height())
        button.setIconSize(QSize(side, side))
        icons.dress(button, icon)
        policy = button.sizePolicy()  # nothing jumps when a transfer ends
        policy.setRetainSizeWhenHidden(self.job.kind is Kind.UPLOAD)
        button.setSizePolicy(policy)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _take_step(self) -> None:
        if self._step is not None:
            self._do(self._step, [self.job])

    def _give_up(self) -> None:
        self._do(Verb.CANCEL, [self.job])

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 8, 0, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.icon, 0, 0)
        grid.addWidget(self.title, 0, 1)
        grid.addWidget(self.bar, 1, 1)
        grid.addLayout(row((self.text, 1)), 2, 1, 1, 2)  # below the buttons: the time left ends it
        grid.addWidget(self.error, 3, 1)
        buttons = [each for each in (self.step_button, self.cancel_button) if each is not None]
        side = row(*self.ways, *buttons, spacing=0)
        grid.addLayout(side, 0, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)

    def refresh(self, shot: Snapshot) -> bool:
        """Show a snapshot. True when the line became taller (an error needs its room)."""
        wanders = progress_text.wanders(shot)
        if shot == self._last and not wanders:
            return False
        self._last = shot
        color = progress_text.icon_color(shot)
        self.icon.show_icon(progress_text.icon_name(shot, self.job.kind), color)
        known = progress_text.shown_permille(shot, self.job)
        self.bar.advance(None if wanders else known, color)
        self._show_buttons(shot)
        done_here = shot.state is State.DONE and self.job.kind is Kind.DOWNLOAD
        for button in self.ways:
            button.setVisible(done_here)
        self.bar.setVisible(shot.state not in {State.FAILED, State.CANCELLED})
        return self._show_words(shot)

    def _show_buttons(self, shot: Snapshot) -> None:
        self._step = next((verb for verb in verbs(self.job) if verb in _STEPS), None)
        hint = progress_text.verb_hint(self.job, Verb.CANCEL)
        buttons = self._step, shot.state.ended, shot.cancelling, hint
        if buttons == self._buttons:
            return
        self._buttons, title = buttons, visible(self.job.title)
        if self.step_button is not None:
            self.step_button.setVisible(self._step is not None)
            if self._step is not None:
                icons.dress(self.step_button, progress_text.VERB_ICONS[self._step])
                words = tr(self._step.value)
                named(self.step_button, reads=f"{words} {title}", tip=words)
        if self.cancel_button is not None:
            self.cancel_button.setVisible(not shot.state.ended)
            self.cancel_button.setEnabled(not shot.cancelling)
            self.cancel_button.setAccessibleName(tr("Cancel {name}", name=title))
            self.cancel_button.setToolTip(hint)

    def _show_words(self, shot: Snapshot) -> bool:
        """The numbers on their line; a reason below, whole, since it is to be read."""
        reason = why(self.job) if shot.state in _TROUBLED or shot.state is State.PAUSED else ""
        self.text.show_text(progress_text.sentence(shot, self.job).removesuffix(f" · {reason}"))
        self.text.setVisible(shot.state is not State.FAILED or not reason)
        if reason == self.error.text():
            return False
        self.error.setText(reason)
        failed = shot.state is State.FAILED
        if self.error.property("failed") is not failed:
            self.error.setProperty("failed", failed)
            self.error.setProperty("dim", not failed)
            self.error.style().polish(self.error)
        self.error.setVisible(bool(reason))
        return bool(reason)
