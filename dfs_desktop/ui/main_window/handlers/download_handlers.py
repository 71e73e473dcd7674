"""Downloads of the selected artifacts: where to, and what is asked before a batch begins."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from dfs_desktop.api import ModelArtifact
from dfs_desktop.disk_errors import is_folder
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.downloads.downloads import Origin
from dfs_desktop.workspace.downloads.survey import Clash, Trouble
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.workspace import Workspace

from .upload_handlers import Watch
from .window_parts import Handlers, WindowParts

MOST_FOLDERS = 100  # collections whose last folder is remembered
_FOLDER = "download_to:"


class DownloadHandlers(Handlers):
    """What is selected when a key is pressed is meant, whatever is selected when it is done. A batch
    is asked about once; Escape calls it off."""

    def __init__(self, parts: WindowParts, workspace: Workspace, watch: Watch) -> None:
        super().__init__(parts)
        self._workspace, self._watch = workspace, watch
        start = workspace.tasks.start
        self._actions.connect(
            download=self._download,
            download_to=lambda: start(self._download_to(), "download to a folder"),
            folder=lambda: start(self._choose_folder(), "choose the folder"),
        )
        workspace.downloads.again_requested.connect(partial(self.start, again=True))

    async def clash(self, title: str, text: str) -> Clash | None:
        ways = [Clash.KEEP_BOTH, Clash.REPLACE, Clash.SKIP]
        answer = await self._ask("clashQuestion", title, text, [tr(way.value) for way in ways])
        return ways[answer - 1] if answer else None

    async def another_folder(self, trouble: Trouble, folder: Path) -> Path | None:
        answers = [tr("Choose Another Folder…"), tr("Cancel")]
        answers += [tr("Download Anyway")] if trouble.anyway else []
        answer = await self._ask("roomQuestion", trouble.title, trouble.text, answers)
        if answer == 1:
            return await dialogs.choose_folder(self._window, tr("Download to"), nearest(folder))
        return folder if answer == 3 else None

    async def _ask(self, name: str, title: str, text: str, answers: list[str]) -> int:
        question = dialogs.Question(self._window, title, text, answers)
        question.setObjectName(name)
        return await dialogs.finished(question)

    def start(
        self, artifacts: Sequence[ModelArtifact], into: Path | None = None,
        origin: Origin | None = None, *, again: bool = False,
    ) -> None:  # fmt: skip
        """``origin``: where they are, when that is not the open place."""
        fetch = partial(self._workspace.downloads.fetch, again=again, into=into, origin=origin)

        async def work() -> None:
            self._watch(await fetch(artifacts, ask=self))

        self._workspace.tasks.start(work(), "download")

    def _download(self) -> None:
        if chosen := self._records():
            self.start(chosen)

    async def _download_to(self) -> None:
        """What is selected when it is asked for goes into a folder that is asked for."""
        workspace, chosen = self._workspace, self._records()
        place, layout = workspace.session.place, workspace.settings.layout
        key = f"{_FOLDER}{place.collection}"
        last = layout.get(key) or layout.get(_FOLDER) or str(workspace.downloads.folder)
        folder = await dialogs.choose_folder(self._window, tr("Download to"), nearest(Path(last)))
        if folder is not None and workspace.session.place == place:
            for each in (key, _FOLDER):
                layout.pop(each, None)  # what was chosen last stands last
                workspace.settings.remember_folder(each, folder)
            kept = [each for each in layout if each.startswith(_FOLDER) and each != _FOLDER]
            for each in kept[:-MOST_FOLDERS]:
                del layout[each]
            workspace.save_settings()
            self.start(chosen, folder)

    async def _choose_folder(self) -> None:
        downloads, title = self._workspace.downloads, tr("Download folder")
        folder = await dialogs.choose_folder(self._window, title, nearest(downloads.folder))
        if folder is not None:
            downloads.use_folder(folder)
            said = Notice(tr("Downloads now go to"), str(folder), Level.SUCCESS, seconds=6)
            self._workspace.notify(said)


def nearest(folder: Path) -> str:
    """The folder, or the nearest one above it that is there: a drive may have been removed."""
    return str(next((each for each in (folder, *folder.parents) if is_folder(each)), folder))
