"""What a child may use: memory, computing time, files. Set by the child itself, before it reads."""

import contextlib
import os
import signal
import sys
from pathlib import Path

from dfs_desktop import process_safety

MEMORY = 2 * 1024**3  # bytes beyond what the program itself has at its start
GENEROUS_MEMORY = 8 * 1024**3
SCRIPT_MEMORY = 512 * 1024**2
SCRIPT_SECONDS = 5  # of computing, the start of the engine included
_FILES = 256
_FILE_SIZE = 4 * 1024**3  # a database that is unpacked
_GRACE = 20  # seconds of computing beyond what a call may take


class ChildLimits:
    """What every child keeps to: no image of its memory, a low priority, and no life of its own."""

    NICE = 10

    def __init__(self) -> None:
        process_safety.forbid_memory_images()
        process_safety.end_with_parent()
        with contextlib.suppress(ValueError, OSError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the window's
        if sys.platform != "win32":  # where whoever starts it says so
            with contextlib.suppress(OSError):
                os.nice(self.NICE)

    def allow(self, seconds: float, *, generous: bool) -> None:
        """A call begins (or ends, with 0 seconds): so much computing from now on."""


class ReaderLimits(ChildLimits):
    """Keeps the limits of this process. Where the system has none, nothing is limited here.

    A person waits for what it reads, so it goes before what moves bytes: beside busy programs it gets
    three times as much of a core.
    """

    NICE = 5

    def __init__(self) -> None:
        super().__init__()
        self._memory = 0
        if sys.platform == "win32":
            return
        import resource

        _lower(resource.RLIMIT_NOFILE, _FILES)
        _lower(resource.RLIMIT_FSIZE, _FILE_SIZE)
        self._begin = _address_space()

    def allow(self, seconds: float, *, generous: bool) -> None:
        if sys.platform == "win32":
            return
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + _GRACE)
        memory = GENEROUS_MEMORY if generous else MEMORY
        if self._begin and memory != self._memory:
            self._memory = memory
            _lower(resource.RLIMIT_AS, self._begin + memory)


class ScriptLimits(ChildLimits):
    """Of a process that runs the script of somebody else once: it writes nothing, and has no time."""

    def __init__(self) -> None:
        super().__init__()
        if sys.platform == "win32":
            return
        import resource

        _lower(resource.RLIMIT_NOFILE, 64)
        _lower(resource.RLIMIT_FSIZE, 0)
        _lower(resource.RLIMIT_CPU, SCRIPT_SECONDS)
        if begin := _address_space():
            _lower(resource.RLIMIT_AS, begin + SCRIPT_MEMORY)


def _address_space() -> int:
    """Bytes of address space in use; 0 where the system does not tell (macOS keeps no such limit)."""
    try:
        with Path("/proc/self/statm").open("rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _lower(which: int, most: int) -> None:
    """Set a soft limit; the hard one stays, so that it can be raised again."""
    import resource

    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(which, (most, hard))
