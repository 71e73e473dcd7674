"""What the process asks of the system at its start: no memory image for others, a trace of a crash."""

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import TextIO

from .redaction import redact

_PR_SET_PDEATHSIG = 1  # linux/prctl.h; the thread that started it has to live as long
_PR_SET_DUMPABLE = 4  # linux/prctl.h
_BUNDLE_PATHS = (
    "LD_LIBRARY_PATH", "QT_PLUGIN_PATH", "QML2_IMPORT_PATH", "APPIMAGE", "APPDIR", "ARGV0", "OWD",
)  # fmt: skip
_LONGEST_REPORT = 20_000  # characters


def forbid_memory_images() -> None:
    """No core dump, and on Linux no look into this process by others of the same user.

    The API key is in memory while the window is open. Where the system refuses, nothing changes.
    """
    if sys.platform == "win32":
        return  # Windows writes no dumps of programs unless an administrator asks for them
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def is_left_ignored(number: int) -> bool:
    """Whether nohup has this hang-up ignored. SIGINT counts, though a shell ignores it behind its &."""
    hangs_up = number == getattr(signal, "SIGHUP", None)
    return hangs_up and signal.getsignal(number) is signal.SIG_IGN


def leave_bundle_paths_out(environment: MutableMapping[str, str]) -> None:
    """In a bundle on Linux: browsers and file managers that are opened find their own libraries.

    PyInstaller names its folders in the environment, and an AppImage tells of itself; shells take an
    `ARGV0` for theirs. What is loaded later is found all the same: the loader read its part at the start.
    """
    if not getattr(sys, "frozen", False) or not sys.platform.startswith("linux"):
        return
    before = environment.pop("LD_LIBRARY_PATH_ORIG", "")
    for name in _BUNDLE_PATHS:
        environment.pop(name, None)
    if before:
        environment["LD_LIBRARY_PATH"] = before


def end_with_parent() -> None:
    """On Linux: end when whoever started this process ends, also when this one stands still."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class CrashReport:
    """The Python stacks of a crash, written by ``faulthandler`` at the moment of the crash.

    ``previous`` is what the last run left, without secrets; empty when it ended well.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "crash.txt"
        self.previous = ""
        self._file: TextIO | None = None

    def begin(self) -> None:
        """Take what the last run left, and watch this one; a folder that cannot be written is fine."""
        with contextlib.suppress(OSError):
            previous = redact(self.path.read_text("utf-8", "replace")[:_LONGEST_REPORT])
            if previous:
                self.path.replace(self.path.with_name("crash-before.txt"))
            self.previous = previous  # else it would be told of at each start
        with contextlib.suppress(OSError):
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(handle, "w", encoding="utf-8")
            faulthandler.enable(self._file, all_threads=True)

    def end(self) -> None:
        """The program ends well: nothing is left behind."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            with contextlib.suppress(OSError):
                self.path.unlink()
