"""The composition root: builds every room, starts the loop, and shuts all down in reverse order."""

import asyncio
import contextlib
import gc
import itertools
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication

import dfs_desktop.ui  # noqa: F401  first: from here on imports are cheap
from dfs_desktop.translation import tr

# isort: split
from dfs_desktop.transfers.journal import Journal
from dfs_desktop.ui.main_window.preload import PAUSE, import_parts_with_qt, import_parts_without_qt
from dfs_desktop.ui.main_window.qt_application import hear_qt, make_qt
from dfs_desktop.ui.main_window.window import MainWindow
from dfs_desktop.ui.main_window.windows import Windows
from dfs_desktop.ui.platform.event_loop import EventLoop
from dfs_desktop.ui.platform.single_instance import SingleInstance, Wish
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.fallback_fonts import find_families, use_families
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workspace.listing.cache import ListingCache
from dfs_desktop.workspace.notices import Level, Notice, from_error
from dfs_desktop.workspace.session import Stage
from dfs_desktop.workspace.shared_services import Means
from dfs_desktop.workspace.sleep_detector import SleepDetector
from dfs_desktop.workspace.workspace import Workspace

from . import process_safety, redaction, start_notices
from .credentials import Credentials
from .registry_process import RegistryProcess
from .settings import LOCAL, Places, SettingsFile

if TYPE_CHECKING:
    from dfs_desktop.ui.main_window.background import BackgroundTransfers

# Garbage among all that is there is looked for a sixth as often as usual: the window waits for it.
GENERATIONS = 1000, 20, 20
PAINTED = 1.0  # seconds after which what nobody sees at first is made
SETTLED = 3.0  # seconds after which the start is over
# Loggers of libraries that tell too much: httpx writes signed addresses.
QUIET = ("httpx", "httpcore", "qasync", "asyncio", "keyring")

log = logging.getLogger(__name__)


class Options(Struct):
    """What the command line asks for. `drive`, when given, runs instead of a person."""

    drive: "Callable[[Application], Awaitable[int]] | None" = None
    wishes: tuple[Wish, ...] = ()  # files to look into or to upload, links to go to


class Application:
    """Everything that lives as long as the window."""

    def __init__(
        self, qt: QApplication, places: Places, *, first: bool = True, crash: str = ""
    ) -> None:
        """Build all rooms.

        ``first``: no other program of this person has this folder open, so the journal is ours.
        ``crash``: what the last run left when it ended by a fault.
        """
        self.qt = qt
        self.places = places
        settings_file = self._settings_file = SettingsFile(places.config / "settings.json")
        settings = settings_file.load()
        registry = RegistryProcess(places)
        if settings.last_profile in {None, LOCAL}:
            registry.begin()  # its list is the first thing to be seen, so it starts beside the window
        self.theme = theme.install(qt)
        self.theme.use(settings.theme)
        if settings.contrast != "system":
            self.theme.use_contrast(settings.contrast)
        use_families(settings.layout.get("fallback_fonts", "").split("\n"))
        self.registry = registry
        self.credentials = Credentials()
        means = Means(
            self.credentials,
            self.registry.start,
            places.downloads,
            ListingCache(places.cache / "places"),
            Journal(places.data / "transfers.sqlite3") if first else None,
            ByteWorker() if os.environ.get("DFS_DESKTOP_BYTE_WORKER") != "0" else None,
            self.registry,
            places.data / "library.sqlite3" if first else None,
        )
        self.workspace = Workspace(settings_file, settings, means)
        self.windows = Windows(self.workspace, self._close)
        self._closed: asyncio.Future[None] | None = None
        self._background: BackgroundTransfers | None = None
        self.prepared = asyncio.Event()  # everything that the start left out is there
        qt.commitDataRequest.connect(self._session_ends)
        if not first:
            self.workspace.notify(
                Notice(
                    tr("Another window of this program is open and does not answer"),
                    tr(
                        "The list of transfers is there. Transfers of this window are forgotten when "
                        "it closes."
                    ),
                    Level.WARNING,
                )
            )
        if settings_file.notice:
            self.workspace.notify(
                Notice(tr("Your settings could not be read"), settings_file.notice, Level.WARNING)
            )
        if lost := self.workspace.shared.waiting.notice:
            self.workspace.notify(
                Notice(tr("The changes that wait could not be read"), lost, Level.WARNING, place="")
            )
        if crash:
            copy = QApplication.clipboard().setText
            self.workspace.notify(start_notices.crashed(crash, copy))

    @property
    def window(self) -> MainWindow:
        """The first one."""
        return self.windows.all[0]

    async def run(self, options: Options) -> int:
        """Show the window, live until it is closed, end in order. Returns the exit code."""
        loop = asyncio.get_running_loop()
        self._closed = loop.create_future()
        loop.set_exception_handler(self._loop_failed)
        self._listen_to_signals(loop)
        self.window.show()
        start = self.workspace.tasks.start
        start(self._try_places(), "look whether the folders can be written")
        self.workspace.connections.start()
        start(self.workspace.library.load(), "look at the local artifacts")
        start(self._resume_transfers(), "go on with the transfers of last time")
        start(self.workspace.deleter.resume(), "finish the deletions")
        sleep_detector = SleepDetector(self.workspace.queue.retry_now)
        start(sleep_detector.watch(), "notice that the computer slept")
        loop.call_later(PAINTED, self.window.actions_.dress)
        loop.call_later(SETTLED, _collect_garbage_again)
        self._fulfil(options.wishes)
        self._unsubscribe = self.workspace.session_changed.connect(self._warm_up)
        code = 0
        try:
            if options.drive is not None:
                code = await options.drive(self)
            else:
                await self._closed
        finally:
            await self._end()
        return code

    async def _resume_transfers(self) -> None:
        await self.workspace.transfers.resume_all(self.workspace.journal)
        if self.workspace.journal is not None:  # else the files may be those of another window
            await self.workspace.copies.resume()
            await self.workspace.resume_move()

    def show_again(self, *wishes: Wish) -> None:
        """Somebody started the program once more: here it is, with what was asked for."""
        if any(each.window for each in wishes):
            self.windows.open_another()
        else:
            self.windows.front.come_to_front()
        self._fulfil(wishes)

    def _fulfil(self, wishes: Sequence[Wish]) -> None:
        start, window = self.workspace.tasks.start, self.windows.front
        looked_at = [each.file for each in wishes if each.file is not None and not each.upload]
        if looked_at:
            window.local_files.look_into(looked_at)
            window.local_files.offer_upload(
                looked_at, lambda files: start(self._upload(files), "upload files")
            )
        if any(each.upload for each in wishes):
            sent = [each.file for each in wishes if each.file is not None and each.upload]
            start(self._upload(sent), "upload files")
        for each in wishes:
            if each.link:
                window.links.open(each.link)

    async def _upload(self, files: list[Path]) -> None:
        """Once a collection is open, its review is; without files they are chosen first."""
        window = self.windows.front
        if not await window.workspace.finder.ready():
            return  # the window says what is wrong with the server
        if files:
            window.upload_handlers.upload_files(files)
        else:
            window.actions_["upload"].trigger()

    async def _try_places(self) -> None:
        notice = await self.workspace.tasks.in_thread(start_notices.unwritable, self.places)
        if notice is not None:
            self.workspace.notify(notice)

    def _warm_up(self) -> None:
        """Once the first list is there (or cannot be had), fetch what the start left out."""
        session = self.workspace.session
        if session.stage is Stage.CONNECTING or session.loading:
            return
        self._unsubscribe()
        self.workspace.tasks.start(self._prepare(), "prepare the dialogs")

    async def _prepare(self) -> None:
        self.workspace.reader.start()
        await self.workspace.tasks.in_thread(import_parts_without_qt)
        for _ in import_parts_with_qt():
            await asyncio.sleep(PAUSE)
        for _ in self.window.details.building:
            await asyncio.sleep(0.01)
        _ = self.window.transfers  # built, hidden: whoever looks for it by name finds it
        await asyncio.sleep(PAUSE)  # the window has another shape
        self.windows.reopen()
        self._serve_desktop()
        self.prepared.set()
        start = self.workspace.tasks.start
        self.workspace.limits.follow_hours()
        start(self.workspace.watched_folders.watch(), "watch folders")
        start(self.workspace.mirrors.watch(), "keep collections in step")
        start(self.workspace.updates.watch(), "ask for new versions")
        if self.workspace.byte_worker is not None:
            begin = self.workspace.byte_worker.start
            asyncio.get_running_loop().call_later(SETTLED, begin)
        await asyncio.sleep(SETTLED)
        await self.workspace.rows.prune()
        fonts = find_families(self._keep_fonts)
        for _ in itertools.chain(self.window.details.pages_ahead(), fonts):
            await asyncio.sleep(PAUSE)
        gc.freeze()  # what was made since the start lives as long

    def _serve_desktop(self) -> None:
        """Transfers are told to the desktop: what that takes is imported after the start."""
        from dfs_desktop.ui.main_window.background import BackgroundTransfers

        self._background = BackgroundTransfers(
            self.windows, self.workspace.batch, self.workspace.tasks
        )

    def _keep_fonts(self, families: list[str]) -> None:
        layout = self.workspace.settings.layout
        if layout.get("fallback_fonts") != (kept := "\n".join(families)):
            layout["fallback_fonts"] = kept
            self.workspace.save_settings()

    def _listen_to_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ctrl+C and a polite kill close the window as a person would, without questions."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            try:
                if number is not None and not process_safety.is_left_ignored(number):
                    loop.add_signal_handler(number, self._close)
            except (NotImplementedError, RuntimeError, ValueError):
                pass  # Windows: the loop cannot; closing the window still works

    def _session_ends(self) -> None:
        """The system is about to end everything, and waits for this: it takes milliseconds."""
        self.windows.closing.session_ends()
        self.windows.keep()
        with contextlib.suppress(OSError):  # the ordered end, if there is one, says why
            self._settings_file.save(self.workspace.settings)

    def _close(self) -> None:
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)

    async def _end(self) -> None:
        """Reverse order: window out of sight, services and transfers, clients, registry, keyring."""
        self.qt.commitDataRequest.disconnect(self._session_ends)
        self.windows.hide()
        if self._background is not None:
            await self._background.close()
        for workspace in self.windows.others():
            await workspace.stop_window()
        await self.workspace.stop()
        await asyncio.get_running_loop().run_in_executor(None, self.registry.stop)
        self.credentials.close()
        self.windows.end()

    def _loop_failed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        log.error("%s", context.get("message", "the event loop reports a failure"), exc_info=error)
        if isinstance(error, Exception):
            self.workspace.notify(from_error(error, tr("Something went wrong")))

    def uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Where an exception in a Qt slot ends up: in the log and, as words, in the window."""
        if issubclass(kind, KeyboardInterrupt):
            self._close()
            return
        log.critical("uncaught", exc_info=(kind, error, trace))
        self.workspace.notify(from_error(error, tr("Something went wrong")))


def _collect_garbage_again() -> None:
    """After the start: what was built lives as long as the program and need not be looked at."""
    gc.freeze()
    gc.set_threshold(*GENERATIONS)
    gc.enable()


def run(arguments: list[str], options: Options) -> int:
    """Start the program and return its exit code."""
    # Worker threads move bytes while the window paints: a shorter turn keeps the window smooth.
    sys.setswitchinterval(0.001)
    process_safety.forbid_memory_images()
    process_safety.leave_bundle_paths_out(os.environ)
    # The command line of httpx, with all that paints a terminal: a tenth of the start, for nobody.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    places = Places.from_environment()
    redaction.write_log(places.state, quiet=QUIET)
    before_qt = qInstallMessageHandler(hear_qt)
    qt = make_qt(arguments)
    instance = SingleInstance([places.state, places.data])
    first = instance.first()
    if not first and instance.ask(*options.wishes):
        return 0  # the program runs already, and shows itself now
    loop = EventLoop(qt)
    asyncio.set_event_loop(loop)
    report = process_safety.CrashReport(places.state)
    if first:
        report.begin()
    application = Application(qt, places, first=first, crash=report.previous)
    loop.call_later(PAINTED, instance.listen, application.show_again)
    before, sys.excepthook = sys.excepthook, application.uncaught
    try:
        with loop:
            return int(loop.run_until_complete(application.run(options)))
    finally:
        report.end()
        instance.close()
        sys.excepthook = before
        qInstallMessageHandler(before_qt)
        asyncio.set_event_loop(None)
