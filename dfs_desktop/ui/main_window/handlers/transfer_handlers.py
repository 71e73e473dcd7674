"""What is done with transfers from anywhere in the window, and the dialogs that watch over them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.disk_errors import is_folder
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.reveal_file import reveal
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.widgets.dialogs import to_front
from dfs_desktop.workspace.attention.attention import Attention
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers.actions import Verb, verbs

from .window_parts import Handlers, WindowParts

if TYPE_CHECKING:
    from dfs_desktop.ui.transfers.panel import TransfersView

_OF_SELECTED = (
    "toggle_transfers", "transfers_first", "transfers_last", "transfer_log", "transfer_errors",
    "cancel_transfers",
)  # fmt: skip
Run = Callable[["TransfersView"], object]


class TransferHandlers(Handlers):
    """`panel` is the list of transfers, which is built when it is first needed."""

    def __init__(
        self, parts: WindowParts, state: AppState, queue: Queue, downloads: Downloads,
        attention: Attention, refresh_timer: RefreshTimer, panel: "Callable[[], TransfersView]",
        toggle_panel: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parts)
        self._state, self._refresh_timer = state, refresh_timer
        self._queue, self._attention = queue, attention
        self._panel, self._toggle_panel = panel, toggle_panel
        self._actions.connect(
            show_transfers=toggle_panel,
            attention=self.show_attention,
            open_folder=lambda: self.reveal(downloads.folder),
            pause_all=self._in_panel(lambda view: view.transfer_actions.pause_all(view)),
            resume_all=self._in_panel(lambda view: view.transfer_actions.resume_all()),
            cancel_all=self._in_panel(lambda view: view.transfer_actions.cancel_all(view)),
            clear_transfers=self._in_panel(lambda view: view.clear_finished()),
            toggle_transfers=self._with_selected(
                lambda view: view.transfer_actions.toggle(view.selected(), view)
            ),
            transfers_first=self._with_selected(lambda view: view.move_selected(to_front=True)),
            transfers_last=self._with_selected(lambda view: view.move_selected(to_front=False)),
            cancel_transfers=self._with_selected(lambda view: view.cancel_selected()),
            transfer_log=self._with_selected(lambda view: view.show_log()),
            transfer_errors=self._with_selected(
                lambda view: view.transfer_actions.copy(view.selected())
            ),
            limits=self._open_limits,
        )
        state.folder_requested.connect(self.reveal)
        self._actions.looked_at.connect(self._refuse)

    def _refuse(self, looked_at: bool) -> None:
        """While somebody looks, refuse what there is nothing to do for; the list itself is not built
        for that. Nobody sees a refusal afterwards, and it would outlive its reason."""
        jobs = self._queue.jobs
        lacks = dict.fromkeys(_OF_SELECTED, "" if jobs else tr("There are no transfers"))
        pausable = any(Verb.PAUSE in verbs(job) for job in jobs)
        lacks["pause_all"] = "" if pausable else tr("No transfer is under way")
        paused = any(job.state is State.PAUSED for job in jobs)
        lacks["resume_all"] = "" if paused else tr("No transfer is paused")
        left = any(not job.state.ended for job in jobs)
        lacks["cancel_all"] = "" if left else tr("No transfer is under way")
        ended = any(job.state.ended for job in jobs)
        lacks["clear_transfers"] = "" if ended else tr("No transfer has ended")
        for key, refusal in lacks.items():
            self._actions.allow(key, True, refusal if looked_at else "")

    def _in_panel(self, run: Run) -> Callable[[], object]:
        return lambda: run(self._panel())

    def _with_selected(self, run: Run) -> Callable[[], object]:
        """Without a selection the list comes into sight, so that one can be made."""

        def handler() -> None:
            if not self._panel().selected():
                self._show_panel()
            run(self._panel())

        return handler

    def _show_panel(self) -> None:
        if self._panel().isHidden():
            self._toggle_panel()

    def show(self, job: Job) -> None:
        """Select a transfer in the list, which comes into sight."""
        self._show_panel()
        self._panel().select(job)
        self._panel().setFocus()

    def _open_limits(self) -> None:
        self._show_panel()
        self._panel().head.open_limits()

    def watch(self, jobs: list[Job]) -> None:
        """Open the progress dialog of these transfers."""
        if not jobs:
            return
        from dfs_desktop.ui.transfers.progress_dialog import ProgressDialog

        def do(verb: Verb, chosen: list[Job]) -> None:
            self._panel().transfer_actions.do(verb, chosen, dialog)

        for other in self._window.findChildren(ProgressDialog):
            if other.over and other.isVisible():  # one is enough to read
                other.close()
        dialog = ProgressDialog(self._window, jobs, self._refresh_timer, do, self.reveal)
        dialog.appear()

    def reveal(self, path: Path) -> None:
        """Show a file in its folder; where nothing does that, its place is told."""

        def say(folder: Path) -> None:
            there = is_folder(folder)
            told = tr("No file manager answered") if there else tr("It is not there any more")
            title = tr("The folder could not be opened")
            notice = Notice(title, f"{told}: {folder}", Level.WARNING, seconds=15)
            self._state.notices.notify(notice)

        reveal(path, say)

    def show_attention(self) -> None:
        """Open the list of what needs a person, or bring it to the front."""
        from dfs_desktop.ui.attention.dialog import AttentionDialog

        dialog = self._window.findChild(AttentionDialog)
        if dialog is None:
            give_up = self._panel().transfer_actions.give_up
            dialog = AttentionDialog(self._window, self._state, self._attention, give_up)
        to_front(dialog)
