"""Who gets in: the key of the run, and the keys whose hashes stand beside the data.

A key that lasts is kept by the person's keyring, never here: the folder holds its SHA-256 only. Who may
write into this folder may read all data in it, so that a hash written there opens nothing new.
"""

import contextlib
import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from .lease import Lease, RegistryInUse, private_file

_KEYS, _ADDRESS = "keys", "address"
_WINDOW = "window"
_MOST = 100  # keys; the oldest goes first
_LONGEST = 16_384  # characters of either file


class AcceptedKeys:
    """Says whether a key is good; the file is read again when somebody changed it."""

    def __init__(self, folder: Path, run_key: str) -> None:
        self._path = folder / _KEYS
        self._run_key = run_key.encode("ascii")
        self._seen: tuple[int, int, int] | None = None
        self._hashes: frozenset[str] = frozenset()

    def __call__(self, key: bytes) -> bool:
        if hmac.compare_digest(key, self._run_key):
            return True
        try:
            now = self._path.stat()
        except OSError:
            return False
        seen = (now.st_mtime_ns, now.st_size, now.st_ino)
        if seen != self._seen:
            self._seen, self._hashes = seen, frozenset(_read(self._path))
        return hashlib.sha256(key).hexdigest() in self._hashes


def accept(folder: Path, key: str) -> None:
    """From now on the registry of this folder takes this key as well, until keys are renewed."""
    hashed = _hash(key)
    known = _read(folder / _KEYS)
    if hashed not in known:
        _write(folder / _KEYS, [*known, hashed][-_MOST:])


def accept_only(folder: Path, keys: Sequence[str]) -> None:
    """Every key of before but that of the run opens nothing any more."""
    _write(folder / _KEYS, [_hash(key) for key in keys])


def no_longer_accept(folder: Path, key: str) -> None:
    """Whoever used this key has ended."""
    _write(folder / _KEYS, [known for known in _read(folder / _KEYS) if known != _hash(key)])


def announce(folder: Path, url: str, *, beside_window: bool = False) -> None:
    """Tell programs of the same person where the registry answers that has this folder open.
    One `beside_window` ends with its window."""
    _write(folder / _ADDRESS, [url, _WINDOW] if beside_window else [url])


def retire(folder: Path) -> None:
    """The registry ends."""
    with contextlib.suppress(OSError):
        (folder / _ADDRESS).unlink(missing_ok=True)


def running(folder: Path, *, beside_window: bool = False) -> str:
    """Where a registry answers that may be joined; "" when none runs. A window joins none that is
    `beside_window`, a command does. One that was killed has left its address, but no lease."""
    said = _read(folder / _ADDRESS)
    if not said or (_WINDOW in said and not beside_window):
        return ""
    try:
        Lease(folder).release()
    except RegistryInUse:
        return said[0]
    except OSError:
        pass
    return ""


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _read(path: Path) -> list[str]:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            return file.read(_LONGEST).split()
    except OSError:
        return []


def _write(path: Path, lines: Sequence[str]) -> None:
    """Written beside and renamed: whoever reads finds the old lines or the new ones."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = private_file(beside, os.O_TRUNC)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in lines))
    beside.replace(path)
