"""What leads to a comparison: the selected rows, a chosen file, or a file that is dropped on a row."""

import functools
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QPoint

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import extension, visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr
from dfs_desktop.ui.details.pane import MOST_COMPARED
from dfs_desktop.ui.local_file.opener import choose_artifacts
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import offer, passing_menu
from dfs_desktop.workspace.notices import from_error
from dfs_desktop.workspace.workspace import Workspace

from .window_parts import Handlers, WindowParts

MOST_TRACKS = 8  # of an artifact, offered for a new version


class ComparisonHandlers(Handlers):
    """Opens windows of comparison. Their modules are imported when the first one is opened."""

    def __init__(self, parts: WindowParts, workspace: Workspace) -> None:
        super().__init__(parts)
        self._workspace = workspace
        self._actions.connect(compare=self.compare, compare_file=self._compare_with_a_file)
        self._allow_after(
            self._table.selection_changed, workspace.listing.rows_changed, workspace.session_changed
        )

    def _chosen(self) -> list[ModelArtifact]:
        """The selected records, of very many the first; uploads that have none yet are left out."""
        chosen = (a for a in self._table.artifacts() if not a.id.startswith("job:"))
        return list(islice(chosen, MOST_COMPARED + 1))

    def allow(self) -> None:
        """Two or more can be compared; one can be compared with a file."""
        count = len(self._chosen())
        session = self._workspace.session
        # Rows of last time have neither manifests nor lists of files.
        connected = session.client is not None and not session.remembered
        some = tr("Select 2 to {most} artifacts to compare them", most=MOST_COMPARED)
        self._actions.allow("compare", connected, "" if 2 <= count <= MOST_COMPARED else some)
        one = tr("Select one artifact to compare it with a file")
        self._actions.allow("compare_file", connected, "" if count == 1 else one)

    def compare(self) -> None:
        """The selected rows side by side."""
        chosen = self._chosen()
        if 2 <= len(chosen) <= MOST_COMPARED:
            self._show(chosen)

    def _compare_with_a_file(self) -> None:
        """Ask for a file and put it beside the selected record."""
        chosen = self._chosen()
        if len(chosen) == 1:
            self._workspace.tasks.start(self._choose_file(chosen[0]), "choose a file")

    async def _choose_file(self, artifact: ModelArtifact) -> None:
        title = tr("Compare “{name}” with a file", name=_name(artifact))
        if paths := await choose_artifacts(self._window, title, self._workspace.settings):
            self._show([artifact], paths[0])

    def _show(self, artifacts: Sequence[ModelArtifact], path: Path | None = None) -> None:
        self._workspace.tasks.start(self._open(artifacts, path), "compare")

    async def _open(self, artifacts: Sequence[ModelArtifact], path: Path | None) -> None:
        from dfs_desktop.ui.comparison.window import CompareWindow
        from dfs_desktop.workspace.comparison.comparison import Comparison
        from dfs_desktop.workspace.comparison.sides import file_side, record_side, told_apart

        sides = [record_side(artifact) for artifact in artifacts]
        if path is not None:
            try:
                sides.append(await self._workspace.tasks.in_thread(file_side, path))
            except OSError as error:
                self._workspace.notify(from_error(error, tr("The file cannot be compared")))
                return
        found = Comparison(self._workspace.state, self._workspace.reader, told_apart(sides))
        CompareWindow(self._window, found, self._workspace.tasks).show()

    # A file dropped on a row

    def _under(self, paths: Sequence[Path], point: QPoint) -> ModelArtifact | None:
        """The record at this point of the window, when one file with a known ending hangs over it."""
        table = self._table
        # Without an ending it is a folder, most likely; the disk is not asked while the mouse moves.
        one = len(paths) == 1 and bool(extension(paths[0].name))
        if not one or not table.isVisible() or self._workspace.session.client is None:
            return None
        place = table.viewport().mapFrom(self._window, point)
        if not table.viewport().rect().contains(place):
            return None
        row = table.table.row(table.rowAt(place.y()))
        return None if row is None or row.artifact.id.startswith("job:") else row.artifact

    def hint(self, paths: Sequence[Path], point: QPoint) -> str:
        """What letting go here offers beside the upload; "" where it is an upload only."""
        if (artifact := self._under(paths, point)) is None:
            return ""
        file, name = visible(paths[0].name), _name(artifact)
        if self._workspace.tracks.of(artifact.id):
            return tr(
                "Let go to compare “{file}” with “{name}”, or to upload it, also as a new version",
                file=file,
                name=name,
            )
        return tr("Let go to compare “{file}” with “{name}”, or to upload it", file=file, name=name)

    def offer(
        self,
        paths: Sequence[Path],
        point: QPoint,
        upload: Callable[[], object],
        upload_version: Callable[[str], object],
    ) -> bool:
        """Ask what a file that was let go on a row is for; False when it lies beside the rows.

        ``upload_version``: uploads it as the next version of a track.
        """
        if (artifact := self._under(paths, point)) is None:
            return False
        collection = self._workspace.session.collection
        target = tr("Upload…")
        if collection is not None:
            target = tr("Upload to “{name}”…", name=visible(collection.name))
        compare: Callable[[], object] = functools.partial(self._show, [artifact], paths[0])
        ways = [("compare", tr("Compare with “{name}”", name=_name(artifact)), compare)]
        for member in self._workspace.tracks.of(artifact.id)[:MOST_TRACKS]:
            track = visible(shortened(member.track.name, 60))
            version = functools.partial(upload_version, member.track.id)
            ways.append(
                ("track", tr("Upload as a New Version of “{track}”…", track=track), version)
            )
        ways.append(("upload", target, upload))
        menu = passing_menu(self._window, "dropMenu")
        for icon, words, run in ways:
            offer(menu, words, run, icons.get(icon))
        menu.addSeparator()
        menu.addAction(tr("Cancel"))
        menu.popup(self._window.mapToGlobal(point))
        return True


def _name(artifact: ModelArtifact) -> str:
    return visible(artifact.model_name or artifact.file_name)
