"""Saves members of an artifact: one file or a folder, by ranges, without the whole artifact."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.api import DataForceError
from dfs_desktop.api.storage.local.file_errors import local_fault
from dfs_desktop.artifact import ArtifactError, safe_name
from dfs_desktop.artifact.disk_names import name_limit
from dfs_desktop.artifact.names import shortened
from dfs_desktop.disk_errors import is_file
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import series, tr, trn
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.state import AppState

if TYPE_CHECKING:
    from dfs_desktop.artifact.archive.tar_walk import Member
    from dfs_desktop.workspace.inspection.inspector import Inspection

    from .member_writer import MemberWriter, Saved

    Write = Callable[[MemberWriter], Saved]

MOST_DRAGGED = 8 * 1024 * 1024  # bytes of a member that can be dragged out
_MOST_TOLD = 3  # names in one notice


class Extraction:
    """One saving under way. `done` and `total` in bytes; `cancel` stops it within a block."""

    def __init__(self, title: str, total: int) -> None:
        self.title, self.total, self.done = title, total, 0
        self.ended = False
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        self._cancelled.set()

    def advance(self, count: int) -> None:
        self.done += count

    def check(self) -> None:
        if self._cancelled.is_set():
            raise ArtifactError(
                tr("Saving was stopped"), tr("What was complete stays where it is.")
            )

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()


class MemberSaver:
    """Saves members of what is looked into; goes on while the person looks at something else."""

    def __init__(self, state: AppState) -> None:
        self._state = state
        self.running: list[Extraction] = []
        self._shelf: Path | None = None  # for what is dragged out, until the program ends

    def save(
        self,
        look: Inspection,
        members: Sequence[Member],
        target: Path,
        *,
        below: str | None = None,
        replace: bool = False,
    ) -> Extraction:
        """Save one member as the file `target`; with `below`, several into the folder `target`.

        `below` is the folder inside the artifact that their paths are relative to; `replace`, that
        the person agreed to replace the file `target`.
        """
        extraction = Extraction(target.name, sum(member.size for member in members))
        self.running.append(extraction)

        def write(writer: MemberWriter) -> Saved:
            if below is None:
                return writer.file(members[0], target, replace=replace)
            return writer.folder(members, target, below)

        work = self._save(look, extraction, write, target)
        self._state.tasks.start(work, "save the files")
        return extraction

    async def _save(
        self, look: Inspection, extraction: Extraction, write: Write, target: Path
    ) -> None:
        state = self._state
        try:
            saved = await self._write(look, extraction, write)
        except (ArtifactError, DataForceError, OSError) as error:
            if not extraction.cancelled:
                told = local_fault(error, target) if isinstance(error, OSError) else error
                title = tr("“{name}” was not saved", name=shortened(extraction.title))
                state.notify(from_error(told, title))
        except asyncio.CancelledError:
            extraction.cancel()
            raise
        else:
            place = target if len(saved.paths) != 1 else saved.paths[0]
            show = Action(tr("Show"), lambda: state.folder_requested.emit(place))
            state.notify(_outcome(saved, target, show))
        finally:
            extraction.ended = True
            self.running.remove(extraction)

    async def _write(self, look: Inspection, extraction: Extraction, write: Write) -> Saved:
        from .member_writer import MemberWriter

        source, close = look.source()
        writer = MemberWriter(source, extraction.advance, extraction.check)
        try:
            return await self._state.tasks.in_thread(write, writer)
        finally:
            close()

    def dragged(self, look: Inspection, member: Member) -> tuple[Path, Callable[[], bool]]:
        """Begin to fetch a small member for a drag: where it will be, and whether it is there."""
        if self._shelf is None:
            self._shelf = Path(tempfile.mkdtemp(prefix="dfs-dragged-"))
        name = safe_name(member.name, "file", name_limit(self._shelf))
        path = self._shelf / secrets.token_hex(4) / name
        extraction = Extraction(path.name, member.size)
        task = self._state.tasks.start(
            self._write(look, extraction, lambda writer: writer.file(member, path, replace=False)),
            "fetch what is dragged",
        )
        return path, lambda: task is not None and task.done() and is_file(path)

    def stop(self) -> None:
        """Savings end; what was fetched for drags goes."""
        for extraction in self.running:
            extraction.cancel()
        if self._shelf is not None:
            shutil.rmtree(self._shelf, ignore_errors=True)
            self._shelf = None


def _outcome(saved: Saved, target: Path, show: Action) -> Notice:
    """How many files are there now, which have another name, and which are missing, and why."""
    there, missing = len(saved.paths), len(saved.failed) + saved.left
    lines = []
    if saved.failed:
        told = [
            tr("“{name}” was not saved: {reason}", name=shortened(name), reason=error.detail)
            for name, error in saved.failed[:_MOST_TOLD]
        ]
        lines.extend(told)
        if (more := missing - len(told)) > 0:
            lines.append(
                trn(
                    "{amount} more was not saved either.",
                    "{amount} more were not saved either.",
                    more,
                    amount=number_text(more),
                )
            )
    elif there == 1:
        lines.append(str(saved.paths[0]))
    else:
        lines.append(str(target))
    if saved.renamed:
        told = [
            tr("“{name}” is “{other}”", name=shortened(name), other=shortened(given))
            for name, given in saved.renamed[:_MOST_TOLD]
        ]
        named = series(told)
        if more := len(saved.renamed) - len(told):
            named = tr("{named}, and {more} more", named=named, more=number_text(more))
        lines.append(tr("Saved under another name: {named}.", named=named))
    if not there:
        title = tr("“{name}” was not saved", name=shortened(target.name))
        return Notice(title, "\n".join(lines), Level.ERROR)
    if missing:
        title = trn(
            "{saved} of {amount} file was saved",
            "{saved} of {amount} files were saved",
            there + missing,
            amount=number_text(there + missing),
            saved=number_text(there),
        )
        return Notice(title, "\n".join(lines), Level.WARNING, show)
    title = trn("The file was saved", "{amount} files were saved", there, amount=number_text(there))
    seconds = 20 if saved.renamed else 8
    return Notice(title, "\n".join(lines), Level.SUCCESS, show, seconds=seconds)
