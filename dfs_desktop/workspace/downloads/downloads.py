"""Artifacts on their way onto the disk: a free name, a verified file, and the way to its folder."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable
from pathlib import Path

from dfs_desktop.api import DownloadRecord, Ledger, ModelArtifact, ModelArtifactStatus, Scope
from dfs_desktop.artifact import ArtifactError, Fingerprint, hash_file, safe_name, visible
from dfs_desktop.artifact.disk_names import free_names, is_text, name_limit
from dfs_desktop.disk_errors import is_file
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.state import AppState

Status = ModelArtifactStatus
AT_ONCE = 20  # transfers that are queued before the window paints again


def same_file(path: Path, artifact: ModelArtifact) -> bool:
    """Whether the disk already holds these very bytes (size first, then SHA-256)."""
    try:
        if not path.is_file() or path.stat().st_size != artifact.size:
            return False
        found = hash_file(
            path,
            fingerprint=Fingerprint.of(path),
            advance=lambda _count: None,
            check=lambda: None,
        )
    except (OSError, ArtifactError):
        return False
    return found == artifact.sha256


Named = list[tuple[ModelArtifact, str]]


def _look_around(
    folder: Path, artifacts: Iterable[ModelArtifact], again: bool
) -> tuple[Named, list[tuple[ModelArtifact, Path]]]:
    """Make the folder: the names that artifacts are to have there, and files that have their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    limit = name_limit(folder)
    named, present = Named(), list[tuple[ModelArtifact, Path]]()
    for artifact in artifacts:
        name = safe_name(artifact.file_name, limit=limit)
        if not again and same_file(folder / name, artifact):
            present.append((artifact, folder / name))
        else:
            named.append((artifact, name))
    return named, present


_NO_FILE = {
    Status.PENDING_UPLOAD: "It has not been uploaded to the end, so there is no file yet.",
    Status.UPLOAD_FAILED: "Its upload did not come to an end, so there is no file.",
    Status.PENDING_DELETION: "It is being deleted.",
    Status.DELETION_FAILED: "Its deletion was begun and not finished: there may be no file.",
}


def why_no_file(artifact: ModelArtifact, going: Container[str] = ()) -> str:
    """Why a record cannot be downloaded; empty when it can."""
    if artifact.id in going:
        return "It is being deleted. Take that back first: Ctrl+Z."
    return _NO_FILE.get(artifact.status, "")


class Downloads:
    """Fetches artifacts into the download folder, as many at once as the queue allows."""

    def __init__(self, state: AppState, queue: Queue, folder: Path) -> None:
        """``folder``: where downloads go until the person chooses another one."""
        self._state, self._queue, self._folder = state, queue, folder
        self._naming = asyncio.Lock()

    @property
    def folder(self) -> Path:
        chosen = self._state.settings.download_folder
        return Path(chosen) if chosen else self._folder

    def use_folder(self, folder: Path) -> None:
        if not is_text(folder):
            title = "Downloads stay where they were"
            name = visible(folder.name)
            detail = f"The path of “{name}” is not UTF-8 and cannot be kept. Choose another folder."
            self._state.notices.notify(Notice(title, detail, Level.WARNING))
            return
        self._state.settings.download_folder = str(folder)
        self._state.save_settings()

    def verified_copy(self, record: ModelArtifact) -> Path | None:
        """Where a download of these very bytes was checked against their SHA-256 in this run."""
        for job in reversed(self._queue.jobs):
            if job.kind is not Kind.DOWNLOAD or job.state is not State.DONE:
                continue
            found = job.artifact.file_hash if job.artifact is not None else ""
            if found and found == record.file_hash and is_file(job.path):
                return job.path
        return None

    async def fetch(
        self,
        artifacts: Iterable[ModelArtifact],
        *,
        again: bool = False,
        into: Path | None = None,
    ) -> list[Job]:
        """Queue downloads from the open place, `into` a folder that is meant this once.

        Bytes that are already in the folder are shown instead of fetched again, unless `again`;
        another file of the same name is kept beside the new one."""
        state = self._state
        state.session.here()  # raises while nothing is open
        profile, place = state.session.profile.id, state.session.place
        folder = into or self.folder
        chosen = self._not_running(artifacts)
        refused = {
            each.id: why for each in chosen if (why := why_no_file(each, state.listing.going))
        }
        for artifact in chosen:
            if artifact.id in refused:
                self._no_file(artifact, refused[artifact.id])
        chosen = [artifact for artifact in chosen if artifact.id not in refused]
        named, present = await state.tasks.in_thread(_look_around, folder, chosen, again)
        for artifact, path in present:
            self._already_there(artifact, path)
        jobs: list[Job] = []
        async with self._naming:  # what is fetched at the same time takes no name twice
            chosen = self._not_running(artifact for artifact, _name in named)
            running = [j.path for j in self._queue.running() if j.kind is Kind.DOWNLOAD]
            taken = [path.name for path in running if path.parent == folder]
            names = {artifact.id: name for artifact, name in named}
            wanted = [names[artifact.id] for artifact in chosen]
            free = await state.tasks.in_thread(free_names, folder, wanted, taken)
            for number, (artifact, name) in enumerate(zip(chosen, free, strict=True), 1):
                where = Scope(place.organization, place.orbit, artifact.collection_id)
                jobs.append(self._start(artifact, folder / name, where, profile))
                if number % AT_ONCE == 0:
                    await asyncio.sleep(0)
        return jobs

    def _not_running(self, artifacts: Iterable[ModelArtifact]) -> list[ModelArtifact]:
        """Each of them once, without those that are being fetched."""
        jobs = self._queue.running()
        running = {job.artifact_id for job in jobs if job.kind is Kind.DOWNLOAD}
        chosen = {artifact.id: artifact for artifact in artifacts}
        return [artifact for key, artifact in chosen.items() if key not in running]

    def _no_file(self, artifact: ModelArtifact, why: str) -> None:
        name = visible(artifact.model_name or artifact.file_name)[:60]
        title = f"“{name}” cannot be downloaded"
        self._state.notices.notify(
            Notice(title, why, Level.WARNING, seconds=8, key="download:none")
        )

    def _already_there(self, artifact: ModelArtifact, path: Path) -> None:
        opened = self._state.folder_requested
        self._state.notices.notify(
            Notice(
                f"{path.name} is already there",
                f"{path.parent} has the same bytes (SHA-256 checked).",
                Level.SUCCESS,
                Action("Open folder", lambda: opened.emit(path)),
                seconds=10,
                key=f"download:{artifact.id}",
            )
        )

    def _start(self, artifact: ModelArtifact, path: Path, place: Scope, profile: str) -> Job:
        # The name was free a moment ago; what takes it meanwhile is not overwritten.
        record = DownloadRecord(artifact.id, str(path), place, replace=False)
        job = Job(
            Kind.DOWNLOAD,
            artifact.model_name or artifact.file_name,
            path,
            collection_id=artifact.collection_id,
            ledger=Ledger(record),
            profile=profile,
        )
        job.artifact = artifact
        self._queue.add(job)
        return job
