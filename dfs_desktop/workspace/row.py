"""One line of the table: a record of the registry and what is known of it here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus
from dfs_desktop.transfers.job import Job
from dfs_desktop.workspace import filters, formats
from dfs_desktop.workspace.columns import name_key

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
    """

    __slots__ = ("_created", "_name_key", "_text", "artifact", "cancelled", "going", "job", "key")
    artifact: ModelArtifact
    job: Job | None

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
        self._text: str | None = None
        self._name_key: Any = None
        self._created: datetime | None = NEVER

    @property
    def is_artifact(self) -> bool:
        """Whether there is a file behind the record, and will be: other rows are dimmed."""
        return not self.going and self.artifact.status not in UNSTORED

    @property
    def created(self) -> datetime | None:
        """When the record was made, as a time: for the order, for filters and for words."""
        if self._created is NEVER:
            self._created = formats.parse_time(self.artifact.created_at)
        return self._created

    @property
    def name_key(self) -> Any:
        """What the name sorts by, made once."""
        if self._name_key is None:
            self._name_key = name_key(self.artifact)
        return self._name_key

    def forget_text(self) -> None:
        """Its status is another one."""
        self._text = None

    @property
    def text(self) -> str:
        """What plain words are looked for in, made once."""
        if self._text is None:
            self._text = filters.haystack(self)
        return self._text

    def prepare(self) -> None:
        """Make now what filters and the order by name will ask for."""
        self._text = self.text
        self._name_key = self.name_key
