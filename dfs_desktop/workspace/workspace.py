"""Wires the services of the program, on the event loop's thread and without Qt; ends them in order."""

import asyncio
import time
from collections.abc import AsyncGenerator
from functools import cached_property
from typing import TYPE_CHECKING

from dfs_desktop.disk_errors import is_file
from dfs_desktop.settings import Profile, Settings, SettingsFile
from dfs_desktop.transfers.job import Job
from dfs_desktop.workspace.attention.attention import Attention
from dfs_desktop.workspace.copies.copies import Copies
from dfs_desktop.workspace.deletion.deleter import Deleter
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.downloads.member_saver import MemberSaver
from dfs_desktop.workspace.editing.editor import Editor
from dfs_desktop.workspace.editing.mass_editor import MassEditor
from dfs_desktop.workspace.editing.place_editor import PlaceEditor
from dfs_desktop.workspace.editing.undo_list import UndoList
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.links.finder import Finder
from dfs_desktop.workspace.links.references import Link
from dfs_desktop.workspace.offline.reconnector import Reconnector
from dfs_desktop.workspace.offline.waiting_changes import WaitingChanges
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.registry.clients import LocalServer
from dfs_desktop.workspace.registry.connections import Connections
from dfs_desktop.workspace.registry.freshness import Freshness
from dfs_desktop.workspace.registry.record_lookup import RecordLookup
from dfs_desktop.workspace.registry.remembered_rows import RememberedRows
from dfs_desktop.workspace.tracks.arrived_uploads import ArrivedUploads
from dfs_desktop.workspace.tracks.track_editor import TrackEditor
from dfs_desktop.workspace.tracks.track_list import TrackList
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
from .shared_services import Means, SharedServices
from .state import AppState

if TYPE_CHECKING:
    from dfs_desktop.api.doctor import Finding

    from .moving.registry_mover import RegistryMover
    from .updates import UpdateCheck

ASK_AGAIN = 600.0  # seconds until servers are asked again what they have
EDIT_SECONDS = 3.0  # to wait at the end for the last change of a record


class Workspace:
    """The services by name. Each gets what it uses, and none knows this class."""

    state: AppState
    shared: SharedServices
    downloads: Downloads

    def __init__(
        self,
        settings_file: SettingsFile,
        settings: Settings,
        means: Means,
        beside: "Workspace | None" = None,
    ) -> None:
        """``beside``: that of the first window, which shares what all windows have in common."""
        first = beside is None
        state = self.state = AppState(
            settings_file, settings, None if beside is None else beside.state
        )
        self.settings, self.listing, self.tasks = settings, state.listing, state.tasks
        self.slices = state.slices
        self.session_changed, self.notices = state.session_changed, state.notices
        self.notify, self.save_settings = state.notify, state.save_settings
        self.profiles = state.profiles
        self.session_changed.connect(self._take_over_clock)
        self._beside = beside
        shared = self.shared = (
            SharedServices(state, means, lambda: self.downloads.folder)
            if beside is None
            else beside.shared
        )
        if not first:
            shared.add_window(state)
        shared.front_changed.connect(self._take_over_clock)
        self._follow_no_jobs = shared.job_changed.connect(self._job_changed)
        self.credentials, self.journal = means.credentials, means.journal
        self.byte_worker, self.reader = means.byte_worker, shared.reader
        self.clients, self.queue = shared.clients, shared.queue
        self.lasting_key, self.limits, self.batch = shared.lasting_key, shared.limits, shared.batch
        self.room_watch, self.library = shared.room_watch, shared.library
        self.checking, self.watched_folders = shared.checking, shared.watched_folders
        self.mirrors = shared.mirrors

        cache = means.cache
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
        self.connections = Connections(state, self.clients, self.browser)
        for changed in (self.connections.key_entered, self.connections.forgotten):
            changed.connect(lambda server: shared.server_changed.emit(state, server))
        shared.server_changed.connect(self._follow_server)
        self.pins = Pins(state, self.connections.forgotten)
        self.recent_places = RecentPlaces(state, self.browser.visit, self.connections.open)
        self.editor = Editor(state, self.undo_list)
        self.mass_editor = MassEditor(state, self.editor, self.undo_list)
        self.deleter = Deleter(
            state, self.queue, shared.deletions, self.clients, self.browser, self.undo_list
        )
        self.deleter.tracks_of = self.tracks.ties
        self.transfers = Transfers(state, self.queue, self.clients, self.browser)
        self.job_changed = self.transfers.job_changed
        self.jobs_changed = self.transfers.jobs_changed
        self._arrived = ArrivedUploads(state, self.clients, self.track_editor, self.deleter)
        self.speeds = Speeds(state, self.limits)
        if first:
            self.jobs_changed.connect(self.room_watch.follow)
            self.job_changed.connect(self.speeds.on_job_changed)
            self.job_changed.connect(self.batch.on_job_changed)
            self.jobs_changed.connect(self.batch.look)
            self.job_changed.connect(self.library.on_job_changed)
        self._asked = -ASK_AGAIN
        self.attention = Attention(state, self.queue, self.transfers, self.deleter)
        self.connections.key_entered.connect(self.attention.key_entered)
        self.clients.key_found.connect(self.attention.key_found)
        self.clients.network.changed.connect(self.attention.network_changed)
        self.waiting_changes = WaitingChanges(state, self.editor, self.reconnector, shared.waiting)
        self.connections.forgotten.connect(self.waiting_changes.forget)
        self.finder = Finder(state, self.browser, self.connections)
        self.copies = Copies(
            state,
            self.queue,
            self.clients,
            self.deleter,
            cache.folder.with_name("copies"),
            shared.copy_records,
            lambda server, place, artifact: self.finder.go_at(server, Link("", place, artifact)),
        )
        self._mover: RegistryMover | None = None
        self.uploads = Uploads(state, self.queue, self.reader)
        self.downloads = Downloads(state, self.queue, means.downloads)
        self.inspector = Inspector(state, self.reader, cache)
        self.member_saver = MemberSaver(state)

    def another(self) -> "Workspace":
        """That of one more window."""
        return Workspace(self.state.settings_file, self.settings, self.shared.means, self)

    @property
    def in_front(self) -> bool:
        """Whether its window is the one that the person turned to last."""
        return self.shared.open[0] is self.state

    def examine(self, profile: Profile) -> "AsyncGenerator[Finding, None]":
        """Try a connection step by step; what does that is imported when it is first asked for."""
        from .registry.doctor import examine

        return examine(self.state, self.clients, profile)

    @cached_property
    def updates(self) -> "UpdateCheck":
        """Looks for a new version; imported when it is first asked for."""
        from .updates import UpdateCheck

        return UpdateCheck(self.state, self.clients.network)

    @property
    def mover(self) -> "RegistryMover":
        """Moves the local registry to a server; imported when it is first asked for."""
        if self._beside is not None:
            return self._beside.mover
        if self._mover is None:
            from .moving.registry_mover import RegistryMover

            parts = (self.state, self.clients, self.copies, self.queue)
            self._mover = RegistryMover(*parts, self.shared.moves)
        return self._mover

    @property
    def moved(self) -> bool:
        """Whether there is a move to be told of."""
        if self._beside is not None:
            return self._beside.moved
        return self._mover is not None and self._mover.record is not None

    async def resume_move(self) -> None:
        """At the start, behind the transfers: a move that had not ended goes on."""
        moves = self.shared.moves
        if moves is not None and await self.tasks.in_thread(is_file, moves):
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
        ours = self.shared.asked_by(job) is self.state
        self.transfers.on_job_changed(job, say=ours)
        if ours:
            self.copies.on_job_changed(job)
            self._arrived.on_job_changed(job)

        if self._mover is not None:
            self._mover.on_job_changed(job)

    def _take_over_clock(self) -> None:
        if not self.in_front:
            return
        client = self.session.client
        quantities.use_server_clock(client.clock_ahead if client is not None else 0.0)

    def _follow_server(self, changed_in: AppState, server: str) -> None:
        if changed_in is not self.state and self.state in self.shared.open:
            self.connections.follow(server)

    async def ask_servers(self, *, again: bool = False) -> int:
        """Ask servers what they still have of the local artifacts, now and then, or `again`; how
        many could not be asked for."""
        from dfs_desktop.workspace.library.server_check import ask_servers

        if time.monotonic() - self._asked < ASK_AGAIN and not again:
            return 0
        self._asked = time.monotonic()
        return await ask_servers(self.library, self.clients)

    async def stop_window(self) -> None:
        """The end of what only this window has: nothing more is deleted, what was typed is sent."""
        self._follow_no_jobs()
        self.transfers.stop()
        self.deleter.stop()
        await self.editor.settle(EDIT_SECONDS)
        await self.rows.remember_all()
        self.slices.finish()
        self.member_saver.stop()
        await self.tasks.stop()

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
        await self.library.close()
        if self.journal is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.journal.close)
