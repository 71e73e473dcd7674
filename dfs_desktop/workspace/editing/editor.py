"""Edits of records: what a person changes is shown at once, sent, and can be taken back."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from weakref import WeakSet

from msgspec.structs import replace

from dfs_desktop.api import ModelArtifact
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.session import Session
from dfs_desktop.workspace.state import AppState

from .changes import WORDS, Change, Conflict, ReadAhead, Settled, Value, holding, stored
from .undo_list import Step, UndoList

_NOT_SAVED = {
    "model_name": later("The name was not saved"),
    "description": later("The description was not saved"),
    "tags": later("The tags were not saved"),
}
_AS_BEFORE = {
    "model_name": later("The name is as before"),
    "description": later("The description is as before"),
    "tags": later("The tags are as before"),
}
_SAVED = {
    "model_name": later("The name was saved"),
    "description": later("The description was saved"),
    "tags": later("The tags were saved"),
}
_STEPS = {
    "model_name": later("Rename"),
    "description": later("Change Description"),
    "tags": later("Change Tags"),
}


def merged(before: str, shown: str, now: str) -> str:
    """`before` with what the person changed, when a widget shows `before` as `shown` and holds `now`.

    A text widget turns each kind of line end into a line feed, and a hard blank into a blank: what
    was not touched keeps its own.
    """
    if now == shown:
        return before
    pieces = re.findall(r"\r\n|.", before, re.DOTALL)
    if len(pieces) != len(shown):
        return now
    most = min(len(shown), len(now))
    head = next((n for n in range(most) if shown[n] != now[n]), most)
    most -= head
    tail = next((n for n in range(most) if shown[-1 - n] != now[-1 - n]), most)
    new = now[head : len(now) - tail]
    if "\r\n" in pieces and "\n" not in pieces:
        new = new.replace("\n", "\r\n")
    return "".join(pieces[:head]) + new + "".join(pieces[len(pieces) - tail :])


class EditSession:
    """What a person makes of one field of one record.

    Record, server, place and value stand here from the moment at which the field shows them.
    Whatever the field shows later belongs to another session: nothing is read from it again.
    """

    def __init__(
        self, editor: "Editor", session: Session, artifact: ModelArtifact, field: str
    ) -> None:
        self.artifact = artifact
        self.field = field
        self._editor = editor
        self.session, self.place = session, session.place
        self.before = self.value = editor.current(artifact, field)

    @property
    def changed(self) -> bool:
        return self.value != self.before

    def write(self, value: Value) -> None:
        """The person changed the field to this; it is not sent yet."""
        self.value = value

    def renew(self, artifact: ModelArtifact) -> None:
        """The record came anew. A field that nobody touched follows it."""
        untouched = not self.changed
        self.artifact = artifact
        self.before = self._editor.current(artifact, self.field)
        if untouched:
            self.value = self.before

    def finish(self) -> None:
        """The person is done with the field: send what was changed; what was not, costs nothing."""
        if self.changed:
            before, self.before = self.before, self.value
            self._editor.save(
                Change(self.artifact, self.session, self.place, self.field, self.value, before)
            )


class Editor:
    """Sends changes of records, those of one record one after the other.

    A row shows what is wanted while it is on its way, and what the server has when it is refused.
    `conflicts` are changes that wait for the person to choose; `conflicts_found` tells of new ones.
    """

    def __init__(self, state: AppState, undo_list: UndoList) -> None:
        self._state, self._undo_list = state, undo_list
        self.conflicts: list[Conflict] = []
        self.conflicts_found: Event[[]] = Event()
        self._open: WeakSet[EditSession] = WeakSet()
        self._wanted: dict[tuple[str, str], Change] = {}  # the latest of each field on its way
        self._locks: dict[str, asyncio.Lock] = {}
        self._refused: dict[tuple[str, str], Change] = {}  # others of the same field wait behind
        self._failures = 0
        # Keeps changes for when their server is back; None before they were tried. False: not these.
        self.hold: Callable[[Sequence[Change], BaseException | None], bool] = lambda *_: False
        self._sending: set[asyncio.Task[None]] = set()

    def begin(self, artifact: ModelArtifact, field: str) -> EditSession:
        """A field shows this record from now on."""
        session = EditSession(self, self._state.session, artifact, field)
        self._open.add(session)
        return session

    def current(self, artifact: ModelArtifact, field: str) -> Value:
        """What the field will hold when all that is on its way has arrived."""
        change = self._wanted.get((artifact.id, field))
        return stored(artifact, field) if change is None else change.value

    @property
    def busy(self) -> bool:
        return bool(self._wanted or self.conflicts)

    def finish_all(self) -> None:
        """The window closes: what stands typed in any field counts."""
        for session in list(self._open):
            session.finish()

    async def settle(self, seconds: float) -> bool:
        """Wait until every change has arrived. False: one was refused, or the time was over."""
        self.finish_all()
        failures = self._failures
        if self._sending:
            await asyncio.wait(self._sending, timeout=seconds)
        return not self.busy and self._failures == failures

    def give_up(self) -> None:
        """The person leaves without what has not arrived."""
        for task in self._sending:
            task.cancel()
        self._wanted.clear()
        self.conflicts.clear()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run what sends changes; `settle` waits for it."""
        if (task := self._state.tasks.start(work, name)) is not None:
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    def save(self, change: Change, *, undone: bool = False) -> None:
        """Make a change. `undone`: it is a step of the undo list that is taken back or done again."""
        step = None
        if not undone:
            step = self._undo_list.push(
                tr(_STEPS[change.field]),
                lambda: self.save(change.back, undone=True),
                lambda: self.save(change, undone=True),
                server=change.session.profile.id,
            )
        if self.hold([change], None):
            return
        self.announce(change)
        self.start(self._send(change, step), "save the change")

    def announce(self, change: Change) -> None:
        """The row shows what is wanted from now on."""
        self._wanted[change.key] = change
        row = self._state.listing.row(change.artifact.id)
        if row is not None and stored(row.artifact, change.field) != change.value:
            self._state.listing.put(holding(row.artifact, change.field, change.value), row.job)

    def withdraw(self, change: Change) -> None:
        """It will not be made: the row shows again what was there before."""
        self._arrived(change)
        row = self._state.listing.row(change.artifact.id)
        if row is None or change.key in self._wanted:
            return
        if stored(row.artifact, change.field) == change.value:
            self._state.listing.put(holding(row.artifact, change.field, change.before), row.job)
        else:
            self._state.listing.row_updated.emit(change.artifact.id)

    def renew(self, record: ModelArtifact) -> None:
        """The server has told a record; what is on its way to it goes on being shown."""
        if (row := self._state.listing.row(record.id)) is None:
            return
        for field in WORDS:
            if (change := self._wanted.get((record.id, field))) is not None:
                record = holding(record, field, change.value)
        self._state.listing.put(record, row.job)

    async def carry_out(
        self, change: Change, renew: Callable[[ModelArtifact], object], read: ReadAhead = None
    ) -> Settled:
        """Send a change that was announced. What comes back goes to `renew`; a refusal is raised."""
        now, sent = self._state.session, change
        if now.profile.id == change.session.profile.id and now.client is not None:
            sent = replace(sent, session=now)  # connected anew since, perhaps
        try:
            async with self._locks.setdefault(change.artifact.id, asyncio.Lock()):
                refused = self._refused.pop(change.key, None)
                if refused is not None and refused.value == change.before:
                    sent = replace(sent, before=refused.before)
                settled = await sent.settle(read)
        except Exception:
            self._failures += 1
            if change.key in self._wanted and self._wanted[change.key] is not change:
                self._refused[change.key] = change
            self.withdraw(change)
            raise
        self._arrived(change)
        renew(settled.record if isinstance(settled, Conflict) else settled)
        return settled

    async def _send(self, change: Change, step: Step | None) -> None:
        try:
            settled = await self.carry_out(change, self.renew)
        except Exception as error:  # noqa: BLE001  shown with the wish kept, so nothing is lost
            if self.hold([change], error):
                self._failures -= 1
                return
            self._forget(step)
            self._say_refused(change, error)
            return
        self._state.notices.withdraw(_trouble(change))
        if isinstance(settled, Conflict):
            self._forget(step)
            self.ask([settled])
        else:
            self._say_saved(change, step)

    def _forget(self, step: Step | None) -> None:
        if step is not None:
            self._undo_list.remove(step)

    def ask(self, conflicts: list[Conflict]) -> None:
        """The person is to choose between two values of each."""
        if conflicts:
            self.conflicts += conflicts
            self.conflicts_found.emit()

    def resolve(self, conflict: Conflict, change: Change | None) -> None:
        """The person has chosen: this change, or None for what is on the server."""
        if conflict in self.conflicts:
            self.conflicts.remove(conflict)
            if change is not None:
                self.save(change)

    def _arrived(self, change: Change) -> None:
        if self._wanted.get(change.key) is change:
            del self._wanted[change.key]
        lock = self._locks.get(change.artifact.id)
        if not any((change.artifact.id, field) in self._wanted for field in WORDS) and lock:
            del self._locks[change.artifact.id]

    def _say_refused(self, change: Change, error: Exception) -> None:
        again = Action(tr("Try again"), lambda: self.save(change))
        notice = from_error(error, tr(_NOT_SAVED[change.field]), again)
        detail = tr("“{name}”: {problem}", name=change.name, problem=notice.detail)
        self._state.notify(replace(notice, detail=detail, key=_trouble(change), place=""))

    def _say_saved(self, change: Change, step: Step | None) -> None:
        title, text = tr(_AS_BEFORE[change.field]), tr("“{name}”", name=change.name)
        level, undo, key = Level.INFORMATION, None, f"edit:{change.artifact.id}"
        if step is not None:
            title, text, level = tr(_SAVED[change.field]), "", Level.SUCCESS
            undo = self._undo_list.offer(step)
        self._state.notify(Notice(title, text, level, undo, seconds=6, key=key))


def _trouble(change: Change) -> str:
    """One card for the same trouble with one field of one record."""
    return f"edit:{change.field}:{change.artifact.id}"
