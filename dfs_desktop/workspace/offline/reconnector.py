"""Notices that a server cannot be reached, tries it again by itself, and takes up what was left."""

import asyncio
import ssl
import time

from dfs_desktop.api import APIConnectionError, DataForceError, UnexpectedAnswerError
from dfs_desktop.api.errors import ServerError
from dfs_desktop.translation import tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.registry.browser import NOT_REFRESHED, Browser
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.registry.connections import could_not_connect
from dfs_desktop.workspace.session import Outage, Session, Stage
from dfs_desktop.workspace.state import AppState

FIRST_WAIT, LONGEST_WAIT = 3.0, 60.0  # seconds between two tries, doubled each time
STEADY = 120.0  # seconds after which a server that came back counts as back
_BROKEN = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
_AWAY = {502, 503, 504}  # what stands before a server says so of it


def outage(error: BaseException | None) -> DataForceError | None:
    """What among the causes of an error says that the server is out of reach, or down, for a while."""
    found: DataForceError | None = None
    while error is not None:
        if isinstance(error, APIConnectionError | UnexpectedAnswerError) and error.retryable:
            return error
        if isinstance(error, ServerError) and error.status_code in _AWAY:
            return error
        if isinstance(error, APIConnectionError):
            found = error
        if found is not None and isinstance(error, _BROKEN):  # in the midst of the greeting
            return found
        error = error.__cause__ or error.__context__
    return None


def _reason(cause: DataForceError) -> str:
    behind = isinstance(cause, UnexpectedAnswerError)
    return tr("Something else answers in place of the server") if behind else cause.title


class Reconnector:
    """One server is tried at a time: the open one. `returned` names it when it answers again."""

    def __init__(self, state: AppState, clients: Clients, browser: Browser) -> None:
        self._state, self._clients, self._browser = state, clients, browser
        self._now = asyncio.Event()
        self._wait, self._back = 0.0, 0.0  # the last wait, and when it came back after it
        self.changed: Event[[]] = Event()
        self.returned: Event[[str]] = Event()
        browser.failed.connect(self.note)

    def note(self, session: Session, error: BaseException) -> bool:
        """Something failed at this server. True when it is out of reach: it is tried from now on."""
        if (cause := outage(error)) is None:
            return False
        if session.outage is None and session is self._state.session:
            session.outage = Outage(_reason(cause))
            self._state.tasks.start(self._try(session, session.outage), "try the server again")
            self.changed.emit()
            self._state.session_changed.emit()
        return True

    def try_now(self) -> None:
        """The person does not want to wait."""
        self._now.set()

    async def _try(self, session: Session, outage_: Outage) -> None:
        fickle = time.monotonic() - self._back < STEADY  # it came back for some requests only
        wait = min(self._wait * 2, LONGEST_WAIT) if fickle and self._wait else FIRST_WAIT
        while True:
            self._now.clear()
            outage_.next_try, outage_.trying = time.monotonic() + wait, False
            self.changed.emit()
            try:
                async with asyncio.timeout(wait):
                    await self._now.wait()
            except TimeoutError:
                self._wait, wait = wait, min(wait * 2, LONGEST_WAIT)
            if self._state.session is not session:
                return
            outage_.trying = True
            self.changed.emit()
            try:
                client = await self._clients.client(session.profile)
                organizations = await client.organizations.list()
            except Exception as error:  # noqa: BLE001  said in the window
                if self._state.session is not session:
                    return
                if (cause := outage(error)) is not None:
                    outage_.reason = _reason(cause)
                    continue
                self._give_up(session, error)
                return
            break
        if self._state.session is session:
            fresh = session.client is not client
            # The rows stay, with what is selected, till the server has told them anew.
            session.remembered = session.remembered or bool(self._state.listing.artifacts())
            session.client, session.organizations = client, organizations
            session.stage, session.problem, session.error = Stage.READY, None, None
            session.outage, self._back = None, time.monotonic()
            self.changed.emit()
            self._state.notices.withdraw(NOT_REFRESHED)
            if fresh or session.list_problem is not None:
                self._browser.enter()
            else:
                self._browser.refresh()
            self.returned.emit(session.profile.id)

    def _give_up(self, session: Session, error: Exception) -> None:
        """It answers, but does not let us in: trying again by itself would not help."""
        session.outage, session.error = None, error
        session.problem = could_not_connect(session, self._browser)
        self.changed.emit()
        self._state.session_changed.emit()
        self._state.notify(session.problem)
