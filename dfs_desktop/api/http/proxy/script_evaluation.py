"""A proxy script asked in a child process, which is killed when it overstays; it has no keys."""

import contextlib
import signal
import sys
import threading
from typing import IO

import msgspec

from dfs_desktop.proxy_question import MOST_ANSWER, Outcome, Question
from dfs_desktop.system import child_launch
from dfs_desktop.translation import tr
from dfs_desktop.typed_decoding import prepared

KIND = "proxy-script"  # of a child of the workers
SECONDS = 15.0  # from the start of the child, which may be slow on a full machine, to its answer
_MOST = 8 * MOST_ANSWER  # bytes of an outcome, as JSON has it


def evaluate(question: Question) -> Outcome:
    """What the script says. What it comes to is an outcome as well, in words for people."""
    try:
        started = child_launch.start(child_launch.command(KIND), "")
    except OSError as error:
        return Outcome(complaint=tr("no process could be started for it ({reason})", reason=error))
    overstayed = threading.Event()

    def end() -> None:
        overstayed.set()
        started.process.kill()

    timer = threading.Timer(SECONDS, end)
    timer.daemon = True
    timer.start()
    aside = threading.Thread(target=_drop, args=(started.complaints,), daemon=True)
    aside.start()
    try:
        with started.from_child:
            with contextlib.suppress(OSError), started.to_child:
                started.to_child.write(msgspec.json.encode(question))
            said = started.from_child.read(_MOST)
        return msgspec.json.decode(said, type=prepared(Outcome))
    except (ValueError, RecursionError):
        return _ended(started.process.wait() if overstayed.is_set() else _code(started), overstayed)
    finally:
        timer.cancel()
        started.process.kill()
        started.process.wait()
        aside.join()


def _code(started: child_launch.Started) -> int:
    with contextlib.suppress(Exception):
        return started.process.wait(1.0)
    return 0


def _ended(code: int, overstayed: threading.Event) -> Outcome:
    computed = sys.platform != "win32" and code == -signal.SIGXCPU
    if overstayed.is_set() or computed:
        return Outcome(complaint=tr("it did not come to an end in time"))
    return Outcome(
        complaint=tr("the process that ran it ended; it may have wanted too much memory")
    )


def _drop(stream: IO[bytes]) -> None:
    with stream:
        while stream.read(4096):
            pass
