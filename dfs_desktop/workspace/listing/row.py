"""One line of the table: a record of the registry and what is known of it here."""

import re
from collections.abc import Callable, Container
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import structs

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import ONE_LINE
from dfs_desktop.number_text import natural_key
from dfs_desktop.transfers.job import Job
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace import quantities

STORED = ModelArtifactStatus.UPLOADED  # asked for first: most are, and an enum is slow to look up
# Records in these states are no artifacts: their file never came whole, or is going.
UNSTORED = {
    ModelArtifactStatus.PENDING_UPLOAD,
    ModelArtifactStatus.UPLOAD_FAILED,
    ModelArtifactStatus.PENDING_DELETION,
    ModelArtifactStatus.DELETION_FAILED,
}

PLAIN = 64  # hex digits of a SHA-256
MOST_TAGS = 50  # of one record, in the text of a cell and in its order
MOST_TEXT = 200_000  # characters of a record in which words are looked for
_DIVIDERS = r"\s\-_./:–—"
# The first word, with dividers before it, when another divider follows; else all but last digits.
_PREFIX = re.compile(
    rf"([{_DIVIDERS}]*[^{_DIVIDERS}]+)[{_DIVIDERS}]|([{_DIVIDERS}]*[^{_DIVIDERS}]*[^{_DIVIDERS}\d])\d*$"
)
NEVER = datetime.max.replace(tzinfo=UTC)  # later than any record was made
_EPOCH, _MICROSECOND = datetime.fromtimestamp(0, UTC), timedelta(microseconds=1)

STATUS_WORDS = {
    ModelArtifactStatus.UPLOADED: "",
    ModelArtifactStatus.PENDING_UPLOAD: later("Not uploaded yet"),
    ModelArtifactStatus.UPLOAD_FAILED: later("Upload failed"),
    ModelArtifactStatus.PENDING_DELETION: later("Being deleted"),
    ModelArtifactStatus.DELETION_FAILED: later("Deletion failed"),
}


# Facts that some answers of a server tell and others, as those to an edit, leave out.
_TOLD_SOMETIMES = (
    "collection_name",
    "tracks",
    "deployments",
    "type",
    "created_by_user",
    "bucket_location",
    "unique_identifier",
)


def completed(artifact: ModelArtifact, before: ModelArtifact) -> ModelArtifact:
    """A record with what its answer left out taken from the one before."""
    left_out = {
        name: getattr(before, name)
        for name in _TOLD_SOMETIMES
        if not getattr(artifact, name) and getattr(before, name) is not None
    }
    return structs.replace(artifact, **left_out) if left_out else artifact


class Row:
    """One line of the table: a record and, while one runs, its transfer.

    `going`: it waits to be deleted, or is being deleted. `cancelled`: its upload was given up here.
    `waiting`: a change of it waits until the server is back.
    `created`, `place`, `name_key`, `tags_key` and `text` are made when they are first asked for, and
    kept: they are then read as fast as any attribute, a hundred thousand times for each letter of a filter.
    """

    __slots__ = (
        "artifact", "cancelled", "created", "going", "job", "key", "name_key", "place", "tags_key", "text",
        "waiting",
    )  # fmt: skip
    artifact: ModelArtifact
    job: Job | None
    created: datetime | None  # when the record was made
    place: tuple[datetime, str]  # in the order of creation
    name_key: Any  # what the name sorts by
    tags_key: Any  # what the tags sort by; None without any
    text: str  # what plain words are looked for in

    def __init__(
        self,
        artifact: ModelArtifact,
        job: Job | None = None,
        going: bool = False,
        cancelled: bool = False,
        waiting: bool = False,
    ) -> None:
        self.artifact = artifact
        self.key = artifact.id
        self.job = job
        self.going = going
        self.cancelled = cancelled
        self.waiting = waiting

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
        self.text = haystack(self)

    def prepare(self) -> None:
        """Make now what filters and orders will ask for."""
        _ = self.place, self.name_key, self.tags_key, self.text


def prefix(row: Row) -> str:
    """What stands in a name before its first divider; without one, before the number at its end."""
    name = row.artifact.display_name[:ONE_LINE]
    match = _PREFIX.match(name)
    return match[1] or match[2] if match else name


def has_copy(record: ModelArtifact, copies: Container[str]) -> bool:
    """Whether the bytes of a record are among those that have these SHA-256. Most hashes are written
    as ours; only the others are looked at closely: it is asked of a hundred thousand."""
    text = record.file_hash
    plain = len(text) == PLAIN and text.islower()
    return text in copies or (not plain and bool(text) and record.sha256 in copies)


def status_text(row: Row) -> str:
    """A status that is fine shows nothing."""
    status = row.artifact.status
    if row.going:
        return tr("Being deleted")
    if row.cancelled and status == ModelArtifactStatus.UPLOAD_FAILED:
        return tr("Cancelled")
    if row.waiting:
        return tr("Change waits")
    if (words := STATUS_WORDS.get(status)) is not None:
        return tr(words)
    return visible(status.value.replace("_", " ").capitalize())


@lru_cache(maxsize=16384)  # thousands of rows have the same
def ordered_key(text: str | None) -> Any:
    """What a text sorts by that many rows share; None for none."""
    return natural_key(text[:ONE_LINE]) if text else None


def haystack(row: Row) -> str:
    """What plain words are looked for in: name, file, tags, description, status."""
    record = row.artifact
    tags = "\n".join(record.tags) if record.tags else ""
    text = f"{record.model_name or ''}\n{record.file_name}\n{tags}\n{record.description or ''}"
    return f"{text}\n{status_text(row)}"[:MOST_TEXT].casefold()


_MADE: dict[str, Callable[[Row], Any]] = {
    "created": lambda row: quantities.parse_time(row.artifact.created_at),
    # Whole numbers: a hundred thousand times take half as long to compare so.
    "place": lambda row: (((row.created or NEVER) - _EPOCH) // _MICROSECOND, row.key),
    # What has no name comes first.
    "name_key": lambda row: natural_key(row.artifact.display_name[:ONE_LINE]),
    "tags_key": lambda row: ordered_key(", ".join((row.artifact.tags or ())[:MOST_TAGS])),
    "text": haystack,
}
