"""The files that operating systems leave beside a person's own, in folders and in archives."""

import re

_NAMES = frozenset(
    [".ds_store", ".lsoverride", ".apdisk", ".volumeicon.icns", "icon\r",  # macOS
     "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",  # Windows
     ".directory"]  # KDE
)  # fmt: skip
_FOLDERS = frozenset(
    ["__macosx", ".appledouble", ".fseventsd", ".spotlight-v100", ".temporaryitems", ".trashes",
     ".documentrevisions-v100", "$recycle.bin", "system volume information",
     "@eadir", "lost+found", ".trash"]
)  # fmt: skip
# AppleDouble files, what file systems keep of deleted ones, locks of LibreOffice, marks of Windows.
_FILE = re.compile(
    r"\._.*|\.fuse_hidden[0-9a-f]+|\.nfs[0-9a-f]{8,}|\.~lock\..*#|.*:zone\.identifier", re.DOTALL
)
_TRASH = re.compile(r"\.trash-[0-9]+")  # on a drive, of one user


def is_companion(path: str) -> bool:
    """Whether a file of this path is nobody's content: macOS's `._name` and `__MACOSX/`, and such.

    Finders of documents, weights, databases, modules and artifacts pass it by; it stays listed
    among the files.
    """
    *folders, name = re.split(r"[/\\]", path.lower().rstrip("/\\"))
    if name in _NAMES or _FILE.fullmatch(name):
        return True
    return any(each in _FOLDERS or _TRASH.fullmatch(each) for each in [*folders, name])
