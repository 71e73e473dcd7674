"""Uploading: look inside the file, register it, send it, confirm it; or leave no false trace."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import PurePath

import msgspec

from dfs_desktop.api.dialects import Created, Dialect, Draft, UploadPlan
from dfs_desktop.api.errors import (
    APIConnectionError,
    AuthenticationError,
    BadRequestError,
    DataForceError,
    FileError,
    FileUploadError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    TransferCancelled,
    UnexpectedAnswerError,
)
from dfs_desktop.api.storage.meter import Meter, Phase
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus
from dfs_desktop.artifact import ArtifactError, check_registered_name, extension

from .artifacts import check_sendable, delete_completely, mark
from .effects import INTERRUPTIONS, Flow, HashFile, MeasureFile, Piece, ReadContents, SendBytes
from .listing import all_artifacts
from .places import Place
from .session import Session

_STOPPED = (*INTERRUPTIONS, TransferCancelled)
MOST_PARTS = 10_000
# The server's clock is known from its Date header, which has whole seconds. The window is narrow
# because a record in it is deleted: it must not be somebody else's upload of the same file.
EARLIEST, LATEST = -0.5, 2.0


def upload_artifact(
    session: Session,
    meter: Meter,
    file_path: str,
    model_name: str,
    description: str | None,
    tags: list[str] | None,
    collection: str | None,
) -> Flow[ModelArtifact]:
    """Upload one file; the record is ``uploaded``, or ``upload_failed``, or was never made."""
    path = os.fspath(file_path)
    file_name = checked_name(path, session.dialect)
    check_size((yield from MeasureFile(path)), session.dialect)
    contents = yield from ReadContents(path)
    check_size(contents.size, session.dialect)  # the open file decides; it may have grown
    draft = Draft(
        file_name=file_name,
        model_name=model_name,
        metrics=contents.metrics,
        manifest=contents.manifest,
        file_hash="",
        file_index=contents.index,
        size=contents.size,
        description=description,
        tags=tags,
    )
    check_sendable(draft)
    place = yield from session.collection(collection)
    meter.enter(Phase.HASHING, contents.size)
    digest = yield from HashFile(path, contents.fingerprint)
    meter.enter(Phase.CREATING)
    created = yield from _create(session, place, _with_hash(draft, digest))
    session.own.add(created.artifact.id)
    try:
        meter.artifact_id = created.artifact.id
        meter.enter(Phase.SENDING, contents.size)
        pieces = cut(created.plan, contents.size)
        yield from SendBytes(path, contents.fingerprint, pieces, created.plan.complete_url)
        meter.enter(Phase.CONFIRMING)
        record = yield from _confirm(session, place, created.artifact)
    except _STOPPED:
        yield from mark(session, place, created.artifact.id, ModelArtifactStatus.UPLOAD_FAILED)
        raise
    except _Unconfirmed as unconfirmed:
        raise unconfirmed.error from unconfirmed
    except Exception as error:
        yield from mark(session, place, created.artifact.id, ModelArtifactStatus.UPLOAD_FAILED)
        if not isinstance(error, DataForceError) or isinstance(error, FileUploadError):
            raise
        raise FileUploadError(error.detail, retryable=error.retryable) from error
    finally:
        session.own.discard(created.artifact.id)
    meter.enter(Phase.FINISHED, contents.size)
    meter.advance(contents.size)
    return record


def checked_name(path: str, dialect: Dialect) -> str:
    """The file's name as it will be registered; FileError when the server would not take it."""
    name = PurePath(path).name
    kind = extension(name)
    if kind not in dialect.extensions:
        known = ", ".join(dialect.extensions)
        raise FileError(
            f"{name!r} is not one of the formats that this server takes: {known}.",
            title="The format is not supported",
        )
    try:
        check_registered_name(name)
    except ArtifactError as error:
        raise FileError(error.detail, title=error.title) from error
    return name


def check_size(size: int, dialect: Dialect) -> None:
    """FileError when the server documents a smaller limit."""
    limit = dialect.max_upload_size
    if size > limit:
        raise FileError(
            f"It has {size:,} bytes; this server takes at most {limit / (1 << 30):,.0f} GiB "
            f"({limit:,} bytes).",
            title="The file is too large",
        )


def cut(plan: UploadPlan, size: int) -> tuple[Piece, ...]:
    """Where each part begins, from the parts' sizes alone; refuses a plan that does not fit."""
    parts = sorted(plan.parts, key=lambda part: part.number)
    numbers = [part.number for part in parts]
    whole = sum(part.size for part in parts) == size
    if (
        not parts
        or len(parts) > MOST_PARTS
        or numbers != list(range(1, len(parts) + 1))
        or not whole
        or any(part.size < (1 if size else 0) for part in parts)
        or (len(parts) > 1 and not plan.complete_url)
    ):
        raise UnexpectedAnswerError("The registry's plan for the upload does not fit the file.")
    pieces: list[Piece] = []
    offset = 0
    for part in parts:
        pieces.append(Piece(part.number, part.url, offset, part.size))
        offset += part.size
    return tuple(pieces)


def _with_hash(draft: Draft, digest: str) -> Draft:
    return msgspec.structs.replace(draft, file_hash=digest)


def _create(session: Session, place: Place, draft: Draft) -> Flow[Created]:
    """Create the record, never twice: after an unclear answer look for what it left behind."""
    begun = time.time()
    try:
        return (yield from session.dialect.create_artifact(place, draft))
    except _STOPPED:
        yield from _clean_orphan(session, place, draft, begun)
        raise
    except (APIConnectionError, ServerError, BadRequestError, UnexpectedAnswerError) as error:
        if isinstance(error, APIConnectionError) and not error.answer_lost:
            raise
        cleaned = yield from _clean_orphan(session, place, draft, begun)
        if not cleaned or not isinstance(error, APIConnectionError):
            raise
    # The one record that the lost answer was about is proven ours and gone: begin again, once.
    return (yield from session.dialect.create_artifact(place, draft))


def _clean_orphan(session: Session, place: Place, draft: Draft, begun: float) -> Flow[bool]:
    """Remove the pending record that an unclear creation left; False when there was none.

    Its upload URL came only in the answer that was lost, so it can never be filled.
    """
    everything = yield from all_artifacts(session, place, newest=True)
    orphans = [item for item in everything if _is_orphan(session, item, draft, begun)]
    if not orphans:
        return False
    named = ", ".join(item.id for item in orphans[:5])
    if len(orphans) > 1:
        raise FileUploadError(
            f"The registry's answer was lost, and several unfinished records fit ({named}). "
            "Delete the one that is not needed, then upload again."
        )
    try:
        yield from delete_completely(session, place, orphans[0].id)
    except DataForceError as error:
        yield from mark(session, place, orphans[0].id, ModelArtifactStatus.UPLOAD_FAILED)
        raise FileUploadError(
            f"The registry's answer was lost, and the unfinished record {named} could not be "
            f"removed: {error.detail}"
        ) from error
    return True


def _is_orphan(session: Session, item: ModelArtifact, draft: Draft, begun: float) -> bool:
    """Whether a record can only come from the creation that began at ``begun`` (our clock)."""
    if (
        item.status != ModelArtifactStatus.PENDING_UPLOAD
        or item.id in session.own
        or (item.file_hash, item.size) != (draft.file_hash, draft.size)
        or (item.file_name, item.model_name) != (draft.file_name, draft.model_name)
    ):
        return False
    try:
        made = datetime.fromisoformat(item.created_at or "").timestamp() - session.clock.ahead
    except ValueError:
        return False
    return begun + EARLIEST <= made <= time.time() + LATEST


class _Unconfirmed(Exception):  # noqa: N818 - never leaves this module
    """The bytes are stored but the registry could not be told: nothing may be marked failed."""

    def __init__(self, error: FileUploadError) -> None:
        super().__init__(error)
        self.error = error


def _confirm(session: Session, place: Place, artifact: ModelArtifact) -> Flow[ModelArtifact]:
    """Tell the registry that the bytes are there; when its answer is unclear, read the record."""
    call = session.dialect.update_artifact(
        place, artifact.id, {"status": ModelArtifactStatus.UPLOADED.value}
    )
    try:
        return (yield from call)
    except (AuthenticationError, PermissionDeniedError) as error:
        raise _unconfirmed(artifact, error) from error
    except NotFoundError as error:
        raise _deleted() from error
    except (APIConnectionError, ServerError, BadRequestError, UnexpectedAnswerError) as error:
        reason = error
    try:
        record = yield from session.dialect.artifact(place, artifact.id)
        if record is not None and record.status == ModelArtifactStatus.PENDING_UPLOAD:
            return (yield from call)
    except DataForceError as error:
        raise _unconfirmed(artifact, error) from error
    if record is None:
        raise _deleted()
    if record.status == ModelArtifactStatus.UPLOADED:
        return record
    raise FileUploadError(
        f"The record became {record.status} meanwhile: {reason.detail}"
    ) from reason


def _unconfirmed(artifact: ModelArtifact, error: DataForceError) -> _Unconfirmed:
    return _Unconfirmed(
        FileUploadError(
            f"The file is stored, but the registry could not be told: {error.detail} "
            f"The record {artifact.id} still waits for it.",
            title="Uploaded, but not confirmed",
            retryable=True,
        )
    )


def _deleted() -> FileUploadError:
    return FileUploadError("Somebody deleted its record while the file was being sent.")
