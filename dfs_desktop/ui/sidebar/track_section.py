"""The tracks of the open orbit below its collections; not there where the server has none."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QListWidgetItem, QWidget

from dfs_desktop.api import Track
from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import icon_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.plan import CopyPlan
from dfs_desktop.workspace.tracks.track_list import TrackList

from .name_list import ID_ROLE, CountPainter, DropList, Name

_MOST_ROWS = 8  # more are scrolled to


class _List(DropList):
    """Its height is that of its rows. Files, and artifacts of the orbit, become versions by a drop."""

    def __init__(self, tracks: TrackList) -> None:
        super().__init__()
        self._tracks = tracks

    def takes(self, plan: CopyPlan, key: str) -> bool:
        """Artifacts of another orbit, or of another type, are no versions."""
        return self._tracks.takes(key, plan.artifacts, plan.origin.profile, plan.origin.place)

    def sizeHint(self) -> QSize:
        rows = min(max(self.count(), 1), _MOST_ROWS)
        height = rows * max(self.sizeHintForRow(0), 1) + 2 * self.frameWidth() + 4
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.sizeHint().height(), self.fontMetrics().height() * 5))


class TrackSection(QWidget):
    """A heading with a button to make one, and the names."""

    new_requested = Signal()

    def __init__(self, tracks: TrackList) -> None:
        super().__init__()
        self._tracks = tracks
        self.list = named(_List(tracks), "trackList", reads=tr("Tracks"))
        self.list.setItemDelegate(CountPainter(self.list))
        self.list.currentItemChanged.connect(self._chosen)
        self.list.itemClicked.connect(self._chosen)
        hint = tr("New track: versions of a model, with stages such as “production”")
        new = icon_button(
            "plus", self.new_requested.emit, name="newTrackButton", reads=tr("New track"), tip=hint
        )
        title = plain_label(tr("Tracks"), heading=True)
        column(row(title, None, new, margins=(8, 8, 0, 0)), self.list, of=self, spacing=4)
        tracks.changed.connect(self.show_tracks)
        self.show_tracks()

    def show_tracks(self) -> None:
        tracks = self._tracks
        self.setVisible(tracks.there)
        self.list.show_names([self._name(track) for track in tracks.tracks], tracks.opened)
        self.list.setVisible(bool(tracks.tracks))
        self.list.updateGeometry()

    def _name(self, track: Track) -> Name:
        known, name = self._tracks.entries.get(track.id), visible(track.name)
        count = track.total_entries if known is None else len(known)
        spoken = name if count is None else f"{name}, {quantities.count(count, 'version')}"
        tip = f"{name}\n{visible(track.description)}".strip()
        return Name(track.id, track.name, count, tip, spoken)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._tracks.open(item.data(ID_ROLE))
