"""One drop on its way to uploads: what is reviewed, where it goes, and whether that place is still open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.artifact import FORMATS, visible
from dfs_desktop.transfers.job import Job
from dfs_desktop.workspace.notices import Level, Notice

from .uploads import Draft

if TYPE_CHECKING:
    from dfs_desktop.workspace.workspace import Workspace

    from .file_checks import Checking


class UploadReview:
    """The target is the collection that was open, or meant, when the files came."""

    def __init__(self, workspace: Workspace, collection_id: str = "") -> None:
        self._workspace = workspace
        self._session, self._place = workspace.session, workspace.session.place
        self._target = collection_id or self._place.collection
        self._drafts: list[Draft] = []
        names = {each.id: each.name for each in self._session.collections}
        self.collection = visible(names.get(self._target, ""))

    async def look_into(self, paths: Sequence[Path]) -> list[Draft]:
        """Look inside the files. Where no artifact is among them, the person is told."""
        self._drafts = await self._workspace.uploads.review(paths)
        if not self._drafts:
            title = "There is no model artifact in what you dropped"
            told = Notice(title, f"Looked for {', '.join(FORMATS)}.", Level.WARNING, seconds=8)
            self._workspace.notify(told)
        return self._drafts

    def checking(self) -> Checking:
        """The checks that run while the person reviews."""
        from .file_checks import Checking

        return Checking(self._workspace, self._drafts, self._target)

    def submit(self, drafts: Sequence[Draft]) -> list[Job]:
        """Queue the uploads; none when another orbit or server was opened during the review."""
        workspace, session = self._workspace, self._session
        if workspace.session is not session or session.place.orbit != self._place.orbit:
            return []
        return workspace.uploads.submit(drafts, self._target)
