"""The way to what a link, an ID or a hash refers to: at the open server, or at another known one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

from msgspec.structs import replace

from dfs_desktop.api import DataForceError, ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.registry.connections import Connections
from dfs_desktop.workspace.session import Place, Stage
from dfs_desktop.workspace.state import AppState

from .references import ContentHash, Identifier, Link
from .web_pages import deployment_link, key_of, link_to, same_site, web_page

KEY = "find"  # of all that is said here: the latest wish counts
MOST_LOOKED_AT = 50_000  # artifacts of a server
PATIENCE = 90.0  # seconds for a place to open
Match = Callable[[ModelArtifact], bool]


class Finder:
    """`found` names artifacts that are listed now and are to be selected. One wish at a time."""

    def __init__(self, state: AppState, browser: Browser, connections: Connections) -> None:
        self._state, self._browser, self._connections = state, browser, connections
        self.found: Event[[Sequence[str]]] = Event()
        self.server_wanted: Event[[]] = Event()
        self._running: asyncio.Task[None] | None = None

    def go(self, reference: Link | Identifier | ContentHash) -> None:
        """Go there, or say what it is and what to do."""
        if self._running is not None:
            self._running.cancel()
        self._state.notices.withdraw(KEY)
        self._running = self._state.tasks.start(self._go(reference), "find it")

    def go_at(self, server: str, link: Link) -> None:
        """Go to a place at this server, another one than the open one if need be."""
        profile = self._state.profile(server)
        if server == self._state.session.profile.id:
            self.go(link)
        elif profile is not None:
            self._switch(profile, link)
        else:
            text = tr("Its connection was removed from this program.")
            title = tr("Its server is not known any more")
            self._state.notify(Notice(title, text, seconds=10, key=KEY))

    async def _go(self, reference: Link | Identifier | ContentHash) -> None:
        try:
            if isinstance(reference, Link):
                await self._follow(reference)
                return
            if self._state.session.stage is Stage.CONNECTING:  # as the program starts
                await self.ready()
            if isinstance(reference, Identifier):
                await self._find_id(reference.value)
            else:
                await self._find_hash(reference.beginning)
        except DataForceError as error:
            again = Action(tr("Try again"), lambda: self.go(reference))
            notice = from_error(error, tr("Could not look for it"), again)
            self._state.notify(replace(notice, key=KEY))

    async def ready(self) -> bool:
        """Wait until a collection is open; False when none opens."""
        session = self._state.session
        await self._until(
            lambda: (
                session.stage is Stage.FAILED
                or session.list_problem is not None
                or (session.stage is Stage.READY and not session.loading)
            )
        )
        return session is self._state.session and bool(session.place.collection)

    # Links.

    async def _follow(self, link: Link) -> None:
        session = self._state.session
        await self._until(lambda: session.stage is not Stage.CONNECTING)
        if any(each.id == link.place.organization for each in session.organizations):
            self._learn(link)
            await self._visit(link.place, link.artifact)
            return
        known = self._server_of(link)
        where = visible(link.host) or tr("another server")
        if known is None:
            title = tr("This link leads to {where}", where=where)
            text = tr(
                "It is none of your servers. Add it with its API address and your key, then "
                "open the link again."
            )
            self._warn(title, text, Action(tr("Add Server…"), self.server_wanted.emit))
        elif known.id == session.profile.id:
            if session.stage is Stage.FAILED:
                text = tr("It does not answer now. Open the link again when it does.")
            else:
                text = tr("Your account is no member of the organization that the link leads to.")
            self._warn(tr("Not to be reached at {name}", name=visible(known.name)), text)
        else:
            name = visible(known.name)
            title = tr("This link leads to “{name}”", name=name)
            here = visible(session.profile.name)
            text = tr("You are at “{name}”. Transfers go on when you switch.", name=here)
            go = Action(tr("Switch to “{name}”", name=name), partial(self._switch, known, link))
            self._state.notify(Notice(title, text, action=go, seconds=30, key=KEY))

    def _server_of(self, link: Link) -> Profile | None:
        """The saved server that a link means: by its host, else by the organization seen there last."""
        profiles = [each for each in self._state.profiles() if each.id != LOCAL]
        layout = self._state.settings.layout
        for profile in profiles:
            page = web_page(profile, layout)
            if link.host and (same_site(profile.base_url, link.host) or page == link.origin != ""):
                return profile
        for profile in self._state.profiles():
            seen = Place.parse(self._state.settings.last_place(profile.id))
            if seen.organization == link.place.organization:
                return profile
        return None

    def _switch(self, profile: Profile, link: Link) -> None:
        self._connections.open(profile)
        self.go(link)

    def _learn(self, link: Link) -> None:
        """A web page whose host stands beside the server's is where its links lead."""
        profile, layout = self._state.session.profile, self._state.settings.layout
        host = link.origin and link.host
        if host and same_site(profile.base_url, host) and not web_page(profile, layout):
            layout[key_of(profile)] = link.origin
            self._state.save_settings()
            self._state.session_changed.emit()

    def page(self) -> str:
        """The web page of the open server; empty while it is not known."""
        return web_page(self._state.session.profile, self._state.settings.layout)

    def web_link(self, artifacts: Sequence[ModelArtifact]) -> str:
        """The addresses of these on the server's web page; empty while it is not known."""
        session = self._state.session
        page = self.page()
        if not page or not session.place.orbit or session.client is None:
            return ""
        generation = session.client.generation
        place, ids = session.place, [(each.collection_id, each.id) for each in artifacts]
        return "\n".join(
            link_to(page, replace(place, collection=home), key, generation) for home, key in ids
        )

    def deployment_link(self, deployment: str) -> str:
        """The address of a deployment on the server's web page; empty while it is not known."""
        page, place = self.page(), self._state.session.place
        return deployment_link(page, place, deployment) if page and place.orbit else ""

    # Places.

    async def _visit(self, place: Place, artifact: str = "") -> None:
        """Open a place of the open server, and show an artifact there."""
        session, state = self._state.session, self._state
        kinds = ("organization", "orbit", "collection")
        missing = [k for k in kinds if getattr(place, k) not in {"", getattr(session.place, k)}]
        if missing or session.search:
            self._browser.visit(place)

        def there() -> bool:
            row = bool(artifact) and artifact in state.listing
            return (
                state.session is not session or row or not (session.loading or session.remembered)
            )

        await self._until(there)
        if state.session is not session:
            return
        deleted = tr("It was deleted, or your account may not see it.")
        for wanted, here, title in (
            (place.orbit, session.place.orbit, tr("This orbit is not there")),
            (place.collection, session.place.collection, tr("This collection is not there")),
        ):
            if wanted and here != wanted:
                if session.list_problem is None:
                    self._warn(title, deleted)
                return
        if not artifact:
            return
        if artifact in state.listing:
            self.found.emit([artifact])
        else:
            if session.collection:
                deleted = tr(
                    "It was deleted in “{name}”, or your account may not see it.",
                    name=visible(session.collection.name),
                )
            self._warn(tr("This artifact is not there"), deleted)

    def _warn(self, title: str, text: str, action: Action | None = None) -> None:
        seconds = 20 if action is None else 30
        told = Notice(title, text, Level.WARNING, action, seconds=seconds, key=KEY)
        self._state.notify(told)

    async def _until(self, right: Callable[[], object]) -> None:
        """Wait until the session or the rows are so; a place that never opens is waited for in vain."""
        changed = asyncio.Event()
        with contextlib.ExitStack() as connected, contextlib.suppress(TimeoutError):
            for event in (self._state.session_changed, self._state.listing.rows_changed):
                connected.callback(event.connect(changed.set))
            async with asyncio.timeout(PATIENCE):
                while not right():
                    await changed.wait()
                    changed.clear()

    # IDs and hashes.

    async def _find_id(self, value: str) -> None:
        session = self._state.session
        if value in self._state.listing:
            self.found.emit([value])
        elif any(each.id == value for each in session.collections):
            self._browser.choose_collection(value)
        elif any(each.id == value for each in session.orbits):
            self._browser.choose_orbit(value)
        elif any(each.id == value for each in session.organizations):
            self._browser.choose_organization(value)
        else:
            nothing = tr(
                "Nothing that your account may see has this ID. It may be at another server."
            )
            await self._look_everywhere(lambda each: each.id == value, value, nothing)

    async def _find_hash(self, beginning: str) -> None:
        fitting: list[str] = []
        for number, each in enumerate(self._state.listing.artifacts(), 1):
            if each.sha256.startswith(beginning):
                fitting.append(each.id)
            if number % 1000 == 0:
                await asyncio.sleep(0)
        if fitting:
            self.found.emit(fitting)
            return
        nothing = tr(
            "Nothing that your account may see has this beginning of a SHA-256. It may be at another "
            "server."
        )
        await self._look_everywhere(lambda each: each.sha256.startswith(beginning), "", nothing)

    async def _look_everywhere(self, match: Match, collection: str, nothing: str) -> None:
        """Through the open orbit, then the other orbits of this server, until one fits."""
        session = self._state.session
        server = visible(session.profile.name)
        session.here()  # raises while nothing is open
        stop = Action(tr("Stop"), lambda: self._running is not None and self._running.cancel())
        title = tr("Looking through “{server}”…", server=server)
        self._state.notify(Notice(title, action=stop, key=KEY))
        found: Place | None = None
        artifact = ""
        looked_at = 0
        try:
            async for place, page in self._pages(collection):
                looked_at += len(page)
                fitting = next((each for each in page if match(each)), None)
                if fitting is not None:
                    artifact = fitting.id
                    found = replace(place, collection=fitting.collection_id)
                elif place.collection:
                    found = place
                if found is not None or looked_at >= MOST_LOOKED_AT:
                    break
        finally:
            self._state.notices.withdraw(KEY)
        if self._state.session is not session:
            return
        if found is not None:
            await self._visit(found, artifact)
            return
        text = nothing
        if looked_at >= MOST_LOOKED_AT:
            text = trn(
                "The newest {amount} artifact was looked at. Open its orbit, then try again.",
                "The newest {amount} artifacts were looked at. Open its orbit, then try again.",
                looked_at,
            )
        self._warn(tr("Not found at “{server}”", server=server), text)

    async def _pages(self, collection: str) -> AsyncIterator[tuple[Place, Sequence[ModelArtifact]]]:
        """Artifacts of each orbit, the open one first; a place with a collection is the one sought."""
        session = self._state.session
        client = session.here()
        opened = session.place
        for organization in sorted(
            session.organizations, key=lambda each: each.id != opened.organization
        ):
            orbits = await client.orbits.list(organization_id=organization.id)
            for orbit in sorted(orbits, key=lambda each: each.id != opened.orbit):
                place = Place(organization.id, orbit.id)
                if collection:
                    there = await client.collections.list(
                        organization_id=organization.id, orbit_id=orbit.id
                    )
                    if any(each.id == collection for each in there):
                        yield replace(place, collection=collection), ()
                        return
                artifacts = session.here_at(place).model_artifacts
                async for page in artifacts.pages(whole_orbit=True):
                    yield place, page
