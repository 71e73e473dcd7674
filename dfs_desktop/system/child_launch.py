"""How a child is started: the same program, no keys in its environment, at low priority."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, NamedTuple

from dfs_desktop.translation import VARIABLE

# What a child needs of the environment; keys and whatever else stands there stays here.
_KEPT = frozenset(
    [VARIABLE,  # the language of what it says
     "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "SYSTEMROOT", "SYSTEMDRIVE",
     "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "NUMBER_OF_PROCESSORS",
     "PROCESSOR_ARCHITECTURE", "COMSPEC", "PATHEXT", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
     "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
     "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
     "XDG_DATA_HOME", "XDG_DATA_DIRS", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH"]
)  # fmt: skip
_KEPT_BEGINNINGS = ("LC_", "PYTHON", "DYLD_")  # a bundle sets its own anew in each child


def command(kind: str) -> list[str]:
    """The command that starts a child of this kind."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", kind]
    return [sys.executable, "-P", "-m", "dfs_desktop.workers", kind]


def environment(folder: str) -> dict[str, str]:
    """The environment of a child; `folder` is where its temporary files go, if anywhere."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _KEPT or name.upper().startswith(_KEPT_BEGINNINGS)
    }
    if not getattr(sys, "frozen", False):  # the very modules that this process has found
        kept["PYTHONPATH"] = os.pathsep.join(part or str(Path.cwd()) for part in sys.path)
    if folder:
        kept |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
    return kept | {"QT_QPA_PLATFORM": "offscreen", "MALLOC_ARENA_MAX": "2"}


def temporary_folder() -> str:
    """Where temporary files can lie; "" where no folder takes any, as on a full disk."""
    try:
        return tempfile.gettempdir()
    except OSError:
        return ""


class Started(NamedTuple):
    """A child with the pipes to it: for messages both ways, and for its complaints."""

    process: subprocess.Popen[bytes]
    to_child: IO[bytes]
    from_child: IO[bytes]
    complaints: IO[bytes]


def start(program: list[str], folder: str, *, worker: bool = True) -> Started:
    """A new child; OSError when there can be none. On Windows a worker has bounds."""
    flags = 0
    if sys.platform == "win32":
        low = subprocess.BELOW_NORMAL_PRIORITY_CLASS if worker else 0
        flags = low | subprocess.CREATE_NO_WINDOW
    child = subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(folder),
        creationflags=flags,
        close_fds=True,
    )
    if sys.platform == "win32" and worker:
        from .windows_job import confine

        confine(child)
    to_child, from_child, complaints = child.stdin, child.stdout, child.stderr
    if to_child is None or from_child is None or complaints is None:
        raise OSError("a child without pipes")
    return Started(child, to_child, from_child, complaints)
