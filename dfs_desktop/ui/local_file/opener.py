"""Files on this computer, to be looked into: from the menu, the command line, or a drop with Shift."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from dfs_desktop.artifact import FORMATS, visible
from dfs_desktop.disk_errors import explain, is_file
from dfs_desktop.settings import Settings
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.details.pane import DetailPane
from dfs_desktop.ui.widgets.dialogs import chosen_paths
from dfs_desktop.workspace.notices import Action, Level, Notice

TOGETHER = 3.0  # seconds in which files that come one by one are one drop


async def choose_artifacts(
    parent: QWidget, title: str, settings: Settings, key: str = ""
) -> list[Path]:
    """Ask for artifacts; the folder that they are taken from is remembered under the key."""
    layout = settings.layout
    folder = layout.get(key, layout.get("upload_folder", str(Path.home())))
    endings = " ".join(f"*{ending}" for ending in FORMATS)
    artifacts = tr("Model artifacts ({endings})", endings=endings)
    dialog = QFileDialog(parent, title, folder, f"{artifacts};;{tr('All files (*)')}")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    paths = await chosen_paths(dialog)
    if paths and key:
        settings.remember_folder(key, paths[0].parent)
    return paths


class LocalFileOpener:
    """No account and no network: the details show the file."""

    def __init__(
        self,
        details: DetailPane,
        settings: Settings,
        make_way: Callable[[], object],
        notify: Callable[[Notice], object],
    ) -> None:
        """``make_way``: have the details in sight and no row selected."""
        self._details, self._settings = details, settings
        self._make_way, self._notify = make_way, notify
        self._offered: list[Path] = []
        self._offered_at = 0.0

    async def choose(self) -> None:
        """Ask for files and look into them."""
        window = self._details.window()
        title = tr("Open files to look inside")
        if paths := await choose_artifacts(window, title, self._settings, "look_folder"):
            self.look_into(paths)

    def look_into(self, paths: Sequence[Path]) -> None:
        """Show what is inside these files; several stay open together, the newest is seen first."""
        if files := [path for path in paths if is_file(path)]:
            self._make_way()
            self._details.show_files(files)
        elif paths:
            self._notify(_no_file(paths[0]))

    def offer_upload(self, paths: Sequence[Path], upload: Callable[[list[Path]], object]) -> None:
        """Files came from outside, as by a drop on the program's icon: they may be for an upload.

        A file manager may hand over each of several by itself: they are offered together.
        """
        now = time.monotonic()
        if now - self._offered_at > TOGETHER:
            self._offered = []
        self._offered_at = now
        self._offered += [path for path in paths if is_file(path) and path not in self._offered]
        if not (files := list(self._offered)):
            return
        many = len(files)
        what = trn("{amount} file is open", "{amount} files are open", many)
        text, upload_words = tr("Nothing was sent."), tr("Upload…")
        if many == 1:
            what = tr("“{name}” is open", name=visible(files[0].name))
            text = tr("It was looked into here; nothing was sent.")
        else:
            upload_words = trn("Upload {amount} File…", "Upload {amount} Files…", many)
        action = Action(upload_words, lambda: upload(files))
        self._notify(Notice(what, text, action=action, seconds=30, key="opened from outside"))

    @staticmethod
    def hint(paths: Sequence[Path]) -> str:
        """What a drop with Shift would do."""
        if len(paths) != 1:
            return tr("Look inside the files")
        return tr("Look inside “{name}”", name=visible(paths[0].name))


def _no_file(path: Path) -> Notice:
    """Why this cannot be looked into: not there, not to be reached, or no file."""
    name = visible(path.name)
    try:
        path.stat()
    except OSError as error:
        title = tr("“{name}” cannot be read", name=name)
        return Notice(title, visible(explain(error)), Level.WARNING, seconds=15)
    title, text = tr("“{name}” is not a file", name=name), tr("Open a model artifact.")
    return Notice(title, text, Level.WARNING, seconds=8)
