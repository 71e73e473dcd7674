"""The one owner of what the window shows: connection, listing, transfers, notices, journeys."""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.credentials import Credentials
from dfs_desktop.settings import Profile, Settings, SettingsFile
from dfs_desktop.transfers.deletions import Deletions
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.transfers.journal import Journal
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workers.reader.caller import Reader
from dfs_desktop.workspace.attention.attention import Attention
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.downloads.member_saver import MemberSaver
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.listing.cache import CachedListing, ListingCache
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.registry.connections import Connections
from dfs_desktop.workspace.registry.deleter import Deleter
from dfs_desktop.workspace.registry.editor import Editor
from dfs_desktop.workspace.registry.undo_list import UndoList
from dfs_desktop.workspace.transfers.transfers import Transfers
from dfs_desktop.workspace.uploads.uploads import Uploads

from . import formats
from .events import Event, hear_failures
from .notices import Notice, from_error
from .session import LOCAL, Session
from .tasks import Tasks

if TYPE_CHECKING:  # httpx is imported when a server is spoken to: the rows of last time come first
    from dfs_desktop.api import AsyncDataForceClient

log = logging.getLogger(__name__)

UNSAVED = "Your settings could not be saved"

EDIT_SECONDS = 3.0  # to wait at the end for the last change of a record


class LocalServer(Struct, frozen=True):
    """Where the embedded registry answers. Its key lives for one run and only in memory."""

    url: str
    api_key: str

    def __repr__(self) -> str:
        return f"LocalServer({self.url})"


StartLocal = Callable[[], LocalServer]


class Workspace:
    """State and journeys. Lives on the event loop's thread; knows nothing of Qt."""

    def __init__(
        self,
        settings_file: SettingsFile,
        settings: Settings,
        credentials: Credentials,
        start_local: StartLocal,
        downloads: Path,
        memory: ListingCache,
        journal: Journal | None = None,
        byte_worker: ByteWorker | None = None,
    ) -> None:
        """``byte_worker``: what moves and hashes bytes; without one this process does it."""
        self.byte_worker = byte_worker
        self.settings_file = settings_file
        self._saving = asyncio.Lock()
        self.settings = settings
        self.credentials = credentials
        self.start_local = start_local
        self.default_downloads = downloads
        self.memory = memory
        self.local: LocalServer | None = None
        self.session_changed: Event[[]] = Event()
        self.noticed: Event[[Notice]] = Event()
        self.notice_withdrawn: Event[[str]] = Event()
        self.job_changed: Event[[Job]] = Event()
        self._standing: dict[str, str] = {}  # keys of notices that stay, and the server of each
        self.session_changed.connect(self._withdraw_elsewhere)
        self.session_changed.connect(self._take_over_clock)
        self.tasks = Tasks(self._failed, self._succeeded)
        hear_failures[:] = [lambda error: self.notify(from_error(error, "Something went wrong"))]
        self.listing = Listing()
        self.transfers = Transfers(self)
        self.journal = journal
        self.queue = Queue(
            settings.parallel_transfers, self._job_changed, self.transfers.work, journal
        )
        self.queue.set_rate(Kind.UPLOAD, settings.upload_limit)
        self.queue.set_rate(Kind.DOWNLOAD, settings.download_limit)
        self.session = Session(Profile(id=LOCAL, name="On this computer", base_url=""))
        self.clients: dict[str, AsyncDataForceClient] = {}
        self.connections = Connections(self)
        self.browser = Browser(self)
        self.uploads = Uploads(self)
        self.downloads = Downloads(self)
        self.undo_list = UndoList()
        self.editor = Editor(self)
        self.deletions = Deletions(journal)
        self.deleter = Deleter(self)
        self.attention = Attention(self)
        self.reader = Reader()  # the process in which everything that others made is opened
        self.inspector = Inspector(self)
        self.member_saver = MemberSaver(self)

    def _take_over_clock(self) -> None:
        client = self.session.client
        formats.use_server_clock(client.clock_ahead if client is not None else 0.0)

    def profiles(self) -> list[Profile]:
        """The local registry first, then the saved servers."""
        local = Profile(id=LOCAL, name="On this computer", base_url="")
        return [local, *self.settings.profiles]

    def _job_changed(self, job: Job) -> None:
        self.transfers.heard(job)
        self.job_changed.emit(job)

    def notify(self, notice: Notice) -> None:
        """Say something. What stays until read leaves when another server is shown than it is about."""
        here = self.session.profile.id if self.session.client is not None else ""
        place = here if notice.place is None else notice.place
        if notice.seconds is None:
            self._standing[notice.key] = place
        self.noticed.emit(notice)

    def withdraw(self, key: str) -> None:
        """The cause of a notice has passed."""
        if self._standing.pop(key, None) is not None:
            self.notice_withdrawn.emit(key)

    def _withdraw_elsewhere(self) -> None:
        for key, place in list(self._standing.items()):
            if place not in {"", self.session.profile.id}:
                self.withdraw(key)

    def _failed(self, error: BaseException, name: str) -> None:
        log.error("%s failed: %s", name, type(error).__name__, exc_info=error)
        self.notify(from_error(error, f"Could not {name}"))

    def _succeeded(self, name: str) -> None:
        self.withdraw(f"Could not {name}")

    def save_settings(self) -> None:
        """Write the preferences on a worker thread (the disk may be slow), a copy as they are now."""
        self.tasks.start(self._save(copy.deepcopy(self.settings)), "save the settings")

    async def _save(self, settings: Settings) -> None:
        """A full disk costs the memory of a layout, never the session. One after the other: on two
        threads the older of two copies might be the last to be written."""
        async with self._saving:
            try:
                await self.tasks.in_thread(self.settings_file.save, settings)
            except OSError as error:
                log.warning("settings not saved: %s", error.strerror)
                self._say_unsaved(error)
            else:
                self.withdraw(UNSAVED)

    def _say_unsaved(self, error: OSError) -> None:
        """Once for one trouble, by the name of the file that the person knows."""
        if UNSAVED not in self._standing:
            error.filename = str(self.settings_file.path)
            notice = from_error(error, UNSAVED)
            self.notify(replace(notice, place=""))

    def remember(self) -> None:
        """Keep what the window shows for the next time this server is opened."""
        seen = self.browser.seen()
        if seen is not None:
            self.memory.save(self.session.profile.id, seen)

    def remember_soon(self) -> None:
        """The same while the program runs, on a worker thread: a kill must not forget it."""
        seen, profile = self.browser.seen(), self.session.profile.id
        if seen is not None:
            self.tasks.start(self._keep(profile, seen), "remember the rows")

    async def _keep(self, profile: str, seen: CachedListing) -> None:
        async with self._saving:
            await self.tasks.in_thread(self.memory.save, profile, seen)

    async def stop(self) -> None:
        """The ordered end: no new work, transfers stopped and kept, clients closed."""
        self.deleter.stop()
        await self.editor.settle(EDIT_SECONDS)
        self.remember()
        self.reader.close()
        await self.queue.stop()
        await self._save(self.settings)
        self.member_saver.stop()
        await self.tasks.stop()
        for client in self.clients.values():
            await client.aclose()
        self.clients.clear()
        if self.byte_worker is not None:
            self.byte_worker.close()
        if self.journal is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.journal.close)
        hear_failures.clear()
