"""A folder that files are saved into: nothing in it is replaced, and no link below it is followed."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from dfs_desktop.api.errors import FileError
from dfs_desktop.api.storage.local.atomic_rename import publish_file
from dfs_desktop.api.storage.local.part_file_locks import LOOSE, SUFFIX, hold, sweep
from dfs_desktop.translation import tr

_BY_FOLDER = {os.open, os.mkdir, os.stat, os.unlink} <= os.supports_dir_fd  # not on Windows
_FOLDER = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NEW = (
    os.O_CREAT
    | os.O_EXCL
    | os.O_WRONLY
    | _NO_LINK
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOINHERIT", 0)
)
_REPARSE = {0xA000000C, 0xA0000003}  # Windows: symbolic links and junctions


class TargetFolder:
    """An open folder; what is made in it is named below the open folder, never by a whole path.

    So nobody can put a link in the place of a folder between a look and a write. On Windows,
    which cannot name a file below an open folder, links are looked for before each step.
    """

    def __init__(self, path: Path, inside: int | None = None) -> None:
        """A folder that the person chose: a link that leads to it was chosen with it."""
        self.path = path
        self._descriptor: int | None = None
        if _BY_FOLDER:
            name = path if inside is None else path.name
            link = 0 if inside is None else _NO_LINK
            self._descriptor = os.open(name, os.O_RDONLY | _FOLDER | link, dir_fd=inside)

    def __enter__(self) -> "TargetFolder":
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def _at(self, name: str) -> str | Path:
        return self.path / name if self._descriptor is None else name

    def _aside(self) -> Path:
        return self.path / f".{secrets.token_hex(LOOSE // 2)}{SUFFIX}"

    def sweep(self) -> None:
        """Remove the hidden files of savings that were killed here."""
        sweep(self._aside())

    def refuse_link(self, name: str) -> None:
        """FileError when a link has this name: what it leads to is not ours to write."""
        try:
            found = os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return
        if stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) in _REPARSE:
            detail = tr(
                "A link with the name “{name}” stands in “{path}” and leads elsewhere. "
                "Remove it, or save into another folder.",
                name=name,
                path=self.path,
            )
            raise FileError(detail, title=tr("A link is in the way"))

    def folder(self, name: str) -> "TargetFolder":
        """The folder of this name in here, made where it is missing."""
        self.refuse_link(name)
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._at(name), dir_fd=self._descriptor)
        try:
            return TargetFolder(self.path / name, self._descriptor)
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.ENOTDIR}:
                self.refuse_link(name)
            raise

    def write(self, name: str, fill: Callable[[int], None], *, replace: bool = False) -> Path:
        """Make a file: `fill` writes into its descriptor; the path that it got when it was whole.

        With `replace` a file of this name is replaced, else "name (1)" and so on is taken. A file
        that does not become whole leaves nothing.
        """
        if not replace:
            self.refuse_link(name)
        aside = self._aside()
        descriptor = os.open(self._at(aside.name), _NEW, 0o666, dir_fd=self._descriptor)
        try:
            try:
                hold(descriptor)
                fill(descriptor)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            return publish_file(aside, self.path / name, replace=replace, folder=self._descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(self._at(aside.name), dir_fd=self._descriptor)
            raise


@contextlib.contextmanager
def folder_below(root: TargetFolder, parts: tuple[str, ...]) -> Iterator[TargetFolder]:
    """The folder that these names lead to, made where it is missing."""
    with contextlib.ExitStack() as open_folders:
        place = root
        for part in parts:
            place = open_folders.enter_context(place.folder(part))
        yield place


def names_in(folder: Path) -> list[str]:
    """The names that a folder has already, without links, which are refused and not stepped aside
    for; none when it is not there."""
    try:
        with os.scandir(folder) as entries:
            return [each.name for each in entries if not each.is_symlink()]
    except OSError:
        return []
