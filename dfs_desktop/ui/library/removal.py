"""Files of the library that go: what is asked before, and the two ways they leave the disk."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDir, QFile, QStandardPaths

from dfs_desktop.translation import tr
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.library.local_copy import LocalCopy
from dfs_desktop.workspace.notices import Confirmation


def removal(chosen: Sequence[LocalCopy], *, for_good: bool = False) -> Confirmation:
    """What goes, and what is lost with it."""
    total = quantities.size(sum(copy.there for copy in chosen))
    only = [copy for copy in chosen if not copy.removable]
    name = (
        f"“{Path(chosen[0].path).name}”"
        if len(chosen) == 1
        else tr("{count} files", count=len(chosen))
    )
    safe = tr("All are intact and still at their server: they can be fetched again.")
    if len(chosen) == 1:
        safe = tr("It is intact and still at its server: it can be fetched again.")
    if only:
        which = tr("It is") if len(chosen) == 1 else tr("{count} of them are", count=len(only))
        names = ", ".join(Path(copy.path).name for copy in only[:5])
        more = tr(" and {value} more", value=len(only) - 5) if len(only) > 5 else ""
        safe = tr(
            "{which} not known to be at a server, whole: {names}{more}.",
            which=which,
            names=names,
            more=more,
        )
    words = (
        (tr("Delete {} for good"), tr("Delete")) if for_good else (tr("Move {} to the trash"),) * 2
    )
    return Confirmation(
        f"{words[0].format(name)}?",
        tr("{total} on this computer. {safe}", total=total, safe=safe),
        (tr("Keep"), words[1].replace("{} ", "")),
    )


def delete_file(path: str) -> bool:
    """Whether it could be deleted for good."""
    try:
        Path(path).unlink()
    except OSError:
        return False
    return True


def move_to_trash(path: str) -> bool:
    """Whether the desktop took it into its trash."""
    # A home in which no desktop has run yet has no folder for it, and Qt makes only the last one.
    place = QStandardPaths.StandardLocation.GenericDataLocation
    QDir().mkpath(QStandardPaths.writableLocation(place))
    found = QFile.moveToTrash(path)
    return bool(found[0] if isinstance(found, tuple) else found)
