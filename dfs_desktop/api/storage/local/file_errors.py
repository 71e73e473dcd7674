"""The exceptions for what the local disk says: full, denied, gone, a file too large for its format."""

import contextlib
import errno
import shutil
from pathlib import Path

from dfs_desktop import disk_errors
from dfs_desktop.api.errors import DiskFullError, FileError, FolderUnavailableError
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
# What a network share says that is gone. A folder that was removed is found by looking for it.
LOST = {
    getattr(errno, name)
    for name in ("ESTALE", "ENODEV", "ENXIO", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ETIMEDOUT")
    if hasattr(errno, name)
}


def disk_full_error(needed: int, folder: Path) -> DiskFullError:
    """The exception for a disk that has too little room for ``needed`` more bytes."""
    free = 0
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(folder).free
    return DiskFullError(
        tr(
            "The file needs {needed} bytes more, {free} are free in {folder!r}. Make "
            "room, then go on.",
            needed=number_text(needed),
            free=number_text(free),
            folder=str(folder),
        ),
        needed=needed,
        free=free,
        folder=str(folder),
    )


def too_large(target: Path) -> FileError:
    """The exception for a file that the format of its disk does not take, however much is free."""
    return FileError(
        tr(
            "{file!r} is larger than a file may become in {folder!r}. FAT32, the usual "
            "format of memory sticks, ends at 4 GB: choose a folder on another disk, or "
            "format it as exFAT. On other disks it may be a limit of your account "
            "(ulimit -f).",
            file=target.name,
            folder=str(target.parent),
        ),
        title=tr("Too large for this disk"),
    )


def folder_unavailable(folder: Path) -> FolderUnavailableError:
    """The exception for a folder that was there, and is not now."""
    return FolderUnavailableError(
        tr(
            "{folder!r} cannot be reached any more. Bring it back (a drive, a network "
            "share), then go on.",
            folder=str(folder),
        )
    )


def local_fault(error: Exception, target: Path, needed: int = 0) -> FileError:
    """Our exception for what the local disk said; ``needed`` bytes were still to be written."""
    if isinstance(error, FileError):
        return error
    number = getattr(error, "errno", None)
    if number in FULL:
        return disk_full_error(needed, target.parent)
    if number in _DENIED:
        return FileError(
            tr("{path!r} may not be written here.", path=str(target)), title=tr("No permission")
        )
    if number in LOST or (number == errno.ENOENT and not disk_errors.is_folder(target.parent)):
        return folder_unavailable(target.parent)
    if number == errno.EFBIG:
        return too_large(target)
    if number == errno.ENAMETOOLONG:
        return FileError(
            tr(
                "The name {file!r} is too long for this disk. Give the file a shorter one.",
                file=target.name,
            )
        )
    reason = disk_errors.reason(error)
    return FileError(
        tr("{path!r} could not be written: {reason}.", path=str(target), reason=reason)
    )
