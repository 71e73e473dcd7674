"""The same edit for many records: a few requests at a time, each outcome told, taken back as one step."""

import asyncio
import time
from collections.abc import Callable, Sequence

from msgspec import Struct, field

from dfs_desktop.api import ModelArtifact, NotFoundError
from dfs_desktop.translation import listed, tr, trn
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.state import AppState

from .changes import Change, Conflict, ReadAhead, Value, read_ahead
from .editor import Editor
from .undo_list import Step, UndoList

AT_ONCE = 4  # requests
_ENOUGH = 5  # refusals in a row: the others would be refused as well
_SHOWN_EVERY = 0.3  # seconds: each time arranges all rows anew
_PIECE = 200  # records that are looked at before the loop has its turn
_NAMED = 5  # records that a notice names

# What a field of a record becomes.
Become = Callable[[ModelArtifact], Value]
# What is done to so many, in the words of a menu: “Add Tag “prod” to 30 Artifacts”.
Words = Callable[[int], str]
Take = Callable[[ModelArtifact], None]


class Batch(Struct, eq=False):
    """One edit of many records."""

    words: Words
    changes: Sequence[Change]
    undone: str = ""  # it takes back another one, or does it again: how that is said
    saved: list[Change] = field(default_factory=list)
    refused: list[tuple[Change, Exception]] = field(default_factory=list)
    held: int = 0  # of those that count as saved: they wait for the server
    conflicts: list[Conflict] = field(default_factory=list)
    in_row: int = 0  # refusals since the last one that was taken
    stopped: bool = False
    step: Step | None = None
    fresh: list[ModelArtifact] = field(default_factory=list)  # answers that no row shows yet
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        return self.words(len(self.changes))

    @property
    def done(self) -> int:
        return len(self.saved) + len(self.refused) + len(self.conflicts)

    @property
    def left(self) -> list[Change]:
        """What was refused or not tried."""
        done = {change.key for change in self.saved}
        done |= {conflict.change.key for conflict in self.conflicts}
        return [change for change in self.changes if change.key not in done]


class MassEditor:
    """`running` are the edits on their way; `changed` tells that they are others, or have come further.

    `shown` asks to select records by their ids.
    """

    def __init__(self, state: AppState, editor: Editor, undo_list: UndoList) -> None:
        self._state, self._editor, self._undo_list = state, editor, undo_list
        self.running: list[Batch] = []
        self.changed: Event[[]] = Event()
        self.shown: Event[[list[str]]] = Event()

    def edit(
        self,
        words: Words,
        artifacts: Sequence[ModelArtifact],
        name: str,
        become: Become,
        *,
        merges: bool = False,
    ) -> None:
        """Make the field of each become this."""
        if len(artifacts) <= _PIECE:
            self.apply(words, self._changes(artifacts, name, become, merges=merges))
            return

        async def many() -> None:
            self.apply(words, await self.changes(artifacts, name, become, merges=merges))

        self._editor.start(many(), "save the changes")

    async def changes(
        self, artifacts: Sequence[ModelArtifact], name: str, become: Become, *, merges: bool = False
    ) -> list[Change]:
        """What is to be sent so that the field of each becomes this: only what is another value.
        The loop has its turn while thousands are looked at."""
        found: list[Change] = []
        for start in range(0, len(artifacts), _PIECE):
            piece = artifacts[start : start + _PIECE]
            found += self._changes(piece, name, become, merges=merges)
            await asyncio.sleep(0)
        return found

    def _changes(
        self, artifacts: Sequence[ModelArtifact], name: str, become: Become, *, merges: bool
    ) -> list[Change]:
        session, editor = self._state.session, self._editor
        stays = self._state.listing.stays
        found: list[Change] = []
        for artifact in artifacts:
            if not stays(artifact.id):
                continue
            before, value = editor.current(artifact, name), become(artifact)
            if value != before:
                found.append(Change(artifact, session, session.place, name, value, before, merges))
        return found

    def apply(self, words: Words, changes: Sequence[Change], *, undone: str = "") -> Batch | None:
        """Carry changes out. The rows show them at once; None when there is nothing to change."""
        if not changes:
            return None
        batch = Batch(words, changes, undone)
        if not undone:
            batch.step = self._undo_list.push(
                batch.text,
                lambda: self._take_back(batch),
                lambda: self._walk(batch, list(batch.saved), tr("Done again")),
                server=changes[0].session.profile.id,
            )
        if self._hold(batch, changes, None):
            batch.ended.set()
            self._say_done(batch)
            return batch
        self.running.append(batch)
        self._state.slices.run(self._editor.announce, changes)
        self._editor.start(self._carry_out(batch), "save the changes")
        self.changed.emit()
        return batch

    def stop(self, batch: Batch) -> None:
        """What was not sent yet stays as it is."""
        batch.stopped = True

    def _hold(self, batch: Batch, changes: Sequence[Change], error: Exception | None) -> bool:
        """Whether these wait now for their server, which is away."""
        if not changes or not self._editor.hold(changes, error):
            return False
        batch.saved += changes
        batch.held += len(changes)
        return True

    async def _take_back(self, batch: Batch) -> bool:
        self.stop(batch)
        await batch.ended.wait()
        back = [change.back for change in reversed(batch.saved)]
        return await self._walk(batch, back, tr("Undone"))

    async def _walk(self, batch: Batch, changes: list[Change], how: str) -> bool:
        """False when nothing of it came about: the step stays where it was."""
        if (walked := self.apply(batch.words, changes, undone=how)) is None:
            return True
        await walked.ended.wait()
        gone = all(isinstance(error, NotFoundError) for _, error in walked.refused)
        return gone or bool(walked.saved or walked.conflicts)

    async def _carry_out(self, batch: Batch) -> None:
        waiting = iter(batch.changes)
        shown = time.monotonic()

        def take(record: ModelArtifact) -> None:
            nonlocal shown
            batch.fresh.append(record)
            if time.monotonic() - shown > _SHOWN_EVERY:
                self._show(batch)
                shown = time.monotonic()

        async def work(read: ReadAhead) -> None:
            for change in waiting:
                if batch.stopped:
                    self._state.slices.run(self._editor.withdraw, [change, *waiting])
                    return
                await self._one(batch, change, take, read)
                if batch.held and (rest := [*waiting]):
                    self._state.slices.run(self._editor.withdraw, rest)
                    self._hold(batch, rest, None)

        announced = asyncio.Event()
        self._state.slices.run(lambda tell: tell(), [announced.set])
        try:
            await announced.wait()
            first = batch.changes[0]
            collections = {change.artifact.collection_id for change in batch.changes}
            try:
                read = await read_ahead(first.session, first.place, collections)
            except Exception as error:  # noqa: BLE001  told as the refusal of all
                self._state.slices.run(self._editor.withdraw, batch.changes)
                if not self._hold(batch, batch.changes, error):
                    batch.refused = [(change, error) for change in batch.changes]
            else:
                await asyncio.gather(*(work(read) for _ in range(AT_ONCE)))
        finally:
            self._show(batch)
            self.running.remove(batch)
            batch.ended.set()
            self.changed.emit()
        self._tell(batch)

    async def _one(self, batch: Batch, change: Change, take: Take, read: ReadAhead) -> None:
        try:
            settled = await self._editor.carry_out(change, take, read)
        except Exception as error:  # noqa: BLE001  the others are still to be tried
            if self._hold(batch, [change], error):
                return
            batch.refused.append((change, error))
            batch.in_row += 1
            batch.stopped = batch.stopped or batch.in_row >= _ENOUGH
            return
        batch.in_row = 0
        if isinstance(settled, Conflict):
            batch.conflicts.append(settled)
        else:
            batch.saved.append(change)

    def _show(self, batch: Batch) -> None:
        fresh, batch.fresh = batch.fresh, []
        self._state.slices.run(self._editor.renew, fresh)
        self.changed.emit()

    # What is said of it.

    def _tell(self, batch: Batch) -> None:
        self._editor.ask(batch.conflicts)
        if not batch.saved and batch.step is not None:
            self._undo_list.remove(batch.step)
        server = batch.changes[0].session.profile.id
        left = batch.left
        if batch.refused:
            self._state.notify(self._failure(batch, left, server))
        elif left:
            again = Action(tr("Go on"), lambda: self.apply(batch.words, left, undone=batch.undone))
            title = trn(
                "Stopped: {saved} of {amount} changed",
                "Stopped: {saved} of {amount} changed",
                len(batch.changes),
                saved=len(batch.saved),
            )
            text = trn(
                "{amount} artifact is as before.", "{amount} artifacts are as before.", len(left)
            )
            self._state.notify(Notice(title, text, Level.WARNING, again, seconds=15, place=server))
        elif batch.saved:
            self._say_done(batch)

    def _say_done(self, batch: Batch) -> None:
        action = None if batch.step is None else self._undo_list.offer(batch.step)
        changed = trn("{amount} artifact changed", "{amount} artifacts changed", len(batch.saved))
        if batch.held:
            changed = trn(
                "{amount} change waits for the server",
                "{amount} changes wait for the server",
                batch.held,
            )
        text = f"{batch.undone}: {batch.text}" if batch.undone else batch.text
        notice = Notice(changed, text, Level.SUCCESS, action, seconds=8, key="edit:many")
        self._state.notify(notice)

    def _failure(self, batch: Batch, left: list[Change], server: str) -> Notice:
        """How many of how many, whose change was refused and why, the same reason once."""
        reasons: dict[str, list[str]] = {}
        for change, error in batch.refused:
            reason = from_error(error, "").detail
            reasons.setdefault(reason, []).append(tr("“{name}”", name=change.name))
        lines = [
            f"{listed(names, _NAMED)}: {reason}" for reason, names in list(reasons.items())[:_NAMED]
        ]
        if (untried := len(left) - len(batch.refused)) > 0:
            lines.append(
                trn("{amount} other was not tried.", "{amount} others were not tried.", untried)
            )

        def show() -> None:
            self.shown.emit([change.artifact.id for change in left])
            self._state.notify(notice)  # it stays until it was read

        title = trn(
            "{saved} of {all} changed; {amount} was refused",
            "{saved} of {all} changed; {amount} were refused",
            len(batch.refused),
            saved=len(batch.saved),
            all=len(batch.changes),
        )
        again = Action(tr("Try again"), lambda: self.apply(batch.words, left, undone=batch.undone))
        key, other, text = f"edit:many:{id(batch)}", Action(tr("Show"), show), "\n".join(lines)
        notice = Notice(title, text, Level.ERROR, again, key=key, place=server, other=other)
        return notice
