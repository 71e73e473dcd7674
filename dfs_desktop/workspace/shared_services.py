"""What all windows have in common: transfers, connections, what is on this computer, the children."""

from collections.abc import Callable
from pathlib import Path
from weakref import WeakKeyDictionary

from msgspec import Struct

from dfs_desktop.credentials import Credentials
from dfs_desktop.transfers.job import Job
from dfs_desktop.transfers.job_runner import JobRunner
from dfs_desktop.transfers.journal import Journal
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.transfers.unfinished_deletions import Deletions
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workers.reader.caller import Reader

from .copies.copied_from import CopyRecords
from .events import Event
from .library.checking import Checking, measure_here
from .library.index import Index
from .library.library import Library
from .library.mirrors import Mirrors
from .library.watched_folders import WatchedFolders
from .listing.cache import ListingCache
from .offline.waiting_changes import WaitingList
from .registry.clients import Clients, StartLocal
from .registry.lasting_key import Accepting, LastingKey
from .state import AppState
from .transfers.batch import Batch
from .transfers.limits import TransferLimits
from .transfers.room_watch import RoomWatch


class Means(Struct, frozen=True):
    """What the services stand on; parts that are None are done without.

    ``downloads``: where downloads go until the person chooses a folder. ``local_keys``: the local
    registry as far as it takes keys of notebooks. ``library``: the file that keeps what is on this
    computer; without one it is forgotten.
    """

    credentials: Credentials
    start_local: StartLocal
    downloads: Path
    cache: ListingCache
    journal: Journal | None = None
    byte_worker: ByteWorker | None = None
    local_keys: Accepting | None = None
    library: Path | None = None


class SharedServices:
    """They speak through the first window; closed, that one hands on what they say."""

    def __init__(self, state: AppState, means: Means, download_folder: Callable[[], Path]) -> None:
        self.means = means
        self.open: list[AppState] = [state]  # the windows, the one in front first
        self.front_changed: Event[[]] = Event()
        self.job_changed: Event[[Job]] = Event()  # heard by every window
        self.server_changed: Event[[AppState, str]] = Event()  # changed or removed there
        self._asked_by: WeakKeyDictionary[Job, AppState] = WeakKeyDictionary()
        journal, byte_worker = means.journal, means.byte_worker
        self.reader = Reader()  # the process in which everything that others made is opened
        self.clients = Clients(state, means.credentials, means.start_local, byte_worker)
        runner = JobRunner(self.clients.of_job, lambda: self.queue.jobs)
        parallel = state.settings.parallel_transfers
        self.queue = Queue(parallel, self.job_changed.emit, runner, journal)
        self.deletions = Deletions(journal)
        keys = means.local_keys
        self.lasting_key = (
            None if keys is None else LastingKey(state.tasks, means.credentials, keys)
        )
        self.limits = TransferLimits(state, self.queue)
        self.room_watch = RoomWatch(state, self.queue)
        self.batch = Batch()
        self.library = Library(state, Index(means.library))
        measure = byte_worker.measure if byte_worker is not None else measure_here
        self.checking = Checking(state, self.library, measure, lambda: bool(self.queue.busy()))
        self.watched_folders = WatchedFolders(state, self.library, self.checking, download_folder)
        self.mirrors = Mirrors(state, self.queue, self.library, self.clients)
        kept = journal.path if journal is not None else state.settings_file.path
        self.moves = kept.with_name("registry-move.json") if journal is not None else None
        waiting = kept.with_name("waiting-changes.json") if journal is not None else None
        self.waiting = WaitingList(waiting)
        self.copy_records = CopyRecords(kept.with_name("copies.sqlite3"))

    def asked_by(self, job: Job) -> AppState:
        """The window from which a transfer was begun: the one that was in front."""
        return self._asked_by.setdefault(job, self.open[0])

    def add_window(self, state: AppState) -> None:
        """Another window: its rows are marked, and what it lists is kept in step."""
        self.library.serve(state)
        self.mirrors.follow(state)

    def to_front(self, state: AppState) -> None:
        """A window is opened, or the person turns to it."""
        if self.open[:1] != [state]:
            state.speak_through(None)
            self.open = [state, *(each for each in self.open if each is not state)]
            self.front_changed.emit()

    def behind(self, state: AppState) -> None:
        """A window is opened behind the others."""
        self.open.append(state)

    def close_window(self, state: AppState) -> None:
        """One of several is closed: the others stay, and say what is to be said."""
        self.open = [each for each in self.open if each is not state]
        state.speak_through(self.open[0])
        self.front_changed.emit()
