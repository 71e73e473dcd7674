"""Reads the artifacts of the open place into the listing, page by page."""

import time
from collections.abc import Callable, Sequence

from dfs_desktop.api import ModelArtifact
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.listing.row_changes import told
from dfs_desktop.workspace.session import Session
from dfs_desktop.workspace.state import AppState

MOST_NEW = 10_000  # rows that come into the list at once: the window waits for them


class ArtifactPages:
    """The list of the server, in place of what is shown."""

    def __init__(self, state: AppState, queue: Queue) -> None:
        self._state, self._queue = state, queue
        self.renewed: Event[[list[str], list[ModelArtifact]]] = Event()  # changed; gone

    async def read(self, session: Session, standing: Callable[[], bool]) -> None:
        """Read them all, as long as the session is `standing` at the place that it had."""
        listing = self._state.listing
        fresh = not listing.artifacts()
        shown, found = 0, list[ModelArtifact]()
        artifacts, words = session.here().model_artifacts, session.search or None
        async for page in artifacts.pages(search=words, whole_orbit=words is not None):
            if not standing():
                return
            found += page
            # The first rows at once; then in growing steps, since each step sorts all rows.
            if fresh and (len(found) >= shown * 1.5 or len(found) >= shown + MOST_NEW):
                session.partial = True
                shown = await self._show_more(standing, found, shown)
        session.partial = False
        if fresh and shown:
            await self._show_more(standing, found, shown)
        else:
            await listing.make_ready(found)
            if standing():
                with told(listing, None if session.remembered else self.renewed.emit):
                    self._replace(found)

    async def _show_more(
        self, standing: Callable[[], bool], found: Sequence[ModelArtifact], shown: int
    ) -> int:
        """Put what is not shown yet into the listing, in pieces; how much is shown then."""
        listing = self._state.listing
        while shown < len(found):
            more = found[shown : shown + MOST_NEW]
            await listing.make_ready(more)
            if not standing():
                break
            (listing.extend if shown else self._replace)(more)
            shown += len(more)
        return shown

    def _replace(self, artifacts: Sequence[ModelArtifact]) -> None:
        """Show what the server holds, with the transfers that run here and without what goes."""
        state = self._state
        session = state.session
        place = session.place.collection
        jobs = self._queue.running()
        if session.search:
            ids = {artifact.id for artifact in artifacts}
            jobs = [job for job in jobs if job.artifact_id in ids]
        else:
            jobs = [job for job in jobs if job.collection_id == place]
        session.remembered, session.seen_at = False, time.time()
        state.listing.wide = bool(session.search)
        state.listing.replace(artifacts, jobs)
