"""What a new artifact record is made from, and where the bytes of the artifact go."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from dfs_desktop.api.types import ModelArtifact
from dfs_desktop.artifact import Contents


class Draft(Struct, frozen=True, kw_only=True):
    """What a new artifact record is made from."""

    file_name: str
    model_name: str
    metrics: dict[str, Any]
    manifest: dict[str, Any]
    file_hash: str
    file_index: Mapping[str, Sequence[int]]
    size: int
    description: str | None = None
    tags: list[str] | None = None

    @classmethod
    def of(cls, file_name: str, contents: Contents) -> "Draft":
        """What the file itself says; its hash is not known yet."""
        return cls(
            file_name=file_name,
            model_name="",
            metrics=contents.metrics,
            manifest=contents.manifest,
            file_hash="",
            file_index=contents.index,
            size=contents.size,
        )


class PlannedPart(Struct, frozen=True):
    """One presigned URL and how many bytes it takes. Parts follow each other without gaps."""

    number: int
    url: str
    size: int


class PartSource(Struct, frozen=True):
    """Which object of which bucket parts are for: enough to ask for their URLs, again and again."""

    bucket: str
    location: str


class UploadPlan(Struct, frozen=True):
    """Where the bytes of a new artifact go. ``store``: the kind of its provider.

    With a ``source`` the parts are asked for in a second step; where the store opens uploads
    itself, as S3 does, after a POST to ``start_url``.
    """

    parts: tuple[PlannedPart, ...]
    complete_url: str | None = None
    upload_id: str | None = None
    store: str = "s3"
    source: PartSource | None = None
    start_url: str | None = None


class Created(Struct, frozen=True):
    """The answer to a creation."""

    artifact: ModelArtifact
    plan: UploadPlan
