"""Reports to a journal which bytes of a download are durable, while more are received."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from dfs_desktop.api.protocol.checkpoint import Checkpoint

from .partial_file import PartialFile

EVERY_BYTES = 64 << 20
EVERY_SECONDS = 5.0


class Checkpointer:
    """Writes to the disk first, then tells ``keep``; never the other way round.

    Without ``keep`` it does nothing: a file that no journal knows is synced once, at its commit.
    """

    def __init__(self, partial: PartialFile, keep: Callable[[Checkpoint], None] | None) -> None:
        self._partial = partial
        self._keep = keep
        self._noted_bytes = partial.received
        self._due = threading.Event()
        self._ended = threading.Event()
        self._noting = threading.Lock()
        self._failure: BaseException | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Inside, ``keep`` hears every 64 MiB and every 5 seconds; and once more at the end."""
        if self._keep is None:
            yield
            return
        thread = threading.Thread(target=self._work, name="dfs-checkpoint", daemon=True)
        thread.start()
        try:
            yield
        except BaseException:
            self._end(thread)
            with contextlib.suppress(Exception):  # why it ended matters more
                self._note()
            raise
        self._end(thread)
        self.check()
        self._note()

    def _end(self, thread: threading.Thread) -> None:
        self._ended.set()
        self._due.set()
        thread.join()

    def _work(self) -> None:
        while not self._ended.is_set():
            self._due.wait(EVERY_SECONDS)
            self._due.clear()
            if self._ended.is_set():
                return
            try:
                self._note()
            except BaseException as error:  # noqa: BLE001 - raised again by check()
                self._failure = error
                return

    def _note(self) -> None:
        if self._keep is None:
            return
        with self._noting:
            self._noted_bytes = self._partial.received
            if self._partial.durable_now():
                return
            self._keep(self._partial.sync())

    def wrote(self) -> None:
        """Bytes were written."""
        if self._keep is not None and self._partial.received - self._noted_bytes >= EVERY_BYTES:
            self._due.set()

    def check(self) -> None:
        """Raise what went wrong."""
        if self._failure is not None:
            raise self._failure

    def restart(self) -> None:
        """Restart the partial file, and say that nothing of it holds any more."""
        with self._noting:
            self._partial.restart()
            self._noted_bytes = 0
            if self._keep is not None:
                self._keep(self._partial.held())
