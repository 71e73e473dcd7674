"""The files that operating systems leave beside a person's own, in folders and in archives."""

import re

_NAMES = frozenset([".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"])
_FOLDERS = frozenset(
    ["__macosx", ".spotlight-v100", ".trashes", ".fseventsd", ".appledouble", "$recycle.bin"]
)


def is_companion(path: str) -> bool:
    """Whether a file of this path is nobody's content: macOS's `._name` and `__MACOSX/`, and such.

    Finders of documents, weights, databases, modules and artifacts pass it by; it stays listed
    among the files.
    """
    *folders, name = re.split(r"[/\\]", path.lower().rstrip("/\\"))
    return name.startswith("._") or name in _NAMES or not _FOLDERS.isdisjoint([*folders, name])


__all__ = ["is_companion"]
