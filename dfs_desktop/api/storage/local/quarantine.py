"""Marks a download as coming from the network, where the system asks before it opens such a file."""

import contextlib
import ctypes
import ctypes.util
import os
import sys
import time
from pathlib import Path

_FROM_THE_INTERNET = "[ZoneTransfer]\r\nZoneId=3\r\n"  # the alternate stream that Windows reads
_ATTRIBUTE = b"com.apple.quarantine"


def mark_downloaded(path: Path) -> None:
    """Mark a file before it gets its name. Linux has no such mark; a disk without it keeps none."""
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "win32":
            zone_stream(path).write_text(_FROM_THE_INTERNET, encoding="ascii", newline="")
        elif sys.platform == "darwin":
            library = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
            value = quarantine_value(time.time())
            library.setxattr(os.fsencode(path), _ATTRIBUTE, value, len(value), 0, 0)


def zone_stream(path: Path) -> Path:
    """The stream of a file on NTFS that says where it came from."""
    return path.with_name(f"{path.name}:Zone.Identifier")


def quarantine_value(now: float) -> bytes:
    """What macOS keeps: flags of a download that nobody approved yet, the time, the program."""
    return f"0081;{int(now):x};DFS Desktop;".encode("ascii")
