"""Views: a filter, a sort and columns under a name, opened at the collection that they were saved for."""

import copy
import uuid
from collections.abc import Callable

from msgspec import structs

from dfs_desktop.number_text import natural_key
from dfs_desktop.settings import Columns, View
from dfs_desktop.translation import tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.state import AppState

from .column_layouts import ColumnLayouts
from .view_text import LONGEST_FILTER, LONGEST_NAME, ViewTextError, read_view, view_text

MOST_VIEWS = 500
_SECONDS = 8.0
_KEPT = "view"  # the key of the open one in the layout


class SavedViews:
    """While a view is open, what is changed of its columns is the view’s to take over or to lose;
    those of the collection stay as they were."""

    def __init__(
        self, state: AppState, layouts: ColumnLayouts, visit: Callable[[Place], object]
    ) -> None:
        self.changed: Event[[]] = Event()
        self.filter_wanted: Event[[str]] = Event()
        self._state, self._layouts, self._visit = state, layouts, visit
        self._open = ""
        self._coming: View | None = None  # its place is on its way
        self._again = self.view(state.settings.layout.get(_KEPT, ""))  # open at the last end
        state.session_changed.connect(self._moved)

    def _set_open(self, view_id: str) -> None:
        self._open = view_id
        self._state.settings.layout[_KEPT] = view_id

    def here(self) -> list[View]:
        """Those of the open server, by name."""
        profile = self._state.session.profile.id
        found = [view for view in self._state.settings.views if view.profile == profile]
        return sorted(found, key=lambda view: natural_key(view.name))

    def view(self, view_id: str) -> View | None:
        return next((view for view in self._state.settings.views if view.id == view_id), None)

    @property
    def opened(self) -> View | None:
        return self.view(self._open) if self._open else None

    def open(self, view_id: str) -> None:
        """Go to its collection, then filter, sort and arrange the table as it says."""
        if (view := self.view(view_id)) is None:
            return
        self._coming = view
        place = Place.parse(view.place)
        session = self._state.session
        if place != session.place or session.search:
            self._visit(place)
        self._moved()

    def _moved(self) -> None:
        session, view = self._state.session, self._coming
        if session.place.collection and (again := self._again) is not None:
            self._again = None
            if view is None and self._at(again):  # the filter was found again as it was
                self._set_open(again.id)
                self._layouts.show(again.columns)
        if view is not None and session.place.collection:
            self._coming = None
            if self._at(view):
                self._show(view)
                return
            title = tr("The collection of “{name}” is not there any more", name=view.name)
            self._state.notify(Notice(title, "", Level.WARNING, seconds=_SECONDS))
        opened = self.opened
        if opened is not None and session.place.collection and not self._at(opened):
            self._set_open("")
            if self._state.listing.applied.text == opened.filter:
                self.filter_wanted.emit("")
        self.changed.emit()

    def _at(self, view: View) -> bool:
        session = self._state.session
        there = (view.profile, view.place) == (session.profile.id, session.place.text())
        return there and not session.search

    def _show(self, view: View) -> None:
        self._set_open(view.id)
        self._layouts.show(view.columns)
        self.filter_wanted.emit(view.filter)
        self.changed.emit()

    def leave(self) -> None:
        """Back to all of the collection, with its own columns."""
        if self._open:
            self._set_open("")
            self._layouts.show(None)
            self.filter_wanted.emit("")
            self.changed.emit()

    def filtered(self, text: str) -> None:
        """The filter line says this now; one that was emptied leaves the view."""
        if (opened := self.opened) is not None and opened.filter and not text:
            self.leave()

    def save(self, name: str) -> None:
        """What is shown now, under this name; one of this name at this collection is renewed."""
        name, session = " ".join(name.split())[:LONGEST_NAME], self._state.session
        if not name or not session.place.collection or session.search:
            return
        place = session.place.text()
        same = [each for each in self.here() if (each.name, each.place) == (name, place)]
        if same:
            self.update(same[0].id)
        else:
            self._add(name, self._state.listing.applied.text, place)

    def _add(self, name: str, filter_text: str, place: str) -> None:
        view = View(
            id=uuid.uuid4().hex,
            name=name,
            profile=self._state.session.profile.id,
            place=place,
            filter=filter_text[:LONGEST_FILTER],
            columns=self._columns(),
        )
        self._keep([*self._state.settings.views, view][-MOST_VIEWS:])
        self._show(view)

    def _columns(self) -> Columns:
        listing = self._state.listing
        return structs.replace(
            copy.deepcopy(self._layouts.current()),
            sort=listing.sort_column,
            descending=listing.descending,
        )

    def _keep(self, views: list[View]) -> None:
        self._state.settings.views = views
        self._state.save_settings()
        self.changed.emit()

    def update(self, view_id: str) -> None:
        """It becomes what is shown now; a note offers the way back."""
        if (view := self.view(view_id)) is None:
            return
        text = self._state.listing.applied.text[:LONGEST_FILTER]
        fresh = structs.replace(
            view, filter=text, columns=self._columns(), place=self._state.session.place.text()
        )
        self._replace(fresh)
        self._show(fresh)
        self._told(tr("View “{name}” was updated", name=view.name), lambda: self._put_back(view))

    def rename(self, view_id: str, name: str) -> None:
        view, name = self.view(view_id), " ".join(name.split())[:LONGEST_NAME]
        if view is not None and name:
            self._replace(structs.replace(view, name=name))

    def delete(self, view_id: str) -> None:
        """The artifacts stay; a note offers the view back."""
        if (view := self.view(view_id)) is None:
            return
        self._keep([each for each in self._state.settings.views if each.id != view_id])
        self._told(tr("View “{name}” was deleted", name=view.name), lambda: self._put_back(view))
        if self._open == view_id:
            self.leave()

    def _told(self, title: str, back: Callable[[], object]) -> None:
        undo = Action(tr("Undo"), back)
        self._state.notify(Notice(title, "", action=undo, seconds=_SECONDS))

    def _replace(self, fresh: View) -> None:
        views = self._state.settings.views
        self._keep([fresh if each.id == fresh.id else each for each in views])

    def _put_back(self, view: View) -> None:
        others = [each for each in self._state.settings.views if each.id != view.id]
        self._keep([*others, view])
        if self._open == view.id:
            self._show(view)

    def text(self, view_id: str) -> str:
        """One line to be sent to somebody."""
        view = self.view(view_id)
        return view_text(view.name, view.filter, view.columns) if view is not None else ""

    def paste(self, text: str) -> bool:
        """Add a view from such a line, for the collection that is open, and open it."""
        session = self._state.session
        try:
            name, filter_text, columns = read_view(text)
        except ViewTextError as error:
            title = tr("This is no view that can be added")
            self._state.notify(Notice(title, str(error), Level.WARNING, seconds=_SECONDS))
            return False
        taken = {each.name for each in self.here()}
        number, free = 2, name
        while free in taken:
            number, free = number + 1, f"{name} {number}"
        self._layouts.show(columns)
        self._add(free, filter_text, session.place.text())
        return True
