"""Chooses a collection anywhere: server, organization and orbit as boxes, the collection by typing."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from dfs_desktop.api import Collection, Orbit, Organization
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import isolated
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import choice_box, plain_label
from dfs_desktop.ui.widgets.layouts import column
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.server_problem import ServerProblem
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.destinations import Destinations, Target
from dfs_desktop.workspace.copies.plan import CopyPlan

T = TypeVar("T")
Start = Callable[[Coroutine[Any, Any, None], str], object]
_COLLECTION = Qt.ItemDataRole.UserRole
_WALKING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class DestinationChooser(QWidget):
    """`changed` tells that `target` is another one; None while none is chosen."""

    changed = Signal()

    def __init__(
        self, places: Destinations, start: Start, plan: CopyPlan, first: Target | None
    ) -> None:
        super().__init__()
        self._places, self._start, self._plan = places, start, plan
        self._step, self._asked_for = 0, first is not None
        self._organizations: Sequence[Organization] = ()
        self._orbits: Sequence[Orbit] = ()
        self._collections: Sequence[Collection] = ()
        self.target: Target | None = None
        session, last = places.session, places.last
        begun, self._wanted = session.profile.id, session.place
        if first is not None:
            begun, self._wanted = first.profile.id, first.place
        elif last is not None and last[0] in {each.id for each in places.servers}:
            begun, self._wanted = last
        self.server = choice_box("serverChooser", tr("Server"))
        self.organization = choice_box("organizationChooser", tr("Organization"))
        self.orbit = choice_box("orbitChooser", tr("Orbit"))
        self._arrange()
        servers = places.servers
        for profile in servers:
            self.server.addItem(visible(profile.name), profile.id)
        ids = [profile.id for profile in servers]
        self.server.setCurrentIndex(ids.index(begun) if begun in ids else 0)
        self.server.currentIndexChanged.connect(lambda _row: self.ask())
        self.organization.currentIndexChanged.connect(lambda _row: self._ask_orbits())
        self.orbit.currentIndexChanged.connect(lambda _row: self._ask_collections())
        self.ask()

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        boxes = (
            (tr("Server"), self.server),
            (tr("Organization"), self.organization),
            (tr("Orbit"), self.orbit),
        )
        for number, (title, box) in enumerate(boxes):
            label = plain_label(title, dim=True)
            label.setBuddy(box)
            grid.addWidget(label, number, 0)
            grid.addWidget(box, number, 1)
        self.name = named(QLineEdit(clearButtonEnabled=True), "collectionFilter")
        self.name.setPlaceholderText(tr("Find a collection, or name a new one"))
        self.name.setAccessibleName(tr("Find a collection, or name a new one"))
        self.name.textChanged.connect(lambda _text: self._fill())
        self.name.installEventFilter(self)
        self.list = named(QListWidget(), "targetCollections", reads=tr("Collections"))
        self.list.setFrameShape(QFrame.Shape.StyledPanel)
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
        return self._places.servers[max(0, self.server.currentIndex())]

    async def make_collection(self) -> Target | None:
        """Make the collection that was named anew, and take it as the target."""
        place = self._orbit_place()
        name = self.new_name
        if place is None or not name:
            return self.target
        wanted = Collection(id="", name=name, type=self._plan.kind)
        made = await self._places.create(*place, wanted)
        self.target = Target(*place, made)
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
            _fill_box(box, (), "")  # what stands there is of the server before
        profile = self._profile()

        def show(found: Sequence[Organization]) -> None:
            self._organizations = found
            _fill_box(self.organization, found, self._wanted.organization)
            self._ask_orbits()

        self._ask(lambda: self._places.organizations(profile), show)

    def _ask_orbits(self) -> None:
        self._orbits = ()
        row = self.organization.currentIndex()
        if not 0 <= row < len(self._organizations):
            return self._nothing(tr("This account has no organization there."))
        profile, organization = self._profile(), self._organizations[row]

        def show(found: Sequence[Orbit]) -> None:
            self._orbits = found
            _fill_box(self.orbit, found, self._wanted.orbit)
            self._ask_collections()

        return self._ask(lambda: self._places.orbits(profile, organization), show)

    def _ask_collections(self) -> None:
        self._collections = ()
        if (place := self._orbit_place()) is None:
            return self._nothing(tr("There is no orbit to copy to."))

        def show(found: Sequence[Collection]) -> None:
            self._collections = found
            self._fill()

        return self._ask(lambda: self._places.collections(*place), show)

    def _ask(
        self, question: Callable[[], Awaitable[Sequence[T]]], show: Callable[[Sequence[T]], None]
    ) -> None:
        """Ask the server; an answer that comes after another question is dropped."""
        self._step += 1
        step = self._step
        self._nothing("")

        async def work() -> None:
            try:
                found = await question()
            except Exception as error:  # noqa: BLE001  shown here, with a way to try again
                if step == self._step:
                    self._nothing("")
                    self.problem.say_error(self._profile(), error)
                return
            if step == self._step:
                show(found)

        self._start(work(), "look where copies can go")

    def leave(self) -> None:
        """Hear no answer any more."""
        self._step += 1

    def _nothing(self, why: str) -> None:
        self._collections = ()
        self._fill()
        self.problem.say(why)

    def _fill(self) -> None:
        """Show the collections that have the typed text in their names, and the offer of a new one."""
        text = self.name.text().strip()
        words = text.casefold()
        chosen = self.target.collection.id if self.target is not None else self._wanted.collection
        home: set[object] = {each.collection_id for each in self._plan.artifacts}
        if self._asked_for:
            home = set()  # it was meant
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
                others = (
                    row
                    for row in range(self.list.count())
                    if self.list.item(row).data(_COLLECTION) not in home
                )
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


def _fill_box(box: QComboBox, found: Sequence[Organization | Orbit], wanted: str) -> None:
    with QSignalBlocker(box):
        box.clear()
        for number, each in enumerate(found):
            box.addItem(visible(each.name), each.id)
            if each.id == wanted:
                box.setCurrentIndex(number)


def _titled(collection: Collection) -> str:
    many = collection.total_artifacts
    name = isolated(visible(collection.name))
    return name if many is None else f"{name}  ({quantities.count(many, 'artifact')})"
