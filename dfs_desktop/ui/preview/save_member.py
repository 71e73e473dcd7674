"""Saving a member or a folder of an artifact: where to, and how far it is."""

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QWidget

from dfs_desktop.artifact import safe_name, visible
from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.artifact.disk_names import free_name, name_limit
from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.local_paths import url_of
from dfs_desktop.ui.platform.timers import repeating
from dfs_desktop.ui.widgets.dialogs import choose_folder, file_to_save, link_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.downloads.member_saver import Extraction, MemberSaver
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.state import AppState


class PromisedFile(QMimeData):
    """A drag of a member that is being fetched: the file is named when somebody takes it."""

    def __init__(self, path: Path, there: Callable[[], bool]) -> None:
        super().__init__()
        self._there = there
        self._url = url_of(path)

    def formats(self) -> list[str]:
        return ["text/uri-list"]

    def hasFormat(self, mimetype: str) -> bool:
        return mimetype == "text/uri-list"

    def retrieveData(self, mimetype: str, preferred: object) -> object:
        """Nothing, as long as the file is not there: half a file would be worse."""
        if mimetype == "text/uri-list" and self._there():
            return [self._url]
        return None


class SaveLine(QWidget):
    """Says how far a saving is while one runs, with a way to stop it."""

    def __init__(self, state: AppState, downloads: Downloads, member_saver: MemberSaver) -> None:
        super().__init__()
        self._state, self._downloads, self._member_saver = state, downloads, member_saver
        self._extraction: Extraction | None = None
        self._words = plain_label(dim=True)
        stop = link_button(tr("Stop"), self._stop)
        row((self._words, 1), stop, of=self, margins=(5, 2, 8, 2))
        self._beat = repeating(self, 100, self._tick)
        self.hide()

    async def save_member(self, look: Inspection, member: Member) -> None:
        """Ask where to, then save one member."""
        folder = self._folder()
        name = safe_name(member.name, "file", name_limit(folder))
        target = await file_to_save(self, tr("Save the file"), folder / name)
        if target is not None:
            self._remember(target.parent)
            there = await self._state.tasks.in_thread(os.path.lexists, target)  # it was asked about
            self._follow(self._member_saver.save(look, [member], target, replace=there))

    async def save_folder(self, look: Inspection, members: list[Member], below: str) -> None:
        """Ask where to, then save everything below a folder of the artifact."""
        folder = await choose_folder(self, tr("Save the folder into"), str(self._folder()))
        if folder is not None:
            self._remember(folder)
            last = below.rstrip("/").rpartition("/")[2]
            wanted = safe_name(last or look.name, "files", name_limit(folder))
            target = folder / await self._state.tasks.in_thread(free_name, folder, wanted)
            self._follow(self._member_saver.save(look, members, target, below=below))

    def _folder(self) -> Path:
        fallback = str(self._downloads.folder)
        return Path(self._state.settings.layout.get("save_folder", fallback))

    def _remember(self, folder: Path) -> None:
        self._state.settings.remember_folder("save_folder", folder)

    def _follow(self, extraction: Extraction) -> None:
        self._extraction = extraction
        self._beat.start()

    def _stop(self) -> None:
        if self._extraction is not None:
            self._extraction.cancel()

    def _tick(self) -> None:
        if (extraction := self._extraction) is None or extraction.ended:
            self._beat.stop()
            self.hide()
            return
        words = tr(
            "Saving {name}: {done} of {total}, {share} %",
            name=visible(extraction.title),
            done=quantities.size(extraction.done),
            total=quantities.size(extraction.total),
            share=extraction.done * 100 // extraction.total if extraction.total else 0,
        )
        self._words.setText(words)
        self.show()
