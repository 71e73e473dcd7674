"""The members of an archive as folders within folders, with what each of them weighs."""

from collections.abc import Iterable

import msgspec

from .tar_walk import Member

MAX_DEPTH = 64
MAX_FOLDERS = 20_000


class Folder(msgspec.Struct):
    """A folder of the archive; `size` and `count` include everything below it."""

    name: str
    path: str
    folders: dict[str, "Folder"]
    files: list[tuple[str, Member]]
    size: int = 0
    count: int = 0


def folders_of(members: Iterable[Member]) -> Folder:
    """The tree of these members.

    A file that is deeper than 64 folders, or would need more than 20 000 of them, stays in the
    last folder that there is, with the rest of its path as its name.
    """
    root = Folder("", "", {}, [])
    left = MAX_FOLDERS
    for member in members:
        rest = member.name
        folder = root
        _count(folder, member)
        for _ in range(MAX_DEPTH):
            part, slash, behind = rest.partition("/")
            inner = folder.folders.get(part) if slash else None
            if not slash or (inner is None and not left):
                break
            if inner is None:
                left -= 1
                path = f"{folder.path}{part}/"
                inner = folder.folders[part] = Folder(part, path, {}, [])
            folder, rest = inner, behind
            _count(folder, member)
        folder.files.append((rest, member))
    return root


def _count(folder: Folder, member: Member) -> None:
    folder.size += member.size
    folder.count += 1
