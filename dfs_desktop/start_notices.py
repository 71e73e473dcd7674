"""What is said once at the start: folders that cannot be written, and a last run that crashed."""

import platform
import sys
from collections.abc import Callable

from dfs_desktop.translation import tr
from dfs_desktop.workspace.notices import Action, Level, Notice

from . import __version__, disk_errors, redaction
from .settings import Places


def unwritable(places: Places) -> Notice | None:
    """Try each folder; name those that cannot be written, and what is therefore not kept."""
    kept = {
        places.config: "settings",
        places.data: tr("transfers and the registry on this computer"),
        places.cache / "places": tr("the rows to start with"),
        places.state: tr("the log"),
    }
    found = disk_errors.unwritable(kept)
    log = places.state / redaction.LOG
    try:
        if places.state not in found:  # the file may be another's, left by a start with sudo
            log.open("ab").close()
    except OSError as error:
        found[log], kept[log] = error, tr("the log")
    if not found:
        return None
    lines = [
        tr(
            "{folder}: {reason}; {kept} will not be kept.",
            folder=folder,
            reason=disk_errors.reason(error),
            kept=kept[folder],
        )
        for folder, error in found.items()
    ]
    remedy = disk_errors.advice(next(iter(found.values())))
    what = "Folders" if len(found) > 1 else "A file" if log in found else "A folder"
    return Notice(
        tr("{what} of this program cannot be written", what=what),
        "\n".join([*lines, tr("{remedy} Looking works all the same.", remedy=remedy)]),
        Level.WARNING,
        key="places",
    )


def crashed(stacks: str, copy: Callable[[str], object]) -> Notice:
    """The last run ended by a fault: its stacks can be copied for whoever maintains this."""
    machine = tr(
        "Python {python_version}, {platform}",
        python_version=platform.python_version(),
        platform=sys.platform,
    )
    report = tr(
        "DFS Desktop {version}, {machine}\n\n{stacks}",
        version=__version__,
        machine=machine,
        stacks=stacks,
    )
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
