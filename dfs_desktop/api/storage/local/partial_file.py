"""The partial file of a download: made beside its target, checked, and only then renamed."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dfs_desktop.api.errors import ChecksumError, NamelessError, TransferCancelled
from dfs_desktop.api.protocol.checkpoint import Checkpoint, PartialFileState
from dfs_desktop.number_text import number_text
from dfs_desktop.system.private_files import sync_folder
from dfs_desktop.translation import tr

from . import part_file_locks
from .atomic_rename import publish_file
from .byte_ranges import Range, Ranges
from .checksum import Checksum, check_hash
from .file_errors import folder_unavailable, local_fault
from .quarantine import mark_downloaded


def _usual_mode() -> int:
    mask = os.umask(0o077)  # the only portable way to read it; once, at import
    os.umask(mask)
    return 0o666 & ~mask


_MODE = _usual_mode()


class PartialFile:
    """Bytes received so far, in any order, their running hash, and where they will live.

    Safe for threads. ``etag`` is a strong ETag or empty; ``encoding`` what the store said of it.
    """

    def __init__(
        self, target: Path, path: Path, descriptor: int, size: int, *, replace: bool = True
    ) -> None:
        self.target = target
        self.path = path
        self.size = size
        self.etag = ""
        self.encoding = ""
        self.checksum = Checksum(self._read)
        self.attempt = 0  # counts restarts, so that a late worker cannot write bytes of before
        self.replaced = False  # another file had its name, and is gone
        self._named = False
        self._replace = replace
        self._descriptor = descriptor
        self._ranges = Ranges()
        self._durable = Checkpoint()
        self._users = 0
        self._state = threading.Condition()
        self._seek = threading.Lock()  # for systems where reading and writing move one position
        self._file = _identity(descriptor)

    @property
    def received(self) -> int:
        """How many bytes are there."""
        return self._ranges.total

    @property
    def complete(self) -> bool:
        """Whether all bytes are there."""
        return self._ranges.total == self.size

    @property
    def length(self) -> int:
        """How long the file is on the disk, gaps included."""
        with self._using() as descriptor:
            return os.fstat(descriptor).st_size

    def gaps(self) -> list[Range]:
        """What is missing, in order."""
        with self._state:
            return self._ranges.gaps(self.size)

    def held(self) -> Checkpoint:
        """What is known to be durable."""
        return self._durable

    def kept(self) -> PartialFileState:
        """What a journal has to know to open this file again."""
        device, inode = self._file
        return PartialFileState(str(self.path), str(self.target), device, inode, self._durable)

    @contextlib.contextmanager
    def _using(self, attempt: int | None = None) -> Iterator[int]:
        # A number that was closed may belong to another file by now: close() waits for users.
        with self._state:
            if self._descriptor < 0 or attempt not in (None, self.attempt):
                raise TransferCancelled
            self._users += 1
        try:
            yield self._descriptor
        finally:
            with self._state:
                self._users -= 1
                self._state.notify_all()

    def write(self, start: int, block: memoryview, attempt: int) -> int:
        """Write a block at ``start``; how many of its bytes are new.

        FileError when the disk refuses; TransferCancelled when the file was closed, or restarted
        since ``attempt``.
        """
        with self._using(attempt) as descriptor:
            try:
                self._write(descriptor, block, start)
            except OSError as error:
                raise local_fault(error, self.target, self.size - self.received) from error
            with self._state:
                new = self._ranges.add(start, start + len(block))
                frontier = self._ranges.frontier
            self.checksum.reach(frontier, start, block)
        return new

    def _write(self, descriptor: int, view: memoryview, offset: int) -> None:
        done = 0
        while done < len(view):
            if sys.platform == "win32":
                with self._seek:
                    os.lseek(descriptor, offset + done, os.SEEK_SET)
                    done += os.write(descriptor, view[done:])
            else:
                done += os.pwrite(descriptor, view[done:], offset + done)

    def _read(self, view: memoryview, offset: int) -> int:
        with self._using() as descriptor:
            if hasattr(os, "preadv"):
                return os.preadv(descriptor, [view], offset)
            with self._seek:
                os.lseek(descriptor, offset, os.SEEK_SET)
                block = os.read(descriptor, len(view))
        view[: len(block)] = block
        return len(block)

    def resume(self, held: Checkpoint) -> None:
        """Go on from what an earlier run, or another process, left; only what the file really holds
        counts."""
        self.checksum.restart()
        ranges = Ranges(held.ranges).within(min(self.size, os.fstat(self._descriptor).st_size))
        self._ranges, self.etag = ranges, held.etag
        self._durable = Checkpoint(tuple(ranges), held.etag)
        self.checksum.reach(ranges.frontier)

    def restart(self) -> None:
        """Forget everything received; who still writes what arrived before is turned away."""
        with self._state:
            self.attempt += 1
            while self._users:
                self._state.wait()
        with self._using() as descriptor:
            self.checksum.restart()
            try:
                os.ftruncate(descriptor, 0)
            except OSError as error:
                raise local_fault(error, self.target) from error
        self._ranges, self._durable = Ranges(), Checkpoint()
        self.etag = self.encoding = ""

    def holds(self) -> Checkpoint:
        """What is there, durable or not."""
        with self._state:
            return Checkpoint(tuple(self._ranges), self.etag)

    def durable_now(self) -> bool:
        """Whether all that is there is known to be durable."""
        return self._durable == self.holds()

    def sync(self) -> Checkpoint:
        """Make durable what is there, and say what that is; FileError when the disk refuses."""
        attempt, held = self.attempt, self.holds()
        try:
            with self._using(attempt) as descriptor:
                getattr(os, "fdatasync", os.fsync)(descriptor)
                self._durable = held
                if not self.target.parent.is_dir():
                    raise folder_unavailable(self.target.parent)
        except OSError as error:
            raise local_fault(error, self.target) from error
        return held

    def commit(self, sha256: str, pause: Callable[[float], object] = time.sleep) -> Path:
        """Check size and hash, and give it its name; its path."""
        self.check(sha256)
        return self.take_name(pause)

    def check(self, sha256: str) -> None:
        """ChecksumError unless size and hash are the registered ones."""
        if not self.complete:
            raise ChecksumError(
                tr(
                    "{size} bytes are registered, {received} arrived.",
                    size=number_text(self.size),
                    received=number_text(self.received),
                ),
                retryable=True,
            )
        try:
            found = self.checksum.finish(self.size)
            check_hash(found, sha256, self._read, self.size, self.encoding)
        except OSError as error:
            raise local_fault(error, self.target) from error

    def take_name(self, pause: Callable[[float], object] = time.sleep) -> Path:
        """Make a checked file durable, and give it its name in one step; its path.

        ``pause`` waits for who holds the file for a moment, and may raise to stop.
        """
        try:
            with self._using() as descriptor:
                if os.fstat(descriptor).st_size != self.size:
                    os.ftruncate(descriptor, self.size)  # left over from a larger object
                _set_mode(descriptor)
                os.fsync(descriptor)
            self.close()
            mark_downloaded(self.path)
            replaces = self._replace and os.path.lexists(self.target)
            try:
                self.target = publish_file(
                    self.path, self.target, replace=self._replace, pause=pause
                )
            except NamelessError:
                self.note(Checkpoint(((0, self.size),), self.etag))
                raise
            self._named, self.replaced = True, replaces
            part_file_locks.forget(self.path)
            sync_folder(self.target.parent)
        except OSError as error:
            raise local_fault(error, self.target) from error
        return self.target

    def note(self, held: Checkpoint) -> None:
        """Write what is durable beside a file that no journal knows, for the next download."""
        if len(self.path.stem.rpartition(".")[2]) == part_file_locks.LOOSE:
            part_file_locks.note(self.path, held)

    def close(self) -> None:
        """Close the file, once nobody is at it; again is fine."""
        with self._state:
            descriptor, self._descriptor = self._descriptor, -1
            while self._users:
                self._state.wait()
            if descriptor >= 0:
                os.close(descriptor)

    def discard(self) -> None:
        """Remove it, also under the name that it has been given, unless it replaced a file there.

        A worker that still writes finds it closed and stops.
        """
        with contextlib.suppress(OSError):
            self.close()
        if self._named and not self.replaced:
            with contextlib.suppress(OSError):
                found = self.target.lstat()
                if (found.st_dev, found.st_ino) == self._file:
                    self.target.unlink()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        part_file_locks.forget(self.path)


def _identity(descriptor: int) -> tuple[int, int]:
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def _set_mode(descriptor: int) -> None:
    if hasattr(os, "fchmod"):
        with contextlib.suppress(OSError):  # not every file system has modes
            os.fchmod(descriptor, _MODE)
