"""Hidden files of downloads on the disk: how they are opened, held, found again and swept.

A download that a journal knows has a mark of 8 digits in its hidden name, and only that journal
decides about it. One of the library alone has 16, made of its object: the next download to the
same name goes on with it, or removes it, unless a living process holds it.
"""

import contextlib
import io
import os
import re
import secrets
import stat
import sys
from pathlib import Path

import msgspec

from dfs_desktop.api.protocol.checkpoint import Checkpoint
from dfs_desktop.typed_decoding import prepared

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

SUFFIX = ".dfspart"
NOTE = ".dfsheld"  # beside it, with what of it is durable
LOOSE = 16  # digits in the mark of a file that no journal knows
_BEHIND = re.compile(rf"[0-9a-f]{{{LOOSE}}}({re.escape(SUFFIX)}|{re.escape(NOTE)})")
_MOST_NOTED = 1 << 20  # bytes of a note
_LOCKED_BYTE = 0x7FFFFFFE  # Windows locks a place; ours is held by nobody else's reading

_COMMON = (
    os.O_RDWR
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOINHERIT", 0)
)
_NEW = _COMMON | os.O_CREAT | os.O_EXCL
AGAIN = _COMMON | getattr(os, "O_NONBLOCK", 0)  # a pipe in its place must not hang the open


def make(path: Path) -> int:
    """A new hidden file; one of a run that could not write down any more that it made it goes."""
    with contextlib.suppress(FileExistsError):
        return os.open(path, _NEW, 0o600)
    path.unlink()
    return os.open(path, _NEW, 0o600)


def is_ours(found: os.stat_result) -> bool:
    """Whether it is a file, and of this person."""
    mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    return stat.S_ISREG(found.st_mode) and mine


def hold(descriptor: int) -> bool:
    """Hold a file until it is closed; False when somebody does, or the disk knows no such thing."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def open_loose(path: Path) -> tuple[Path, int, Checkpoint]:
    """The file of a download that no journal knows, held, and what of it is there already.

    Another name where a living download has this one.
    """
    if (descriptor := _take(path)) is not None:
        return path, descriptor, _noted(path)
    if os.path.lexists(path):
        hidden = path.name.removesuffix(SUFFIX)[:-LOOSE]
        path = path.with_name(f"{hidden}{secrets.token_hex(LOOSE // 2)}{SUFFIX}")
    descriptor = os.open(path, _NEW, 0o600)
    hold(descriptor)
    return path, descriptor, Checkpoint()


def _take(path: Path) -> int | None:
    """An existing file, opened and held; None when it is gone, foreign, or held by another."""
    try:
        descriptor = os.open(path, AGAIN)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        found = os.fstat(descriptor)
        # It may have got its name, or been removed, before it was ours.
        if is_ours(found) and hold(descriptor) and os.path.samestat(found, path.lstat()):
            return descriptor
    os.close(descriptor)
    return None


def note(path: Path, held: Checkpoint) -> None:
    """Write beside a loose file what of it is durable."""
    place = path.with_suffix(NOTE)
    with contextlib.suppress(OSError):  # then the next download begins anew
        descriptor = os.open(place, _COMMON | os.O_CREAT | os.O_TRUNC, 0o600)
        with io.FileIO(descriptor, "wb") as file:
            file.write(msgspec.json.encode(held))


def _noted(path: Path) -> Checkpoint:
    try:
        with io.FileIO(os.open(path.with_suffix(NOTE), AGAIN), "rb") as file:
            held = msgspec.json.decode(file.read(_MOST_NOTED), type=prepared(Checkpoint))
    except (OSError, ValueError, RecursionError):
        return Checkpoint()
    ends = [0, *(end for span in held.ranges for end in span)]
    return held if ends == sorted(ends) and ends[0] == 0 else Checkpoint()


def forget(path: Path) -> None:
    """Remove what was noted of a hidden file."""
    with contextlib.suppress(OSError):
        path.with_suffix(NOTE).unlink(missing_ok=True)


def sweep(path: Path) -> None:
    """Remove what ended downloads to the same name left beside this loose file."""
    hidden = path.name.removesuffix(SUFFIX)[:-LOOSE]
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        names = [entry.name for entry in entries if entry.name.startswith(hidden)]
        found = [path.with_name(name) for name in names if _BEHIND.fullmatch(name, len(hidden))]
        for other in found:
            if other.suffix == NOTE:
                if not os.path.lexists(other.with_suffix(SUFFIX)):
                    other.unlink(missing_ok=True)
            elif other != path and (descriptor := _take(other)) is not None:
                if sys.platform == "win32":
                    os.close(descriptor)
                    other.unlink()
                else:  # while it is held, so that nobody takes it up meanwhile
                    other.unlink()
                    os.close(descriptor)
                forget(other)
