"""What is said once at the start: folders that cannot be written, and a last run that crashed."""

import platform
import sys
from collections.abc import Callable

from dfs_desktop.workspace.notices import Action, Level, Notice

from . import __version__, disk_errors, redaction
from .settings import Places


def unwritable(places: Places) -> Notice | None:
    """Try each folder; name those that cannot be written, and what is therefore not kept."""
    kept = {
        places.config: "settings",
        places.data: "transfers and the registry on this computer",
        places.cache / "places": "the rows to start with",
        places.state: "the log",
    }
    found = disk_errors.unwritable(kept)
    log = places.state / redaction.LOG
    try:
        if places.state not in found:  # the file may be another's, left by a start with sudo
            log.open("ab").close()
    except OSError as error:
        found[log], kept[log] = error, "the log"
    if not found:
        return None
    lines = [
        f"{folder}: {disk_errors.reason(error)}; {kept[folder]} will not be kept."
        for folder, error in found.items()
    ]
    remedy = disk_errors.advice(next(iter(found.values())))
    what = "Folders" if len(found) > 1 else "A file" if log in found else "A folder"
    return Notice(
        f"{what} of this program cannot be written",
        "\n".join([*lines, f"{remedy} Looking works all the same."]),
        Level.WARNING,
        key="places",
    )


def crashed(stacks: str, copy: Callable[[str], object]) -> Notice:
    """The last run ended by a fault: its stacks can be copied for whoever maintains this."""
    machine = f"Python {platform.python_version()}, {sys.platform}"
    report = f"DFS Desktop {__version__}, {machine}\n\n{stacks}"
    return Notice(
        "The program ended unexpectedly last time",
        "Transfers go on where they were. The report says where in the program it happened; it "
        "holds no keys.",
        Level.WARNING,
        Action("Copy the report", lambda: copy(report)),
        key="crash",
    )
