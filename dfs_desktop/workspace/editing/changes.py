"""Changes of records: one field from one value to another, and what it means that the server has a third.

No server takes “only if it is still as I read it”. So a record is read just before it is changed:
what others do within the one round trip between the two is not seen by anybody.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.api import ModelArtifact, NotFoundError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace.session import Place, Session

from .tags import with_new

Value = str | tuple[str, ...]
ReadAhead = Mapping[str, ModelArtifact] | None  # records by id; None: each is asked for alone
WORDS = {"model_name": later("name"), "description": later("description"), "tags": later("tags")}
_LISTS_ONLY = {"A", "B", "C"}  # generations that have no address for one record


def stored(artifact: ModelArtifact, field: str) -> Value:
    """A field as the server has it; what it leaves out is empty."""
    value = getattr(artifact, field)
    return tuple(value or ()) if field == "tags" else str(value or "")


def holding(artifact: ModelArtifact, field: str, value: Value) -> ModelArtifact:
    """The record with another value in a field."""
    changed: dict[str, Any] = {field: list(value) if field == "tags" else value}
    return replace(artifact, **changed)


def merged_tags(before: Value, mine: Value, theirs: Value) -> tuple[str, ...]:
    """Their tags with what I added and without what I removed since both began with `before`."""
    if theirs == before:
        return tuple(mine)
    removed = set(before) - set(mine)
    added = [tag for tag in mine if tag not in before]
    return tuple(with_new((tag for tag in theirs if tag not in removed), added))


class Change(Struct, frozen=True):
    """One field of one record, from one value to another, at the server where it was made.

    `merges`: tags were added or removed, whatever others are there; then nobody is overwritten.
    """

    artifact: ModelArtifact
    session: Session
    place: Place
    field: str
    value: Value
    before: Value
    merges: bool = False

    @property
    def name(self) -> str:
        return shortened(self.artifact.display_name, 60)

    @property
    def key(self) -> tuple[str, str]:
        return self.artifact.id, self.field

    @property
    def back(self) -> "Change":
        """What takes it back."""
        return replace(self, value=self.before, before=self.value)

    async def settle(self, read: ReadAhead = None) -> "Settled":
        """Make the change, unless somebody else has changed the field since it was read.

        `read`: records that were read just now, where the server cannot be asked for one.
        """
        here, id_ = self.session.here_at(self.place), self.artifact.id
        collection = self.artifact.collection_id
        if read is None:
            now = await here.model_artifacts.get(id_, collection_id=collection)
        else:
            now = read.get(id_)
        if now is None:
            raise NotFoundError(
                tr("It was deleted meanwhile."), status_code=404, title=tr("The artifact is gone")
            )
        theirs, value = stored(now, self.field), self.value
        if theirs not in (self.before, value):
            if not self.merges:
                return Conflict(self, now)
            value = merged_tags(self.before, value, theirs)
        if value == theirs:
            return now
        values: dict[str, Any] = {self.field: list(value) if self.field == "tags" else value}
        return await here.model_artifacts.update(id_, collection_id=collection, **values)


class Conflict(Struct, frozen=True, eq=False):
    """A change that was not made: the field holds what neither the person has read nor wants."""

    change: Change
    record: ModelArtifact  # as it is on the server now

    @property
    def theirs(self) -> Value:
        return stored(self.record, self.change.field)

    def mine(self) -> Change:
        """What overwrites theirs, now that it was seen."""
        return replace(self.change, artifact=self.record, before=self.theirs)

    def both(self) -> Change:
        """Tags: theirs with what I added and without what I removed."""
        tags = merged_tags(self.change.before, self.change.value, self.theirs)
        return replace(self.mine(), value=tags)


Settled = ModelArtifact | Conflict


async def read_ahead(session: Session, place: Place, collections: set[str]) -> ReadAhead:
    """The records of whole collections, where one alone cannot be asked for; else None."""
    here = session.here_at(place)
    if (here.generation or "") not in _LISTS_ONLY:
        return None
    found: dict[str, ModelArtifact] = {}
    for collection in sorted(collections):
        records = await here.model_artifacts.list(collection_id=collection)
        found |= {record.id: record for record in records}
    return found
