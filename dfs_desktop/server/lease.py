"""One program per data folder: private folders, and a lock that ends with the process."""

import contextlib
import os
import sys
from pathlib import Path


class RegistryInUse(RuntimeError):  # noqa: N818  the name people know from the interface
    """Another program has this data folder open. The text says what to do."""


def private_directory(path: Path) -> Path:
    """Create *path* for this user only, whatever the umask says."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        path.chmod(0o700)
    return path


def private_file(path: Path, flags: int = 0) -> int:
    """Open *path* read-write, created for this user only, never through a planted link."""
    flags |= os.O_RDWR | os.O_CREAT
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)
    if os.name == "posix":
        os.fchmod(handle, 0o600)
    return handle


# Windows locks byte ranges, and nobody else may read a locked byte: lock one far behind the text.
_LOCKED_BYTE = 1 << 30

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lease:
    """The exclusive right to a data folder, from construction to :meth:`release`."""

    def __init__(self, folder: Path) -> None:
        self._handle = private_file(folder / "lock")
        try:
            _lock(self._handle)
        except (BlockingIOError, PermissionError) as error:  # POSIX, Windows
            os.lseek(self._handle, 0, os.SEEK_SET)
            holder = os.read(self._handle, 32).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise RegistryInUse(_sentence(folder, holder)) from error
        except BaseException:  # a file system without locks
            os.close(self._handle)
            raise
        with contextlib.suppress(OSError):
            os.truncate(self._handle, 0)
        os.write(self._handle, f"{os.getpid()}\n".encode("ascii"))

    def release(self) -> None:
        """Give the folder back. The file stays: removing it would let two programs in."""
        os.close(self._handle)


def _sentence(folder: Path, holder: str) -> str:
    who = f"another program (process {holder})" if holder.isdigit() else "another program"
    return (
        f"The registry in {folder} is already open in {who}. "
        "Close that program, or start this one with another data folder."
    )
