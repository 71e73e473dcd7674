"""The rows of last time: shown while a server is asked, and kept for when it cannot be."""

import asyncio
import time

from dfs_desktop.api import ModelArtifact
from dfs_desktop.workspace.listing.cache import CachedListing, ListingCache
from dfs_desktop.workspace.session import Place, Session
from dfs_desktop.workspace.state import AppState


class RememberedRows:
    """Moves rows between the listing and its cache on the disk."""

    def __init__(self, state: AppState, cache: ListingCache) -> None:
        self._state, self._cache = state, cache
        self._writing = asyncio.Lock()

    def recall(self) -> None:
        """Show the rows of last time while the server is asked."""
        session = self._state.session
        if (seen := self._cache.load(session.profile.id, session.wanted)) is not None:
            self._take_over(session, seen)
            self._state.listing.replace(seen.artifacts)

    async def recall_place(self, session: Session, place: Place) -> bool:
        """Show what was seen of a place when its server could be asked; all rows, with what is known
        of each. False when nothing was, or the person moved on meanwhile."""
        state = self._state
        asked = session.place
        seen, artifacts = await state.tasks.in_thread(self._read, session.profile.id, place)
        if seen is None:
            return False
        await state.listing.make_ready(artifacts)
        if state.session is not session or session.place != asked:
            return False
        self._take_over(session, seen)
        state.settings.remember_place(session.profile.id, seen.place.text())
        state.listing.replace(artifacts)
        state.session_changed.emit()
        return True

    def _read(self, profile: str, place: Place) -> tuple[CachedListing | None, list[ModelArtifact]]:
        if (seen := self._cache.load(profile, place)) is None:
            return None, []
        return seen, self._cache.load_all(profile, seen.place) or seen.artifacts

    @staticmethod
    def _take_over(session: Session, seen: CachedListing) -> None:
        session.organizations = session.organizations or seen.organizations
        if not session.orbits or session.place.organization != seen.place.organization:
            session.orbits = seen.orbits
        session.collections = seen.collections
        session.place, session.remembered = seen.place, True
        session.seen_at = seen.seen_at

    def remember(self) -> None:
        """Keep what the window shows for the next time this server is opened."""
        if (seen := self._seen()) is not None:
            self._cache.save(self._state.session.profile.id, seen)

    async def remember_all(self) -> None:
        """The same with all rows and all that is known of them, before the program ends."""
        if (seen := self._seen()) is not None:
            await self._write(self._state.session.profile.id, seen)

    def remember_soon(self) -> None:
        """The same while the program runs, on a worker thread: a kill must not forget it."""
        if (seen := self._seen()) is not None:
            work = self._write(self._state.session.profile.id, seen)
            self._state.tasks.start(work, "remember the rows")

    async def _write(self, profile: str, seen: CachedListing) -> None:
        in_thread = self._state.tasks.in_thread
        async with self._writing:
            await in_thread(self._cache.save, profile, seen)
            await in_thread(self._cache.save_all, profile, seen.place, seen.artifacts)

    async def forget(self, profile_id: str) -> None:
        """Nothing is kept of this server."""
        async with self._writing:
            await self._state.tasks.in_thread(self._cache.forget, profile_id)

    async def forget_all(self) -> None:
        """Nothing is kept of any server."""
        async with self._writing:
            await self._state.tasks.in_thread(self._cache.forget_all)

    async def prune(self) -> None:
        async with self._writing:
            await self._state.tasks.in_thread(self._cache.prune)

    def _seen(self) -> CachedListing | None:
        """What to remember of the open place; None when its list has not come."""
        session = self._state.session
        waiting = session.client is None or session.loading or session.list_problem is not None
        others = session.search or session.remembered or session.partial
        if waiting or others or not session.place.collection:
            return None
        return CachedListing(
            session.place,
            list(session.organizations),
            list(session.orbits),
            list(session.collections),
            self._state.listing.artifacts(),
            session.seen_at or time.time(),
        )
