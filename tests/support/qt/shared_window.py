"""One run of the program that tests take in turns; each finds it as a first start leaves it."""

from __future__ import annotations

import shutil
from asyncio import gather
from pathlib import Path

from PySide6.QtWidgets import QApplication
from support import leaks
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.workspace.deletion.deleter import UNDO_SECONDS
from dfs_desktop.workspace.session import Place

# What the program begins at its start and ends with it.
LASTING = {
    "prepare the dialogs",
    "notice that the computer slept",
    "watch folders",
    "ask for new versions",
    "keep collections in step",
    "look after the room on the disk",  # ends by itself once nothing is fetched
}


class SharedWindow:
    """Behind a relay. What it leaves behind is looked for when it closes."""

    def __init__(self, home: Path) -> None:
        self._failed = False
        self._before = leaks.Before()
        self.relay = Relay()
        self.desktop = Desktop(home, self.relay.before).ready()
        window = self.desktop.window
        self._sizes = window.size(), window.panes.saveState()

    @property
    def spent(self) -> bool:
        """Whether the next test needs another one: this was closed, or a test has failed with it."""
        return self._failed or self.desktop.life.done()

    def spend(self) -> None:
        """Nobody knows what a test that failed has left behind."""
        self._failed = True

    def clean(self) -> None:
        """Take back all that a test did."""
        desktop, workspace, window = self.desktop, self.desktop.workspace, self.desktop.window
        self.relay.release()
        self._close_dialogs()
        for _ in window.details.building:  # as far as it was not needed yet
            pass
        window.details.tabs.choose("overview")
        window.details.close_files()
        window.resize(self._sizes[0])
        window.panes.restoreState(self._sizes[1])
        window.table.setFocus()
        window.table.clearSelection()
        window.filter.clear()
        desktop.until(lambda: not workspace.editor.busy, "the last change of a record")
        workspace.deleter.stop()
        workspace.deleter.seconds = UNDO_SECONDS
        queue = workspace.queue
        for job in queue.running():
            queue.cancel(job)
        desktop.until(lambda: not queue.running(), "the end of the transfers")
        desktop.run(workspace.deleter.finished())
        desktop.until(lambda: self._began() <= LASTING, f"the ends of {self._began() - LASTING}")
        workspace.library.forget(workspace.library.copies())
        queue.clear_ended()
        workspace.jobs_changed.emit()
        desktop.run(self._replace_collections())
        self._close_dialogs()
        desktop.ready()
        workspace.undo_list._servers.clear()
        workspace.undo_list.changed.emit()
        for card in window.main_panel.notices.cards():
            card.leave()
        shutil.rmtree(workspace.downloads.folder, ignore_errors=True)
        self.desktop.said.clear()
        self.relay.forget()

    def _close_dialogs(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if widget is not self.desktop.window and widget.isVisible():
                widget.close()

    def _began(self) -> set[str]:
        return {task.get_name() for task in self.desktop.workspace.tasks._tasks}

    async def _replace_collections(self) -> None:
        """Another one of the first one's name instead of all there were."""
        workspace, client = self.desktop.workspace, self.desktop.here

        async def empty(collection: str) -> None:
            records = await client.model_artifacts.list(collection_id=collection)
            delete = client.model_artifacts.delete
            await gather(*(delete(each.id, collection_id=collection) for each in records))

        tracks, old = await gather(client.tracks.list(), client.collections.list())
        await gather(*(client.tracks.delete(track.id) for track in tracks))
        await gather(*(empty(each.id) for each in old if each.total_artifacts))
        new = await client.collections.create("Models")
        await gather(*(client.collections.delete(each.id) for each in old))
        here = workspace.session.place
        workspace.browser.visit(Place(here.organization, here.orbit, new.id))

    def close(self) -> None:
        """End the program, and see that nothing is left of it."""
        desktop = self.desktop
        del self.desktop  # which holds what it has made
        self.relay.release()
        try:
            if not desktop.loop.is_closed():
                assert desktop.end() == 0
        finally:
            self.relay.__exit__()
        del desktop
        left = self._before.left()
        assert not left, "the shared window left behind:\n" + "\n".join(left)
