"""The line above the transfers: what is going on, and what can be done with all of them at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from dfs_desktop.ui.assets import icons
from dfs_desktop.ui.dialogs import link_button, plain_label
from dfs_desktop.ui.transfers_limits import LimitsMenu
from dfs_desktop.workspace import formats
from dfs_desktop.workspace.workspace import Workspace


class TransfersHead(QWidget):
    """Shows only the buttons that would do something."""

    pause_wished = Signal()
    resume_wished = Signal()
    clear_wished = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._heading = plain_label("Transfers", heading=True)
        self._pause = self._button("Pause all", "pauseAllButton", self.pause_wished)
        self._resume = self._button("Resume all", "resumeAllButton", self.resume_wished)
        self._clear = self._button("Clear finished", "clearFinishedButton", self.clear_wished)
        self.limits = LimitsMenu(workspace, self)
        self._limits = QToolButton()
        self._limits.setObjectName("limitsButton")
        self._limits.setText("Limits")
        self._limits.setAccessibleName("Limits of transfers")
        self._limits.setToolTip("How many at once, how fast, and what happens at the next start")
        self._limits.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._limits.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._limits.setMenu(self.limits)
        icons.dress(self._limits, "settings")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 4)
        row.setSpacing(4)
        row.addWidget(self._heading)
        row.addStretch()
        for button in (self._pause, self._resume, self._clear, self._limits):
            row.addWidget(button)

    def _button(self, text: str, name: str, wished: SignalInstance) -> QPushButton:
        button = link_button(text)
        button.setObjectName(name)
        button.clicked.connect(lambda _checked=False: wished.emit())
        return button

    def show_state(self, *, busy: int, paused: int, finished: bool) -> None:
        """`busy` go on by themselves, `paused` wait; `finished`: some can be cleared away."""
        self._pause.setVisible(busy > 0)
        self._resume.setVisible(paused > 0)
        self._clear.setVisible(finished)
        words = [formats.count(busy, "running", "running")] if busy else []
        words += [f"{paused} paused"] if paused else []
        self._heading.setText(" · ".join(["Transfers", *words]))

    def open_limits(self) -> None:
        """Open the limits from elsewhere than their button."""
        self.limits.popup(self._limits.mapToGlobal(self._limits.rect().bottomLeft()))
