"""What is said once at the start: folders that cannot be written, and a last run that crashed."""

import platform
import sys
from collections.abc import Callable

from dfs_desktop.translation import later, tr
from dfs_desktop.workspace.notices import Action, Level, Notice

from . import __version__, disk_errors, redaction
from .settings import Places


def unwritable(places: Places) -> Notice | None:
    """Try each folder; name those that cannot be written, and what is therefore not kept."""
    kept = {
        places.config: later("{folder}: {reason}; settings will not be kept."),
        places.data: later(
            "{folder}: {reason}; transfers and the registry on this computer will not be kept."
        ),
        places.cache / "places": later(
            "{folder}: {reason}; the rows to start with will not be kept."
        ),
        places.state: later("{folder}: {reason}; the log will not be kept."),
    }
    found = disk_errors.unwritable(kept)
    log = places.state / redaction.LOG
    try:
        if places.state not in found:  # the file may be another's, left by a start with sudo
            log.open("ab").close()
    except OSError as error:
        found[log], kept[log] = error, kept[places.state]
    if not found:
        return None
    lines = [
        tr(kept[folder], folder=str(folder), reason=disk_errors.reason(error))
        for folder, error in found.items()
    ]
    remedy = disk_errors.advice(next(iter(found.values())))
    title = tr("A folder of this program cannot be written")
    if len(found) > 1:
        title = tr("Folders of this program cannot be written")
    elif log in found:
        title = tr("A file of this program cannot be written")
    return Notice(
        title,
        "\n".join([*lines, f"{remedy} {tr('Looking works all the same.')}"]),
        Level.WARNING,
        key="places",
    )


def crashed(stacks: str, copy: Callable[[str], object]) -> Notice:
    """The last run ended by a fault: its stacks can be copied for whoever maintains this."""
    machine = f"Python {platform.python_version()}, {sys.platform}"
    report = f"DFS Desktop {__version__}, {machine}\n\n{stacks}"
    return Notice(
        tr("The program ended unexpectedly last time"),
        tr(
            "Transfers go on where they were. The report says where in the program it happened; it "
            "holds no keys."
        ),
        Level.WARNING,
        Action(tr("Copy the report"), lambda: copy(report)),
        key="crash",
    )
