"""Downloading: into a partial file, checked against the record, then renamed; never anything else."""

from __future__ import annotations

import os

from dfs_desktop.api.errors import (
    ArtifactNotFoundError,
    DataForceError,
    FileDownloadError,
    NotFoundError,
)
from dfs_desktop.api.storage.meter import Meter, Phase
from dfs_desktop.api.storage.partial import Partial
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus

from .effects import INTERRUPTIONS, Commit, Discard, FetchBytes, Flow, Reserve
from .places import Place
from .session import Session

_NEVER_FILLED = {
    ModelArtifactStatus.PENDING_UPLOAD: "its upload has not finished",
    ModelArtifactStatus.UPLOAD_FAILED: "its upload failed",
}


def download_artifact(
    session: Session,
    meter: Meter,
    artifact_id: str,
    file_path: str | None,
    collection: str | None,
) -> Flow[None]:
    """Fetch one artifact's file to ``file_path``, a folder, or the current directory."""
    place = yield from session.collection(collection)
    meter.artifact_id = artifact_id
    record = yield from session.dialect.artifact(place, artifact_id)
    if record is None:
        raise ArtifactNotFoundError(
            f"There is no model artifact {artifact_id!r} in this collection.", status_code=404
        )
    if record.status in _NEVER_FILLED:
        raise FileDownloadError(
            f"{record.file_name!r} has no file: {_NEVER_FILLED[record.status]} "
            f"(status {record.status}).",
            title="There is nothing to download",
        )
    if record.size < 0:
        raise FileDownloadError("Its record says a negative size.")
    where = None if file_path is None else os.fspath(file_path)
    partial = yield from Reserve(where, record.file_name, record.size)
    try:
        yield from _fetch(session, place, record, partial, meter)
        meter.enter(Phase.VERIFYING, record.size)
        yield from Commit(partial, record.file_hash)
    except (DataForceError, *INTERRUPTIONS):
        yield from Discard(partial)
        raise
    meter.enter(Phase.FINISHED, record.size)
    meter.advance(record.size)


def _fetch(
    session: Session, place: Place, record: ModelArtifact, partial: Partial, meter: Meter
) -> Flow[None]:
    """Receive everything; a URL that is refused is replaced, but not twice without a new byte."""
    meter.enter(Phase.RECEIVING, record.size)
    tried_at = -1
    while True:
        try:
            url = yield from session.dialect.download_url(place, record.id)
        except NotFoundError as error:
            raise FileDownloadError("Its record was deleted meanwhile.") from error
        if (yield from FetchBytes(url, partial)):
            return
        if partial.offset == tried_at:
            raise FileDownloadError(
                "The storage refuses to give the file, also through a fresh link (403). The owner "
                "of the bucket has to look at its rights."
            )
        tried_at = partial.offset
