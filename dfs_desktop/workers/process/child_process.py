"""One child process as the window sees it: messages in and out, on threads that never hold up the end."""

import contextlib
import logging
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from typing import IO, Any

from dfs_desktop.redaction import redact
from dfs_desktop.system import child_launch as launch

from .messages import FromChild, ToChild, read_message, write_message

_MOST_COMPLAINTS = 100  # lines of one child that are logged
_LONGEST_COMPLAINT = 500

log = logging.getLogger(__name__)


class ChildDied(Exception):  # noqa: N818 - whoever called is told otherwise
    """The child ended before it answered; `killed`: by us, `heard`: after it had said something."""

    def __init__(self, *, killed: bool, heard: bool) -> None:
        super().__init__()
        self.killed, self.heard = killed, heard


class ChildProcess:
    """Starts at once, on a thread. `received` and `ended` are called on threads of this child;
    `ended` once, with a word on why, after the last message."""

    def __init__(
        self, kind: str, received: Callable[[FromChild], None], ended: Callable[[str], None]
    ) -> None:
        self._kind, self._received, self._ended = kind, received, ended
        self._outgoing: queue.SimpleQueue[ToChild | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._threads = [self._thread(self._run, "run")]

    @property
    def pid(self) -> int:
        """The number of the process; 0 as long as it has none."""
        return self._process.pid if self._process is not None else 0

    def send(self, message: ToChild) -> None:
        """Never waits; a child that has ended does not hear it."""
        self._outgoing.put(message)

    def kill(self) -> None:
        """End it now, whatever it does."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()
        self._outgoing.put(None)

    def join(self, seconds: float) -> None:
        """Wait until its threads have ended, after `kill`."""
        for thread in self._threads:
            thread.join(seconds)

    def _thread(self, work: Callable[..., None], name: str, *args: Any) -> threading.Thread:
        thread = threading.Thread(
            target=work, args=args, name=f"dfs-{self._kind}-{name}", daemon=True
        )
        thread.start()
        return thread

    def _run(self) -> None:
        """Start the process, hear its messages to the last one, and clean up."""
        folder = ""
        if launch.temporary_folder():
            with contextlib.suppress(OSError):  # most work needs none; what does tells of it
                folder = tempfile.mkdtemp(prefix=f"dfs-{self._kind}-")
        why = "it could not be started"
        try:
            if (started := self._start(folder)) is not None:
                helpers = [
                    self._thread(self._write, "write", started.to_child),
                    self._thread(self._hear_complaints, "complain", started.complaints),
                ]
                why = f"it ended with {self._listen(started)}"
                self._outgoing.put(None)
                for helper in helpers:
                    helper.join()
        except OSError as error:
            log.warning("no child process: %s", type(error).__name__)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._ended(why)

    def _start(self, folder: str) -> launch.Started | None:
        with self._lock:
            if self._killed:
                return None
            started = launch.start(launch.command(self._kind), folder)
            self._process = started.process
            return started

    def _listen(self, started: launch.Started) -> int:
        """Hear the child to its end; its exit code."""
        with started.from_child as stream:
            try:
                while (message := read_message(stream, FromChild)) is not None:
                    self._received(message)
            except (ValueError, OSError, MemoryError) as error:
                log.warning("a child says what is no message: %s", type(error).__name__)
        started.process.kill()
        return started.process.wait()

    def _write(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError), stream:  # it has ended, which `_listen` tells
            while (message := self._outgoing.get()) is not None:
                write_message(stream, message)

    def _hear_complaints(self, stream: IO[bytes]) -> None:
        """What it writes to its standard error goes to the log, bounded."""
        left = _MOST_COMPLAINTS
        with stream:
            while line := stream.readline(_LONGEST_COMPLAINT):
                if left > 0:
                    text = line.decode("utf-8", "replace").rstrip()
                    log.warning("%s: %s", self._kind, redact(text))
                left -= 1
