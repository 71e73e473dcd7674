"""Files on their way into a collection: looked into, reviewed, queued as one upload each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from dfs_desktop import disk_errors
from dfs_desktop.api import ModelArtifact, ModelArtifactStatus, Scope, Track, UploadRecord
from dfs_desktop.artifact import FORMATS, ArtifactError, extension, visible
from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.disk_names import is_text
from dfs_desktop.disk_errors import is_folder
from dfs_desktop.number_text import natural_key
from dfs_desktop.transfers.job import Job
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.state import AppState

from .draft import Draft, last_used, mark_of, remember

if TYPE_CHECKING:  # who looks imports the looks: the window is there sooner
    from dfs_desktop.workers.reader.caller import Reader
    from dfs_desktop.workers.reader.operations import Sendable

    from .file_checks import FileChecks

MOST_FILES = 1000
MOST_OPEN = 64  # files that the reader keeps open between the review and the checks


def _name(path: Path, contents: Sendable | None) -> str:
    """The manifest's name and version when it has them, else the file's name without its ending."""
    if contents is not None:
        name, version = contents.manifest.get("name"), contents.manifest.get("version")
        if isinstance(name, str) and name.strip():
            return f"{name.strip()} {version}".strip() if isinstance(version, str) else name.strip()
    return path.stem or path.name


def _measured(path: Path) -> Draft:
    """What can be said of a file before it is opened. Never raises."""
    draft = Draft(path, visible(path.stem or path.name))
    try:
        draft.mark = mark_of(path)
        draft.size = draft.mark[1]
        if not is_text(path):
            draft.problem = tr(
                "Its name, or that of a folder it lies in, is not UTF-8: no registry takes it, and "
                "no transfer could be kept. Rename it, then drop it again. Looking into it works."
            )
        elif extension(path.name) not in FORMATS:
            known = ", ".join(FORMATS)
            draft.problem = tr(
                "Not a model artifact: the name must end in {endings}.", endings=known
            )
    except OSError as error:
        draft.problem = disk_errors.explain(error, tr("The file cannot be read"))
    return draft


async def _look_inside(reader: Reader, draft: Draft, *, keep: bool) -> None:
    """Have the reader's process read archive and manifest, not its gigabytes. Never raises.

    ``keep``: the file stays open for the checks, so that its archive is walked through once.
    """
    from dfs_desktop.workers.reader import operations

    artifact = reader.add(path=os.fsencode(draft.path))
    try:
        draft.contents = await reader.look(operations.sendable, artifact, generous=True)
    except ArtifactError as error:
        draft.problem = f"{error.title}. {error.detail}"
    except OSError as error:
        draft.problem = disk_errors.explain(error, tr("The file cannot be read"))
    else:
        draft.name = _name(draft.path, draft.contents)
        text = draft.contents.manifest.get("description")
        draft.description = text.strip() if isinstance(text, str) else ""
        if keep:
            draft.opened = artifact
    finally:
        if draft.opened is None:
            reader.forget(artifact)


def _job(draft: Draft, place: Scope, profile: str, track: str) -> Job:
    description, tags = draft.description or None, draft.tags or None
    record = UploadRecord(str(draft.path), draft.name, place, description, tags, track=track)
    record.replaces = draft.replaces
    job = Job.of(draft.name, record, profile)
    # The row that is shown until the server has made the record.
    job.provisional = ModelArtifact(
        id=job.provisional_id,
        collection_id=job.collection_id,
        file_name=draft.path.name,
        model_name=draft.name,
        description=description,
        tags=tags,
        size=draft.size,
        metrics=draft.contents.metrics if draft.contents else {},
        manifest=draft.contents.manifest if draft.contents else {},
        status=ModelArtifactStatus.PENDING_UPLOAD,
    )
    return job


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Files as they are; folders opened to every artifact inside, links not followed.

    Companions of an operating system are left out, unless nothing else was chosen.
    """
    found: list[Path] = []
    paths = [path for path in paths if not is_companion(path.name)] or paths
    for path in paths:
        if not is_folder(path):
            found.append(path)
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(
                (each for each in folders if not is_companion(each)), key=natural_key
            )
            for name in sorted(names, key=natural_key):
                if extension(name) in FORMATS and not is_companion(name):
                    found.append(Path(folder, name))
                if len(found) >= MOST_FILES:
                    return found
    return list(dict.fromkeys(found))[:MOST_FILES]


class Uploads:
    """Turns dropped files into drafts, and reviewed drafts into transfers."""

    def __init__(self, state: AppState, queue: Queue, reader: Reader) -> None:
        self.state, self._queue, self.reader = state, queue, reader

    def begin(self, collection_id: str = "", track: Track | None = None) -> UploadReview:
        """The review of files that go into a collection of the open orbit (default: the open one),
        and become versions of a track there."""
        return UploadReview(self, collection_id, track)

    async def review(self, paths: Iterable[Path], *, keep_open: int = 0) -> list[Draft]:
        """Look inside the files; others made them, so none is opened in the window's process."""
        in_thread = self.state.tasks.in_thread
        files = await in_thread(find_files, list(paths))
        drafts = [await in_thread(_measured, path) for path in files]
        for draft in drafts:
            if not draft.problem:
                await _look_inside(self.reader, draft, keep=keep_open > 0)
                keep_open -= draft.opened is not None
        return drafts

    def submit(
        self, drafts: Iterable[Draft], collection_id: str = "", track: str = ""
    ) -> list[Job]:
        """Queue one upload a draft into a collection of the open orbit (default: the open one)."""
        state, session = self.state, self.state.session
        place = session.place
        target = collection_id or place.collection
        if session.client is None or not target:
            title, text = tr("Choose a collection first"), tr("Files go into a collection.")
            state.notify(Notice(title, text, Level.WARNING, seconds=8))
            return []
        where = Scope(place.organization, place.orbit, target)
        if taken := list(drafts):
            remember(state.settings, session.profile.id, taken[-1])
            state.save_settings()
        jobs = [_job(draft, where, session.profile.id, track) for draft in taken]
        state.slices.run(self._queue.add, jobs)
        return jobs


class UploadReview:
    """One drop on its way: what is reviewed, where it goes, and whether that is still the same.

    The target is the collection that was open, or meant, when the files came.
    """

    def __init__(self, uploads: Uploads, collection_id: str, track: Track | None) -> None:
        self._uploads, state = uploads, uploads.state
        self._state, self._session, self._place = state, state.session, state.session.place
        self._target = collection_id or self._place.collection
        names = {each.id: each.name for each in self._session.collections}
        self.collection = visible(names.get(self._target, ""))
        self._track = track.id if track is not None else ""
        self.track = visible(track.name) if track is not None else ""
        self.last = last_used(state.settings, self._session.profile.id)
        self.drafts: list[Draft] = []

    async def look_into(
        self, paths: Sequence[Path], likes: Mapping[Path, ModelArtifact] = MappingProxyType({})
    ) -> bool:
        """Look inside the files. Where no artifact is among them, the person is told. ``likes``: the
        artifacts whose names, descriptions and tags these have."""
        self.drafts = await self._uploads.review(paths, keep_open=MOST_OPEN)
        for draft in self.drafts:
            if (like := likes.get(draft.path)) is not None:
                draft.take_over(like)
        if not self.drafts:
            title = tr("There is no model artifact in what you dropped")
            text = tr("Searched for {endings}.", endings=", ".join(FORMATS))
            self._state.notify(Notice(title, text, Level.WARNING, seconds=8))
        return bool(self.drafts)

    def checks(self) -> FileChecks:
        """What runs while the person reviews; closed, it lets go of the files."""
        from .file_checks import FileChecks

        return FileChecks(self._state, self._uploads.reader, self.drafts, self._target)

    def submit(self, drafts: Iterable[Draft]) -> list[Job]:
        """Queue the uploads; none when another orbit or server was opened during the review."""
        session = self._session
        if self._state.session is not session or session.place.orbit != self._place.orbit:
            return []
        return self._uploads.submit(drafts, self._target, self._track)
