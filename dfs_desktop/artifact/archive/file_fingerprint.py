"""Opening a local file safely, knowing it again, and hashing it block by block."""

import hashlib
import os
import stat
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import msgspec

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr

from .part_sums import PartSums

# Bytes that a core keeps near while it hashes them. A second thread that reads ahead costs more by
# handing them to another core than it saves: the system reads ahead of whoever reads in order.
BLOCK = 256 << 10
TICK = 0.02  # seconds that the clock of file times may stand still
COARSE_TICK = 2.0  # where it counts whole seconds: FAT, older disks of Linux and macOS

# O_NONBLOCK: a named pipe must not hang the open. O_BINARY and O_NOINHERIT exist on Windows only.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOINHERIT", 0)
)

AnyPath = str | os.PathLike[str]


class Fingerprint(msgspec.Struct, frozen=True):
    """Which file it was and in which state; unequal after any ordinary change."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, source: int | AnyPath) -> "Fingerprint":
        """The fingerprint of an open descriptor or of a path; OSError when it cannot be read."""
        if isinstance(source, int):
            found = os.fstat(source)
            return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        # Always through a descriptor: on Windows stat(path) and fstat may disagree on the device.
        descriptor = os.open(source, _OPEN_FLAGS)
        try:
            return cls.of(descriptor)
        finally:
            os.close(descriptor)


def open_regular(path: AnyPath) -> FileIO:
    """The file opened for unbuffered reading; ArtifactError unless it is an ordinary file."""
    name = shortened(os.fspath(path))
    if Path(path).is_dir():
        raise ArtifactError(tr("Not a file"), tr("“{name}” is a folder.", name=name))
    file = FileIO(path, "rb", opener=lambda name, _flags: os.open(name, _OPEN_FLAGS))
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    why = tr("“{name}” is a device, a pipe or a socket.", name=name)
    raise ArtifactError(tr("Not a file"), why)


def await_tick(descriptor: int, check: Callable[[], None]) -> None:
    """Soon after a write: wait until the next one will give the file another time, and be seen."""
    changed = os.fstat(descriptor).st_mtime_ns
    tick = TICK if changed % 1_000_000_000 else COARSE_TICK
    end = time.monotonic() + tick
    while abs(age := time.time() - changed / 1e9) < tick and time.monotonic() < end:
        check()
        time.sleep(min(tick - age, TICK))


def check_unchanged(descriptor: int, fingerprint: Fingerprint) -> None:
    """Raise ArtifactError when the open file is no longer the one that `fingerprint` describes."""
    if Fingerprint.of(descriptor) != fingerprint:
        raise _changed()


def _changed() -> ArtifactError:
    return ArtifactError(
        tr("The file changed while reading"),
        tr("Another program is writing to it. Wait until it has finished, then try again."),
    )


class Hashes(msgspec.Struct, frozen=True):
    """What tells a file's bytes from others: its SHA-256 (hex), and the checksums of its parts."""

    sha256: str
    sums: bytes


def hash_parts(
    path: AnyPath,
    *,
    fingerprint: Fingerprint,
    advance: Callable[[int], None],
    check: Callable[[], None],
) -> Hashes:
    """SHA-256 of the whole file, and the checksums of its parts, in one reading; see hash_file."""
    sums = PartSums()
    whole = hash_file(path, fingerprint=fingerprint, advance=advance, check=check, sums=sums)
    return Hashes(whole, sums.finish())


def hash_file(
    path: AnyPath,
    *,
    fingerprint: Fingerprint,
    advance: Callable[[int], None],
    check: Callable[[], None],
    sums: PartSums | None = None,
) -> str:
    """SHA-256 (hex) of the whole file, which must be the one that `fingerprint` describes.

    `advance(n)` is told after every n bytes, `check()` is called before each
    block and may raise to stop. Blocking: run it on a worker thread; the lock is released.
    """
    digest = hashlib.sha256()
    done = 0

    with open_regular(path) as file:
        await_tick(file.fileno(), check)
        check_unchanged(file.fileno(), fingerprint)
        check()
        room = memoryview(bytearray(BLOCK))
        while count := file.readinto(room):
            block = room[:count]
            digest.update(block)
            if sums is not None:
                sums.update(block)
            done += count
            if done > fingerprint.size:
                raise _changed()
            advance(count)
            check()
        check_unchanged(file.fileno(), fingerprint)
    if done != fingerprint.size:
        raise _changed()
    return digest.hexdigest()
