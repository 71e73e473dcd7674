"""The journey of a member onto the disk: one file or a folder, by ranges, without the whole artifact."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.artifact import ArtifactError, safe_name
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error

if TYPE_CHECKING:
    from dfs_desktop.artifact.archive import Member
    from dfs_desktop.artifact.source import Source
    from dfs_desktop.workspace.inspecting import Look
    from dfs_desktop.workspace.workspace import Workspace

BLOCK = 4 * 1024 * 1024
MOST_DRAGGED = 8 * 1024 * 1024  # bytes of a member that can be dragged out


class Extraction:
    """One saving under way. `done` and `total` in bytes; `cancel` stops it within a block."""

    def __init__(self, title: str, total: int) -> None:
        self.title, self.total, self.done = title, total, 0
        self.ended = False
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        self._cancelled.set()

    def check(self) -> None:
        if self._cancelled.is_set():
            raise ArtifactError("Saving was stopped", "What was complete stays where it is.")

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()


class Extracting:
    """Saves members of what is looked into; goes on while the person looks at something else."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.running: list[Extraction] = []
        self._shelf: Path | None = None  # for what is dragged out, until the program ends

    def save(
        self, look: Look, members: Sequence[Member], target: Path, *, below: str | None = None
    ) -> Extraction:
        """Save one member as the file `target`; with `below`, several into the folder `target`.

        `below` is the folder inside the artifact that their paths are relative to.
        """
        title = target.name
        extraction = Extraction(title, sum(member.size for member in members))
        self.running.append(extraction)
        places = [
            (member, target if below is None else target.joinpath(*_parts(member.name, below)))
            for member in members
        ]
        work = self._save(look, extraction, places, target)
        self._workspace.tasks.start(work, "save the files")
        return extraction

    async def _save(
        self, look: Look, extraction: Extraction, places: list[tuple[Member, Path]], target: Path
    ) -> None:
        workspace = self._workspace
        try:
            await self._write(look, extraction, places)
        except (ArtifactError, OSError) as error:
            if not extraction.cancelled:
                title = f"“{extraction.title}” was not saved"
                workspace.notify(from_error(error, title))
        except asyncio.CancelledError:
            extraction.cancel()
            raise
        else:
            many = f"{len(places)} files were saved" if len(places) > 1 else "The file was saved"
            show = Action("Show", lambda: workspace.transferring.file_opened.emit(target))
            workspace.notify(Notice(many, str(target), Level.SUCCESS, show, seconds=8))
        finally:
            extraction.ended = True
            self.running.remove(extraction)

    async def _write(
        self, look: Look, extraction: Extraction, places: list[tuple[Member, Path]]
    ) -> None:
        source, close = look.source()

        def write() -> None:
            for member, path in places:
                write_member(source, member, path, extraction)

        try:
            await self._workspace.tasks.in_thread(write)
        finally:
            close()

    def dragged(self, look: Look, member: Member) -> tuple[Path, Callable[[], bool]]:
        """Begin to fetch a small member for a drag: where it will be, and whether it is there."""
        if self._shelf is None:
            self._shelf = Path(tempfile.mkdtemp(prefix="dfs-dragged-"))
        path = self._shelf / secrets.token_hex(4) / safe_name(member.name, "file")
        extraction = Extraction(path.name, member.size)
        task = self._workspace.tasks.start(
            self._write(look, extraction, [(member, path)]), "fetch what is dragged"
        )
        return path, lambda: task is not None and task.done() and path.is_file()

    def stop(self) -> None:
        """Savings end; what was fetched for drags goes."""
        for extraction in self.running:
            extraction.cancel()
        if self._shelf is not None:
            shutil.rmtree(self._shelf, ignore_errors=True)
            self._shelf = None


def _parts(name: str, below: str) -> list[str]:
    """The path of a member below a folder, each part made safe for a disk."""
    return [safe_name(part, "folder") for part in name.removeprefix(below).split("/") if part]


def write_member(source: Source, member: Member, path: Path, extraction: Extraction) -> None:
    """Write a member beside its place and rename it when it is whole. An existing file is replaced."""
    from dfs_desktop.artifact.source import read_exactly

    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.parent / f".{path.name[:80]}.{secrets.token_hex(4)}.part"
    try:
        with aside.open("xb") as file:
            place = 0
            while place < member.size:
                extraction.check()
                length = min(BLOCK, member.size - place)
                file.write(read_exactly(source, member.offset + place, length))
                place += length
                extraction.done += length
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
