"""Chooses a collection anywhere: server, organization and orbit as boxes, the collection by typing."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from dfs_desktop.api import Collection, Orbit, Organization
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import isolated
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import choice_box, fill_box
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, fields
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.server_problem import ServerProblem
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.destinations import Destinations, Target
from dfs_desktop.workspace.copies.plan import CopyPlan
from dfs_desktop.workspace.latest_answer import LatestAnswer, Start

T = TypeVar("T")
_COLLECTION = Qt.ItemDataRole.UserRole
_WALKING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class DestinationChooser(QWidget):
    """`changed` tells that `target` is another one; None while none is chosen."""

    changed = Signal()

    def __init__(
        self, places: Destinations, start: Start, plan: CopyPlan, first: Target | None
    ) -> None:
        super().__init__()
        self._places, self._plan = places, plan
        self._asking, self._asked_for = LatestAnswer(start), first is not None
        self._organizations: Sequence[Organization] = ()
        self._orbits: Sequence[Orbit] = ()
        self._collections: Sequence[Collection] = ()
        self.target: Target | None = None
        session, last = places.state.session, places.last
        begun, self._wanted = session.profile.id, session.place
        if first is not None:
            begun, self._wanted = first.profile.id, first.place
        elif last is not None and last[0] in {each.id for each in places.state.profiles()}:
            begun, self._wanted = last
        self.server = choice_box("serverChooser", tr("Server"))
        self.organization = choice_box("organizationChooser", tr("Organization"))
        self.orbit = choice_box("orbitChooser", tr("Orbit"))
        self._arrange()
        fill_box(self.server, _lines(places.state.profiles()), begun)
        self.server.currentIndexChanged.connect(lambda _row: self.ask())
        self.organization.currentIndexChanged.connect(lambda _row: self._ask_orbits())
        self.orbit.currentIndexChanged.connect(lambda _row: self._ask_collections())
        self.ask()

    def _arrange(self) -> None:
        grid = fields(
            (plain_label(tr("Server"), dim=True), self.server),
            (plain_label(tr("Organization"), dim=True), self.organization),
            (plain_label(tr("Orbit"), dim=True), self.orbit),
        )
        words = tr("Find a collection, or name a new one")
        self.name = QLineEdit(clearButtonEnabled=True, placeholderText=words)
        named(self.name, "collectionFilter", reads=words)
        self.name.textChanged.connect(lambda _text: self._fill())
        self.name.installEventFilter(self)
        self.list = named(QListWidget(), "targetCollections", reads=tr("Collections"))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self._choose())
        self.problem = ServerProblem("destination")
        self.problem.again_wanted.connect(self.ask)
        column(grid, self.name, (self.list, 1), self.problem, of=self, spacing=8)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 46, metrics.height() * 24)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk through the list while the line has the focus."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in _WALKING:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    @property
    def new_name(self) -> str:
        """The collection that is to be made before anything is copied; empty for none."""
        item = self.list.currentItem()
        return self.name.text().strip() if item is not None and not item.data(_COLLECTION) else ""

    def _profile(self) -> Profile:
        return self._places.state.profiles()[max(0, self.server.currentIndex())]

    async def make_collection(self) -> Target | None:
        """Make the collection that was named anew, and take it as the target."""
        place = self._orbit_place()
        if place is not None and self.target is not None and self.new_name:
            self.target = Target(*place, await self._places.create(*place, self.target.collection))
        return self.target

    def _orbit_place(self) -> tuple[Profile, Organization, Orbit] | None:
        row, below = self.organization.currentIndex(), self.orbit.currentIndex()
        if not (0 <= row < len(self._organizations) and 0 <= below < len(self._orbits)):
            return None
        return self._profile(), self._organizations[row], self._orbits[below]

    def ask(self) -> None:
        """Ask the chosen server for its organizations, then for what is in one of them."""
        self._organizations = self._orbits = ()
        for box in (self.organization, self.orbit):
            fill_box(box, ())  # what stands there is of the server before

        def show(found: Sequence[Organization]) -> None:
            self._organizations = found
            fill_box(self.organization, _lines(found), self._wanted.organization)
            self._ask_orbits()

        self._ask(partial(self._places.organizations, self._profile()), show)

    def _ask_orbits(self) -> None:
        self._orbits = ()
        row = self.organization.currentIndex()
        if not 0 <= row < len(self._organizations):
            return self._nothing(tr("This account has no organization there."))

        def show(found: Sequence[Orbit]) -> None:
            self._orbits = found
            fill_box(self.orbit, _lines(found), self._wanted.orbit)
            self._ask_collections()

        ask = partial(self._places.orbits, self._profile(), self._organizations[row])
        return self._ask(ask, show)

    def _ask_collections(self) -> None:
        self._collections = ()
        if (place := self._orbit_place()) is None:
            return self._nothing(tr("There is no orbit to copy to."))

        def show(found: Sequence[Collection]) -> None:
            self._collections = found
            self._fill()

        return self._ask(partial(self._places.collections, *place), show)

    def _ask(
        self, question: Callable[[], Awaitable[Sequence[T]]], show: Callable[[Sequence[T]], None]
    ) -> None:
        self._nothing("")
        self._asking.hear(question, show, self._fail, "look where copies can go")

    def _fail(self, error: Exception) -> None:
        self._nothing("")
        self.problem.say_error(self._profile(), error)

    def leave(self) -> None:
        """Hear no answer any more."""
        self._asking.forget()

    def _nothing(self, why: str) -> None:
        self._collections = ()
        self._fill()
        self.problem.say(why)

    def _fill(self) -> None:
        """Show the collections that have the typed text in their names, and the offer of a new one."""
        text = self.name.text().strip()
        words = text.casefold()
        chosen = self.target.collection.id if self.target is not None else self._wanted.collection
        home: set[object] = set()
        if not self._asked_for:  # else it was meant
            home = {each.collection_id for each in self._plan.artifacts}
        with QSignalBlocker(self.list):
            self.list.clear()
            for each in self._collections:
                if words not in each.name.casefold():
                    continue
                item = QListWidgetItem(icons.get("collection"), _titled(each))
                item.setData(_COLLECTION, each.id)
                item.setToolTip(visible(each.name))
                self.list.addItem(item)
                if each.id == chosen:
                    self.list.setCurrentItem(item)
            same = any(each.name.casefold() == words for each in self._collections)
            if text and not same and self._orbit_place() is not None:
                words = tr("New collection “{name}”", name=visible(text))
                self.list.addItem(QListWidgetItem(icons.get("plus"), words))
            if self.list.currentItem() is None or chosen in home:
                keys = (self.list.item(row).data(_COLLECTION) for row in range(self.list.count()))
                others = (row for row, key in enumerate(keys) if key not in home)
                self.list.setCurrentRow(next(others, 0))
        self.list.scrollToItem(self.list.currentItem())
        self._choose()

    def _choose(self) -> None:
        item, place = self.list.currentItem(), self._orbit_place()
        key = item.data(_COLLECTION) if item is not None else None
        found = next((each for each in self._collections if each.id == key), None)
        if place is None or item is None:
            self.target = None
        elif found is not None:
            self.target = Target(*place, found)
        else:
            new = Collection(id="", name=self.name.text().strip(), type=self._plan.kind)
            self.target = Target(*place, new)
        self.changed.emit()


def _lines(found: Sequence[Profile | Organization | Orbit]) -> list[tuple[str, str]]:
    return [(each.id, each.name) for each in found]


def _titled(collection: Collection) -> str:
    many = collection.total_artifacts
    name = isolated(visible(collection.name))
    return name if many is None else f"{name}  ({quantities.count(many, 'artifact')})"
