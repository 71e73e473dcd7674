"""Wires the services of the program, on the event loop's thread and without Qt; ends them in order."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.credentials import Credentials
from dfs_desktop.disk_errors import is_file
from dfs_desktop.settings import Settings, SettingsFile
from dfs_desktop.transfers.job import Job
from dfs_desktop.transfers.job_runner import JobRunner
from dfs_desktop.transfers.journal import Journal
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.transfers.unfinished_deletions import Deletions
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workers.reader.caller import Reader
from dfs_desktop.workspace.attention.attention import Attention
from dfs_desktop.workspace.copies.copied_from import CopyRecords
from dfs_desktop.workspace.copies.copies import Copies
from dfs_desktop.workspace.deletion.deleter import Deleter
from dfs_desktop.workspace.deletion.replaced import Replaced
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.downloads.member_saver import MemberSaver
from dfs_desktop.workspace.editing.editor import Editor
from dfs_desktop.workspace.editing.mass_editor import MassEditor
from dfs_desktop.workspace.editing.place_editor import PlaceEditor
from dfs_desktop.workspace.editing.undo_list import UndoList
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.library.checking import Checking, measure_here
from dfs_desktop.workspace.library.index import Index
from dfs_desktop.workspace.library.library import Library
from dfs_desktop.workspace.library.mirrors import Mirrors
from dfs_desktop.workspace.library.server_check import ask_servers
from dfs_desktop.workspace.library.watched_folders import WatchedFolders
from dfs_desktop.workspace.links.finder import Finder
from dfs_desktop.workspace.links.references import Link
from dfs_desktop.workspace.listing.cache import ListingCache
from dfs_desktop.workspace.offline.reconnector import Reconnector
from dfs_desktop.workspace.offline.waiting_changes import WaitingChanges
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.registry.clients import Clients, LocalServer, StartLocal
from dfs_desktop.workspace.registry.connections import Connections
from dfs_desktop.workspace.registry.doctor import Doctor
from dfs_desktop.workspace.registry.freshness import Freshness
from dfs_desktop.workspace.registry.lasting_key import Accepting, LastingKey
from dfs_desktop.workspace.registry.record_lookup import RecordLookup
from dfs_desktop.workspace.registry.remembered_rows import RememberedRows
from dfs_desktop.workspace.tracks.arrived_uploads import ArrivedUploads
from dfs_desktop.workspace.tracks.track_editor import TrackEditor
from dfs_desktop.workspace.tracks.track_list import TrackList
from dfs_desktop.workspace.transfers.batch import Batch
from dfs_desktop.workspace.transfers.limits import TransferLimits
from dfs_desktop.workspace.transfers.room_watch import RoomWatch
from dfs_desktop.workspace.transfers.speeds import Speeds
from dfs_desktop.workspace.transfers.transfers import Transfers
from dfs_desktop.workspace.uploads.uploads import Uploads
from dfs_desktop.workspace.views.column_layouts import ColumnLayouts
from dfs_desktop.workspace.views.groups import Groups
from dfs_desktop.workspace.views.metric_directions import MetricDirections
from dfs_desktop.workspace.views.pins import Pins
from dfs_desktop.workspace.views.recent_places import RecentPlaces
from dfs_desktop.workspace.views.saved_views import SavedViews

from . import quantities
from .session import Session
from .state import AppState

if TYPE_CHECKING:
    from .moving.registry_mover import RegistryMover

ASK_AGAIN = 600.0  # seconds until servers are asked again what they have
EDIT_SECONDS = 3.0  # to wait at the end for the last change of a record


class Workspace:
    """The services by name. Each gets what it uses, and none knows this class."""

    def __init__(
        self,
        settings_file: SettingsFile,
        settings: Settings,
        credentials: Credentials,
        start_local: StartLocal,
        downloads: Path,
        cache: ListingCache,
        journal: Journal | None = None,
        byte_worker: ByteWorker | None = None,
        local_keys: Accepting | None = None,
        library: Path | None = None,
    ) -> None:
        """``byte_worker``: what moves and hashes bytes; without one this process does it.

        ``local_keys``: the local registry as far as it takes keys of notebooks. ``library``: the
        file that keeps what is on this computer; without one it is forgotten.
        """
        state = self.state = AppState(settings_file, settings)
        self.settings, self.listing, self.tasks = settings, state.listing, state.tasks
        self.slices = state.slices
        self.session_changed, self.notices = state.session_changed, state.notices
        self.notify, self.save_settings = state.notices.notify, state.save_settings
        self.profiles = state.profiles
        self.session_changed.connect(self._take_over_clock)

        self.credentials, self.journal, self.byte_worker = credentials, journal, byte_worker
        self.reader = Reader()  # the process in which everything that others made is opened
        self.clients = Clients(state, credentials, start_local, byte_worker)
        runner = JobRunner(self.clients.of_job, lambda: self.queue.jobs)
        self.queue = Queue(settings.parallel_transfers, self._job_changed, runner, journal)
        self.lasting_key = (
            None if local_keys is None else LastingKey(self.tasks, credentials, local_keys)
        )
        self.limits = TransferLimits(state, self.queue)
        self.undo_list = UndoList(state)
        self.rows = RememberedRows(state, cache)
        self.column_layouts, self.metric_directions = ColumnLayouts(state), MetricDirections(state)
        self.browser = Browser(state, self.queue, self.rows)
        self.place_editor = PlaceEditor(state, self.browser, self.undo_list)
        self.tracks = TrackList(state, self.browser)
        self.track_editor = TrackEditor(state, self.tracks, self.undo_list)
        self.record_lookup = RecordLookup(state)
        self.reconnector = Reconnector(state, self.clients, self.browser)
        self.reconnector.returned.connect(lambda _server: self.queue.retry_now())
        self.freshness = Freshness(state, self.browser)
        self.groups = Groups(state)
        self.views = SavedViews(state, self.column_layouts, self.browser.visit)
        self.connections = Connections(state, self.clients, credentials, self.browser, self.rows)
        self.doctor = Doctor(state, self.clients, credentials)
        self.pins = Pins(state, self.connections.forgotten)
        self.recent_places = RecentPlaces(state, self.browser.visit, self.connections.open)
        self.editor = Editor(state, self.undo_list)
        self.mass_editor = MassEditor(state, self.editor, self.undo_list)
        self.deleter = Deleter(
            state, self.queue, Deletions(journal), self.clients, self.browser, self.undo_list
        )
        self.deleter.tracks_of = self.tracks.ties
        self.transfers = Transfers(state, self.queue, self.clients, self.browser, journal)
        self.job_changed = self.transfers.job_changed
        self.jobs_changed = self.transfers.jobs_changed
        arrived = ArrivedUploads(state, self.clients, self.track_editor)
        self.job_changed.connect(arrived.on_job_changed)
        self.job_changed.connect(Replaced(state, self.deleter).on_job_changed)
        self.room_watch = RoomWatch(state, self.queue)
        self.jobs_changed.connect(self.room_watch.follow)
        self.speeds = Speeds(state, self.limits)
        self.job_changed.connect(self.speeds.on_job_changed)
        self.batch = Batch()
        self.job_changed.connect(self.batch.on_job_changed)
        self.jobs_changed.connect(self.batch.look)
        self.library = Library(state, Index(library))
        self.job_changed.connect(self.library.on_job_changed)
        measure = byte_worker.measure if byte_worker is not None else measure_here
        self.checking = Checking(state, self.library, measure, lambda: bool(self.queue.busy()))
        self.watched_folders = WatchedFolders(
            state, self.library, self.checking, lambda: self.downloads.folder
        )
        self.mirrors = Mirrors(state, self.queue, self.library, self.clients.of)
        self._asked = -ASK_AGAIN
        self.attention = Attention(state, self.queue, self.transfers, self.deleter)
        self.connections.key_entered.connect(self.attention.key_entered)
        self.clients.key_found.connect(self.attention.key_found)
        self.clients.network.changed.connect(self.attention.network_changed)
        kept = journal.path if journal is not None else settings_file.path
        self.waiting_changes = WaitingChanges(
            state,
            self.editor,
            self.reconnector,
            kept.with_name("waiting-changes.json") if journal is not None else None,
        )
        self.connections.forgotten.connect(self.waiting_changes.forget)
        self.finder = Finder(state, self.browser, self.connections)
        self.copies = Copies(
            state,
            self.queue,
            self.clients,
            self.deleter,
            cache.folder.with_name("copies"),
            CopyRecords(kept.with_name("copies.sqlite3")),
            lambda server, place, artifact: self.finder.go_at(server, Link("", place, artifact)),
        )
        self._moves = kept.with_name("registry-move.json") if journal is not None else None
        self._mover: RegistryMover | None = None
        self.uploads = Uploads(state, self.queue, self.reader)
        self.downloads = Downloads(state, self.queue, downloads)
        self.inspector = Inspector(state, self.reader, cache)
        self.member_saver = MemberSaver(state)

    @property
    def mover(self) -> "RegistryMover":
        """Moves the local registry to a server; imported when it is first asked for."""
        if self._mover is None:
            from .moving.registry_mover import RegistryMover

            parts = (self.state, self.clients, self.copies, self.queue)
            self._mover = RegistryMover(*parts, self._moves)
        return self._mover

    @property
    def moved(self) -> bool:
        """Whether there is a move to be told of."""
        return self._mover is not None and self._mover.record is not None

    async def resume_move(self) -> None:
        """At the start, behind the transfers: a move that had not ended goes on."""
        if self._moves is not None and await self.tasks.in_thread(is_file, self._moves):
            await self.mover.resume()

    @property
    def session(self) -> Session:
        """The open connection."""
        return self.state.session

    @property
    def local(self) -> LocalServer | None:
        """Where the embedded registry answers, once it was started."""
        return self.clients.local

    def _job_changed(self, job: Job) -> None:
        self.transfers.on_job_changed(job)
        self.copies.on_job_changed(job)
        if self._mover is not None:
            self._mover.on_job_changed(job)

    def _take_over_clock(self) -> None:
        client = self.session.client
        quantities.use_server_clock(client.clock_ahead if client is not None else 0.0)

    async def ask_servers(self, *, again: bool = False) -> int:
        """Ask servers what they still have of the local artifacts, now and then, or `again`; how
        many could not be asked for."""
        if time.monotonic() - self._asked < ASK_AGAIN and not again:
            return 0
        self._asked = time.monotonic()
        return await ask_servers(self.library, self.clients.of)

    async def stop(self) -> None:
        """The ordered end: no new work, transfers stopped and kept, clients closed."""
        self.batch.close()
        self.deleter.stop()
        self.checking.close()
        await self.editor.settle(EDIT_SECONDS)
        await self.rows.remember_all()
        self.reader.close()
        self.slices.finish()
        await self.queue.stop()
        self.transfers.stop()
        if self._mover is not None:
            await self._mover.stop()
        await self.state.write_settings()
        self.member_saver.stop()
        await self.tasks.stop()
        await self.clients.close()
        if self.byte_worker is not None:
            self.byte_worker.close()
        await asyncio.get_running_loop().run_in_executor(None, self.library.close)
        if self.journal is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.journal.close)
