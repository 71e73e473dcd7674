"""Edits of records: what a person changes is sent, and can be taken back."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from weakref import WeakSet

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.names import shortened
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.session import Place, Session
from dfs_desktop.workspace.state import AppState

from .undo_list import UndoList

Value = str | tuple[str, ...]
_WORDS = {"model_name": "name", "description": "description", "tags": "tags"}
_STEPS = {"model_name": "Rename", "description": "Change Description", "tags": "Change Tags"}


def stored(artifact: ModelArtifact, field: str) -> Value:
    """A field as the server has it; what it leaves out is empty."""
    value = getattr(artifact, field)
    return tuple(value or ()) if field == "tags" else str(value or "")


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
        self, editor: Editor, session: Session, artifact: ModelArtifact, field: str
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


class Change(Struct, frozen=True):
    """One field of one record, from one value to another, at the server where it was made."""

    artifact: ModelArtifact
    session: Session
    place: Place
    field: str
    value: Value
    before: Value

    @property
    def what(self) -> str:
        return _WORDS[self.field]

    @property
    def was(self) -> str:
        return "were" if self.field == "tags" else "was"

    @property
    def name(self) -> str:
        return shortened(self.artifact.model_name or self.artifact.file_name, 60)

    @property
    def key(self) -> tuple[str, str]:
        return self.artifact.id, self.field

    async def send(self) -> ModelArtifact:
        here = self.session.here_at(self.place)
        value = list(self.value) if self.field == "tags" else self.value
        values: dict[str, Any] = {self.field: value}
        return await here.model_artifacts.update(
            self.artifact.id, collection_id=self.artifact.collection_id, **values
        )


class Editor:
    """Sends changes of records, those of one record one after the other."""

    def __init__(self, state: AppState, undo_list: UndoList) -> None:
        self._state, self._undo_list = state, undo_list
        self._open: WeakSet[EditSession] = WeakSet()
        self._wanted: dict[tuple[str, str], Change] = {}  # the latest of each field on its way
        self._locks: dict[str, asyncio.Lock] = {}
        self._failures = 0
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
        return bool(self._wanted)

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

    def save(self, change: Change, *, undone: bool = False) -> None:
        self._wanted[change.key] = change
        task = self._state.tasks.start(self._send(change, undone=undone), "save the change")
        if task is not None:
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, change: Change, *, undone: bool) -> None:
        state, artifact = self._state, change.artifact
        try:
            async with self._locks.setdefault(artifact.id, asyncio.Lock()):
                updated = await change.send()
        except Exception as error:  # noqa: BLE001  shown with the wish kept, so nothing is lost
            self._arrived(change)
            self._failures += 1
            self._say_refused(change, error)
            if artifact.id in state.listing:
                state.listing.row_updated.emit(artifact.id)  # show the stored value again
            return
        self._arrived(change)
        state.notices.withdraw(_trouble(change))
        row = state.listing.row(artifact.id)
        if row is not None:
            state.listing.put(updated, row.job)
        if undone:
            self._say_undone(change)
        else:
            self._offer_undo(replace(change, artifact=updated))

    def _arrived(self, change: Change) -> None:
        if self._wanted.get(change.key) is change:
            del self._wanted[change.key]
        lock = self._locks.get(change.artifact.id)
        if not any(key[0] == change.artifact.id for key in self._wanted) and lock is not None:
            del self._locks[change.artifact.id]

    def _say_refused(self, change: Change, error: Exception) -> None:
        again = Action("Try again", lambda: self.save(change))
        notice = from_error(error, f"The {change.what} {change.was} not saved", again)
        detail = f"“{change.name}”: {notice.detail}"
        self._state.notices.notify(replace(notice, detail=detail, key=_trouble(change), place=""))

    def _say_undone(self, change: Change) -> None:
        verb = "are" if change.field == "tags" else "is"
        title = f"The {change.what} {verb} as before"
        self._state.notices.notify(
            Notice(title, f"“{change.name}”", seconds=6, key=f"edit:{change.artifact.id}")
        )

    def _offer_undo(self, change: Change) -> None:
        back = replace(change, value=change.before, before=change.value)
        step = self._undo_list.push(
            _STEPS[change.field],
            lambda: self.save(back, undone=True),
            lambda: self.save(change, undone=True),
            server=change.session.profile.id,
        )
        title = f"The {change.what} {change.was} saved"
        key = f"edit:{change.artifact.id}"
        undo = Action("Undo", lambda: self._undo_list.take_back(step))
        self._state.notices.notify(Notice(title, "", Level.SUCCESS, undo, seconds=6, key=key))


def _trouble(change: Change) -> str:
    """One card for the same trouble with one field of one record."""
    return f"edit:{change.field}:{change.artifact.id}"
