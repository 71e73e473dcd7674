"""What leads to a comparison: the selected rows, a chosen file, or a file that is dropped on a row."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import FORMATS, extension, visible
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.notices import from_error

if TYPE_CHECKING:
    from dfs_desktop.ui.main_window.window import MainWindow

MOST = 12  # columns that a person can follow


class ComparisonActions:
    """Opens windows of comparison. Their modules are imported when the first one is opened."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._workspace = window.workspace
        window.actions_.connect(
            compare=self.compare, compare_file=self.compare_with_a_file, python=self.show_python
        )
        window.details.compare_requested.connect(self.compare)
        window.table.selection_changed.connect(self.allow)
        window.workspace.listing.rows_changed.connect(self.allow)
        window.workspace.session_changed.connect(self.allow)
        self.allow()

    def _chosen(self) -> list[ModelArtifact]:
        """The selected records, of very many the first; uploads that have none yet are left out."""
        chosen = (a for a in self._window.table.artifacts() if not a.id.startswith("job:"))
        return list(islice(chosen, MOST + 1))

    def allow(self) -> None:
        """Two or more can be compared; one can be compared with a file."""
        count = len(self._chosen())
        session = self._workspace.session
        # Rows of last time have neither manifests nor lists of files.
        connected = session.client is not None and not session.remembered
        actions = self._window.actions_
        why = "" if 2 <= count <= MOST else f"Select 2 to {MOST} artifacts to compare them"
        actions.allow("compare", connected and not why, why)
        why = "" if count == 1 else "Select one artifact to compare it with a file"
        actions.allow("compare_file", connected and not why, why)

    def compare(self) -> None:
        """The selected rows side by side."""
        chosen = self._chosen()
        if 2 <= len(chosen) <= MOST:
            self.show(chosen)

    def compare_with_a_file(self) -> None:
        """Ask for a file and put it beside the selected record."""
        chosen = self._chosen()
        if len(chosen) == 1:
            self._workspace.tasks.start(self._choose_file(chosen[0]), "choose a file")

    async def _choose_file(self, artifact: ModelArtifact) -> None:
        endings = " ".join(f"*{ending}" for ending in FORMATS)
        folder = self._workspace.settings.layout.get("upload_folder", str(Path.home()))
        name = visible(artifact.model_name or artifact.file_name)
        paths = await dialogs.choose_files(
            self._window,
            f"Compare “{name}” with a file",
            folder,
            f"Model artifacts ({endings});;All files (*)",
        )
        if paths:
            self.show([artifact], paths[0])

    def show(self, artifacts: Sequence[ModelArtifact], path: Path | None = None) -> None:
        """Open the window of a comparison."""
        self._workspace.tasks.start(self._show(artifacts, path), "compare")

    async def _show(self, artifacts: Sequence[ModelArtifact], path: Path | None) -> None:
        from dfs_desktop.workspace.comparison.comparison import Comparison
        from dfs_desktop.workspace.comparison.sides import file_side, record_side, told_apart

        from .window import CompareWindow

        sides = [record_side(artifact) for artifact in artifacts]
        if path is not None:
            try:
                sides.append(await self._workspace.tasks.in_thread(file_side, path))
            except OSError as error:
                self._workspace.notify(from_error(error, "The file cannot be compared"))
                return
        found = Comparison(self._workspace, told_apart(sides))
        CompareWindow(self._window, found, self._workspace.tasks).show()

    # A file dropped on a row

    def row_at(self, point: QPoint) -> ModelArtifact | None:
        """The record whose row is at this point of the window."""
        table = self._window.table
        if not table.isVisible() or self._workspace.session.client is None:
            return None
        place = table.viewport().mapFrom(self._window, point)
        if not table.viewport().rect().contains(place):
            return None
        row = table.table.row(table.rowAt(place.y()))
        return None if row is None or row.artifact.id.startswith("job:") else row.artifact

    def hint(self, paths: Sequence[Path], point: QPoint) -> str:
        """What letting go here offers beside the upload; "" where it is an upload only."""
        artifact = self.row_at(point) if len(paths) == 1 else None
        if artifact is None or not extension(paths[0].name):
            return ""  # a folder, most likely; the disk is not asked while the mouse moves
        name = visible(artifact.model_name or artifact.file_name)
        return f"Let go to compare “{visible(paths[0].name)}” with “{name}”, or to upload it"

    def offer(self, paths: Sequence[Path], point: QPoint, upload: Callable[[], object]) -> bool:
        """Ask what a file that was let go on a row is for; False when it lies beside the rows."""
        artifact = self.row_at(point) if len(paths) == 1 else None
        if artifact is None or not extension(paths[0].name):
            return False
        name = visible(artifact.model_name or artifact.file_name)
        collection = self._workspace.session.collection
        menu = QMenu(self._window)
        menu.setObjectName("dropMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = _on_a_menu(f"Compare with “{name}”")
        compare = functools.partial(self.show, [artifact], paths[0])
        menu.addAction(icons.get("compare"), words).triggered.connect(lambda _=False: compare())
        target = f" to “{visible(collection.name)}”" if collection else ""
        words = _on_a_menu(f"Upload{target}…")
        menu.addAction(icons.get("upload"), words).triggered.connect(lambda _=False: upload())
        menu.addSeparator()
        menu.addAction("Cancel")
        menu.popup(self._window.mapToGlobal(point))
        return True

    # Use from Python

    def show_python(self) -> None:
        """The lines that fetch the selected artifact, or that open the registry when none is."""
        chosen = self._chosen()
        if len(chosen) == 1:
            from dfs_desktop.ui.code_snippets.snippet_dialog import SnippetDialog

            SnippetDialog(self._window, self._workspace, chosen[0]).open()
            return
        from dfs_desktop.ui.code_snippets.python_dialog import PythonDialog

        PythonDialog(self._window, self._workspace).open()


def _on_a_menu(text: str) -> str:
    """Foreign words on a menu: an ampersand is no mnemonic."""
    return text.replace("&", "&&")
