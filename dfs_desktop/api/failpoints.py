"""Places where a test can end the program at once, as a power cut would: to prove that nothing is lost.

    DFS_FAILPOINT=name[:n]      end with SIGKILL when the point is reached (for the n-th time)
    DFS_FAILPOINT_LOG=file      append the name of every point that is reached

Neither variable is set in ordinary life, and then a point costs one comparison.
"""

import os
import signal
import threading

_ASKED, _, _TIMES = os.environ.get("DFS_FAILPOINT", "").rpartition(":")
if not _TIMES.isdigit():  # names have a colon of their own
    _ASKED, _TIMES = f"{_ASKED}:{_TIMES}".strip(":"), "1"
_LOG = os.environ.get("DFS_FAILPOINT_LOG", "")
_active = bool(_ASKED or _LOG)
_lock = threading.Lock()
_left = int(_TIMES)


def reached(name: str) -> None:
    """Note that the program is here; end it when that is what was asked for."""
    if _active:
        _note(name)


def _note(name: str) -> None:
    global _left  # noqa: PLW0603 - one counter for the life of the process
    with _lock:
        if _LOG:
            with open(_LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 - a name from outside
                log.write(name + "\n")
        if name != _ASKED:
            return
        _left -= 1
        if _left > 0:
            return
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
