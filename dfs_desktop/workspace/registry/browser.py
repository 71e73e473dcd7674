"""Moves through the registry: choose an organization, an orbit, a collection; list; refresh."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

from msgspec import structs

from dfs_desktop.api import Collection, Orbit, Organization
from dfs_desktop.number_text import natural_key
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Notice, from_error
from dfs_desktop.workspace.session import Place, Session
from dfs_desktop.workspace.state import AppState

from .artifact_pages import ArtifactPages
from .remembered_rows import RememberedRows

NOT_REFRESHED = "refresh"  # the key of the notice that the rows are old


def _pick(items: Sequence[Organization | Orbit | Collection], wanted: str) -> str:
    """The id asked for if it is there, else the first one, else an empty text."""
    if any(item.id == wanted for item in items):
        return wanted
    return items[0].id if items else ""


def by_name(collections: Iterable[Collection]) -> list[Collection]:
    return sorted(collections, key=lambda each: natural_key(each.name))


class Browser:
    """Moves the session from place to place. An answer that comes after the person has moved on
    is dropped: each step re-checks that the session still stands where it was asked."""

    def __init__(self, state: AppState, queue: Queue, rows: RememberedRows) -> None:
        self._state, self.rows = state, rows
        self._pages = ArtifactPages(state, queue)
        self.renewed = self._pages.renewed
        self._step = 0
        self._refreshing: asyncio.Task[None] | None = None
        self._counted = 0.0  # when the server was asked how many artifacts collections have
        self.refreshed: Event[[]] = Event()  # every level was asked for again
        self.reopen_requested: Event[[]] = Event()  # the server is to be asked from the start
        self.edit_requested: Event[[]] = Event()  # its connection or its key is to be changed
        self.failed: Event[[Session, BaseException]] = Event()  # a place could not be read

    def _standing(self, session: Session, step: int) -> bool:
        return self._state.session is session and self._step == step

    def enter(self) -> None:
        """Go to the place of last time at the open server, or to the first there is."""
        session = self._state.session
        saved = self._state.settings.last_place(session.profile.id)
        wanted, session.wanted = session.wanted, None
        self._go(wanted or Place.parse(saved), keep=session.remembered)

    def choose_organization(self, organization_id: str) -> None:
        self._go(Place(organization_id))

    def choose_orbit(self, orbit_id: str) -> None:
        self._go(Place(self._state.session.place.organization, orbit_id))

    def choose_collection(self, collection_id: str) -> None:
        session = self._state.session
        if collection_id == session.place.collection and not session.search:
            return
        session.search = ""
        place = Place(session.place.organization, session.place.orbit, collection_id)
        step = self._arrive(session, place)
        self._state.tasks.start(self._list(session, step), "list the artifacts")

    def visit(self, place: Place) -> None:
        """Open a place anywhere at this server; what is not there gives way to the first that is."""
        here = self._state.session.place
        known = any(each.id == place.collection for each in self._state.session.collections)
        if known and (place.organization, place.orbit) == (here.organization, here.orbit):
            self.choose_collection(place.collection)
        else:
            self._go(place)

    def _go(self, place: Place, *, keep: bool = False) -> None:
        """Open a place. `keep`: what is shown is its last-known state and stays until it is renewed."""
        session = self._state.session
        session.search = ""
        organization = _pick(session.organizations, place.organization)
        keep = keep and organization == session.place.organization
        step = self._arrive(session, session.place if keep else Place(organization), keep=keep)
        if not keep:
            session.orbits = session.collections = ()
        self._state.tasks.start(self._walk(session, step, place), "open the collection")

    def _arrive(self, session: Session, place: Place, *, keep: bool = False) -> int:
        state = self._state
        state.notices.withdraw(NOT_REFRESHED)
        self.rows.remember_soon()
        session.place = place
        session.loading, session.partial = True, False
        session.remembered = keep
        session.list_problem = None
        if not keep:
            state.listing.clear()
        state.session_changed.emit()
        self._step += 1
        return self._step

    async def _walk(self, session: Session, step: int, wanted: Place) -> None:
        """Fetch orbits, then collections, then artifacts; the window fills as each arrives."""
        client = session.client
        organization = session.place.organization
        if client is None:
            return
        if not organization:
            self._show(session, step, None)
            return

        async def fetch() -> None:
            orbits = await client.orbits.list(organization_id=organization)
            if not self._standing(session, step):
                return
            session.orbits = orbits
            orbit = _pick(orbits, wanted.orbit)
            if not session.remembered or orbit != session.place.orbit:
                self._leave_remembered(session, Place(organization, orbit))
            if orbit:
                await self._load_collections(session, step, wanted.collection)

        wanted = Place(organization, wanted.orbit, wanted.collection)
        if await self._guarded(session, step, fetch, wanted) and self._standing(session, step):
            await self._list(session, step)

    def _leave_remembered(self, session: Session, place: Place) -> None:
        """The place of last time is gone, or nothing was remembered: show what is known by now."""
        if session.remembered:
            session.remembered = False
            session.collections = ()
            self._state.listing.clear()
        session.place = place
        self._state.session_changed.emit()

    async def _load_collections(self, session: Session, step: int, wanted: str) -> None:
        place = session.place
        if session.client is None:
            return
        asked = time.time()
        collections = await session.client.collections.list(
            organization_id=place.organization, orbit_id=place.orbit
        )
        if not self._standing(session, step):
            return
        session.collections, self._counted = by_name(collections), asked
        found = Place(place.organization, place.orbit, _pick(session.collections, wanted))
        if session.remembered and found != place:
            self._state.listing.clear()
        session.place = found
        self._state.session_changed.emit()

    async def _guarded(
        self, session: Session, step: int, fetch: Callable[[], Awaitable[None]], place: Place
    ) -> bool:
        """Run a step; what goes wrong is shown in place of the list, or, while the server cannot be
        reached, what was seen of the place before."""
        if session.outage is not None and await self._recall(session, step, place):
            return False
        try:
            await fetch()
        except Exception as error:  # noqa: BLE001
            session.error = error
            if self._standing(session, step):
                self.failed.emit(session, error)
            if session.outage is not None and await self._recall(session, step, place):
                return False
            again = Action(tr("Try again"), self.reopen_requested.emit)
            self._show(session, step, from_error(error, tr("Could not load this place"), again))
            return False
        return True

    async def _recall(self, session: Session, step: int, place: Place) -> bool:
        """Show what was seen of a place. False when that is nothing."""
        here = self._standing(session, step) and not session.search
        if found := here and await self.rows.recall_place(session, place):
            self._show(session, step, None)
        return found

    def _show(self, session: Session, step: int, problem: Notice | None) -> None:
        if self._standing(session, step):
            session.loading = False
            session.list_problem = problem
            self._state.session_changed.emit()

    async def _list(self, session: Session, step: int) -> None:
        if not session.place.collection:
            self._show(session, step, None)
            return
        self._state.settings.remember_place(session.profile.id, session.place.text())
        if await self._guarded(
            session, step, lambda: self._read_artifacts(session, step), session.place
        ):
            self._show(session, step, None)

    async def _read_artifacts(self, session: Session, step: int) -> None:
        await self._pages.read(session, lambda: self._standing(session, step))

    def search(self, text: str) -> None:
        """Ask the server for a name across the whole orbit; an empty text goes back."""
        session = self._state.session
        text = text.strip()
        if session.client is None or not session.place.orbit or text == session.search:
            return
        session.search = text
        step = self._arrive(session, session.place)
        self._state.tasks.start(self._list(session, step), "search the orbit")

    def refresh(self) -> None:
        """Ask again for every level; rows, selection and scroll stay meanwhile. One that is under way is
        given up: its answers are older, and might come last."""
        if self._refreshing is not None:
            self._refreshing.cancel()
        self._refreshing = self._state.tasks.start(self._refresh(), "refresh")

    async def _refresh(self) -> None:
        session, step = self._state.session, self._step
        if session.client is None or not session.place.orbit:
            self.reopen_requested.emit()
            return
        session.loading = True
        self._state.session_changed.emit()
        try:
            if not await self._load_above(session, step):
                return
            await self._load_collections(session, step, session.place.collection)
            if self._standing(session, step) and session.place.collection:
                await self._read_artifacts(session, step)
        except Exception as error:  # noqa: BLE001  the rows stay; the notice says that they are old
            self._show(session, step, session.list_problem)
            if self._standing(session, step):
                self.failed.emit(session, error)
            if self._standing(session, step) and session.outage is None:
                again = Action(tr("Try again"), self.refresh)
                notice = from_error(error, tr("Could not refresh"), again)
                self._state.notify(structs.replace(notice, key=NOT_REFRESHED))
        else:
            self._state.notices.withdraw(NOT_REFRESHED)
            self._show(session, step, None)
            self.refreshed.emit()

    async def _load_above(self, session: Session, step: int) -> bool:
        """Renew the organizations and orbits. False: the open one is gone, or the person moved on."""
        place, client = session.place, session.here()
        organizations = await client.organizations.list()
        there = place.organization in {each.id for each in organizations}
        orbits = await client.orbits.list(organization_id=place.organization) if there else []
        if not self._standing(session, step):
            return False
        session.organizations, session.orbits = organizations, orbits
        there = place.orbit in {each.id for each in orbits}
        if not there:
            self._go(place)
        return there

    def count_changed(self, collection_id: str, by: int, since: float = 0.0) -> None:
        """Keep the count beside a collection's name right without asking the server. What began
        ``since`` then was counted with its record where the server was asked after that."""
        if 0.0 < since < self._counted:
            return
        session = self._state.session
        session.collections = [
            structs.replace(collection, total_artifacts=max(0, collection.total_artifacts + by))
            if collection.id == collection_id and collection.total_artifacts is not None
            else collection
            for collection in session.collections
        ]
        self._state.session_changed.emit()
