"""Files on this computer, to be looked into: from the menu, the command line, or a drop with Shift."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.artifact import FORMATS, visible
from dfs_desktop.disk_errors import explain, is_file
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.notices import Level, Notice

if TYPE_CHECKING:
    from dfs_desktop.ui.main_window.window import MainWindow


class LocalFileOpener:
    """No account and no network: the details show the file, and take half of the window meanwhile."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._sizes: list[int] = []  # of the panes before the details took more
        start = window.workspace.tasks.start
        window.actions_.connect(look=lambda: start(self._choose(), "open a file"))
        window.details.upload_requested.connect(lambda path: window.handlers.upload_files([path]))
        window.details.files_shown.connect(self._make_room)

    async def _choose(self) -> None:
        layout = self._window.workspace.settings.layout
        folder = layout.get("look_folder", layout.get("upload_folder", str(Path.home())))
        endings = " ".join(f"*{ending}" for ending in FORMATS)
        paths = await dialogs.choose_files(
            self._window,
            "Open files to look inside",
            folder,
            f"Model artifacts ({endings});;All files (*)",
        )
        if paths:
            self._window.workspace.settings.remember_folder("look_folder", paths[0].parent)
            self.look_into(paths)

    def look_into(self, paths: Sequence[Path]) -> None:
        """Show what is inside these files; several stay open together, the newest is seen first."""
        window = self._window
        files = [path for path in paths if is_file(path)]
        if not files:
            if paths:
                window.workspace.notify(_no_file(paths[0]))
            return
        if window.details.isHidden():
            window.actions_["show_details"].trigger()
        window.table.clearSelection()
        window.details.show_files(files)

    @staticmethod
    def hint(paths: Sequence[Path]) -> str:
        """What a drop with Shift would do."""
        return (
            f"Look inside “{visible(paths[0].name)}”"
            if len(paths) == 1
            else "Look inside the files"
        )

    def _make_room(self, shown: object) -> None:
        panes = self._window.panes
        if shown:
            sizes = panes.sizes()
            if len(sizes) == 3 and sizes[2] < sum(sizes[1:]) // 2:
                self._sizes = sizes
                half = sum(sizes[1:]) // 2
                panes.setSizes([sizes[0], sum(sizes[1:]) - half, half])
        elif self._sizes:
            panes.setSizes(self._sizes)
            self._sizes = []


def _no_file(path: Path) -> Notice:
    """Why this cannot be looked into: not there, not to be reached, or no file."""
    name = f"“{visible(path.name)}”"
    try:
        path.stat()
    except OSError as error:
        return Notice(f"{name} cannot be read", visible(explain(error)), Level.WARNING, seconds=15)
    return Notice(f"{name} is not a file", "Open a model artifact.", Level.WARNING, seconds=8)
