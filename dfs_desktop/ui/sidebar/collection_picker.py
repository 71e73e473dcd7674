"""The collection picker: connection, organization, orbit, and the collections as a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from dfs_desktop.artifact import visible
from dfs_desktop.ui.platform.local_paths import dropped_files
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import plain_label
from dfs_desktop.ui.widgets.guarded_painting import painted
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.text_lines import elided
from dfs_desktop.ui.widgets.tooltips import tooltip
from dfs_desktop.workspace.session import Session, Stage
from dfs_desktop.workspace.workspace import Workspace

from .location_button import PlaceButton, server_color
from .view_list import ViewList

_KINDS = {"A": "DataForce", "B": "DataForce", "C": "DataForce", "F": "LUML /v1", "G": "LUML /v1"}
ID_ROLE = Qt.ItemDataRole.UserRole + 1
COUNT_ROLE = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex


class CountPainter(QStyledItemDelegate):
    """The count is drawn over the row's right end; the name elides before it."""

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        count = index.data(COUNT_ROLE)
        text = "" if count is None else str(count)
        area = option.rect
        super().paint(painter, option, index)
        if text:
            painter.save()
            painter.setPen(theme.current().color("dim"))
            painter.drawText(
                area.adjusted(0, 0, -8, 0),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                text,
            )
            painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        metrics = option.fontMetrics
        count = index.data(COUNT_ROLE)
        room = option.rect.width() - 24 - metrics.horizontalAdvance(str(count or "")) - 8
        option.text = elided(metrics, option.text, Qt.TextElideMode.ElideMiddle, room)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), round(option.fontMetrics.height() * 1.9))


class CollectionList(QListWidget):
    """The collections of the open orbit. Files dropped on a name go into that collection."""

    files_dropped = Signal(list, str)  # paths, collection id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("collectionList")
        self.setAccessibleName("Collections")
        self.setItemDelegate(CountPainter(self))
        self.setAcceptDrops(True)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _target(self, mime: QMimeData, position: QPoint) -> QListWidgetItem | None:
        return self.itemAt(position) if dropped_files(mime) else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        item = self._target(event.mimeData(), event.position().toPoint())
        if item is None:
            event.ignore()
        else:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        item = self._target(event.mimeData(), event.position().toPoint())
        if item is not None:
            event.acceptProposedAction()
            paths: list[Path] = dropped_files(event.mimeData())
            self.files_dropped.emit(paths, item.data(ID_ROLE))


class Picker(QFrame):
    """Shows where the person is, and passes requests to be elsewhere to the browser."""

    files_dropped = Signal(list, str)
    menu_requested = Signal(QPoint)  # the connection's menu, at a global position

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("collectionPicker")
        self.setAccessibleName("Collection picker")
        self.setProperty("pane", True)
        self._workspace = workspace
        self._build()
        workspace.session_changed.connect(self.show_session)
        self.show_session()

    def _build(self) -> None:
        self.connection = PlaceButton("server", "Connection")
        self.connection.setObjectName("connectionButton")
        self.connection.clicked.connect(self._show_menu)
        self.organization = PlaceButton("organization", "Organization")
        self.organization.setObjectName("organizationButton")
        self.organization.chosen.connect(self._workspace.browser.choose_organization)
        self.orbit = PlaceButton("orbit", "Orbit")
        self.orbit.setObjectName("orbitButton")
        self.orbit.chosen.connect(self._workspace.browser.choose_orbit)
        self.collections = CollectionList()
        self.collections.setProperty("pane", True)
        self.collections.setStyleSheet("QListView { background: transparent; }")
        self.collections.currentItemChanged.connect(self._chosen)
        self.collections.files_dropped.connect(self.files_dropped)
        self.collections.itemClicked.connect(lambda _item: self._workspace.views.leave())
        self.views = ViewList(self._workspace.views)
        self.name = QLineEdit()
        self.name.setObjectName("newCollectionEdit")
        self.name.setPlaceholderText("Name of the new collection")
        self.name.setAccessibleName("Name of the new collection")
        self.name.returnPressed.connect(self._create)
        self.name.editingFinished.connect(self._stop_creating)
        self.name.hide()
        self.library = QPushButton("Files on this computer")
        self.library.setObjectName("libraryButton")
        self.library.setProperty("quiet", True)
        self.library.setCheckable(True)
        self.library.setToolTip("The artifacts that you have here, from any server (Ctrl+5)")
        icons.dress(self.library, "on-disk")
        column(
            self.connection, self.organization, self.orbit, 8, self._heading(),
            (self.collections, 1), self.name, 8, self.views, self.library,
            of=self, margins=(8, 8, 8, 8), spacing=4,
        )  # fmt: skip

    def _heading(self) -> QHBoxLayout:
        self.new = QToolButton()
        self.new.setObjectName("newCollectionButton")
        self.new.setAccessibleName("New collection")
        self.new.setToolTip("New collection (Ctrl+Shift+N)")
        icons.dress(self.new, "plus")
        self.new.clicked.connect(self.start_creating)
        title = plain_label("Collections", heading=True)
        return row(title, None, self.new, margins=(8, 0, 0, 0))

    def show_library(self, *, on: bool) -> None:
        """The files on this computer are in sight, or the collection is."""
        self.library.setChecked(on)
        if (item := self.collections.currentItem()) is not None:
            item.setSelected(not on)

    def _show_menu(self) -> None:
        corner = self.connection.rect().bottomLeft()
        self.menu_requested.emit(self.connection.mapToGlobal(corner))

    def show_session(self) -> None:
        session = self._workspace.session
        self.connection.show_name(session.profile.name, "\n".join(about_server(session)))
        self.connection.show_dot(server_color(session.profile.id))
        ready = session.stage is Stage.READY
        self.organization.show_choice(session.organizations, session.place.organization)
        self.orbit.show_choice(session.orbits, session.place.orbit)
        self.new.setEnabled(ready and bool(session.place.orbit))
        self._fill_collections()

    def _fill_collections(self) -> None:
        session = self._workspace.session
        wanted = [(c.id, visible(c.name), c.total_artifacts) for c in session.collections]
        with QSignalBlocker(self.collections):
            if [w[0] for w in wanted] != [
                self._item(n, ID_ROLE) for n in range(self.collections.count())
            ]:
                self.collections.clear()
                for _ in wanted:
                    self.collections.addItem(QListWidgetItem())
            for number, (key, name, count) in enumerate(wanted):
                item = self.collections.item(number)
                item.setText(name)
                item.setData(ID_ROLE, key)
                item.setData(COUNT_ROLE, count)
                item.setToolTip(tooltip(name))
                spoken = name if count is None else f"{name}, {count} artifacts"
                item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
                if key == session.place.collection:
                    self.collections.setCurrentItem(item)

    def _item(self, number: int, role: int) -> Any:
        return self.collections.item(number).data(role)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._workspace.browser.choose_collection(item.data(ID_ROLE))

    def start_creating(self) -> None:
        """Open the line for a new collection's name, in place."""
        if self.new.isEnabled():
            self.name.clear()
            self.name.show()
            self.name.setFocus()

    def _create(self) -> None:
        self._workspace.browser.create_collection(self.name.text())
        self.name.clear()
        self.name.hide()
        self.collections.setFocus()

    def _stop_creating(self) -> None:
        if not self.name.text().strip():
            self.name.hide()


def about_server(session: Session) -> list[str]:
    """Address, kind of server and the account's organizations, a line each."""
    generation = session.client.generation if session.client is not None else None
    kind = f"{_KINDS.get(generation, 'LUML')} (generation {generation})" if generation else ""
    names = ", ".join(visible(organization.name) for organization in session.organizations[:12])
    lines = (session.profile.base_url, kind, f"Organizations: {names}" if names else "")
    return [line for line in lines if line]
