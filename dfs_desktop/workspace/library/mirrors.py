"""Collections that are kept in step with a folder: what is new is fetched, nothing is ever removed."""

import asyncio
import shutil
import time
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from dfs_desktop.api import DownloadRecord, ModelArtifact, ModelArtifactStatus, Scope, errors
from dfs_desktop.artifact import safe_name
from dfs_desktop.artifact.disk_names import free_names, is_text, name_limit
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.disk_errors import is_folder
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.transfers.job import State as JobState
from dfs_desktop.transfers.job_runner import client_at
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Session
from dfs_desktop.workspace.state import AppState

from .library import Library
from .list_columns import shown_path
from .local_copy import LocalCopy, State

KIND = "mirror"
PAUSE = 300.0  # seconds between two runs
OFTEN = 15.0  # seconds between two runs of one mirror that a refresh of its collection causes
MARGIN = 500 << 20  # bytes that a disk has to have free beside what is fetched


class Mirror(Struct, frozen=True):
    """A collection and its folder. ``had``: hashes that were in the folder, by record; what of that
    is not there any more was removed by the person, and is not fetched again."""

    server: str
    server_name: str
    organization: str
    orbit: str
    collection: str
    name: str
    folder: str
    last: float = 0.0  # POSIX seconds
    outcome: str = ""
    had: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same collection and the same folder are one mirror."""
        return "\n".join((self.server, self.organization, self.orbit, self.collection, self.folder))


class Plan(Struct):
    """What one run found: records to be fetched, and how many are otherwise."""

    fetch: list[ModelArtifact] = []
    here: dict[str, str] = {}
    removed: int = 0  # from the folder
    changed: int = 0  # in the folder
    gone: int = 0  # from the server


def plan(mirror: Mirror, records: list[ModelArtifact], copies: list[LocalCopy]) -> Plan:
    """Compare what the server has with what is in the folder."""
    found = Plan()
    folder = Path(mirror.folder)
    inside = [copy for copy in copies if folder in Path(copy.path).parents]
    right = {copy.found for copy in inside if copy.state is State.FINE}
    wrong = {
        (copy.artifact_id, copy.sha256): copy.state
        for copy in inside
        if copy.state is not State.FINE
    }
    stored = [each for each in records if each.status == ModelArtifactStatus.UPLOADED]
    for record in stored:
        mark = record.sha256 or record.file_hash
        if record.sha256 in right:
            found.here[record.id] = mark
        elif wrong.get((record.id, record.sha256), State.MISSING) is not State.MISSING:
            found.changed += 1
        elif mirror.had.get(record.id) == mark or (record.id, record.sha256) in wrong:
            found.removed += 1
        else:
            found.fetch.append(record)
    ids = {record.id for record in records}
    found.gone = sum(key not in ids for key in mirror.had)
    return found


def told(found: Plan) -> str:
    """What a run found, for people."""
    parts = [tr("Nothing new")]
    if new := len(found.fetch):
        parts = [trn("{amount} new being fetched", "{amount} new being fetched", new)]
    parts.append(trn("{amount} in step", "{amount} in step", len(found.here)))
    if found.changed:
        parts.append(
            trn(
                "{amount} changed here: repair it to have it as on the server",
                "{amount} changed here: repair them to have them as on the server",
                found.changed,
            )
        )
    if found.removed:
        parts.append(
            trn(
                "{amount} removed here, not fetched again",
                "{amount} removed here, not fetched again",
                found.removed,
            )
        )
    if found.gone:
        parts.append(
            trn(
                "{amount} no longer on the server, kept here",
                "{amount} no longer on the server, kept here",
                found.gone,
            )
        )
    return " · ".join(parts)


class Mirrors:
    """`changed` tells that one ran, came, or went. They run while the program does."""

    def __init__(self, state: AppState, queue: Queue, library: Library, clients: Clients) -> None:
        self._state, self._queue, self._library, self._clients = state, queue, library, clients
        self.changed: Event[[]] = Event()
        self._running = asyncio.Lock()
        self._last: dict[str, float] = {}  # by the monotonic clock
        self.follow(state)

    def follow(self, state: AppState) -> None:
        """Mirrors of what a window has open run when it was listed anew."""
        state.session_changed.connect(lambda: self._refreshed(state.session))

    def all(self) -> list[Mirror]:
        """Every collection that is kept in step."""
        found = self._library.places(KIND, Mirror)
        return sorted(found, key=lambda mirror: (mirror.server_name, mirror.name, mirror.folder))

    def add(self, session: Session, folder: Path) -> None:
        """Keep the open collection in step with a folder from now on."""
        place = session.place
        if (collection := session.collection) is None:
            return
        if not is_text(folder):
            title = tr("The collection cannot be kept in step with this folder")
            detail = tr("Its path is not UTF-8 and cannot be kept. Choose another folder.")
            self._state.notify(Notice(title, detail, Level.WARNING, place=""))
            return
        mirror = Mirror(
            session.profile.id,
            session.profile.name,
            place.organization,
            place.orbit,
            place.collection,
            collection.name,
            str(folder),
        )
        self._put(mirror)
        self.run(mirror)

    def remove(self, mirror: Mirror) -> None:
        """Keep it in step no more; its files stay."""
        self._library.forget_place(KIND, mirror.key)
        self.changed.emit()

    def run(self, mirror: Mirror) -> None:
        """Compare now, and fetch what is new."""
        self._last[mirror.key] = time.monotonic()
        self._state.tasks.start(self._run(mirror.key), "keep a collection in step")

    async def watch(self) -> None:
        """Run all of them now and then."""
        await self._library.loaded.wait()
        while True:
            for mirror in self.all():
                await self._run(mirror.key)
            await asyncio.sleep(PAUSE)

    def _refreshed(self, session: Session) -> None:
        """The open collection was listed anew: its mirrors run, unless they just did."""
        place = session.place
        if session.loading or session.client is None or session.search or session.remembered:
            return
        here = (session.profile.id, place.organization, place.orbit, place.collection)
        for mirror in self.all():
            where = (mirror.server, mirror.organization, mirror.orbit, mirror.collection)
            if where == here and time.monotonic() - self._last.get(mirror.key, -OFTEN) >= OFTEN:
                self.run(mirror)

    def _put(self, mirror: Mirror) -> None:
        self._library.note_place(KIND, mirror.key, mirror)
        self.changed.emit()

    def _now(self, key: str) -> Mirror | None:
        return next((mirror for mirror in self.all() if mirror.key == key), None)

    async def _run(self, key: str) -> None:
        async with self._running:
            if (mirror := self._now(key)) is None:
                return
            self._last[key] = time.monotonic()
            try:
                outcome, had = await self._compare(mirror)
            except (errors.DataForceError, CredentialsError, OSError) as error:
                detail = getattr(error, "title", "") or getattr(error, "strerror", "") or ""
                outcome = tr("Did not run: {reason}", reason=detail or type(error).__name__)
                had = mirror.had
            if self._now(key) is not None:  # it may have been removed meanwhile
                self._put(replace(mirror, last=time.time(), outcome=outcome, had=had))

    async def _compare(self, mirror: Mirror) -> tuple[str, dict[str, str]]:
        in_thread, folder = self._state.tasks.in_thread, Path(mirror.folder)
        if mirror.had and not await in_thread(is_folder, folder):
            return tr("The folder is not there now"), mirror.had
        await in_thread(lambda: folder.mkdir(parents=True, exist_ok=True))
        where = Scope(mirror.organization, mirror.orbit, mirror.collection)
        client = client_at(await self._clients.of(mirror.server), where)
        records = await client.model_artifacts.list(collection_id=mirror.collection)
        await self._library.look()
        found = plan(mirror, records, self._library.copies())
        # Transfers that have not ended are under way, failed ones wait for the person.
        jobs = {job.artifact_id for job in self._queue.jobs if _into(job, folder)}
        found.fetch = [record for record in found.fetch if record.id not in jobs]
        free = (await in_thread(shutil.disk_usage, folder)).free
        needed = sum(max(record.size, 0) for record in found.fetch)
        had = mirror.had | found.here
        if needed + MARGIN > free and found.fetch:
            missing = quantities.size(needed + MARGIN - free)
            return trn(
                "No room for {amount} new: {missing} are missing on the disk",
                "No room for {amount} new: {missing} are missing on the disk",
                len(found.fetch),
                missing=missing,
            ), had
        await self._fetch(mirror, where, found.fetch)
        if found.fetch:
            title = trn(
                "{amount} new artifact of “{name}” is fetched",
                "{amount} new artifacts of “{name}” are fetched",
                len(found.fetch),
                name=mirror.name,
            )
            text = tr("Into {folder}, which is kept in step.", folder=shown_path(mirror.folder))
            key = f"mirror:{mirror.key}"
            self._state.notify(Notice(title, text, seconds=10, key=key, place=""))
        return told(found), had

    async def _fetch(self, mirror: Mirror, where: Scope, records: list[ModelArtifact]) -> None:
        """What has the name of a new one already stays beside it."""
        folder = Path(mirror.folder)

        def names() -> list[str]:
            limit = name_limit(folder)
            return free_names(folder, [safe_name(each.file_name, limit=limit) for each in records])

        for record, name in zip(records, await self._state.tasks.in_thread(names), strict=True):
            wanted = DownloadRecord(record.id, str(folder / name), where, replace=False)
            job = Job.of(record.display_name, wanted, mirror.server)
            job.artifact, job.watched = record, True  # how it ends is told for all of them
            self._queue.add(job)
            await asyncio.sleep(0)


def _into(job: Job, folder: Path) -> bool:
    going = job.state not in (JobState.DONE, JobState.CANCELLED)
    return job.kind is Kind.DOWNLOAD and going and job.path.parent == folder
