"""Names, descriptions and tags that are changed while the server is away: kept, and sent when it is back.

They wait in a file over a restart. When the server answers again each is sent as any change is: what
somebody else has changed meanwhile is put before the person, and nothing is overwritten.
"""

import logging
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from dfs_desktop import disk_errors
from dfs_desktop.api import ModelArtifact
from dfs_desktop.system.private_files import keep_aside, write_private
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.typed_decoding import prepared
from dfs_desktop.workspace.editing.changes import (
    WORDS,
    Change,
    Conflict,
    ReadAhead,
    Value,
    holding,
    read_ahead,
    stored,
)
from dfs_desktop.workspace.editing.editor import Editor
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Level, Notice, from_error
from dfs_desktop.workspace.session import Place, Session, Stage
from dfs_desktop.workspace.state import AppState

from .reconnector import Reconnector, outage

log = logging.getLogger(__name__)

_WRITTEN_EVERY = 0.5  # seconds, while they are sent
_NOT_SAVED = {
    "model_name": later("The name that waited was not saved"),
    "description": later("The description that waited was not saved"),
    "tags": later("The tags that waited were not saved"),
}
UNKEPT = later("Changes that wait could not be written down")


class Waiting(Struct, frozen=True):
    """One field of one record at one server; the record without what is large in it."""

    profile: str
    place: Place
    artifact: ModelArtifact
    field: str
    value: Value
    before: Value
    made_at: float
    merges: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return self.profile, self.artifact.id, self.field

    def change(self, session: Session) -> Change:
        return Change(
            self.artifact, session, self.place, self.field, self.value, self.before, self.merges
        )


class WaitingList:
    """What waits, in the order in which it was made: one list for all windows."""

    def __init__(self, path: Path | None) -> None:
        """`path`: where it is kept; without one nothing waits, and a refusal is said at once."""
        self.path = path
        self.changed: Event[[]] = Event()
        self.sending = False
        self.written_at = 0.0  # of the monotonic clock
        self.notice = ""  # what was wrong with the file, in words
        there = self._read(path) if path is not None else []
        self.by_key: dict[tuple[str, str, str], Waiting] = {each.key: each for each in there}

    def _read(self, path: Path) -> list[Waiting]:
        try:
            return msgspec.json.decode(path.read_bytes(), type=prepared(list[Waiting]))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as error:
            log.warning("waiting changes cannot be read: %s", type(error).__name__)
        try:
            aside = keep_aside(path, "bad").name
            self.notice = tr("It was damaged and was put aside as {file}.", file=aside)
        except OSError as error:
            reason = disk_errors.reason(error)
            self.notice = tr("{path} cannot be used ({reason}).", path=str(path), reason=reason)
        return []


class WaitingChanges:
    """Changes of one window that wait, and the sending; `changed` tells that the list is another."""

    def __init__(
        self, state: AppState, editor: Editor, reconnector: Reconnector, kept: WaitingList
    ) -> None:
        self._state, self._editor, self._reconnector = state, editor, reconnector
        self._kept, self._by_key, self.changed = kept, kept.by_key, kept.changed
        if kept.path is not None:
            editor.hold = self.hold
            state.session_changed.connect(self._look)

    @property
    def all(self) -> list[Waiting]:
        return [*self._by_key.values()]

    def here(self) -> list[Waiting]:
        """Those of the open server."""
        profile = self._state.session.profile.id
        return [each for each in self.all if each.profile == profile]

    def hold(self, changes: Sequence[Change], error: BaseException | None) -> bool:
        """Keep changes whose server, the same for all, is away. False: they are to be sent, or their
        refusal to be told."""
        session = changes[0].session
        if error is None:
            if session is not self._state.session or session.outage is None:
                return False
        elif outage(error) is None:
            return False
        else:
            self._reconnector.note(self._state.session, error)
        self._state.slices.run(self._hold, changes)
        self._state.slices.run(lambda keep: keep(), [self._keep])
        return True

    def _hold(self, change: Change) -> None:
        session = change.session
        light = msgspec.structs.replace(change.artifact, manifest={}, file_index={})
        new = Waiting(
            session.profile.id, change.place, light, change.field, change.value, change.before,
            time.time(), change.merges,
        )  # fmt: skip
        if (before := self._by_key.pop(new.key, None)) is not None:
            merges = before.merges and new.merges
            new = msgspec.structs.replace(
                new, before=before.before, artifact=before.artifact, merges=merges
            )
        if new.value != new.before:
            self._by_key[new.key] = new
        self._show(new, new.value)

    def discard(self, waiting: Waiting) -> None:
        """The person does not want it any more: the row shows what the server had."""
        if self._by_key.get(waiting.key) == waiting:
            del self._by_key[waiting.key]
            self._show(waiting, waiting.before)
            self._keep()

    def forget(self, profile_id: str) -> None:
        """The server was removed."""
        if gone := [each for each in self.all if each.profile == profile_id]:
            for each in gone:
                del self._by_key[each.key]
            self._keep()

    def _show(self, waiting: Waiting, value: Value) -> None:
        """In the row: the value, and whether anything of it waits."""
        listing, id_ = self._state.listing, waiting.artifact.id
        if waiting.profile != self._state.session.profile.id:
            return
        waits = self._waits(waiting)
        (listing.waiting.add if waits else listing.waiting.discard)(id_)
        row = listing.row(id_)
        if row is not None and (
            row.waiting is not waits or stored(row.artifact, waiting.field) != value
        ):
            listing.put(holding(row.artifact, waiting.field, value), row.job)

    def _waits(self, one: Waiting) -> bool:
        """Whether anything of its record waits."""
        return any((one.profile, one.artifact.id, field) in self._by_key for field in WORDS)

    def _look(self) -> None:
        """The session is another one, or has come further: mark its rows, or send what waits."""
        session = self._state.session
        if not self._by_key and not self._state.listing.waiting:
            return
        here = self.here()
        self._state.listing.waiting.intersection_update(each.artifact.id for each in here)
        back = session.stage is Stage.READY and session.outage is None
        if here and back and not session.loading and not session.remembered:
            if not self._kept.sending:
                self._kept.sending = True
                self._state.tasks.start(self._send(session), "send the changes that waited")
        else:
            self._state.slices.run(lambda each: self._show(each, each.value), here)

    async def _send(self, session: Session) -> None:
        sent: list[Waiting] = []
        conflicts: list[Conflict] = []
        waiting = self.here()
        read: dict[Place, ReadAhead] = {}
        try:
            for each in waiting:
                if self._state.session is not session or session.outage is not None:
                    break
                change = each.change(session)
                try:
                    if each.place not in read and len(waiting) > 1:
                        there = (w.artifact for w in waiting if w.place == each.place)
                        collections = {artifact.collection_id for artifact in there}
                        read[each.place] = await read_ahead(session, each.place, collections)
                    settled = await self._editor.carry_out(
                        change, self._editor.renew, read.get(each.place)
                    )
                except Exception as error:  # noqa: BLE001  said, or kept for the next time
                    if outage(error) is not None:
                        self._reconnector.note(session, error)
                        break
                    self._done(each)
                    self._say_refused(each, change, error)
                else:
                    self._done(each)
                    if isinstance(settled, Conflict):
                        conflicts.append(settled)
                    else:
                        sent.append(each)
        finally:
            self._kept.sending = False
            self._keep()
        if sent:
            title = trn(
                "{amount} change that waited was sent",
                "{amount} changes that waited were sent",
                len(sent),
            )
            self._state.notify(Notice(title, "", Level.SUCCESS, seconds=6))
        self._editor.ask(conflicts)

    def _done(self, waiting: Waiting) -> None:
        """What was sent and is written down as waiting is found as it is wanted, if sent once more:
        so that thousands are not written down anew for each."""
        if self._by_key.get(waiting.key) is waiting:
            del self._by_key[waiting.key]
        id_ = waiting.artifact.id
        if not self._waits(waiting):
            self._state.listing.waiting.discard(id_)
            if (row := self._state.listing.row(id_)) is not None:
                self._state.listing.put(row.artifact, row.job)
        if time.monotonic() - self._kept.written_at > _WRITTEN_EVERY:
            self._keep()

    def _say_refused(self, waiting: Waiting, change: Change, error: Exception) -> None:
        notice = from_error(error, tr(_NOT_SAVED[change.field]))
        value = waiting.value if isinstance(waiting.value, str) else ", ".join(waiting.value)
        detail = tr(
            "“{name}”: {reason} You wanted: “{value}”.",
            name=change.name,
            reason=notice.detail,
            value=value[:200],
        )
        self._state.notify(msgspec.structs.replace(notice, detail=detail, place=""))

    def _keep(self) -> None:
        self.changed.emit()
        self._kept.written_at = time.monotonic()
        if (path := self._kept.path) is not None:
            try:
                if self._by_key:
                    write_private(path, msgspec.json.encode(self.all))
                else:
                    path.unlink(missing_ok=True)
            except (OSError, ValueError) as error:
                log.warning("waiting changes not kept: %s", type(error).__name__)
                notice = from_error(error, tr(UNKEPT))
                detail = tr(
                    "They are sent when the server is back, unless the program ends before."
                )
                self._state.notify(msgspec.structs.replace(notice, detail=detail, place=""))
