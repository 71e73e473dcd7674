"""Moves the registry on this computer to a server: planned, copied by ordinary transfers, reported."""

import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import astuple, replace

from dfs_desktop.artifact import visible
from dfs_desktop.settings import LOCAL
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.copies import Copies
from dfs_desktop.workspace.copies.destinations import BETWEEN
from dfs_desktop.workspace.copies.plan import Verdict
from dfs_desktop.workspace.deletion.deleter import Deletion
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers.job_problem import why

from .move_record import LOST, MovedItem, MoveRecord, Outcome, grouped, in_words, read, write
from .pairing import Pair
from .planner import MovePlan, Planner, copy_plan, plan_of

log = logging.getLogger(__name__)

SOON = 0.25  # seconds in which many changes are told as one
KEPT_AFTER = 1.0  # seconds until changes are in the file
KEY = "move:registry"  # of its notices


class RegistryMover:
    """`changed` tells, soon after, that the record is another one than before. `path`: the file that
    keeps it; without one it is forgotten at the end."""

    def __init__(
        self, state: AppState, clients: Clients, copies: Copies, queue: Queue, path: Path | None
    ) -> None:
        self._state, self._clients, self._copies = state, clients, copies
        self._queue, self._path = queue, path
        self.planner = Planner(clients, copies)
        self.changed: Event[[]] = Event()
        self.record: MoveRecord | None = None
        self.jobs: dict[tuple[str, str], Job] = {}
        self._items: dict[tuple[str, str], MovedItem] = {}
        self._telling: asyncio.TimerHandle | None = None
        self._keeping = asyncio.Lock()
        self._dirty = False

    @property
    def goes_on(self) -> bool:
        """Whether a move has not ended."""
        return self.record is not None and not self.record.ended

    async def begin(self, plan: MovePlan) -> None:
        """Make the orbits and collections that are missing, write down what is to be done, and queue
        it. What fails to be made is raised; what was made until then is found the next time."""
        lines = await self.planner.make_places(plan)
        target = f"{plan.into.profile.name}{BETWEEN}{plan.into.organization.name}"
        items = [_item(line.pair, each) for line in lines for each in line.verdicts]
        self.record = MoveRecord(plan.into.profile.id, target, items)
        self._know(self.record)
        await self._keep()
        for line in lines:
            self._copies.submit(plan_of(line.pair.source), line.pair.target, line.verdicts)
        self._settle()
        self._state.session_changed.emit()

    def _know(self, record: MoveRecord) -> None:
        self.jobs = {}
        self._items = {each.key: each for each in record.items}

    # While it goes on

    def on_job_changed(self, job: Job) -> None:
        """Called for each transfer: those of the move are followed."""
        source = job.source
        if source is None or source.server != LOCAL or self.record is None:
            return
        item = self._items.get((source.fetch.artifact_id, job.collection_id))
        if item is None or item.outcome in {Outcome.COPIED, Outcome.PRESENT}:
            return
        self.jobs[item.key] = job
        before = item.outcome
        item.outcome, item.reason = _outcome(job)
        if item.outcome is not before:
            self._settle()

    def _settle(self) -> None:
        """Look whether it has ended, and tell soon."""
        self._dirty = True
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(SOON, self._tell)

    def _tell(self) -> None:
        self._telling = None
        if (record := self.record) is not None:
            waiting = any(each.outcome is Outcome.WAITING for each in record.items)
            if not waiting and not record.ended:
                record.ended = time.time()
                self._say_ended(record)
            elif waiting and record.ended:
                record.ended = 0.0
        self.changed.emit()
        self._state.tasks.start_once(self._keep_soon, "keep the report of the move")

    async def _keep_soon(self) -> None:
        while self._dirty:
            await asyncio.sleep(KEPT_AFTER)
            await self._keep()

    async def _keep(self) -> None:
        """Write the record down, unless that was done since it changed."""
        if self._path is None or self.record is None:
            return
        async with self._keeping:
            self._dirty = False
            try:
                await self._state.tasks.in_thread(write, self._path, self.record)
            except (OSError, ValueError) as error:
                log.warning("the report of the move is not kept: %s", type(error).__name__)
                title = tr("The report of the move could not be kept")
                self._state.notify(replace(from_error(error, title), place=""))

    async def stop(self) -> None:
        """The end of the program: what is not in the file yet is written."""
        if self._telling is not None:
            self._telling.cancel()
        if self._dirty:
            await self._keep()

    def _say_ended(self, record: MoveRecord) -> None:
        counts = record.counts()
        wrong = counts[Outcome.FAILED] + counts[Outcome.REFUSED] + counts[Outcome.CANCELLED]
        title = tr("This registry is at {where}", where=visible(record.where))
        if wrong:
            title = trn(
                "{amount} artifact did not get to {where}",
                "{amount} artifacts did not get to {where}",
                wrong,
                where=visible(record.where),
            )
        self._notify(title, record, Level.WARNING if wrong else Level.SUCCESS)

    def _notify(self, title: str, record: MoveRecord, level: Level) -> None:
        detail = f"{in_words(record.items)}: {record.sentence()}."
        show = Action(tr("Show Report"), self._state.move_report_requested.emit)
        self._state.notify(Notice(title, detail, level, show, key=KEY, place=""))

    # After a restart, and again

    async def resume(self) -> None:
        """At the start, after the queue has its transfers again: a move that had not ended goes on."""
        if self._path is None:
            return
        record = await self._state.tasks.in_thread(read, self._path)
        if record is None or self.record is not None:
            return
        self.record = record
        self._know(record)
        for job in self._queue.jobs:
            self.on_job_changed(job)
        if not record.ended:
            lost = [
                each
                for each in record.items
                if each.outcome is Outcome.WAITING and each.key not in self.jobs
            ]
            await self._send_again(lost)
            if any(each.outcome is Outcome.WAITING for each in record.items):
                title = tr("The move to {where} goes on", where=visible(record.where))
                self._notify(title, record, Level.INFORMATION)
        self._settle()
        self._state.session_changed.emit()

    def try_again(self) -> None:
        """What failed goes on where it was; what was cancelled, or is not known any more, anew."""
        if (record := self.record) is None:
            return
        lost = [each for each in record.items if each.outcome in LOST]
        kept = [job for each in lost if (job := self._job(each)) is not None]
        anew = [each for each in lost if self._job(each) is None]
        record.ended = 0.0
        self._state.notices.withdraw(KEY)
        self._state.slices.run(self._queue.resume, kept)
        self._state.tasks.start(self._send_again(anew), "copy what is missing")

    def _job(self, item: MovedItem) -> Job | None:
        """Its transfer, as far as that can be carried on."""
        job = self.jobs.get(item.key)
        gone = job is None or job.state in {State.CANCELLED, State.DONE}
        return None if gone or job not in self._queue.jobs else job

    async def _send_again(self, items: Sequence[MovedItem]) -> None:
        """Ask both sides about artifacts that no transfer works on; what is missing is queued."""
        for (home, target), some in grouped(items).items():
            try:
                await self._send_some(Place.parse(home), Place.parse(target), some)
            except Exception as error:  # noqa: BLE001  said in the report; the others go on
                reason = visible(from_error(error, "").detail)
                if isinstance(error, LookupError):
                    reason = tr("Its target is not known any more.")
                for each in some:
                    each.outcome, each.reason = Outcome.FAILED, reason
        self._settle()

    async def _send_some(self, home: Place, place: Place, items: Sequence[MovedItem]) -> None:
        profile = self._state.profile(self.record.profile) if self.record is not None else None
        if profile is None:
            raise LookupError(tr("the server is gone"))
        target = await self._copies.destinations.find(profile, place)
        client = (await self._clients.of(LOCAL)).at(*astuple(home))
        held = {each.id: each for each in await client.model_artifacts.list()}
        gone = (Outcome.FAILED, tr("It is not in this registry any more."))
        for each in items:
            there = each.original in held
            each.outcome, each.reason = (Outcome.WAITING, "") if there else gone
        wanted = [held[each.original] for each in items if each.original in held]
        plan = copy_plan(home, items[0].source, wanted)
        verdicts = await self._copies.judge(plan, target)
        for verdict in verdicts:
            item = self._items[verdict.artifact.id, place.collection]
            item.outcome, item.reason = _judged(verdict)
            if item.outcome is Outcome.PRESENT:  # it was not there when the move began
                item.outcome = Outcome.COPIED
        self._copies.submit(plan, target, verdicts)

    # Together

    def left(self) -> list[Job]:
        """The transfers that have not ended."""
        return [each for each in self.jobs.values() if not each.state.ended]

    def pause(self) -> None:
        self._state.slices.run(self._queue.pause, self.left())

    def go_on(self) -> None:
        """What stands still goes on, and what waits for its next try is tried now."""
        standing = [each for each in self.left() if not each.state.busy]
        retrying = [each for each in self.left() if each.state is State.RETRYING]
        self._state.slices.run(self._queue.resume, standing + retrying)

    def cancel(self) -> None:
        """Give up what has not arrived; what has, stays."""
        self._state.slices.run(self._queue.cancel, self.left())

    async def proven(self) -> list[Deletion]:
        """What may be deleted here, since the target has it; nothing is deleted yet."""
        return [] if self.record is None else await self.planner.proven(self.record)


def _outcome(job: Job) -> tuple[Outcome, str]:
    match job.state:
        case State.DONE:
            return Outcome.COPIED, ""
        case State.FAILED:
            return Outcome.FAILED, why(job) or tr("The transfer failed.")
        case State.CANCELLED:
            arrived = job.artifact is not None
            return (Outcome.COPIED, "") if arrived else (Outcome.CANCELLED, tr("You cancelled it."))
    return Outcome.WAITING, ""


def _judged(verdict: Verdict) -> tuple[Outcome, str]:
    if verdict.refused:
        first = next(each for each in verdict.findings if each.level == "error")
        return Outcome.REFUSED, f"{first.title}. {first.remedy}".strip()
    return (Outcome.PRESENT, "") if verdict.twin else (Outcome.WAITING, "")


def _item(pair: Pair, verdict: Verdict) -> MovedItem:
    artifact, target = verdict.artifact, pair.target
    into = BETWEEN.join(visible(each.name) for each in (target.orbit, target.collection))
    outcome, reason = _judged(verdict)
    name = artifact.display_name
    size = quantities.possible(artifact.size) or 0
    return MovedItem(
        artifact.id, name, size, artifact.sha256, pair.source.place, pair.source.where,
        target.place, into, outcome, reason,
    )  # fmt: skip
