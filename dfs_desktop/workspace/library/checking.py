"""Reads files to see whether their bytes are still right: one at a time, stopped and paused at once."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from dfs_desktop.api import DataForceError, Meter, TransferCancelled
from dfs_desktop.artifact import ArtifactError, Fingerprint, Hashes, hash_parts
from dfs_desktop.translation import series, tr, trn
from dfs_desktop.workers.process.daemon_threads import DaemonThreadPool
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.quantities import count
from dfs_desktop.workspace.state import AppState

from .library import Library
from .list_columns import STATE_WORDS
from .local_copy import State

# Reads a file and hashes it, on the thread that calls.
Measure = Callable[[str, Fingerprint, Meter], Hashes]
PATIENT = 1.0  # seconds between two looks whether transfers still need the disk


def measure_here(path: str, mark: Fingerprint, meter: Meter) -> Hashes:
    """The same in this process, where no other one moves the bytes."""
    return hash_parts(path, fingerprint=mark, advance=meter.advance, check=meter.check)


class Checking:
    """Files that a person wants checked come first; those that were only found wait while bytes move.

    `changed` tells of progress.
    """

    def __init__(
        self, state: AppState, library: Library, measure: Measure, busy: Callable[[], bool]
    ) -> None:
        """``busy``: whether transfers run."""
        self._state, self._library, self._measure, self._busy = state, library, measure, busy
        self.changed: Event[[]] = Event()
        self.paused = False
        self.current = ""  # the file that is read now
        self.meter = Meter()
        self.done = 0  # of those that the person asked for
        self._closed = False
        self._asked = False  # whether the person asked for the current file
        self._wanted: deque[str] = deque()
        self._found: deque[str] = deque()
        self._outcomes: list[State] = []
        self._task: asyncio.Task[None] | None = None
        # One of its own: a vast file must not keep the two of the disk from short work.
        self._thread = DaemonThreadPool(1, "dfs-check")
        library.unsummed.connect(self.read_found)

    @property
    def total(self) -> int:
        """How many files the person wants checked, those that are done included."""
        asked = bool(self.current) and self._asked
        return self.done + len(self._wanted) + asked if self._asked or self._wanted else 0

    def verify(self, paths: Iterable[str]) -> None:
        """Check these files, before all others that wait."""
        waiting = set(self._wanted)
        self._wanted.extend(path for path in paths if path not in waiting)
        self.paused = False
        if self.current and not self._asked:
            self.meter.stop()  # it is read later, from its beginning
        self._start()

    def read_found(self, paths: Iterable[str]) -> None:
        """Read files that nobody knows yet, or not part by part, when there is time."""
        waiting = {*self._found, *self._wanted, self.current}
        self._found.extend(path for path in paths if path not in waiting)
        self._start()

    def pause(self) -> None:
        """Stop reading; the file that is being read is begun anew by ``go_on``."""
        self.paused = True
        self.meter.stop()
        self.changed.emit()

    def go_on(self) -> None:
        """Read on after a pause."""
        self.paused = False
        self._start()

    def stop(self) -> None:
        """Give up what the person asked for. What was checked stays checked."""
        self._wanted.clear()
        self.paused = False
        if self._asked:
            self.meter.stop()
        self.changed.emit()

    def close(self) -> None:
        """The program ends."""
        self._closed = True
        self._wanted.clear()
        self._found.clear()
        self.meter.stop()
        self._thread.shutdown(wait=False)

    def _start(self) -> None:
        idle = self._task is None or self._task.done()
        if idle and not self._closed and (self._wanted or self._found):
            self._task = self._state.tasks.start(self._run(), "check files on this computer")
        self.changed.emit()

    def _is_paused(self) -> bool:
        return self.paused or self._closed

    async def _run(self) -> None:
        while (self._wanted or self._found) and not self._is_paused():
            if not self._wanted and self._busy():
                await asyncio.sleep(PATIENT)
                continue
            self._asked = bool(self._wanted)
            self.current = self._wanted.popleft() if self._wanted else self._found.popleft()
            self.meter = Meter()
            self.changed.emit()
            path = self.current
            try:
                await self._read(path)
            except TransferCancelled:
                if self._closed:
                    return
                if self._is_paused() or not self._asked:
                    (self._wanted if self._asked else self._found).appendleft(path)
                continue
            finally:
                self.current = ""
            if self._asked:
                self.done += 1
                copy = self._library.at(path)
                self._outcomes += [copy.state] if copy is not None else []
            if self._asked and not self._wanted:
                self._tell()
        if not self._wanted and not self.paused:
            self.done, self._asked, self._outcomes = 0, False, []
        self.changed.emit()

    async def _read(self, path: str) -> None:
        meter = self.meter

        def work() -> tuple[Fingerprint, Hashes]:
            mark = Fingerprint.of(path)
            meter.total = mark.size
            return mark, self._measure(path, mark, meter)

        try:
            found = await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except asyncio.CancelledError:
            meter.stop()
            raise
        except TransferCancelled:
            raise
        except (OSError, DataForceError, ArtifactError):
            await self._library.look(path)  # it is not there, or changes right now
        else:
            self._library.found(path, *found)

    def _tell(self) -> None:
        """How a check came out, once for all of its files."""
        wrong = [state for state in self._outcomes if state is not State.FINE]
        many = len(self._outcomes)
        if not wrong:
            title = trn(
                "{amount} file checked: it is intact",
                "{amount} files checked: all are intact",
                many,
            )
            self._state.notify(Notice(title, "", Level.SUCCESS, seconds=8, key="verify"))
            return
        states = series(
            f"{tr(STATE_WORDS[state])}: {wrong.count(state)}" for state in State if state in wrong
        )
        title = trn(
            "{amount} of {files} is not right",
            "{amount} of {files} are not right",
            len(wrong),
            files=count(many, "file"),
        )
        show = Action(tr("Show them"), lambda: self._state.library_requested.emit("wrong"))
        told = Notice(title, f"{states}.", Level.WARNING, show, key="verify", place="")
        self._state.notify(told)
