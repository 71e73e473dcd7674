"""The tracks of the open orbit below its collections; not there where the server has none."""

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidgetItem, QToolButton, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.tooltips import tooltip
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.plan import CopyPlan
from dfs_desktop.workspace.tracks.track_list import TrackList

from .count_painter import COUNT_ROLE, ID_ROLE, CountPainter
from .drop_list import DropList

_MOST_ROWS = 8  # more are scrolled to


class _List(DropList):
    """Its height is that of its rows. Files, and artifacts of the orbit, become versions by a drop."""

    edit_requested = Signal()
    delete_requested = Signal()

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.edit_requested.emit()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)


class TrackSection(QWidget):
    """A heading with a button to make one, and the names. `menu_requested` at a global position."""

    new_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, tracks: TrackList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self.list = named(_List(tracks), "trackList", reads=tr("Tracks"))
        self.list.setItemDelegate(CountPainter(self.list))
        self.list.setProperty("pane", True)
        self.list.setStyleSheet("QListView { background: transparent; }")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._ask_for_menu)
        self.list.currentItemChanged.connect(self._chosen)
        self.list.itemClicked.connect(self._chosen)
        self.new = named(QToolButton(), "newTrackButton", reads=tr("New track"))
        self.new.setToolTip(tr("New track: versions of a model, with stages such as “production”"))
        icons.dress(self.new, "plus")
        self.new.clicked.connect(self.new_requested)
        title = plain_label(tr("Tracks"), heading=True)
        column(row(title, None, self.new, margins=(8, 8, 0, 0)), self.list, of=self, spacing=4)
        tracks.changed.connect(self.show_tracks)
        self.show_tracks()

    def show_tracks(self) -> None:
        tracks = self._tracks
        self.setVisible(tracks.there)
        with QSignalBlocker(self.list):
            while self.list.count() > len(tracks.tracks):
                self.list.takeItem(self.list.count() - 1)
            while self.list.count() < len(tracks.tracks):
                self.list.addItem(QListWidgetItem())
            current = -1
            for number, track in enumerate(tracks.tracks):
                item, name = self.list.item(number), visible(track.name)
                item.setText(name)
                item.setData(ID_ROLE, track.id)
                known = tracks.entries.get(track.id)
                count = track.total_entries if known is None else len(known)
                item.setData(COUNT_ROLE, count)
                item.setToolTip(tooltip(f"{name}\n{visible(track.description)}".strip()))
                spoken = name if count is None else f"{name}, {quantities.count(count, 'version')}"
                item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
                if track.id == tracks.opened:
                    current = number
            self.list.setCurrentRow(current)
            if current < 0:
                self.list.clearSelection()
        self.list.setVisible(bool(tracks.tracks))
        self.list.updateGeometry()

    def current(self) -> str:
        """The id of the track that is chosen in the list; empty without one."""
        return self.list.current()

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._tracks.open(item.data(ID_ROLE))

    def _ask_for_menu(self, place: QPoint) -> None:
        if (item := self.list.itemAt(place)) is not None:
            self.list.setCurrentItem(item)
        self.menu_requested.emit(self.list.viewport().mapToGlobal(place))
