"""A file let go on a row of the table: compared with that artifact, uploaded, or its next version."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import extension, visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import tr
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.main_window.handlers.comparison_handlers import artifact_name
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import offer, passing_menu
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.tracks.track_list import TrackList

MOST_TRACKS = 8  # of an artifact, offered for a new version
Compare = Callable[[ModelArtifact, Path], object]


class DropOnRow:
    """One file with a known ending over the row of a record; any other drop is an upload only."""

    def __init__(
        self,
        window: QWidget,
        table: TableView,
        state: AppState,
        tracks: TrackList,
        compare: Compare,
    ) -> None:
        self._window, self._table, self._state = window, table, state
        self._tracks, self._compare = tracks, compare

    def _under(self, paths: Sequence[Path], point: QPoint) -> ModelArtifact | None:
        """The record at this point of the window, when one file with a known ending hangs over it."""
        table = self._table
        # Without an ending it is a folder, most likely; the disk is not asked while the mouse moves.
        one = len(paths) == 1 and bool(extension(paths[0].name))
        if not one or not table.isVisible() or self._state.session.client is None:
            return None
        place = table.viewport().mapFrom(self._window, point)
        if not table.viewport().rect().contains(place):
            return None
        row = table.table.row(table.rowAt(place.y()))
        return None if row is None or is_provisional(row.artifact.id) else row.artifact

    def hint(self, paths: Sequence[Path], point: QPoint) -> str:
        """What letting go here offers beside the upload; "" where it is an upload only."""
        if (artifact := self._under(paths, point)) is None:
            return ""
        file, name = visible(paths[0].name), artifact_name(artifact)
        if self._tracks.of(artifact.id):
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
        collection = self._state.session.collection
        target = tr("Upload…")
        if collection is not None:
            target = tr("Upload to “{name}”…", name=visible(collection.name))
        compare: Callable[[], object] = functools.partial(self._compare, artifact, paths[0])
        ways = [("compare", tr("Compare with “{name}”", name=artifact_name(artifact)), compare)]
        for member in self._tracks.of(artifact.id)[:MOST_TRACKS]:
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
