"""The members of an archive as folders within folders, with what each of them weighs."""

from collections.abc import Iterable

import msgspec

from dfs_desktop.artifact.archive import Member

MAX_DEPTH = 64


class Folder(msgspec.Struct):
    """A folder of the archive; `size` and `count` include everything below it."""

    name: str
    path: str
    folders: dict[str, "Folder"]
    files: list[tuple[str, Member]]
    size: int = 0
    count: int = 0


def folders_of(members: Iterable[Member]) -> Folder:
    """The tree of these members; what is deeper than 64 folders stays in the 64th, with its path."""
    root = Folder("", "", {}, [])
    for member in members:
        *parts, last = member.name.split("/")
        if len(parts) > MAX_DEPTH:
            last = "/".join([*parts[MAX_DEPTH:], last])
            parts = parts[:MAX_DEPTH]
        folder = root
        _count(folder, member)
        for part in parts:
            inner = folder.folders.get(part)
            if inner is None:
                path = f"{folder.path}{part}/"
                inner = folder.folders[part] = Folder(part, path, {}, [])
            folder = inner
            _count(folder, member)
        folder.files.append((last, member))
    return root


def _count(folder: Folder, member: Member) -> None:
    folder.size += member.size
    folder.count += 1
