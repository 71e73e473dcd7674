"""One transfer in the progress dialog: icon, title, bar, numbers, and the way to stop or to see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QToolButton, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Kind, Snapshot, State
from dfs_desktop.ui import progress_text
from dfs_desktop.ui.assets import icons
from dfs_desktop.ui.dialogs import plain_label
from dfs_desktop.ui.elided_label import ElidedLabel
from dfs_desktop.ui.icon_label import IconLabel
from dfs_desktop.ui.thin_bar import ThinBar
from dfs_desktop.ui.tooltips import tooltip
from dfs_desktop.workspace.notices import from_error

Cancel = Callable[[Job], object]
Reveal = Callable[[Path], object]


def error_text(job: Job) -> str:
    """Why a transfer failed, in words fit to act on; empty when it did not."""
    return visible(from_error(job.error, "").detail) if job.error is not None else ""


def _alone(job: Job) -> str:
    """Below a heading that names the artifact already: where it comes from or goes to."""
    return job.path.name if job.kind is Kind.UPLOAD else f"into {job.path.parent}"


class ProgressLine(QWidget):
    """Shows one job. `refresh` is called on each beat and changes only what changed."""

    def __init__(self, job: Job, cancel: Cancel, reveal: Reveal, *, alone: bool) -> None:
        super().__init__()
        self.job = job
        self._last: Snapshot | None = None
        self.icon = IconLabel(progress_text.icon_name(job.state, job.kind), "accent")
        self.title = ElidedLabel(_alone(job) if alone else job.title)
        self.title.setToolTip(tooltip(f"{job.title}\n{job.path}"))
        self.bar = ThinBar()
        self.bar.setAccessibleName(f"Progress of {visible(job.title)}")
        self.text = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.text.setProperty("dim", True)
        self.error = plain_label(wrap=True, failed=True)
        self.error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.error.hide()
        self.folder = QPushButton("Open folder")
        self.folder.setObjectName("openFolderButton")
        self.folder.setProperty("link", True)
        self.folder.setAutoDefault(False)
        self.folder.setAccessibleName(f"Open the folder of {visible(job.title)}")
        self.folder.clicked.connect(lambda: reveal(self.job.path))
        self.folder.hide()
        self.cancel_button = None if alone else self._cancel_button(cancel)
        self._arrange()
        self.refresh(job.snapshot())

    def _cancel_button(self, cancel: Cancel) -> QToolButton:
        button = QToolButton()
        button.setObjectName("cancelButton")
        button.setAutoRaise(True)
        side = max(16, self.fontMetrics().height())
        button.setIconSize(QSize(side, side))
        icons.dress(button, "close")
        button.setAccessibleName(f"Cancel {visible(self.job.title)}")
        button.setToolTip("Cancel")
        policy = button.sizePolicy()  # nothing jumps when a transfer ends
        policy.setRetainSizeWhenHidden(self.job.kind is Kind.UPLOAD)
        button.setSizePolicy(policy)
        button.clicked.connect(lambda: cancel(self.job))
        return button

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 8, 0, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.icon, 0, 0)
        grid.addWidget(self.title, 0, 1)
        grid.addWidget(self.bar, 1, 1)
        below = QHBoxLayout()
        below.addWidget(self.text, 1)
        grid.addLayout(below, 2, 1)
        grid.addWidget(self.error, 3, 1)
        side = QHBoxLayout()
        side.setSpacing(0)
        side.addWidget(self.folder)
        if self.cancel_button is not None:
            side.addWidget(self.cancel_button)
        grid.addLayout(side, 0, 2, 3, 1, Qt.AlignmentFlag.AlignVCenter)

    def _sentence(self, shot: Snapshot) -> str:
        return progress_text.sentence(shot, self.job.kind, progress_text.size_of(self.job))

    def refresh(self, shot: Snapshot) -> bool:
        """Show a snapshot. True when the line became taller (an error needs its room)."""
        wanders = not (shot.state.ended or shot.state is State.WAITING or shot.total)
        if shot == self._last and not wanders:
            return False
        self._last = shot
        ended, failed = shot.state.ended, shot.state is State.FAILED
        color = progress_text.icon_color(shot)
        self.icon.show_icon(progress_text.icon_name(shot.state, self.job.kind), color)
        self.bar.advance(None if wanders else shot.permille, color)
        self.text.show_text(self._sentence(shot))
        if self.cancel_button is not None:
            self.cancel_button.setVisible(not ended)
            self.cancel_button.setEnabled(not shot.cancelling)
        done_here = shot.state is State.DONE and self.job.kind is Kind.DOWNLOAD
        self.folder.setVisible(done_here)
        self.bar.setVisible(shot.state in {State.WAITING, State.RUNNING, State.DONE})
        if not failed or not self.error.isHidden():
            return False
        self.error.setText(error_text(self.job))
        self.error.show()
        self.text.hide()
        return True
