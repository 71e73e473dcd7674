"""Names for everything that is saved, chosen before a byte is written: valid, and never the same twice."""

import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .names import MAX_DISK_NAME, numbered, safe_name

_LEAST_LIMIT = 48  # bytes; no disk of today takes fewer, and numbers and endings need room
_DEEPEST = 64  # folders in each other; systems take no path that has many more


def collision_key(name: str) -> str:
    """Equal for names that some disk takes for one: letter case and composition do not count."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return unicodedata.normalize("NFC", folded.upper().casefold())


def name_limit(folder: Path) -> int:
    """How many UTF-8 bytes a name in this folder may have, or in the nearest one that exists.

    Disks that count UTF-16 units take at least as much: no character has more units than bytes.
    """
    for existing in (folder, *folder.parents):
        try:
            longest = os.pathconf(existing, "PC_NAME_MAX")
        except FileNotFoundError:
            continue
        except (AttributeError, OSError, ValueError):  # Windows; a share that does not say
            break
        return max(_LEAST_LIMIT, min(longest, MAX_DISK_NAME)) if longest > 0 else MAX_DISK_NAME
    return MAX_DISK_NAME


def is_text(path: Path) -> bool:
    """Whether all names of a path are UTF-8; Python reads other bytes as lone surrogates."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


class UsedNames:
    """The names of one folder, to which new ones are added."""

    def __init__(self, names: Iterable[str] = (), limit: int = MAX_DISK_NAME) -> None:
        self._keys = {collision_key(name) for name in names}
        self._limit = limit
        self._numbers: dict[str, int] = {}  # where counting goes on: thousands may meet in a name

    def take(self, name: str) -> bool:
        """Use this very name; False when another one stands in its way."""
        key = collision_key(name)
        if key in self._keys:
            return False
        self._keys.add(key)
        return True

    def add(self, name: str) -> str:
        """Use this name, with a number where it is taken; the name that it became."""
        if self.take(name):
            return name
        key = collision_key(name)
        number = self._numbers.get(key, 0) + 1
        while not self.take(free := numbered(name, number, self._limit)):
            number += 1
        self._numbers[key] = number
        return free


def free_name(folder: Path, name: str, taken: Iterable[str] = ()) -> str:
    """This name, with a number where something in the folder, or among `taken`, has it already."""
    return free_names(folder, [name], taken)[0]


def free_names(folder: Path, names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The same for several that are to lie beside each other."""
    try:
        there = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        there = []
    used = UsedNames([*there, *taken], name_limit(folder))
    return [used.add(name) for name in names]


class _Folder:
    """What lies directly in a folder of the artifact, in the order of its first mention."""

    def __init__(self) -> None:
        self.folders: dict[str, _Folder] = {}
        self.entries: list[tuple[str, _Folder | int]] = []

    def folder(self, name: str) -> "_Folder":
        if name not in self.folders:
            self.folders[name] = _Folder()
            self.entries.append((name, self.folders[name]))
        return self.folders[name]


def plan_names(
    paths: Sequence[str],
    limit: int = MAX_DISK_NAME,
    taken: Callable[[tuple[str, ...]], Iterable[str]] = lambda _folder: (),
) -> list[tuple[str, ...]]:
    """Where each file goes below a folder: its parts, as many results as `paths`, no two alike.

    `paths` divide their folders by "/"; `taken` tells which names a folder on the disk has
    already. Names that are fit for every disk are kept; the others give way to them.
    """
    root = _Folder()
    for number, path in enumerate(paths):
        *folders, name = [part for part in path.split("/") if part not in {"", "."}] or [""]
        place = root
        for part in folders[:_DEEPEST]:
            place = place.folder(part)
        place.entries.append((name, number))
    found: list[tuple[str, ...]] = [()] * len(paths)
    open_folders: list[tuple[tuple[str, ...], _Folder]] = [((), root)]
    while open_folders:
        at, folder = open_folders.pop()
        for name, what in _named(folder, UsedNames(taken(at), limit), limit):
            if isinstance(what, _Folder):
                open_folders.append(((*at, name), what))
            else:
                found[what] = (*at, name)
    return found


def _named(folder: _Folder, used: UsedNames, limit: int) -> Iterable[tuple[str, _Folder | int]]:
    later: list[tuple[str, _Folder | int]] = []
    for raw, what in folder.entries:
        name = safe_name(raw, "folder" if isinstance(what, _Folder) else "file", limit)
        if name == raw and used.take(name):
            yield name, what
        else:
            later.append((name, what))
    for name, what in later:
        yield used.add(name), what
