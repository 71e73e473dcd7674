"""Gives a complete file its name in one atomic rename."""

import contextlib
import ctypes
import errno
import functools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dfs_desktop.api.errors import NamelessError
from dfs_desktop.artifact import numbered
from dfs_desktop.artifact.disk_names import name_limit
from dfs_desktop.translation import tr

from .file_errors import FULL

# A virus scanner, an indexer or a network share may hold a fresh file for a moment.
PATIENCE = 10.0
PAUSE = 0.25
MOST_COPIES = 999

_AT_FDCWD, _NOREPLACE = -100, 1
# What holds for every way of renaming. Any other answer of a driver means "not this way".
_FINAL = {errno.EEXIST, errno.EROFS, errno.EACCES, *FULL}


def publish_file(
    path: Path,
    target: Path,
    *,
    replace: bool,
    folder: int | None = None,
    pause: Callable[[float], object] = time.sleep,
) -> Path:
    """Rename a finished partial file to ``target`` in the same folder; the name that it has now.

    With ``replace`` what has that name is replaced, a link as a link. Without, "name (1).ext" and
    so on is taken, and nothing is ever overwritten. ``folder`` is the open folder of both, where
    the system has such; else it is found by its path.
    """
    if replace:
        _patiently(functools.partial(_replace, path, target, folder), target, pause)
        return target
    limit = max(len(os.fsencode(target.name)), name_limit(target.parent))
    for number in range(MOST_COPIES + 1):
        free = target.with_name(numbered(target.name, number, limit)) if number else target
        try:
            _patiently(functools.partial(_rename_new, path, free, folder), free, pause)
        except FileExistsError:
            continue
        return free
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def _patiently(
    rename: Callable[[], object], target: Path, pause: Callable[[float], object]
) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            rename()
        except FileExistsError:
            raise
        except PermissionError as error:
            if time.monotonic() >= deadline:
                raise NamelessError(
                    tr(
                        "“{name}” is complete and checked, but could not be given its name: another "
                        "program holds it, or the folder does not permit it. Start it again when "
                        "that is over; nothing is fetched twice.",
                        name=target.name,
                    )
                ) from error
            pause(PAUSE)
        else:
            return


def _named(path: Path, folder: int | None) -> str | Path:
    return path if folder is None else path.name


def _replace(path: Path, target: Path, folder: int | None) -> None:
    if folder is None:
        path.replace(target)
    else:
        os.replace(path.name, target.name, src_dir_fd=folder, dst_dir_fd=folder)


def _rename_new(path: Path, target: Path, folder: int | None) -> None:
    """Rename; FileExistsError when something has the name. The best way that there is here."""
    if sys.platform == "win32":
        path.rename(target)
        return
    for way in (_exclusive, _by_link):
        try:
            way(path, target, folder)
        except OSError as error:
            if error.errno in _FINAL:
                raise
        else:
            return
    # A file system without either (FAT, some shares): the name is taken first, as an empty file.
    os.close(os.open(_named(target, folder), os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder))
    try:
        _replace(path, target, folder)
    except BaseException:
        os.unlink(_named(target, folder), dir_fd=folder)
        raise


def _exclusive(path: Path, target: Path, folder: int | None) -> None:
    if (rename := _renameat2()) is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    at = _AT_FDCWD if folder is None else folder
    names = os.fsencode(_named(path, folder)), os.fsencode(_named(target, folder))
    if rename(at, names[0], at, names[1], _NOREPLACE) != 0:
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


def _by_link(path: Path, target: Path, folder: int | None) -> None:
    old, new = _named(path, folder), _named(target, folder)
    try:
        os.link(old, new, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except FileExistsError:
        # A share whose first answer was lost repeats the link, and finds its own work.
        ours = os.stat(old, dir_fd=folder, follow_symlinks=False)
        if not os.path.samestat(ours, os.stat(new, dir_fd=folder, follow_symlinks=False)):
            raise
    with contextlib.suppress(OSError):  # it has its name; the other one only looks untidy
        os.unlink(old, dir_fd=folder)
