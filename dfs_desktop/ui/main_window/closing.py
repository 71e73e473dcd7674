"""Closing the window: what is not saved, not deleted or not sent yet is asked about first."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from dfs_desktop.transfers.job import Job
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.transfers.actions import on_quit
from dfs_desktop.workspace.workspace import EDIT_SECONDS, Workspace

SHUTDOWN_WITHIN = 120.0  # seconds in which a system that says so shuts down, or has given up
DELETED_WITHIN = 15.0  # seconds that the window stays for a deletion under way


class WindowClosing:
    """Asks one question after the other, then calls `close`. Escape, or “Stay”, stays."""

    def __init__(self, window: QWidget, workspace: Workspace, close: Callable[[], object]) -> None:
        self._window, self._workspace, self._close = window, workspace, close
        self._asking = False
        self._unasked_until = 0.0

    def session_ends(self) -> None:
        """The system shuts down, or the person logs out: what was typed is sent, and whoever closes
        the window now is asked nothing. Transfers are kept as by “Keep for next start”."""
        self._workspace.editor.finish_all()
        self._unasked_until = time.monotonic() + SHUTDOWN_WITHIN

    def request(self) -> None:
        """The person, or the system as it shuts down, wants to close the window."""
        workspace = self._workspace
        if time.monotonic() < self._unasked_until:
            self._close()
            return
        if self._asking:
            return
        workspace.editor.finish_all()
        if not (workspace.editor.busy or workspace.listing.going or workspace.queue.busy()):
            self._close()
            return
        self._asking = True
        workspace.tasks.start(self._ask(), "close the window")

    async def _ask(self) -> None:
        workspace = self._workspace
        try:
            if workspace.editor.busy and not await self._save_edits():
                return
            if workspace.listing.going and not await self._delete_or_keep():
                return
            if busy := workspace.queue.busy():
                await self._keep_or_cancel(busy)
            else:
                self._close()
        finally:
            self._asking = False

    async def _save_edits(self) -> bool:
        """What was typed last is on its way: the window stays till it has arrived, or is given up."""
        editing = self._workspace.editor
        saved = await editing.settle(EDIT_SECONDS)
        if not saved:
            title = tr("A change is not saved")
            text = tr("The server has not taken the last change of a name, a description or tags.")
            answers = [tr("Stay"), tr("Quit without it")]
            saved = await dialogs.ask(self._window, title, text, answers) == 1
        if saved:
            editing.give_up()
        return saved

    async def _delete_or_keep(self) -> bool:
        """What waits to be deleted: kept, or deleted first. False to stay."""
        deleting = self._workspace.deleter
        if deleting.waiting:
            many = sum(len(deletion.artifacts) for deletion in deleting.waiting)
            question = dialogs.Question(
                self._window,
                trn(
                    "{amount} artifact is not deleted yet",
                    "{amount} artifacts are not deleted yet",
                    many,
                ),
                tr(
                    "The time to take it back is not over. Kept, nothing of this is deleted, now or "
                    "later. Deleted now, it cannot be brought back."
                ),
                [tr("Keep and quit"), tr("Delete now, then quit"), tr("Stay")],
            )
            answer = await dialogs.finished(question)
            if answer not in {1, 2}:
                return False
            deleting.delete_now() if answer == 2 else deleting.stop()
        with contextlib.suppress(TimeoutError):  # the journal has it: the next start finishes it
            await asyncio.wait_for(deleting.finished(), DELETED_WITHIN)
        return True

    async def _keep_or_cancel(self, busy: list[Job]) -> None:
        """Enter and the first button keep everything for the next start."""
        queue = self._workspace.queue
        many = len(busy)
        question = dialogs.Question(
            self._window,
            trn("{amount} transfer is still running", "{amount} transfers are still running", many),
            on_quit(busy, resumes=self._workspace.settings.resume_transfers),
            [
                tr("Keep for next start"),
                tr("Finish, then quit"),
                trn("Cancel it and quit", "Cancel them and quit", many),
                tr("Stay"),
            ],
        )
        if (answer := await dialogs.finished(question)) == 1:
            self._close()
        elif answer == 2:
            self._leave_when_idle()
        elif answer == 3:
            self._workspace.slices.run(queue.cancel, queue.running())
            self._leave_when_idle()

    def _leave_when_idle(self) -> None:
        """Out of sight, and gone as soon as nothing moves any more."""
        self._window.hide()
        queue = self._workspace.queue

        def look() -> None:
            if not queue.busy():
                self._close()

        self._workspace.jobs_changed.connect(look)
        look()
