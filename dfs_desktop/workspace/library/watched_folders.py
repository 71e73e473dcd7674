"""Folders of the person that are looked through for artifacts; what is new is offered for upload."""

import asyncio
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.artifact import FORMATS, extension
from dfs_desktop.artifact.disk_names import is_text
from dfs_desktop.disk_errors import is_folder
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.state import AppState

from .checking import Checking
from .library import Library
from .list_columns import shown_path
from .local_copy import State

KIND = "watched"
QUIET = 2_000_000_000  # nanoseconds without a change, after which a file is read
PAUSE = 20.0  # seconds between two looks
DEEPEST, MOST, LONGEST = 8, 20_000, 10.0  # folders, files and seconds of one look at a folder
# A .tar may be anything: only what people call an artifact by its ending is taken for one.
ENDINGS = frozenset(FORMATS) - {".tar"}
Found = dict[str, tuple[int, int]]  # sizes and times of change, by path


class WatchedFolder(Struct, frozen=True):
    """A folder. ``offer``: what is new in it is offered for upload; ``seen``: it was looked through."""

    path: str
    offer: bool = True
    seen: bool = False


class WatchedFolders:
    """The download folder is one of them, and offers nothing: what is in it came from a server.

    Nothing is uploaded by itself.
    """

    def __init__(
        self, state: AppState, library: Library, checking: Checking, downloads: Callable[[], Path]
    ) -> None:
        self._state, self._library, self._checking = state, library, checking
        self._downloads = downloads
        self.changed: Event[[]] = Event()  # one came or went
        self._before: Found = {}  # as the last look found them
        self._new: set[str] = set()  # paths that may be offered once they were read
        self._offered: set[str] = set()
        self._waiting: list[str] = []  # offered, and neither sent nor declined
        library.changed.connect(self._offer)

    def all(self) -> list[WatchedFolder]:
        """Those that the person chose."""
        found = self._library.places(KIND, WatchedFolder)
        return sorted(found, key=lambda folder: folder.path)

    def add(self, path: Path, *, offer: bool = True) -> None:
        """Watch a folder from now on; what is in it already is listed, and not offered."""
        if not is_text(path):
            title = tr("This folder cannot be watched")
            detail = tr("Its path is not UTF-8 and cannot be kept. Rename it first.")
            self._state.notify(Notice(title, detail, Level.WARNING, place=""))
            return
        self._put(WatchedFolder(str(path), offer))
        self.changed.emit()
        self._state.tasks.start(self.look(), "look through the folder")

    def offer(self, folder: WatchedFolder, *, offer: bool) -> None:
        """Say whether what is new in it is offered."""
        self._put(replace(folder, offer=offer))

    def remove(self, folder: WatchedFolder) -> None:
        """Watch it no more. Its files stay, on the disk and in the list."""
        self._library.forget_place(KIND, folder.path)
        self.changed.emit()

    def _put(self, folder: WatchedFolder) -> None:
        self._library.note_place(KIND, folder.path, folder)

    async def watch(self) -> None:
        """Look now and then, as long as the program runs."""
        await self._library.loaded.wait()
        while True:
            await self.look()
            await self._library.look()
            await asyncio.sleep(PAUSE)

    async def look(self) -> None:
        """Look through all folders once. A file that is still being written is left for later."""
        folders = [WatchedFolder(str(self._downloads()), offer=False), *self.all()]
        now: Found = {}
        for folder in folders:
            found = await self._state.tasks.in_thread(look_through, folder.path)
            if found is None:
                continue  # not there now
            now |= found
            known = {copy.path for copy in self._library.copies()}
            if folder.offer and folder.seen:
                self._new.update(found.keys() - known - self._offered)
            elif folder.offer:
                self._offered.update(found)
                self._put(replace(folder, seen=True))
        moment = time.time_ns()
        ready = [
            path
            for path, (size, changed) in now.items()
            if self._before.get(path, (size, changed)) == (size, changed)
            and not 0 <= moment - changed < QUIET
        ]
        self._before = now
        self._checking.read_found(filter(self._unread, ready))
        self._offer()

    def _unread(self, path: str) -> bool:
        copy, (size, changed) = self._library.at(path), self._before[path]
        return copy is None or (copy.there, copy.mtime_ns) != (size, changed)

    def _offer(self) -> None:
        """Offer what is new and was read: its bytes are known by now, and came from no server."""
        fresh = []
        for path in sorted(self._new):
            if (copy := self._library.at(path)) is None:
                continue
            self._new.discard(path)
            same = (each for each in self._library.copies() if each.found == copy.found)
            if copy.state is State.FINE and not any(each.known for each in same):
                fresh.append(path)
        if not fresh:
            return
        self._offered.update(fresh)
        self._waiting = [*filter(self._still_unsent, self._waiting), *fresh]
        paths = [Path(path) for path in self._waiting]
        names = ", ".join(path.name for path in paths[:3]) + (", …" if len(paths) > 3 else "")

        def upload() -> None:
            self._waiting = []
            self._state.upload_requested.emit(paths)

        title = trn(
            "{amount} new artifact in {folder}",
            "{amount} new artifacts in {folder}",
            len(paths),
            folder=shown_path(str(paths[-1].parent)),
        )
        send = Action(trn("Upload {amount}…", "Upload {amount}…", len(paths)), upload)
        told = Notice(title, names, action=send, key="watched", place="")
        self._state.notify(told)

    def _still_unsent(self, path: str) -> bool:
        copy = self._library.at(path)
        return copy is not None and not copy.known


def look_through(folder: str) -> Found | None:
    """The artifacts below a folder; links to other folders are not followed. None: it is not there."""
    found: Found = {}
    end = time.monotonic() + LONGEST
    if not is_folder(Path(folder)):
        return None
    left = [(folder, 0)]
    while left and len(found) < MOST and time.monotonic() < end:
        here, depth = left.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    _take(entry, depth, found, left)
        except OSError:
            continue
    return found


def _take(entry: os.DirEntry[str], depth: int, found: Found, left: list[tuple[str, int]]) -> None:
    if entry.name.startswith("."):
        return
    try:
        if entry.is_dir(follow_symlinks=False):
            if depth < DEEPEST:
                left.append((entry.path, depth + 1))
        elif extension(entry.name) in ENDINGS:
            state = entry.stat()
            if stat.S_ISREG(state.st_mode):
                found[entry.path] = (state.st_size, state.st_mtime_ns)
    except OSError:
        return
