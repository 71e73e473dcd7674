"""The journey of an artifact onto the disk: a free name, a verified file, and the way to its folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.api import AsyncDataForceClient, ModelArtifact
from dfs_desktop.artifact import ArtifactError, Fingerprint, hash_file, safe_name
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error

if TYPE_CHECKING:
    from dfs_desktop.workspace.workspace import Workspace


def free_path(folder: Path, name: str, taken: Iterable[Path] = ()) -> Path:
    """A path in the folder that no file and no running download has: `model (1).fnnx`."""
    used = {str(path).casefold() for path in taken}
    path = folder / name
    number = 0
    while str(path).casefold() in used or path.exists() or path.is_symlink():
        number += 1
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
    return path


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
    return found == artifact.file_hash


class Downloading:
    """Fetches artifacts into the download folder, as many at once as the queue allows."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.folder_opened: Event[[Path]] = Event()  # the person asked to see a file in its folder

    @property
    def folder(self) -> Path:
        chosen = self._workspace.settings.download_folder
        return Path(chosen) if chosen else self._workspace.default_downloads

    def use_folder(self, folder: Path) -> None:
        self._workspace.settings.download_folder = str(folder)
        self._workspace.save_settings()

    def running(self, artifact_id: str) -> Job | None:
        return next(
            (
                job
                for job in self._workspace.queue.running()
                if job.kind is Kind.DOWNLOAD and job.artifact_id == artifact_id
            ),
            None,
        )

    async def fetch(
        self,
        artifacts: Iterable[ModelArtifact],
        *,
        again: bool = False,
        client: AsyncDataForceClient | None = None,
    ) -> list[Job]:
        """Queue downloads from `client` (default: the open place). Bytes that are already in the
        folder are shown instead of fetched again, unless `again`; another file of the same name is
        kept beside the new one."""
        workspace = self._workspace
        here = client or workspace.session.here()
        folder = self.folder
        await workspace.tasks.in_thread(folder.mkdir, parents=True, exist_ok=True)
        jobs: list[Job] = []
        for artifact in artifacts:
            if self.running(artifact.id) is not None:
                continue
            name = safe_name(artifact.file_name)
            present = folder / name
            if not again and await workspace.tasks.in_thread(same_file, present, artifact):
                self._already_there(artifact, present)
                continue
            taken = [j.path for j in workspace.queue.running() if j.kind is Kind.DOWNLOAD]
            jobs.append(self._start(artifact, free_path(folder, name, taken), here))
        return jobs

    def _already_there(self, artifact: ModelArtifact, path: Path) -> None:
        self._workspace.notify(
            Notice(
                f"{path.name} is already there",
                f"{path.parent} has the same bytes (SHA-256 checked).",
                Level.SUCCESS,
                Action("Open folder", lambda: self.folder_opened.emit(path)),
                seconds=10,
                key=f"download:{artifact.id}",
            )
        )

    def _start(self, artifact: ModelArtifact, path: Path, here: AsyncDataForceClient) -> Job:
        workspace = self._workspace
        title = artifact.model_name or artifact.file_name
        job = Job(Kind.DOWNLOAD, title, path, collection_id=artifact.collection_id)
        job.artifact = artifact

        async def work(job: Job) -> None:
            await here.model_artifacts.download(
                artifact.id, str(job.path), collection_id=artifact.collection_id
            )

        task = workspace.queue.add(job, work)
        workspace.listing.attach(artifact.id, job)
        workspace.tasks.start(self._finish(job, artifact, task, here), "finish the download")
        return job

    async def _finish(
        self,
        job: Job,
        artifact: ModelArtifact,
        task: asyncio.Task[None],
        here: AsyncDataForceClient,
    ) -> None:
        workspace = self._workspace
        await task
        workspace.listing.attach(artifact.id, None)
        if job.state is State.DONE:
            workspace.notify(
                Notice(
                    f"{job.path.name} was downloaded",
                    f"Checked and saved in {job.path.parent}.",
                    Level.SUCCESS,
                    Action("Open folder", lambda: self.folder_opened.emit(job.path)),
                    seconds=12,
                    key=f"download:{artifact.id}",
                )
            )
        elif job.state is State.FAILED and job.error is not None:
            retry = workspace.connecting.way_on(job.error, here, lambda: self.retry(artifact, here))
            workspace.notify(from_error(job.error, f"Could not download {job.title}", retry))

    def retry(self, artifact: ModelArtifact, client: AsyncDataForceClient) -> None:
        work = self.fetch([artifact], again=True, client=client)
        self._workspace.tasks.start(work, "download")
