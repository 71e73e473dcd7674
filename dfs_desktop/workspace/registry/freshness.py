"""Looks whether others changed the open collection: when the window is looked at, or now and then."""

import asyncio
import logging
import time
from collections.abc import Sequence

from dfs_desktop.api import DataForceError, ModelArtifact
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.listing.row_changes import told_already
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.session import Session, Stage
from dfs_desktop.workspace.state import AppState

from .browser import Browser

log = logging.getLogger(__name__)

SECONDS = 30.0  # between two looks at least
_SHORT = 100  # records; a page of fewer is the whole list
_SETTING = "poll"


class Freshness:
    """One request: the first page, which has the newest. Only when it differs all is read anew; what
    changed far down a long list is seen by a refresh (F5).

    `marked`: the records that came or changed by a refresh, to be shown for a moment.
    """

    def __init__(self, state: AppState, browser: Browser) -> None:
        self.marked: Event[[list[str]]] = Event()
        self._state, self._browser = state, browser
        self._asked = 0.0
        self._polling: asyncio.Task[None] | None = None
        browser.renewed.connect(self._tell)
        state.session_changed.connect(self._keep_polling)

    @property
    def polls(self) -> bool:
        return self._state.settings.layout.get(_SETTING) == "1"

    def poll(self, on: bool) -> None:
        """Look now and then, while the program runs and at its next starts."""
        self._state.settings.layout[_SETTING] = "1" if on else "0"
        self._keep_polling()

    def _keep_polling(self) -> None:
        if self.polls and self._polling is None and self._state.session.stage is Stage.READY:
            work = self._look_often()
            self._polling = self._state.tasks.start(work, "look for changes now and then")
        elif not self.polls and self._polling is not None:
            self._polling.cancel()
            self._polling = None

    async def _look_often(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            await self.look()

    def looked_at(self) -> None:
        """The window came to the front."""
        if self._may_look(self._state.session):
            self._state.tasks.start(self.look(), "look for changes")

    def _may_look(self, session: Session) -> bool:
        there = session.client is not None and session.place.collection and not session.search
        quiet = not session.loading and session.list_problem is None and not session.remembered
        return bool(there and quiet) and time.time() - max(session.seen_at, self._asked) >= SECONDS

    async def look(self) -> None:
        """Ask for the first page. Without an answer the rows stay as they are: nobody asked."""
        session, place = self._state.session, self._state.session.place
        if not self._may_look(session):
            return
        self._asked = time.time()
        page: Sequence[ModelArtifact] = ()
        try:
            # Not `anext(pages, ())`: of an empty list Python 3.11 makes a SystemError.
            async for page in session.here().model_artifacts.pages():  # noqa: B007
                break
        except (DataForceError, OSError) as error:
            log.info("not looked for changes: %s", type(error).__name__)
            return
        still = self._state.session is session and session.place == place
        if still and not session.loading and not session.search and self._differs(page):
            self._browser.refresh()

    def _differs(self, page: Sequence[ModelArtifact]) -> bool:
        listing = self._state.listing
        rows = ((each, listing.row(each.id)) for each in page)
        if any(row is None or not told_already(each, row.artifact) for each, row in rows):
            return True
        known = [row.key for row in reversed(listing.by_time) if not is_provisional(row.key)]
        if len(page) >= _SHORT:
            known = known[: len(page)]
        return set(known) != {each.id for each in page}

    def _tell(self, fresh: list[str], gone: list[ModelArtifact]) -> None:
        if fresh:
            self.marked.emit(fresh)
        if not gone:
            return
        session = self._state.session
        name, many = gone[0].display_name, len(gone)
        if session.collection is None:
            title = tr("“{name}” is no longer in this collection", name=name)
            if many > 1:
                title = trn(
                    "{amount} artifact is no longer in this collection",
                    "{amount} artifacts are no longer in this collection",
                    many,
                )
        else:
            where = session.collection.name
            title = tr("“{name}” is no longer in “{collection}”", name=name, collection=where)
            if many > 1:
                title = trn(
                    "{amount} artifact is no longer in “{collection}”",
                    "{amount} artifacts are no longer in “{collection}”",
                    many,
                    collection=where,
                )
        said = trn("It was deleted elsewhere.", "They were deleted elsewhere.", many)
        self._state.notify(Notice(title, said, seconds=8))
