"""A reader with operations that no program has: they never end, take all memory, or kill it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.workers.process.child_server import run
from dfs_desktop.workers.process.limits import ReaderLimits
from dfs_desktop.workers.reader.child import ReaderPerformer
from dfs_desktop.workers.reader.operations import OPERATIONS


def spin(_artifact: OpenArtifact) -> int:
    """Computes for ever and reads nothing."""
    number = 0
    while True:
        number += 1


def stand(_artifact: OpenArtifact) -> int:
    """Holds the lock of the interpreter for ever, as a parser in C may."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    return len("x" * 10**7 and str(sum(map(len, map(str, iter(int, 1))))))


def read_for_ever(artifact: OpenArtifact) -> int:
    """Reads a byte again and again."""
    place = 0
    while True:
        place = (place + 32 * 1024) % artifact.source.size
        forget(artifact)
        artifact.source.read(place, 1)


def forget(artifact: OpenArtifact) -> None:
    """What was read is read again."""
    getattr(artifact.source, "_extents", []).clear()


def eat(_artifact: OpenArtifact) -> int:
    """Takes memory until there is none left."""
    eaten = []
    while True:
        eaten.append(bytes(64 * 1024 * 1024))  # asked of the system, never touched


def die(_artifact: OpenArtifact) -> int:
    """Ends the process at once."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def die_once(_artifact: OpenArtifact, path: str) -> str:
    """Ends the process the first time."""
    if not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "read"


def environment_of_child(_artifact: OpenArtifact) -> dict[str, str]:
    """What stands in its environment."""
    return dict(os.environ)


def limits_of_child(_artifact: OpenArtifact) -> list[int]:
    """Priority, most processor seconds, core size."""
    import resource

    cpu, _ = resource.getrlimit(resource.RLIMIT_CPU)
    core, _ = resource.getrlimit(resource.RLIMIT_CORE)
    return [os.getpriority(os.PRIO_PROCESS, 0), cpu, core]


def print_noise(_artifact: OpenArtifact) -> str:
    """Writes where messages would be spoiled by it."""
    print("noise", flush=True)
    os.write(1, b"more noise\n")
    return "clean"


OWN = (spin, stand, read_for_ever, eat, die, die_once, environment_of_child, limits_of_child,
       print_noise)  # fmt: skip


def slow(flag: Path) -> None:
    """Let the tab of safety compute as long as this file is there."""
    real = OPERATIONS["safety"]

    def safety(artifact: OpenArtifact) -> object:
        while flag.exists():
            pass
        return real(artifact)

    OPERATIONS["safety"] = safety


if __name__ == "__main__":
    OPERATIONS.update({each.__name__: each for each in OWN})
    if len(sys.argv) > 2:
        slow(Path(sys.argv[2]))
    run(ReaderPerformer, ReaderLimits())
    sys.exit(2)
