"""The actions of the Transfers menu: what the list of transfers offers, from anywhere in the window.

The list is built when it is first needed, so it is only asked for when an action is triggered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfs_desktop.ui.main_window.window import MainWindow

    from .panel import TransfersView


def connect_transfers(window: MainWindow) -> None:
    """Give each of these actions its work."""

    def of_view(run: Callable[[TransfersView], object]) -> Callable[[], object]:
        return lambda: run(window.transfers)

    def of_selected(run: Callable[[TransfersView], object]) -> Callable[[], object]:
        """Without a selection the list comes into sight, so that one can be made."""

        def handler() -> None:
            if not window.transfers.selected():
                show(window)
            run(window.transfers)

        return handler

    def limits() -> None:
        show(window)
        window.transfers.head.open_limits()

    window.actions_.connect(
        pause_all=of_view(lambda view: view.transfer_actions.pause_all(view)),
        resume_all=of_view(lambda view: view.transfer_actions.resume_all()),
        clear_transfers=of_view(lambda view: view.clear_finished()),
        toggle_transfers=of_selected(
            lambda view: view.transfer_actions.toggle(view.selected(), view)
        ),
        transfers_first=of_selected(lambda view: view.move_selected(to_front=True)),
        transfers_last=of_selected(lambda view: view.move_selected(to_front=False)),
        cancel_transfers=of_selected(lambda view: view.cancel_selected()),
        transfer_errors=of_selected(lambda view: view.transfer_actions.copy(view.selected())),
        limits=limits,
    )


def show(window: MainWindow) -> None:
    """Bring the list of transfers into sight."""
    if window.transfers.isHidden():
        window.toggle_transfers()
