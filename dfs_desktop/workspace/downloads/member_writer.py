"""Writing members of an artifact to a disk: all names planned first, each file whole or not at all."""

from __future__ import annotations

import functools
import os
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from dfs_desktop.api import DataForceError
from dfs_desktop.api.errors import FileError
from dfs_desktop.api.storage.local.file_errors import disk_full_error, local_fault
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import Source, read_exactly
from dfs_desktop.artifact.disk_names import name_limit, plan_names
from dfs_desktop.artifact.errors import UnreachableError
from dfs_desktop.translation import tr

from .target_folder import TargetFolder, folder_below, names_in

if TYPE_CHECKING:
    from dfs_desktop.artifact.archive.tar_walk import Member

BLOCK = 4 * 1024 * 1024
_PATIENCE = 3  # members in a row that a source does not give, before the rest is not asked for


class Saved(Struct):
    """What became of each member: the path it got, another name than its own, or a reason."""

    paths: list[Path] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, DataForceError | ArtifactError]] = field(default_factory=list)
    left: int = 0  # members that were not tried any more


class MemberWriter:
    """Saves members of one source. `advance` hears of each block, `check` raises `stopped`."""

    def __init__(
        self, source: Source, advance: Callable[[int], None], check: Callable[[], None]
    ) -> None:
        self._source, self._advance, self._check = source, advance, check
        self.saved = Saved()

    def file(self, member: Member, target: Path, *, replace: bool) -> Saved:
        """Save a member under the name that the person chose."""

        def write() -> Path:
            target.parent.mkdir(parents=True, exist_ok=True)
            _check_room(target.parent, member.size)
            with TargetFolder(target.parent) as folder:
                folder.sweep()
                return folder.write(target.name, self._content(member), replace=replace)

        self._try(write, target, target.name, target.parent)
        return self.saved

    def folder(self, members: Sequence[Member], target: Path, below: str) -> Saved:
        """Save members into the folder `target`, with their paths below the folder `below` of the
        artifact. One that cannot be saved does not stop the others."""
        target.parent.mkdir(parents=True, exist_ok=True)
        _check_room(target.parent, sum(member.size for member in members))
        raw = [member.name.removeprefix(below) for member in members]
        places = plan_names(
            raw, name_limit(target), lambda parts: names_in(target.joinpath(*parts))
        )
        with TargetFolder(target.parent) as outside, outside.folder(target.name) as root:
            root.sweep()
            unreachable = 0
            for number, (member, parts) in enumerate(zip(members, places, strict=True)):
                self._check()
                write = functools.partial(self._below, root, member, parts)
                error = self._try(write, target.joinpath(*parts), raw[number], target)
                unreachable = unreachable + 1 if isinstance(error, UnreachableError) else 0
                if unreachable == _PATIENCE:
                    self.saved.left = len(members) - number - 1
                    break
        return self.saved

    def _below(self, root: TargetFolder, member: Member, parts: tuple[str, ...]) -> Path:
        path = root.path.joinpath(*parts)
        if hasattr(os, "pathconf") and len(os.fsencode(path)) >= os.pathconf("/", "PC_PATH_MAX"):
            raise FileError(tr("Its path would be longer than this system takes."))
        with folder_below(root, parts[:-1]) as folder:
            return folder.write(parts[-1], self._content(member))

    def _try(
        self, write: Callable[[], Path], target: Path, asked: str, base: Path
    ) -> Exception | None:
        """Note what became of one file, which was `asked` for under this name below `base`."""
        error: DataForceError | ArtifactError
        try:
            path = write()
        except OSError as fault:
            error = local_fault(fault, target)
        except (ArtifactError, FileError) as fault:
            error = fault
        else:
            self.saved.paths.append(path)
            given = path.relative_to(base).as_posix()
            if unicodedata.normalize("NFC", asked.strip("/")) != given:
                self.saved.renamed.append((asked, given))
            return None
        self._check()
        self.saved.failed.append((asked, error))
        return error

    def _content(self, member: Member) -> Callable[[int], None]:
        def fill(descriptor: int) -> None:
            place = 0
            while place < member.size:
                self._check()
                length = min(BLOCK, member.size - place)
                view = memoryview(read_exactly(self._source, member.offset + place, length))
                place += length
                while view:
                    view = view[os.write(descriptor, view) :]
                self._advance(length)

        return fill


def _check_room(folder: Path, needed: int) -> None:
    if shutil.disk_usage(folder).free < needed:
        raise disk_full_error(needed, folder)
