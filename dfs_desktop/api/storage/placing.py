"""Giving a complete file its name in one step, and saying what the local disk said."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dfs_desktop.api.errors import DiskFullError, FileError, FolderUnavailableError
from dfs_desktop.artifact import numbered

# A virus scanner or an indexer may hold a fresh file for a moment (Windows).
PATIENCE = 10.0 if sys.platform == "win32" else 0.0
PAUSE = 0.25
MOST_COPIES = 999

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
# What a network share says that is gone. A folder that was removed is found by looking for it.
LOST = {
    getattr(errno, name)
    for name in ("ESTALE", "ENODEV", "ENXIO", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ETIMEDOUT")
    if hasattr(errno, name)
}
_AT_FDCWD, _NOREPLACE = -100, 1
_NOT_HERE = {errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}


def give_name(path: Path, target: Path, *, replace: bool) -> Path:
    """Rename a finished partial file to ``target``; the name that it has now.

    With ``replace`` what has that name is replaced, a link as a link. Without, "name (1).ext" and
    so on is taken, and nothing is ever overwritten.
    """
    if replace:
        _patiently(path.replace, path, target)
        return target
    for number in range(MOST_COPIES + 1):
        free = target.with_name(numbered(target.name, number)) if number else target
        try:
            _patiently(functools.partial(_rename_new, path), path, free)
        except FileExistsError:
            continue
        return free
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def _patiently(rename: Callable[[Path], object], path: Path, target: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            rename(target)
        except FileExistsError:
            raise
        except PermissionError as error:
            if not PATIENCE:
                raise
            if time.monotonic() >= deadline:
                raise _nameless(path, target) from error
            time.sleep(PAUSE)
        else:
            return


def _nameless(path: Path, target: Path) -> FileError:
    return FileError(
        f"It is complete, but could not be renamed to {target.name!r}: another program holds it, "
        f"or the folder does not permit it. It lies beside it as {path.name!r}.",
        title="The file has no name yet",
        retryable=True,
    )


def _rename_new(path: Path, target: Path) -> None:
    """Rename; FileExistsError when something has the name. The best way that there is here."""
    if sys.platform == "win32":
        path.rename(target)
        return
    for way in (_exclusive, _by_link):
        try:
            way(path, target)
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
        else:
            return
    # A file system without either (FAT): a moment stays in which somebody may take the name.
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    path.rename(target)


def _exclusive(path: Path, target: Path) -> None:
    rename = _renameat2()
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    names = os.fsencode(path), os.fsencode(target)
    if rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _NOREPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(target))


@functools.cache
def _renameat2() -> Callable[..., int] | None:
    """Linux's rename that refuses to replace; None where the C library has none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None


def _by_link(path: Path, target: Path) -> None:
    os.link(path, target, follow_symlinks=False)
    path.unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename durable, where the system can."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse; the rename is done
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def no_room(needed: int, folder: Path) -> DiskFullError:
    """The exception for a disk that has too little room for ``needed`` more bytes."""
    free = 0
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(folder).free
    return DiskFullError(
        f"The file needs {needed:,} bytes more, {free:,} are free in {str(folder)!r}. Make room, "
        "then go on.",
        needed=needed,
        free=free,
        folder=str(folder),
    )


def folder_unavailable(folder: Path) -> FolderUnavailableError:
    """The exception for a folder that was there, and is not now."""
    return FolderUnavailableError(
        f"{str(folder)!r} cannot be reached any more. Bring it back (a drive, a network share), "
        "then go on.",
    )


def local_fault(error: Exception, target: Path, needed: int = 0) -> FileError:
    """Our exception for what the local disk said; ``needed`` bytes were still to be written."""
    if isinstance(error, FileError):
        return error
    number = getattr(error, "errno", None)
    if number in _FULL:
        return no_room(needed, target.parent)
    if number in _DENIED:
        return FileError(f"{str(target)!r} may not be written here.", title="No permission")
    if number in LOST or (number == errno.ENOENT and not target.parent.is_dir()):
        return folder_unavailable(target.parent)
    reason = os.strerror(number) if number else str(error)
    return FileError(f"{str(target)!r} could not be written: {reason}.")
