"""The local registry as the application sees it: a process of its own, started beside the window.

After the start it runs at low priority, so that the window paints while it moves bytes. The key of the run
comes through its standard output and goes nowhere else; its standard input is held open by the
window: when the window ends, however it ends, the registry ends too.
"""

import contextlib
import logging
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, NoReturn

import msgspec

from dfs_desktop.system import child_launch as launch
from dfs_desktop.translation import tr
from dfs_desktop.workspace.registry.clients import LocalServer

from . import disk_errors
from .api import ConfigurationError
from .redaction import redact
from .settings import Places
from .typed_decoding import prepared

OPTION = "--local-registry"  # the first argument with which a frozen program becomes the registry
_LONGEST_LINE = 10_000  # characters of what it says
_MOST_COMPLAINTS = 100
_GRACE = 5.0  # seconds in which it writes down what it has

log = logging.getLogger(__name__)


class _Told(msgspec.Struct):
    """The one line that the registry says: where it is, or why it is not."""

    url: str = ""
    api_key: str = ""
    in_use: str = ""
    errno: int | None = None
    problem: str = ""


class RegistryProcess:
    """Starts the registry on a worker thread when it is first needed, and stops it last."""

    def __init__(self, places: Places, *, joins_window: bool = False) -> None:
        """``joins_window``: use the registry of a window that is open, as long as it is."""
        self._joins_window = joins_window
        self._folder = places.data / "registry"
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dfs-registry")
        self._started: Future[LocalServer] | None = None
        self._lock = threading.Lock()
        self._joined = ""  # the key with which this window uses a registry that runs already

    def begin(self) -> None:
        """Start it already, beside the building of the window."""
        with self._lock:
            ended = self._process is not None and self._process.poll() is not None
            ended = ended or bool(self._joined and not self._running())
            if self._started is None or (ended and self._started.done()):
                self._started = self._thread.submit(self._start)

    def start(self) -> LocalServer:
        """Wait until it answers. After a failure, or when it has ended, the next call tries anew."""
        self.begin()
        with self._lock:
            started = self._started
        if started is None:
            raise ConfigurationError(
                tr("The local registry was stopped"), tr("Start the program again.")
            )
        try:
            return started.result()
        except Exception:
            with self._lock:
                self._started = None
            raise

    def _start(self) -> LocalServer:
        self._end()
        try:
            if url := self._running():
                return self._join(url)
            started = _launch(self._folder)
            self._process = started.process
            threading.Thread(target=_log, args=(started.complaints,), daemon=True).start()
            told = _listen(started.from_child)
        except OSError as error:
            self._refuse(disk_errors.reason(error), error)
        if told.url:
            return LocalServer(told.url, told.api_key)
        if told.in_use:
            raise ConfigurationError(
                tr("The local registry is open in another window"), told.in_use
            )
        if told.errno is not None:
            self._refuse(disk_errors.reason(OSError(told.errno, told.problem)))
        return self._refuse(told.problem or tr("it ended at once"))

    def _running(self) -> str:
        """The address of a registry that `dfs-desktop serve` keeps up on the same folder."""
        if not disk_errors.is_file(self._folder / "address"):  # nearly always: nothing is imported
            return ""
        from .server import access

        return access.running(self._folder, beside_window=self._joins_window)

    def _join(self, url: str) -> LocalServer:
        """Use it, with a key of one's own that is accepted as long as this window uses it."""
        from .server import access
        from .server.identity import new_api_key

        self._joined = new_api_key()
        access.accept(self._folder, self._joined)
        return LocalServer(url, self._joined)

    # The key for notebooks (`workspace.registry.lasting_key`).

    @property
    def address(self) -> str:
        """What the key is kept under in the keyring."""
        return self._folder.absolute().as_uri()

    def accept_key(self, key: str) -> None:
        from .server import access

        access.accept(self._folder, key)

    def accept_only(self, key: str) -> None:
        from .server import access

        access.accept_only(self._folder, [key, *([self._joined] if self._joined else [])])

    @staticmethod
    def new_key() -> str:
        from .server.identity import new_api_key

        return new_api_key()

    def _refuse(self, why: str, error: OSError | None = None) -> NoReturn:
        raise ConfigurationError(
            tr("The local registry cannot be opened"),
            tr(
                "{folder} cannot be used: {reason}. Free some space or make it writable, then "
                "try again; servers elsewhere work all the same.",
                folder=str(self._folder),
                reason=why,
            ),
        ) from error

    def stop(self) -> None:
        self._thread.shutdown(wait=True)  # a start under way ends first, or nobody would stop it
        self._end()

    def _end(self) -> None:
        """Close its standard input, which lets it write down what it has and end."""
        if self._joined:
            from .server import access

            with contextlib.suppress(OSError):
                access.no_longer_accept(self._folder, self._joined)
            self._joined = ""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            log.warning("the local registry does not end by itself")
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _launch(folder: Path) -> launch.Started:
    program = [OPTION] if getattr(sys, "frozen", False) else ["-P", "-m", "dfs_desktop.server"]
    command = [sys.executable, *program, "--beside-window", "--data", str(folder)]
    return launch.start(command, launch.temporary_folder(), worker=False)


def _listen(stream: IO[bytes]) -> _Told:
    """Its one line; nothing told when it ended before."""
    try:
        return msgspec.json.decode(stream.readline(_LONGEST_LINE), type=prepared(_Told))
    except (ValueError, RecursionError):
        return _Told()


def _log(stream: IO[bytes]) -> None:
    """What it writes to its standard error goes to the log, bounded."""
    with stream:
        for number, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), b"")):
            if number < _MOST_COMPLAINTS:
                log.warning("local registry: %s", redact(line.decode("utf-8", "replace").rstrip()))
