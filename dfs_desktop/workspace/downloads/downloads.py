"""Artifacts on their way onto the disk: a free name, a verified file, and the way to its folder."""

import asyncio
import time
from collections.abc import Container, Iterable
from functools import cache
from pathlib import Path

from dfs_desktop.api import DownloadRecord, ModelArtifact, Scope
from dfs_desktop.api import ModelArtifactStatus as Status
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.disk_names import collision_key, free_names, is_text
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.time_slices import SLICE

from .survey import Clash, Questions, Survey, clash_question, survey, trouble

Origin = tuple[str, Place]  # the server's id, and the place there


_NO_FILE = {
    Status.PENDING_UPLOAD: later("It has not been uploaded to the end, so there is no file yet."),
    Status.UPLOAD_FAILED: later("Its upload did not come to an end, so there is no file."),
    Status.PENDING_DELETION: later("It is being deleted."),
    Status.DELETION_FAILED: later("Its deletion was begun and not finished: there may be no file."),
}


def why_no_file(artifact: ModelArtifact, going: Container[str] = ()) -> str:
    """Why a record cannot be downloaded; empty when it can."""
    if artifact.id in going:
        return tr("It is being deleted. Take that back first: Ctrl+Z.")
    return tr(_NO_FILE.get(artifact.status, ""))


class Downloads:
    """Fetches artifacts into the download folder, as many at once as the queue allows."""

    def __init__(self, state: AppState, queue: Queue, folder: Path) -> None:
        """``folder``: where downloads go until the person chooses another one."""
        self._state, self._queue, self._folder = state, queue, folder
        self._naming = queue.naming
        self.again_requested: Event[[list[ModelArtifact], Path, Origin]] = Event()

    @property
    def folder(self) -> Path:
        chosen = self._state.settings.download_folder
        return Path(chosen) if chosen else self._folder

    def use_folder(self, folder: Path) -> None:
        if not is_text(folder):
            title = tr("Downloads stay where they were")
            name = visible(folder.name)
            detail = tr(
                "The path of “{name}” is not UTF-8 and cannot be kept. Choose another folder.",
                name=name,
            )
            self._state.notify(Notice(title, detail, Level.WARNING))
            return
        self._state.settings.download_folder = str(folder)
        self._state.save_settings()

    async def fetch(
        self,
        artifacts: Iterable[ModelArtifact],
        *,
        again: bool = False,
        into: Path | None = None,
        ask: Questions | None = None,
        origin: Origin | None = None,
    ) -> list[Job]:
        """Queue downloads from the open place, or from `origin`, `into` a folder that is meant this once.

        Bytes that are already in the folder are shown instead of fetched again, unless `again`; so are
        those of a checked copy in another folder, where no folder is named.
        `ask` decides once for the batch about other files of the same names, and about a folder
        without room; without it both files are kept.
        """
        state = self._state
        if origin is None:
            state.session.here()  # raises while nothing is open
            origin = (state.session.profile.id, state.session.place)
        profile, place = origin
        chosen = self._not_running(artifacts)
        for artifact in chosen:
            if why := why_no_file(artifact, state.listing.going):
                self._no_file(artifact, why)
        chosen = [each for each in chosen if not why_no_file(each, state.listing.going)]
        found = await self._survey(chosen, into, again, ask)
        if found is None:
            return []
        self._already_there(found, origin)
        clash: Clash | None = Clash.KEEP_BOTH
        if found.clashing and ask is not None:
            clash = await ask.clash(*clash_question(found))
        if clash is None:
            return []
        if clash is Clash.SKIP:
            found.named = [each for each in found.named if each[0].id not in found.clashing]
        jobs: list[Job] = []
        async with self._naming:  # what is fetched at the same time takes no name twice
            chosen = self._not_running(artifact for artifact, _name in found.named)
            names, replacing = await self._names(found, chosen, clash)
            turn = time.perf_counter()
            for artifact in chosen:
                where = Scope(place.organization, place.orbit, artifact.collection_id)
                path = str(found.folder / names[artifact.id])
                # Unless it replaces one the name was free a moment ago: what takes it now stays.
                record = DownloadRecord(artifact.id, path, where, replace=artifact.id in replacing)
                job = Job.of(artifact.display_name, record, profile)
                job.artifact = artifact
                self._queue.add(job)
                jobs.append(job)
                if time.perf_counter() - turn > SLICE:
                    await asyncio.sleep(0)
                    turn = time.perf_counter()
        return jobs

    async def _survey(
        self, chosen: list[ModelArtifact], into: Path | None, again: bool, ask: Questions | None
    ) -> Survey | None:
        """Look into the folder, and into another one until there is room; None: called off."""
        folder, elsewhere = into or self.folder, dict[str, Path]()
        if into is None and not again:
            copies = {each.id: self._state.copy_on_disk(each) for each in chosen}
            elsewhere = {key: path for key, path in copies.items() if path is not None}
        while True:
            found = await self._state.tasks.in_thread(
                survey, folder, chosen, again, self._state.known_hash, elsewhere
            )
            promised = await self._state.tasks.in_thread(self._promised, folder)
            wrong = trouble(found, promised) if ask is not None else None
            if ask is None or wrong is None:
                return found
            if (chosen_folder := await ask.another_folder(wrong, folder)) is None:
                return None
            if chosen_folder == folder and wrong.anyway:
                return found
            folder = chosen_folder

    def _promised(self, folder: Path) -> int:
        """Bytes on the disk of this folder that downloads will take which have not begun."""
        disk_of = cache(_disk_of)
        return sum(
            max(0, job.artifact.size or 0)
            for job in self._queue.running()
            if job.kind is Kind.DOWNLOAD and job.untouched and job.artifact is not None
            if disk_of(job.path.parent) == disk_of(folder)
        )

    async def _names(
        self, found: Survey, chosen: list[ModelArtifact], clash: Clash
    ) -> tuple[dict[str, str], set[str]]:
        """The name of each by its id, and the ids of those that replace what has it."""
        wanted = {artifact.id: name for artifact, name in found.named}
        running = [j.path for j in self._queue.running() if j.kind is Kind.DOWNLOAD]
        taken = [path.name for path in running if path.parent == found.folder]
        replacing: set[str] = set()
        if clash is Clash.REPLACE:
            keys = {collision_key(name) for name in taken}
            for artifact in chosen:
                key = collision_key(wanted[artifact.id])
                if artifact.id in found.clashing and key not in keys:
                    keys.add(key)
                    replacing.add(artifact.id)
        others = [each.id for each in chosen if each.id not in replacing]
        names = [wanted[each] for each in others]
        taken += [wanted[each] for each in replacing]
        free = await self._state.tasks.in_thread(free_names, found.folder, names, taken)
        return {**wanted, **dict(zip(others, free, strict=True))}, replacing

    def _not_running(self, artifacts: Iterable[ModelArtifact]) -> list[ModelArtifact]:
        """Each of them once, without those that are being fetched."""
        jobs = self._queue.running()
        running = {job.artifact_id for job in jobs if job.kind is Kind.DOWNLOAD}
        chosen = {artifact.id: artifact for artifact in artifacts}
        return [artifact for key, artifact in chosen.items() if key not in running]

    def _no_file(self, artifact: ModelArtifact, why: str) -> None:
        name = visible(artifact.display_name)[:60]
        title = tr("“{name}” cannot be downloaded", name=name)
        told = Notice(title, why, Level.WARNING, seconds=8, key="download:none")
        self._state.notify(told)

    def _already_there(self, found: Survey, origin: Origin) -> None:
        """One note for the batch: where they are, and a way to have them once more."""
        if not (present := found.present):
            return
        opened, (artifact, path) = self._state.folder_requested, present[0]
        again, folder, many = [each for each, _path in present], str(path.parent), len(present)
        title = tr("{file} is already there", file=path.name)
        detail = tr("{folder} has the same bytes (SHA-256 checked).", folder=folder)
        if many > 1:
            title = trn("{amount} file is already there", "{amount} files are already there", many)
            detail = tr("{folder} has their bytes (SHA-256 checked).", folder=folder)
        if more := len({each.parent for _artifact, each in present}) - 1:
            detail = trn(
                "{folder} and {amount} more folder have their bytes (SHA-256 checked).",
                "{folder} and {amount} more folders have their bytes (SHA-256 checked).",
                more,
                folder=folder,
            )
        show = Action(tr("Open folder"), lambda: opened.emit(path))
        ask = self.again_requested.emit
        anew = Action(tr("Download Again"), lambda: ask(again, found.folder, origin))
        key = f"download:{artifact.id}"
        told = Notice(title, detail, Level.SUCCESS, show, seconds=10, key=key, other=anew)
        self._state.notify(told)


def _disk_of(folder: Path) -> int | None:
    """The disk of a folder, or of the nearest one above it that is there."""
    for existing in (folder, *folder.parents):
        try:
            return existing.stat().st_dev
        except OSError:
            continue
    return None
