"""Plain files for objects: written aside, synced, then renamed under a random name."""

import contextlib
import hashlib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from dfs_desktop.server.lease import private_directory, private_file
from dfs_desktop.server.store.objects import Segment


def sync_directory(path: Path) -> None:
    """Make a rename in *path* survive a power cut, where the system has a way to ask for it."""
    if os.name != "posix":
        return  # NTFS journals renames; Windows cannot open a directory for this
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Incoming:
    """A file that is still arriving. Nobody can read it before :meth:`keep`."""

    def __init__(self, path: Path, home: Path) -> None:
        self._path = path
        self._home = home
        self._handle = private_file(path, os.O_EXCL)
        self._hash = hashlib.sha256()
        self._size = 0
        # A cancelled request discards while its last block may still be on its way to the disk.
        self._lock = threading.Lock()
        self._open = True

    def write(self, blocks: Iterable[bytes]) -> None:
        """Append blocks. Both the hash and the write let other threads run meanwhile."""
        with self._lock:
            if not self._open:
                raise OSError("the upload was given up")
            for block in blocks:
                self._hash.update(block)
                self._size += len(block)
                rest = memoryview(block)
                while rest:
                    rest = rest[os.write(self._handle, rest) :]

    def keep(self) -> Segment:
        """Sync, close, rename into place, sync the folder: after this the bytes are safe."""
        with self._lock:
            self._open = False
            try:
                os.fsync(self._handle)
            finally:
                os.close(self._handle)
        name = secrets.token_hex(16)
        folder = self._home / name[:2]
        if not folder.is_dir():
            private_directory(folder)
            sync_directory(self._home)
        self._path.replace(folder / name)
        sync_directory(folder)
        return Segment(name, self._size, self._hash.hexdigest())

    def discard(self) -> None:
        """Remove what arrived, unless it was kept. May be called at any time."""
        with self._lock:
            if self._open:
                self._open = False
                os.close(self._handle)
        with contextlib.suppress(OSError):
            self._path.unlink()


class Blobs:
    """The folder of files. Names are random; nothing a client says becomes part of a path."""

    def __init__(self, folder: Path) -> None:
        self._home = private_directory(folder / "objects")
        self._incoming = private_directory(folder / "incoming")

    def receive(self) -> Incoming:
        """Begin a new file."""
        return Incoming(self._incoming / secrets.token_hex(16), self._home)

    def open(self, blob: str) -> int:
        """A handle to read a file. FileNotFoundError when it is gone, or a link in its place."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        path = self._path(blob)
        if path.is_symlink():
            raise FileNotFoundError(blob)
        return os.open(path, flags)

    def free_bytes(self) -> int:
        """Room on the volume."""
        return shutil.disk_usage(self._home).free

    def remove(self, blobs: Iterable[str]) -> None:
        """Delete files. On Windows one that is being read stays until the next sweep."""
        for blob in blobs:
            with contextlib.suppress(OSError):
                self._path(blob).unlink()

    def sweep(self, keep: set[str], older_than: float) -> None:
        """Remove what a crash left: all arriving files, and old files nothing refers to."""
        for path in self._incoming.iterdir():
            with contextlib.suppress(OSError):
                path.unlink()
        limit = time.time() - older_than
        folders = [each for each in self._home.iterdir() if each.is_dir() and not each.is_symlink()]
        for path in (path for folder in folders for path in folder.iterdir()):
            with contextlib.suppress(OSError):
                if path.name not in keep and path.stat().st_mtime < limit:
                    path.unlink()

    def _path(self, blob: str) -> Path:
        if len(blob) != 32 or not blob.isalnum():
            raise FileNotFoundError(blob)
        return self._home / blob[:2] / blob
