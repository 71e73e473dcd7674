"""Opening the partial file of a download: a new one, or that of an earlier run or another process."""

import contextlib
import os
import re
import secrets
import shutil
import stat
from pathlib import Path

from dfs_desktop.api.errors import FileError
from dfs_desktop.api.protocol.checkpoint import Checkpoint, PartialFileState
from dfs_desktop.api.storage.local import part_file_locks
from dfs_desktop.api.storage.local.file_errors import (
    LOST,
    disk_full_error,
    folder_unavailable,
    local_fault,
    too_large,
)
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.artifact import safe_name
from dfs_desktop.artifact.disk_names import name_limit
from dfs_desktop.artifact.names import cut_name
from dfs_desktop.translation import tr

from .file_size_limit import is_too_large

MARGIN = 1 << 20  # bytes that a volume has to have free beyond the file itself
_SEPARATORS = (os.sep, os.altsep or os.sep)
_NAME = re.compile(
    r"\..+\.(?:[0-9a-f]{8}|[0-9a-f]{16})" + re.escape(part_file_locks.SUFFIX), re.DOTALL
)


def reserve(
    file_path: str | None, file_name: str, size: int, *, replace: bool = True, mark: str = ""
) -> PartialFile:
    """Open a new partial beside the target; FileError when there is no place for it.

    ``file_name`` comes from the server and never chooses a folder.
    """
    try:
        target = Path.cwd() if file_path is None else Path(file_path).absolute()
        if target.is_dir():
            target = target / safe_name(file_name, limit=name_limit(target))
        elif (file_path or "").endswith(_SEPARATORS):
            raise FileError(tr("The folder {folder!r} does not exist.", folder=str(target)))
        if not target.parent.is_dir():
            raise FileError(tr("The folder {folder!r} does not exist.", folder=str(target.parent)))
        with contextlib.suppress(FileNotFoundError):
            # A name that the disk does not take is told before a byte is fetched.
            if stat.S_IFMT(target.lstat().st_mode) not in (stat.S_IFREG, stat.S_IFLNK):
                raise FileError(
                    tr(
                        "{path!r} is no file: something of the system has this name (a device, a "
                        "pipe). It was left as it is.",
                        path=str(target),
                    )
                )
        behind = f".{mark or secrets.token_hex(4)}{part_file_locks.SUFFIX}"
        room = name_limit(target.parent) - len(behind) - 1
        path = target.with_name(f".{cut_name(target.name, room)}{behind}")
        disk = shutil.disk_usage(target.parent)
        if 0 < disk.total < size + MARGIN:  # also above the format's limit, perhaps
            raise disk_full_error(size, target.parent)
        held = Checkpoint()
        if len(mark) == part_file_locks.LOOSE:
            part_file_locks.sweep(path)
            path, descriptor, held = part_file_locks.open_loose(path)
        else:
            descriptor = part_file_locks.make(path)
        partial = PartialFile(target, path, descriptor, size, replace=replace)
        partial.resume(held)
        left = size - partial.received
        refusal: FileError | None = None
        if is_too_large(descriptor, target.parent, size):
            refusal = too_large(target)
        elif disk.total and disk.free < left + MARGIN:
            refusal = disk_full_error(left, target.parent)
    except (OSError, ValueError) as error:
        raise local_fault(error, Path(file_path or file_name)) from error
    if refusal is not None:
        partial.discard()
        raise refusal
    return partial


def reopen(kept: PartialFileState, size: int, *, replace: bool = True) -> PartialFile | None:
    """Open a partial of an earlier run; None when it is gone, is not ours, or is of no use.

    One of ours that is of no use is removed, unless it has got its name already: ``kept.path`` may
    also be that name, to see whether the rename was done. FileError when the folder is unavailable.
    """
    path = Path(kept.path)
    if (partial := open_same(kept, size, replace=replace)) is None:
        return None
    if _NAME.fullmatch(path.name):
        useful = partial.received > 0 or not size
        if not useful:
            partial.discard()
    else:
        useful = partial.length == size
        if not useful:
            partial.close()
    return partial if useful else None


def open_same(kept: PartialFileState, size: int, *, replace: bool = True) -> PartialFile | None:
    """Open the very file that is meant; None when it is gone, or another has its name."""
    path, target = Path(kept.path), Path(kept.target)
    if path.parent != target.parent:
        return None
    if not target.parent.is_dir():
        raise folder_unavailable(target.parent)
    try:
        descriptor = os.open(path, part_file_locks.AGAIN)
    except OSError as error:
        if error.errno in LOST:
            raise folder_unavailable(target.parent) from error
        return None  # gone, or something else has its name
    try:
        found = os.fstat(descriptor)
        same = (found.st_dev, found.st_ino) == (kept.device, kept.inode)
        if not same or not part_file_locks.is_ours(found):
            os.close(descriptor)
            return None
        partial = PartialFile(target, path, descriptor, size, replace=replace)
        partial.resume(kept.held)
    except OSError as error:
        os.close(descriptor)
        raise local_fault(error, target) from error
    return partial
