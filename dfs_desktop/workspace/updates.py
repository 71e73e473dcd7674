"""Looks for a newer version of this program, if the person wants that; tells of it, and no more."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from dfs_desktop import __version__
from dfs_desktop.api import DataForceError, Network
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr

from .notices import Action, Level, Notice, from_error
from .registry.network import NetworkChoice
from .state import AppState

log = logging.getLogger(__name__)

PAGE = "https://pypi.org/project/dfs-desktop/"
SITE = "https://pypi.org"
WEEK = 7 * 86_400.0
OFTEN = 3_600.0  # seconds between two looks at the calendar
_LOOKED = "looked_for_version"  # a key of the settings' layout: POSIX seconds
_KEY = "new version"


class UpdateCheck:
    """One question to PyPI, by the way that connections leave."""

    def __init__(self, state: AppState, network: NetworkChoice, site: str = SITE) -> None:
        self._state, self._network, self.site = state, network, site

    def use(self, *, weekly: bool) -> None:
        """Look once a week from now on, or no more."""
        self._state.settings.look_for_versions = weekly
        self._state.save_settings()
        if weekly:
            self._state.tasks.start(self._look_if_due(), "look for a new version")

    async def watch(self) -> None:
        """Look when a week is over, as long as the program runs."""
        while True:
            await self._look_if_due()
            await asyncio.sleep(OFTEN)

    def look(self) -> None:
        """The person asks."""
        self._state.tasks.start(self._look(), "look for a new version")

    async def _look_if_due(self) -> None:
        settings = self._state.settings
        if not settings.look_for_versions or 0 <= time.time() - self._looked_at() < WEEK:
            return
        try:
            found = await self._ask()
        except (DataForceError, OSError) as error:
            log.info("not looked for a new version: %s", type(error).__name__)
            return
        if found:
            self._tell(found)

    async def _look(self) -> None:
        title = tr("Could not look for a new version")
        try:
            found = await self._ask()
        except (DataForceError, OSError) as error:
            self._state.notify(from_error(error, title, Action(tr("Try again"), self.look)))
            return
        self._state.notices.withdraw(title)
        if found:
            self._tell(found)
        else:
            newest = tr("DFS Desktop {version} is the newest version", version=__version__)
            self._state.notify(Notice(newest, "", Level.SUCCESS, seconds=8, key=_KEY))

    async def _ask(self) -> str:
        """The newer version, or "". It counts as looked, whatever comes of it."""
        state = self._state
        state.settings.layout[_LOOKED] = str(int(time.time()))
        state.save_settings()
        ask = await state.tasks.in_thread(_ask_index)
        network: Network = await self._network.of(Profile(id="", name="PyPI", base_url=self.site))
        return await ask(network, self.site)

    def _looked_at(self) -> float:
        try:
            return float(self._state.settings.layout.get(_LOOKED, ""))
        except ValueError:
            return -WEEK

    def _tell(self, version: str) -> None:
        detail = tr(
            "You have {ours}. Get it the way you got this one, or see {page}. Nothing is "
            "installed by itself.",
            ours=__version__,
            page=PAGE,
        )
        title = tr("DFS Desktop {version} is there", version=version)
        show = Action(tr("Open Page"), lambda: self._state.page_requested.emit(PAGE))
        self._state.notify(Notice(title, detail, action=show, key=_KEY, place=""))


def _ask_index() -> Callable[[Network, str], Awaitable[str]]:
    """Imported on a worker thread: what speaks to servers takes long to import."""
    from dfs_desktop.api.release_index import newer_release

    return newer_release
