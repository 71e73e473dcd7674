"""One drop on its way to uploads: what is reviewed, where it goes, and whether that place is still open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.artifact import FORMATS, visible
from dfs_desktop.transfers.job import Job
from dfs_desktop.workers.reader.caller import Reader
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.state import AppState

from .uploads import Draft, Uploads

if TYPE_CHECKING:
    from .file_checks import FileChecks


class UploadReview:
    """The target is the collection that was open, or meant, when the files came."""

    def __init__(
        self, state: AppState, uploads: Uploads, reader: Reader, collection_id: str = ""
    ) -> None:
        self._state, self._uploads, self._reader = state, uploads, reader
        self._session, self._place = state.session, state.session.place
        self._target = collection_id or self._place.collection
        self._drafts: list[Draft] = []
        names = {each.id: each.name for each in self._session.collections}
        self.collection = visible(names.get(self._target, ""))

    async def look_into(self, paths: Sequence[Path]) -> list[Draft]:
        """Look inside the files. Where no artifact is among them, the person is told."""
        self._drafts = await self._uploads.review(paths)
        if not self._drafts:
            title = "There is no model artifact in what you dropped"
            told = Notice(title, f"Looked for {', '.join(FORMATS)}.", Level.WARNING, seconds=8)
            self._state.notices.notify(told)
        return self._drafts

    def checking(self) -> FileChecks:
        """The checks that run while the person reviews."""
        from .file_checks import FileChecks

        return FileChecks(self._state, self._reader, self._drafts, self._target)

    def submit(self, drafts: Sequence[Draft]) -> list[Job]:
        """Queue the uploads; none when another orbit or server was opened during the review."""
        session = self._session
        if self._state.session is not session or session.place.orbit != self._place.orbit:
            return []
        return self._uploads.submit(drafts, self._target)
