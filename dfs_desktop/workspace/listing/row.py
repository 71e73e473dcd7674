"""One line of the table: a record of the registry and what is known of it here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus
from dfs_desktop.transfers.job import Job
from dfs_desktop.workspace import formats

from . import record_filter
from .columns import name_key

STORED = ModelArtifactStatus.UPLOADED  # asked for first: most are, and an enum is slow to look up
# Records in these states are no artifacts: their file never came whole, or is going.
UNSTORED = {
    ModelArtifactStatus.PENDING_UPLOAD,
    ModelArtifactStatus.UPLOAD_FAILED,
    ModelArtifactStatus.PENDING_DELETION,
    ModelArtifactStatus.DELETION_FAILED,
}

NEVER = datetime.max.replace(tzinfo=UTC)  # later than any record was made


class Row:
    """One line of the table: a record and, while one runs, its transfer.

    `going`: it waits to be deleted, or is being deleted. `cancelled`: its upload was given up here.
    `created`, `place`, `name_key` and `text` are made when they are first asked for, and kept: they
    are then read as fast as any attribute, a hundred thousand times for each letter of a filter.
    """

    __slots__ = (
        "artifact", "cancelled", "created", "going", "job", "key", "name_key", "place", "text",
    )  # fmt: skip
    artifact: ModelArtifact
    job: Job | None
    created: datetime | None  # when the record was made
    place: tuple[datetime, str]  # in the order of creation
    name_key: Any  # what the name sorts by
    text: str  # what plain words are looked for in

    def __init__(
        self,
        artifact: ModelArtifact,
        job: Job | None = None,
        going: bool = False,
        cancelled: bool = False,
    ) -> None:
        self.artifact = artifact
        self.key = artifact.id
        self.job = job
        self.going = going
        self.cancelled = cancelled

    @property
    def is_artifact(self) -> bool:
        """Whether there is a file behind the record, and will be: other rows are dimmed."""
        return not self.going and self.artifact.status not in UNSTORED

    if not TYPE_CHECKING:  # it would allow any name

        def __getattr__(self, name: str) -> Any:
            """Called for what has no value yet."""
            if name not in _MADE:
                raise AttributeError(name)
            value = _MADE[name](self)
            setattr(self, name, value)
            return value

    def forget_text(self) -> None:
        """Its status is another one."""
        self.text = record_filter.haystack(self)

    def prepare(self) -> None:
        """Make now what filters and orders will ask for."""
        _ = self.place, self.name_key, self.text


_MADE: dict[str, Callable[[Row], Any]] = {
    "created": lambda row: formats.parse_time(row.artifact.created_at),
    "place": lambda row: (row.created or NEVER, row.key),
    "name_key": lambda row: name_key(row.artifact),
    "text": record_filter.haystack,
}
