"""Files of the library that go: what is asked before, and the two ways they leave the disk."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDir, QFile, QStandardPaths

from dfs_desktop.translation import listed, tr, trn
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.library.local_copy import LocalCopy
from dfs_desktop.workspace.notices import Confirmation


def removal(chosen: Sequence[LocalCopy], *, for_good: bool = False) -> Confirmation:
    """What goes, and what is lost with it."""
    total = quantities.size(sum(copy.there for copy in chosen))
    only = [copy for copy in chosen if not copy.removable]
    many, name = len(chosen), Path(chosen[0].path).name
    safe = trn(
        "It is intact and still at its server: it can be fetched again.",
        "All are intact and still at their server: they can be fetched again.",
        many,
    )
    if only:
        names = listed([Path(copy.path).name for copy in only], 5)
        safe = trn(
            "{amount} of them is not known to be at a server, whole: {names}.",
            "{amount} of them are not known to be at a server, whole: {names}.",
            len(only),
            names=names,
        )
        if many == 1:
            safe = tr("It is not known to be at a server, whole: {names}.", names=names)
    there = tr("{size} on this computer.", size=total)
    if for_good:
        title = trn("Delete {amount} file for good?", "Delete {amount} files for good?", many)
        if many == 1:
            title = tr("Delete “{name}” for good?", name=name)
        return Confirmation(title, f"{there} {safe}", (tr("Keep"), tr("Delete")))
    title = trn("Move {amount} file to the trash?", "Move {amount} files to the trash?", many)
    if many == 1:
        title = tr("Move “{name}” to the trash?", name=name)
    return Confirmation(title, f"{there} {safe}", (tr("Keep"), tr("Move to the trash")))


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
