"""The rows of last time: shown while a server is asked, and kept for the next time it is opened."""

from __future__ import annotations

import asyncio

from dfs_desktop.workspace.listing.cache import CachedListing, ListingCache, without_bulk
from dfs_desktop.workspace.state import AppState


class RememberedRows:
    """Moves rows between the listing and its cache on the disk."""

    def __init__(self, state: AppState, cache: ListingCache) -> None:
        self._state, self._cache = state, cache
        self._writing = asyncio.Lock()

    def recall(self) -> None:
        """Show the rows of last time while the server is asked."""
        session = self._state.session
        seen = self._cache.load(session.profile.id)
        if seen is not None:
            session.organizations = seen.organizations
            session.orbits, session.collections = seen.orbits, seen.collections
            session.place, session.remembered = seen.place, True
            self._state.listing.replace(seen.artifacts)

    def remember(self) -> None:
        """Keep what the window shows for the next time this server is opened."""
        seen = self._seen()
        if seen is not None:
            self._cache.save(self._state.session.profile.id, seen)

    def remember_soon(self) -> None:
        """The same while the program runs, on a worker thread: a kill must not forget it."""
        seen = self._seen()
        if seen is not None:
            work = self._write(self._state.session.profile.id, seen)
            self._state.tasks.start(work, "remember the rows")

    async def _write(self, profile: str, seen: CachedListing) -> None:
        async with self._writing:
            await self._state.tasks.in_thread(self._cache.save, profile, seen)

    async def forget(self, profile_id: str) -> None:
        """Nothing is kept of this server."""
        await self._state.tasks.in_thread(self._cache.forget, profile_id)

    def _seen(self) -> CachedListing | None:
        """What to remember of the open place; None when its list has not come."""
        session = self._state.session
        waiting = session.client is None or session.loading or session.list_problem is not None
        if waiting or session.search:
            return None
        return CachedListing(
            session.place,
            list(session.organizations),
            list(session.orbits),
            list(session.collections),
            without_bulk(self._state.listing.artifacts()),
        )
