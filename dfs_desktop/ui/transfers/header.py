"""The line above the transfers: what is going on, and what can be done with all of them at once."""

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from dfs_desktop.transfers.job import Kind, State
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers.limits import TransferLimits

from .limits import LimitsMenu, words

_COUNTS: dict[State, Callable[[int], str]] = {
    State.RUNNING: lambda n: trn("{amount} running", "{amount} running", n),
    State.RETRYING: lambda n: trn("{amount} retrying", "{amount} retrying", n),
    State.WAITING: lambda n: trn("{amount} waiting", "{amount} waiting", n),
    State.PAUSED: lambda n: trn("{amount} paused", "{amount} paused", n),
    State.ATTENTION: lambda n: trn("{amount} waiting for you", "{amount} waiting for you", n),
    State.FAILED: lambda n: trn("{amount} failed", "{amount} failed", n),
}


class TransfersHead(QWidget):
    """Shows only the buttons that would do something."""

    def __init__(self, state: AppState, limits: TransferLimits) -> None:
        super().__init__()
        cut = Qt.TextElideMode.ElideRight
        self._heading = ElidedLabel(tr("Transfers"), mode=cut, heading=True)
        self.pause = link_button(tr("Pause all"), name="pauseAllButton")
        self.resume = link_button(tr("Resume all"), name="resumeAllButton")
        self.clear = link_button(tr("Clear finished"), name="clearFinishedButton")
        self.limits = LimitsMenu(state, limits, self)
        hint = tr("How many at once, how fast, and what happens at the next start")
        style, mode = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, QToolButton.ToolButtonPopupMode
        self._limits = QToolButton(toolButtonStyle=style, popupMode=mode.InstantPopup)
        named(self._limits, "limitsButton", reads=tr("Limits of transfers"), tip=hint)
        self._limits.setStyleSheet("QToolButton::menu-indicator { image: none; width: 0; }")
        self._limits.setMenu(self.limits)
        icons.dress(self._limits, "settings")
        self._rate = limits.now
        self.destroyed.connect(limits.changed.connect(self._show_limits))
        self._show_limits()
        buttons = (self.pause, self.resume, self.clear, self._limits)
        row((self._heading, 1), *buttons, of=self, margins=(16, 8, 8, 4), spacing=4)

    def show_state(self, states: Counter[State]) -> None:
        """How many there are in which."""
        self.pause.setVisible(any(states[state] for state in State if state.busy))
        self.resume.setVisible(states[State.PAUSED] > 0)
        self.clear.setVisible(states[State.DONE] + states[State.CANCELLED] > 0)
        words = [count(states[state]) for state, count in _COUNTS.items() if states[state]]
        self._heading.show_text(" · ".join([tr("Transfers"), *words]))

    def _show_limits(self) -> None:
        """Say how fast transfers may go where that is limited: slow ones are no puzzle then."""
        arrows = {Kind.UPLOAD: "↑", Kind.DOWNLOAD: "↓"}
        rates = {arrow: self._rate(kind) for kind, arrow in arrows.items()}
        set_ones = [f"{arrow} {words(rate)}" for arrow, rate in rates.items() if rate]
        self._limits.setText(" ".join([tr("Limits"), *set_ones, "▾"]))

    def open_limits(self) -> None:
        """Open the limits from elsewhere than their button."""
        self.limits.popup(self._limits.mapToGlobal(self._limits.rect().bottomLeft()))
