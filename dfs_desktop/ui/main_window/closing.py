"""Closing windows: what is not saved, not deleted or not sent yet is asked about first."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from dfs_desktop.transfers.job import Job
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.workspace import EDIT_SECONDS, Workspace

from .window import MainWindow

SHUTDOWN_WITHIN = 120.0  # seconds in which a system that says so shuts down, or has given up
DELETED_WITHIN = 15.0  # seconds that the window stays for a deletion under way


class WindowClosing:
    """Asks one question after the other, then closes. Escape, or “Stay”, stays."""

    def __init__(
        self,
        windows: Callable[[], list[MainWindow]],
        put_away: Callable[[MainWindow], object],
        close: Callable[[], object],
    ) -> None:
        """`windows`: those that are open, the one in front first. `put_away` closes one of several,
        `close` ends the program."""
        self._windows, self._put_away, self._close = windows, put_away, close
        self._asking = False
        self._unasked_until = 0.0

    def session_ends(self) -> None:
        """The system shuts down, or the person logs out: what was typed is sent, and whoever closes
        a window now is asked nothing. Transfers are kept as by “Keep for next start”."""
        for window in self._windows():
            window.workspace.editor.finish_all()
        self._unasked_until = time.monotonic() + SHUTDOWN_WITHIN

    def close_window(self, window: MainWindow) -> None:
        """The person, or the system as it shuts down, wants to close a window; the last one ends it."""
        windows = self._windows()
        if windows == [window] or window not in windows:
            self.quit()
        else:
            self._request([window], lambda: self._put_away(window), quits=False)

    def quit(self) -> None:
        """All windows are to close, with the questions of each."""
        self._request(self._windows(), self._close, quits=True)

    def _request(
        self, windows: list[MainWindow], close: Callable[[], object], *, quits: bool
    ) -> None:
        if time.monotonic() < self._unasked_until:
            self._close()
            return
        if self._asking:
            return
        for window in windows:
            window.workspace.editor.finish_all()
        first = windows[0].workspace
        if not (quits and first.queue.busy()) and not any(_unsettled(each) for each in windows):
            close()
            return
        self._asking = True
        first.tasks.start(self._ask(windows, close, quits=quits), "close the window")

    async def _ask(
        self, windows: list[MainWindow], close: Callable[[], object], *, quits: bool
    ) -> None:
        try:
            for window in windows:
                if _unsettled(window) and window is not windows[0]:
                    window.come_to_front()
                if window.workspace.editor.busy and not await self._save_edits(window, quits):
                    return
                if window.workspace.listing.going and not await self._delete_or_keep(window, quits):
                    return
            if quits and (busy := windows[0].workspace.queue.busy()):
                await self._keep_or_cancel(windows[0], busy)
            else:
                close()
        finally:
            self._asking = False

    async def _save_edits(self, window: MainWindow, quits: bool) -> bool:
        """What was typed last is on its way: the window stays till it has arrived, or is given up."""
        editing = window.workspace.editor
        saved = await editing.settle(EDIT_SECONDS)
        if not saved:
            title = tr("A change is not saved")
            text = tr("The server has not taken the last change of a name, a description or tags.")
            answers = [tr("Stay"), tr("Quit without it") if quits else tr("Close without it")]
            saved = await dialogs.ask(window, title, text, answers) == 1
        if saved:
            editing.give_up()
        return saved

    async def _delete_or_keep(self, window: MainWindow, quits: bool) -> bool:
        """What waits to be deleted: kept, or deleted first. False to stay."""
        deleting = window.workspace.deleter
        if deleting.waiting:
            title = trn(
                "{amount} artifact is not deleted yet",
                "{amount} artifacts are not deleted yet",
                sum(len(deletion.artifacts) for deletion in deleting.waiting),
            )
            text = tr(
                "The time to take it back is not over. Kept, nothing of this is deleted, now or "
                "later. Deleted now, it cannot be brought back."
            )
            keep = tr("Keep and quit") if quits else tr("Keep and close")
            delete = tr("Delete now, then quit") if quits else tr("Delete now, then close")
            question = dialogs.Question(window, title, text, [keep, delete, tr("Stay")])
            answer = await dialogs.finished(question)
            if answer not in {1, 2}:
                return False
            deleting.delete_now() if answer == 2 else deleting.stop()
        with contextlib.suppress(TimeoutError):  # the journal has it: the next start finishes it
            await asyncio.wait_for(deleting.finished(), DELETED_WITHIN)
        return True

    async def _keep_or_cancel(self, window: MainWindow, busy: list[Job]) -> None:
        """Enter and the first button keep everything for the next start."""
        from dfs_desktop.workspace.transfers.confirmations import on_quit

        workspace = window.workspace
        many = len(busy)
        title = trn(
            "{amount} transfer is still running", "{amount} transfers are still running", many
        )
        text = on_quit(busy, resumes=workspace.settings.resume_transfers)
        cancel = trn("Cancel it and quit", "Cancel them and quit", many)
        answers = [tr("Keep for next start"), tr("Finish, then quit"), cancel, tr("Stay")]
        question = dialogs.Question(window, title, text, answers)
        if (answer := await dialogs.finished(question)) == 1:
            self._close()
        elif answer == 2:
            self._leave_when_idle(workspace)
        elif answer == 3:
            workspace.slices.run(workspace.queue.cancel, workspace.queue.running())
            self._leave_when_idle(workspace)

    def _leave_when_idle(self, workspace: Workspace) -> None:
        """Out of sight, and gone as soon as nothing moves any more."""
        for window in self._windows():
            window.hide()
        queue = workspace.queue

        def look() -> None:
            if not queue.busy():
                self._close()

        workspace.jobs_changed.connect(look)
        look()


def _unsettled(window: MainWindow) -> bool:
    """Whether something of a window would be lost, or wants an answer."""
    return window.workspace.editor.busy or bool(window.workspace.listing.going)
