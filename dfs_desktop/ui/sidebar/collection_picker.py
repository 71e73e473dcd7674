"""The collection picker: connection, organization, orbit, and the collections as a list."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidgetItem, QWidget

from dfs_desktop.api import Collection
from dfs_desktop.artifact import visible
from dfs_desktop.translation import series, tr
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.server_colors import server_color
from dfs_desktop.ui.widgets.dialogs import choice_box, icon_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row, scrolling
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.editing.place_editor import PlaceEditor
from dfs_desktop.workspace.registry import collection_kinds
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.session import Session, Stage
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.tracks.track_list import TrackList
from dfs_desktop.workspace.views.groups import Groups
from dfs_desktop.workspace.views.pins import Pins
from dfs_desktop.workspace.views.saved_views import SavedViews

from .collection_list import CollectionList
from .location_button import PlaceButton
from .name_line import FOR_NOW, NameLine, is_escape
from .name_list import ID_ROLE, Name
from .track_section import TrackSection
from .view_list import ViewList

if TYPE_CHECKING:
    from .group_list import GroupSection


class Picker(QFrame):
    """Shows where the person is, and passes requests to be elsewhere to the browser."""

    groups_left = Signal()
    groups_menu_requested = Signal(QPoint)
    menu_requested = Signal(QPoint)  # the connection's menu, at a global position

    def __init__(
        self, state: AppState, browser: Browser, place_editor: PlaceEditor, tracks: TrackList,
        groups: Groups, views: SavedViews, pins: Pins,
    ) -> None:  # fmt: skip
        super().__init__()
        named(self, "collectionPicker", reads=tr("Collection picker"))
        self.setProperty("pane", True)
        self._state, self._browser, self._place_editor = state, browser, place_editor
        self._tracks, self._groups, self._views, self._pins = tracks, groups, views, pins
        self.groups: GroupSection | None = None  # built when there are some
        self._build()
        groups.changed.connect(self._show_groups)
        self._show_groups()
        state.session_changed.connect(self.show_session)
        theme.current().changed.connect(self._show_dot)
        self.show_session()

    def _build(self) -> None:
        self.connection = named(PlaceButton("server", tr("Connection")), "connectionButton")
        self.connection.clicked.connect(self._show_menu)
        place = PlaceButton("organization", tr("Organization"))
        self.organization = named(place, "organizationButton")
        self.organization.chosen.connect(self._browser.choose_organization)
        self.orbit = named(PlaceButton("orbit", tr("Orbit")), "orbitButton")
        self.orbit.chosen.connect(self._browser.choose_orbit)
        self.collections = CollectionList()
        self.collections.currentItemChanged.connect(self._chosen)
        self.collections.itemClicked.connect(lambda _item: self._views.leave())
        self.views = ViewList(self._views)
        self.tracks = TrackSection(self._tracks)
        self._tracks.changed.connect(self._fill_collections)
        self.name = NameLine("newCollectionEdit", tr("Name of the new collection"))
        self.name.returnPressed.connect(self._create)
        self.name.left.connect(self._stop_creating)
        self.name.escaped.connect(self._leave_name)
        self.kind = choice_box("newCollectionKindBox", tr("What the new collection takes"), 8)
        self.kind.setToolTip(tr("What the collection takes; it cannot be changed later"))
        self.kind.installEventFilter(self)
        self.kind.hide()
        self.library = named(PlaceButton("on-disk", "", opens=False), "libraryButton")
        self.library.setCheckable(True)
        hint = tr("The artifacts that you have here, from any server (Ctrl+5)")
        self.library.show_name(tr("Files on this computer"), hint)
        self.collections.setMinimumHeight(self.fontMetrics().height() * 6)
        body = QWidget()
        self._column = column(
            self.connection, self.organization, self.orbit, 8, self._heading(),
            self.name, self.kind, (self.collections, 1), self.tracks, 8, self.views, 8, self.library,
            of=body, margins=(8, 8, 8, 8), spacing=4,
        )  # fmt: skip
        area = scrolling(body)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has it, and is scrolled to
        column(area, of=self)
        self.setFocusProxy(self.collections)  # F6 leads there first

    def _show_groups(self) -> None:
        if self.groups is not None or not self._groups.field:
            return
        from .group_list import GroupSection

        self.groups = GroupSection(self._groups, self)
        self.groups.left.connect(self.groups_left)
        self.groups.menu_requested.connect(self.groups_menu_requested)
        self._column.insertWidget(self._column.indexOf(self.tracks), self.groups, 2)

    def _heading(self) -> QHBoxLayout:
        hint = tr("New collection (Ctrl+Shift+N)")
        self.new = icon_button(
            "plus", self.start_creating, name="newCollectionButton", reads=tr("New collection"),
            tip=hint,
        )  # fmt: skip
        title = plain_label(tr("Collections"), heading=True)
        return row(title, None, self.new, margins=(8, 0, 0, 0))

    def show_library(self, *, on: bool) -> None:
        """The files on this computer are in sight, or the collection is."""
        self.library.setChecked(on)
        if (item := self.collections.currentItem()) is not None:
            item.setSelected(not on)

    def _show_menu(self) -> None:
        corner = self.connection.rect().bottomLeft()
        self.menu_requested.emit(self.connection.mapToGlobal(corner))

    def _show_dot(self) -> None:
        self.connection.show_dot(server_color(self._state.session.profile))

    def show_session(self) -> None:
        session = self._state.session
        self.connection.show_name(session.profile.name, "\n".join(about_server(session)))
        self._show_dot()
        ready = session.stage is Stage.READY
        self.organization.show_choice(session.organizations, session.place.organization)
        self.orbit.show_choice(session.orbits, session.place.orbit)
        self.new.setEnabled(ready and bool(session.place.orbit))
        self._fill_collections()

    def _fill_collections(self) -> None:
        """While the page of a track is shown, no collection is the chosen one."""
        session = self._state.session
        names = [self._name(each) for each in self._pins.first(session.collections)]
        chosen = "" if self._tracks.opened else session.place.collection
        self.collections.show_names(names, chosen)

    def _name(self, collection: Collection) -> Name:
        name, pinned = visible(collection.name), collection.id in self._pins
        takes = tr("Takes {kinds}", kinds=visible(collection_kinds.words(collection.type)))
        updated = quantities.parse_time(collection.updated_at or collection.created_at)
        when = tr("Updated {time}", time=quantities.exact_time(updated)) if updated else ""
        lines = (name, visible(collection.description), takes, when)
        spoken, count = [name], collection.total_artifacts
        spoken += [] if count is None else [quantities.count(count, "artifact")]
        spoken += [tr("pinned")] if pinned else []
        tip = "\n".join(line for line in lines if line)
        return Name(collection.id, collection.name, count, tip, series(spoken), pinned)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._tracks.leave()
            self._browser.choose_collection(item.data(ID_ROLE))

    def start_creating(self) -> None:
        """Open the line for a new collection's name, in place."""
        if self.new.isEnabled():
            self.name.clear()
            self.name.show()
            client = self._state.session.client
            self.kind.clear()
            generation = client.generation if client is not None else None
            for value, _words in collection_kinds.offered(generation):
                self.kind.addItem(tr("Takes {kinds}", kinds=collection_kinds.words(value)), value)
            self.kind.show()
            self.name.setFocus()

    def _create(self) -> None:
        kind = str(self.kind.currentData() or "model")
        self._place_editor.create_collection(self.name.text(), kind=kind)
        self.name.clear()
        self.name.hide()
        self.kind.hide()
        self.collections.setFocus()

    def _leave_name(self) -> None:
        self.name.clear()
        self.collections.setFocus()  # which hides the line

    def _stop_creating(self) -> None:
        """Left without a name; one that is typed waits."""
        inside = self.name.hasFocus() or self.kind.hasFocus()
        if not inside and not self.name.text().strip():
            self.name.hide()
            self.kind.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Left by way of the choice beside the line."""
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            if event.reason() not in FOR_NOW:
                self._stop_creating()
        elif event.type() == QEvent.Type.KeyPress and is_escape(event):
            self._leave_name()
            return True
        return super().eventFilter(watched, event)


def about_server(session: Session) -> list[str]:
    """Address, kind of server and the account's organizations, a line each."""
    kind = session.client.kind if session.client is not None else ""
    names = series(visible(organization.name) for organization in session.organizations[:12])
    told = tr("Organizations: {names}", names=names) if names else ""
    return [line for line in (session.profile.base_url, kind, told) if line]
