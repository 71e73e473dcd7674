"""What the services of the workspace share: the open session, its rows, the settings, what is said."""

import asyncio
import copy
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import Fingerprint
from dfs_desktop.settings import LOCAL, Profile, Settings, SettingsFile
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace.listing.listing import Listing

from .events import Event
from .notices import Action, NoticeBoard, from_error
from .session import Session
from .tasks import Tasks
from .time_slices import Slices

log = logging.getLogger(__name__)

UNSAVED = later("Your settings could not be saved")


def _failure(name: str) -> str:
    """The key of a failure that only the task's end told: what a coroutine told itself stays."""
    return f"task: {name}"


class AppState:
    """Lives on the event loop's thread; each service has it, and none owns another's part of it."""

    def __init__(
        self, settings_file: SettingsFile, settings: Settings, beside: "AppState | None" = None
    ) -> None:
        """`beside`: that of another window, which writes the same settings."""
        self.settings_file, self.settings = settings_file, settings
        self.session = Session(self.profiles()[0])
        self.session_changed: Event[[]] = Event()
        self.listing = Listing()
        self.slices = Slices(self.listing.together)
        self.notices = NoticeBoard(self._server)
        self.notify = self.notices.notify
        self.session_changed.connect(lambda: self.notices.leave(self.session.profile.id))
        self.tasks = Tasks(self._failed, lambda name: self.notices.withdraw(_failure(name)))
        self.folder_requested: Event[[Path]] = Event()  # a file is to be shown in its folder
        self.quick_look_requested: Event[[Path]] = Event()  # a file; once more closes it
        self.quick_look_moved: Event[[Path]] = Event()  # the list with the file is at another one
        self.look_requested: Event[[Path]] = Event()  # a file is to be looked into
        self.upload_requested: Event[[list[Path]]] = Event()  # files are to be reviewed for upload
        # files that have the names, descriptions and tags of these artifacts are to be reviewed again
        self.upload_again_requested: Event[[dict[Path, ModelArtifact]]] = Event()
        self.page_requested: Event[[str]] = Event()  # an address of the web is to be opened
        self.library_requested: Event[[str]] = Event()  # its page is to be shown, so filtered
        self.move_report_requested: Event[[]] = Event()
        # the SHA-256 of a file in this state, where it was read before; safe for threads
        self.known_hash: Callable[[str, Fingerprint], str] = lambda _path, _mark: ""
        # a checked copy of a record, an original included
        self.any_copy: Callable[[ModelArtifact], Path | None] = lambda _record: None
        # a copy of a record that was checked, where the library knows one besides an uploaded original
        self.copy_on_disk: Callable[[ModelArtifact], Path | None] = lambda _record: None
        # Where a window stands, or what it shows, is another one; and the language of all of them.
        self.window_changed: Event[[]] = Event() if beside is None else beside.window_changed
        self.language_chosen: Event[[]] = Event() if beside is None else beside.language_chosen
        self._saving: asyncio.Lock = asyncio.Lock() if beside is None else beside._saving

    def speak_through(self, other: "AppState | None") -> None:
        """The window was closed: what is to be said, or shown, is so in another one. None: it is open."""
        self.notices.elsewhere = other.notices if other is not None else None
        self.library_requested.elsewhere = other.library_requested if other is not None else None
        self.upload_requested.elsewhere = other.upload_requested if other is not None else None
        self.move_report_requested.elsewhere = (
            other.move_report_requested if other is not None else None
        )

    def _server(self) -> str:
        return self.session.profile.id if self.session.client is not None else ""

    def _failed(self, error: BaseException, name: str) -> None:
        log.error("%s failed: %s", name, type(error).__name__, exc_info=error)
        # The script that finds texts makes them of the names of tasks.
        self.notify(replace(from_error(error, tr(f"Could not {name}")), key=_failure(name)))

    def attempt(self, title: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start what the person asked for. A failure is told under this title, with the way to begin
        it again."""
        self.tasks.start(self._attempt(title, work), "do what was asked for")

    async def _attempt(self, title: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  told, with the way to try again
            again = Action(tr("Try again"), lambda: self.attempt(title, work))
            self.notices.notify(from_error(error, title, again))
        else:
            self.notices.withdraw(title)

    def profiles(self) -> list[Profile]:
        """The local registry first, then the saved servers."""
        local = Profile(id=LOCAL, name=tr("On this computer"), base_url="")
        return [local, *self.settings.profiles]

    def name_local(self) -> None:
        """The language is another one: the local registry has its name in it."""
        if self.session.profile.id == LOCAL:
            self.session.profile = self.profiles()[0]

    def profile(self, profile_id: str) -> Profile | None:
        """A known server; None for one that was removed."""
        return next((each for each in self.profiles() if each.id == profile_id), None)

    def save_settings(self) -> None:
        """Write the preferences on a worker thread (the disk may be slow), a copy as they are now."""
        self.tasks.start(self._write(copy.deepcopy(self.settings)), "save the settings")

    async def write_settings(self) -> None:
        """Write the preferences before the program ends."""
        await self._write(self.settings)

    async def _write(self, settings: Settings) -> None:
        """A full disk costs the memory of a layout, never the session. One after the other: on two
        threads the older of two copies might be the last to be written."""
        async with self._saving:
            try:
                await self.tasks.in_thread(self.settings_file.save, settings)
            except OSError as error:
                log.warning("settings not saved: %s", error.strerror)
                if tr(UNSAVED) not in self.notices:  # said once for one trouble
                    error.filename = str(self.settings_file.path)
                    self.notices.notify(replace(from_error(error, tr(UNSAVED)), place=""))
            else:
                self.notices.withdraw(tr(UNSAVED))
