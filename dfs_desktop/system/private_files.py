"""Files of this program for their owner's eyes only, written so that a crash leaves the old or the new."""

import contextlib
import os
import time
from pathlib import Path

from dfs_desktop import disk_errors

# On Windows a virus scanner may hold the old file open for a moment.
ATTEMPTS = 6 if os.name == "nt" else 1
_PAUSE = 0.03


def make_private(folder: Path) -> None:
    """Create a folder and its missing parents so that only their owner can look inside."""
    missing = []
    while not disk_errors.is_there(folder):
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def write_new(path: Path, content: bytes, mode: int = 0o600, *, durable: bool = True) -> None:
    """Write a file that is not there yet; ``durable``: when this returns the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if mode != 0o600 and hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), mode)
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def replace(source: Path, target: Path) -> None:
    """Rename over what is there."""
    for attempt in range(ATTEMPTS):
        try:
            source.replace(target)
        except PermissionError:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Make a rename durable, where the system can. Windows cannot open folders, and need not."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse; the rename is done
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_private(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write beside and rename; one writer at a time. ``durable`` as for `write_new`."""
    make_private(path.parent)
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    write_new(beside, content, durable=durable)
    replace(beside, path)


def keep_aside(path: Path, why: str, copy: bytes | None = None) -> Path:
    """Rename a file that cannot be used, before another is written in its place, or write a copy of it
    beside it; where it is now. OSError when that fails."""
    stamped = f"{path.name}.{why}-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}"
    aside, number = path.with_name(stamped), 1
    while disk_errors.is_there(aside):
        number += 1
        aside = path.with_name(f"{stamped}-{number}")
    if copy is None:
        path.rename(aside)
    else:
        write_new(aside, copy)
    return aside
