"""The partial file of a download: made beside its target, checked, and only then renamed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import sys
import threading
import time
from pathlib import Path

from dfs_desktop.api.errors import ChecksumError, FileError, TransferCancelled
from dfs_desktop.artifact import safe_name

MARGIN = 1 << 20  # bytes that a volume has to have free beyond the file itself
SUFFIX = ".dfspart"
_FLAGS = (
    os.O_RDWR
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


def _usual_mode() -> int:
    mask = os.umask(0o077)  # the only portable way to read it; once, at import
    os.umask(mask)
    return 0o666 & ~mask


_MODE = _usual_mode()


class Partial:
    """Bytes received so far, their running hash, and where they will live."""

    def __init__(self, target: Path, path: Path, descriptor: int, size: int) -> None:
        self.target = target
        self.path = path
        self.size = size
        self.offset = 0
        self.etag = ""
        self._descriptor = descriptor
        self._digest = hashlib.sha256()
        self._lock = threading.Lock()

    def write(self, block: bytes) -> None:
        """Append a block; FileError when the disk does not take it."""
        rest = memoryview(block)
        # Locked against close(): a number that was closed may belong to another file by now.
        with self._lock:
            if self._descriptor < 0:
                raise TransferCancelled
            try:
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError as error:
                raise local_fault(error, self.target) from error
        self._digest.update(block)
        self.offset += len(block)

    def restart(self) -> None:
        """Forget everything received."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.ftruncate(self._descriptor, 0)
        self._digest = hashlib.sha256()
        self.offset, self.etag = 0, ""

    def commit(self, sha256: str) -> None:
        """Check size and hash, make it durable, and give it its name in one step."""
        if self.offset != self.size:
            raise ChecksumError(
                f"{self.size:,} bytes are registered, {self.offset:,} arrived.", retryable=True
            )
        expected = sha256.strip().lower()
        if is_sha256(expected) and self._digest.hexdigest() != expected:
            raise ChecksumError(
                "Its SHA-256 differs from the registered one: the file was replaced or damaged in "
                "the storage. It was not kept.",
            )
        try:
            self._set_mode()
            os.fsync(self._descriptor)
            self.close()
            _replace(self.path, self.target)
            _sync_directory(self.target.parent)
        except OSError as error:
            raise local_fault(error, self.target) from error

    def _set_mode(self) -> None:
        if hasattr(os, "fchmod"):
            with contextlib.suppress(OSError):  # not every file system has modes
                os.fchmod(self._descriptor, _MODE)

    def close(self) -> None:
        """Close the file; again is fine."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, -1
            if descriptor >= 0:
                os.close(descriptor)

    def discard(self) -> None:
        """Remove it. A worker that still writes finds it closed and stops."""
        with contextlib.suppress(OSError):
            self.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def is_sha256(text: str) -> bool:
    """Whether a record's hash can be compared with anything."""
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text.lower())


def reserve(file_path: str | None, file_name: str, size: int) -> Partial:
    """Open a new partial beside the target; FileError when there is no place for it.

    ``file_name`` comes from the server and never chooses a folder.
    """
    name = safe_name(file_name)
    try:
        target = Path.cwd() / name if file_path is None else Path(file_path).absolute()
        if target.is_dir():
            target = target / name
        if not target.parent.is_dir():
            raise FileError(f"The folder {str(target.parent)!r} does not exist.")
        free = shutil.disk_usage(target.parent).free
        if free < size + MARGIN:
            raise FileError(
                f"The file needs {size:,} bytes, {free:,} are free in {str(target.parent)!r}.",
                title="There is not enough room on the disk",
            )
        path = target.with_name(f".{_short(target.name)}.{secrets.token_hex(4)}{SUFFIX}")
        return Partial(target, path, os.open(path, _FLAGS, 0o600), size)
    except (OSError, ValueError) as error:
        raise local_fault(error, Path(file_path or name)) from error


def _short(name: str) -> str:
    return name.encode("utf-8", "replace")[:200].decode("utf-8", "ignore")


def local_fault(error: Exception, target: Path) -> FileError:
    """Our exception for what the local disk said."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return FileError(
            f"The disk of {str(target.parent)!r} is full.",
            title="There is not enough room on the disk",
            retryable=True,
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return FileError(f"{str(target)!r} may not be written here.", title="No permission")
    reason = os.strerror(number) if number else str(error)
    return FileError(f"{str(target)!r} could not be written: {reason}.")


def _replace(path: Path, target: Path) -> None:
    # On Windows a virus scanner may hold a fresh file for a moment.
    for _ in range(40 if sys.platform == "win32" else 0):
        try:
            path.replace(target)
        except PermissionError:
            time.sleep(0.25)
        else:
            return
    path.replace(target)


def _sync_directory(directory: Path) -> None:
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse; the rename is done
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
